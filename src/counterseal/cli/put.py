"""Seal a secret into a safe, as a new version. The safe is made when it is not there.

The value comes from standard input, exactly as given, or from a file; on a terminal it is asked for and not shown.
It is never an argument: arguments can be read by other users of the machine.

    printf %s "$VALUE" | counterseal put safe://team/db-password
    counterseal put safe://team/db-password --file password.txt
    counterseal put safe://team/db-password --if-version 3
"""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from counterseal.cli.console import Console
from counterseal.cli.safe_reference import whole_secret
from counterseal.errors import MalformedInput, Refused, UsageError
from counterseal.hidden import Hidden

# One request carries it, and it is in memory several times while it is sealed.
_LARGEST = 64 * 1024 * 1024


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal put`."""
    parser.add_argument("secret", metavar="safe://SAFE/SECRET", help="where to put it")
    parser.add_argument("--file", type=Path, metavar="PATH", help="take the value from this file, byte for byte")
    parser.add_argument(
        "--if-version",
        type=int,
        metavar="N",
        help="only where the current version is N; 0: only where there is no such secret",
    )
    parser.add_argument("--allow-empty", action="store_true", help="take an empty value for what is meant")
    parser.add_argument(
        "--create-key-file",
        action="store_true",
        help="make the safe, and the key file that the settings name, which opens it from then on",
    )


def run(arguments: Namespace, console: Console) -> int:
    """Seal the value and say which version it became."""
    from counterseal.assembly.keeping import Keeping
    from counterseal.assembly.settings import load_settings

    reference = whole_secret(arguments.secret)
    value = _value(arguments)
    keeping = Keeping(load_settings())
    safe, made = keeping.open_or_create(reference.place, with_new_key_file=arguments.create_key_file)
    if made:
        console.note(f"made {safe.place.as_uri()} in {keeping.uri}")
    entry = safe.put(reference.secret_id, value, if_version=arguments.if_version)
    console.print(f"{safe.place.as_uri(reference.secret_id)} is at version {entry.version}")
    return 0


def _value(arguments: Namespace) -> Hidden:
    content = _content(arguments)
    if not content and not arguments.allow_empty:
        raise Refused(
            "the value is empty", hint="see what should have given it; --allow-empty seals it where that is meant"
        )
    if len(content) > _LARGEST:
        raise Refused(f"the value has more than {_LARGEST // 1024 // 1024} MiB", hint="keep large files elsewhere")
    return Hidden(content)


def _content(arguments: Namespace) -> bytes:
    if arguments.file is not None:
        return _file_content(arguments.file)
    if not sys.stdin.isatty():
        return sys.stdin.buffer.read(_LARGEST + 1)
    from counterseal.assembly.terminal import Terminal

    typed = Terminal().ask("value (not shown): ")
    if typed is None:
        raise UsageError("there is no terminal to ask for the value", hint="give it on standard input, or with --file")
    return typed.encode("utf-8", "surrogateescape")


def _file_content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST + 1)
    except OSError as failure:
        raise MalformedInput(f"the file {str(file)!r} cannot be read: {failure.strerror}") from failure
