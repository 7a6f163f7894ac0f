"""Remove a secret from a safe. Its versions stay, and `counterseal restore` brings it back.

counterseal remove safe://team/db-password
"""

from argparse import ArgumentParser, Namespace

from counterseal.cli.console import Console
from counterseal.cli.safe_reference import whole_secret


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal remove`."""
    parser.add_argument("secret", metavar="safe://SAFE/SECRET", help="the secret")


def run(arguments: Namespace, console: Console) -> int:
    """Remove it and say how to bring it back."""
    from counterseal.assembly.keeping import Keeping
    from counterseal.assembly.settings import load_settings

    reference = whole_secret(arguments.secret)
    safe = Keeping(load_settings()).open(reference.place)
    entry = safe.remove(reference.secret_id)
    uri = safe.place.as_uri(reference.secret_id)
    console.print(f"{uri} is removed; it was at version {entry.version}")
    console.note(f"counterseal restore {uri} brings it back; who has read it still knows it")
    return 0
