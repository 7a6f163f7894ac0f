"""Print a secret from a safe: its exact bytes and nothing else, where the result goes to a file or a program.

counterseal get safe://team/db-password
counterseal get 'safe://team/db#/password'
counterseal get 'safe://team/db-password?version=2'
"""

from argparse import ArgumentParser, Namespace

from counterseal.cli.console import Console
from counterseal.cli.safe_reference import safe_secret
from counterseal.errors import FieldNotFound, Refused, SecretNotFound
from counterseal.hidden import Hidden
from counterseal.references.pointer import pick
from counterseal.references.reference import Reference


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal get`."""
    parser.add_argument("secret", metavar="safe://SAFE/SECRET[?version=N][#/FIELD]", help="what to print")
    parser.add_argument("--force", action="store_true", help="print what is not text on a terminal too")


def run(arguments: Namespace, console: Console) -> int:
    """Print the value."""
    reference = safe_secret(arguments.secret)
    content = _value(reference).reveal()
    if console.is_terminal:
        if not (arguments.force or _is_text(content)):
            raise Refused(
                f"{arguments.secret} is not text, and could take over this terminal",
                hint="send it to a file or a program, or say --force",
            )
        content = content if content.endswith(b"\n") else content + b"\n"
    console.write_bytes(content)
    return 0


def _value(reference: Reference) -> Hidden:
    from counterseal.assembly.keeping import safe_secrets
    from counterseal.assembly.settings import load_settings
    from counterseal.secretstore.version import SecretRequest

    try:
        secrets = safe_secrets(load_settings(), reference.place)
        (found,) = secrets.fetch([SecretRequest(reference.secret_id, reference.version_id)])
        return pick(found.value, reference.pointer)
    except (SecretNotFound, FieldNotFound):
        if reference.default is None:
            raise
        return Hidden(reference.default.encode())


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter in "\t\r\n" for letter in text)
