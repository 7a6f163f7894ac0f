"""Bring back a removed secret, or an older version of a secret, as a new version.

counterseal restore safe://team/db-password
counterseal restore safe://team/db-password --version 2
"""

from argparse import ArgumentParser, Namespace

from counterseal.cli.console import Console
from counterseal.cli.safe_reference import whole_secret
from counterseal.errors import UsageError


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal restore`."""
    parser.add_argument("secret", metavar="safe://SAFE/SECRET", help="the secret")
    parser.add_argument("--version", type=int, metavar="N", help="the version to bring back; removed: the last one")


def run(arguments: Namespace, console: Console) -> int:
    """Restore it and say which version it became."""
    from counterseal.assembly.keeping import Keeping
    from counterseal.assembly.settings import load_settings

    if arguments.version is not None and arguments.version < 1:
        raise UsageError(f"there is no version {arguments.version}", hint="versions are 1, 2, 3 …")
    reference = whole_secret(arguments.secret)
    safe = Keeping(load_settings()).open(reference.place)
    entry = safe.restore(reference.secret_id, arguments.version)
    uri = safe.place.as_uri(reference.secret_id)
    console.print(f"{uri} is at version {entry.version}, restored from version {entry.restored_from}")
    return 0
