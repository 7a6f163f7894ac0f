"""Write a secret: into a safe, sealed, or into AWS Secrets Manager, under a ticket that approves it.

The value comes from standard input, exactly as given, or from a file; on a terminal it is asked for and not shown.
It is never an argument: arguments can be read by other users of the machine.

    printf %s "$VALUE" | counterseal put safe://team/db-password
    counterseal put safe://team/db-password --file password.txt
    counterseal put safe://team/db-password --if-version 3

A safe is made when it is not there. A secret in AWS is changed under a ticket: it is read, the notary issues a
counterseal if the ticket approves this change by this caller now, and the value is written under it, so that the
record of the change in CloudTrail proves the approval. Where the answer is lost, the version is read back.

    printf %s "$VALUE" | counterseal put aws-sm://eu-west-1/db/password --ticket OPS-42
    printf %s "$VALUE" | counterseal put 'aws-sm://eu-west-1/db#/password' --ticket OPS-42
    printf %s "$VALUE" | counterseal put aws-sm://eu-west-1/db/password --ticket OPS-42 --create
    counterseal put aws-sm://eu-west-1/db/password --ticket OPS-42 --check
"""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from counterseal.cli.console import Console
from counterseal.cli.gate_arguments import add_gate_arguments
from counterseal.cli.safe_reference import whole_secret
from counterseal.errors import MalformedInput, Refused, UsageError
from counterseal.hidden import Hidden
from counterseal.references.grammar import parse_reference

# One request carries it, and it is in memory several times while it is sealed.
_LARGEST = 64 * 1024 * 1024


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal put`."""
    parser.add_argument(
        "secret", metavar="safe://SAFE/SECRET|aws-sm://[ACCESS@]REGION/SECRET[#/FIELD]", help="where to put it"
    )
    parser.add_argument("--file", type=Path, metavar="PATH", help="take the value from this file, byte for byte")
    parser.add_argument(
        "--if-version",
        metavar="N|ID",
        help="only where this version is current; in a safe 0 means: only where there is no such secret",
    )
    safe = parser.add_argument_group("for safe://")
    safe.add_argument("--allow-empty", action="store_true", help="take an empty value for what is meant")
    safe.add_argument(
        "--create-key-file",
        action="store_true",
        help="make the safe, and the key file that the settings name, which opens it from then on",
    )
    aws = parser.add_argument_group("for aws-sm://")
    aws.add_argument("--create", action="store_true", help="make the secret, under a ticket for the operation create")
    aws.add_argument("--description", default="", metavar="TEXT", help="with --create: what the secret is for")
    aws.add_argument("--kms-key", default="", metavar="ID", help="with --create: the KMS key to encrypt it with")
    aws.add_argument(
        "--tag", action="append", default=[], metavar="NAME=TEXT", help="with --create: a tag, as often as needed"
    )
    add_gate_arguments(parser)
    gate = parser.add_mutually_exclusive_group()
    gate.add_argument(
        "--token", default="", metavar="TOKEN", help="a counterseal issued before, instead of --ticket: to end a change"
    )
    gate.add_argument(
        "--no-ticket", action="store_true", help="write without a counterseal: an audit will ask for an approval"
    )


def run(arguments: Namespace, console: Console) -> int:
    """Write the value and say which version it became."""
    if parse_reference(arguments.secret).scheme == "aws-sm":
        from counterseal.cli.put_gated import put_gated

        return put_gated(arguments, lambda: _value(arguments), console)
    return _put_in_safe(arguments, console)


def _put_in_safe(arguments: Namespace, console: Console) -> int:
    from counterseal.assembly.keeping import Keeping
    from counterseal.assembly.settings import load_settings

    reference = whole_secret(arguments.secret)
    _only_for_aws(arguments)
    if_version = _number(arguments.if_version)
    value = _value(arguments)
    keeping = Keeping(load_settings())
    safe, made = keeping.open_or_create(reference.place, with_new_key_file=arguments.create_key_file)
    if made:
        console.note(f"made {safe.place.as_uri()} in {keeping.uri}")
    entry = safe.put(reference.secret_id, value, if_version=if_version)
    console.print(f"{safe.place.as_uri(reference.secret_id)} is at version {entry.version}")
    return 0


def _only_for_aws(arguments: Namespace) -> None:
    given = [name for name in ("ticket", "token", "no_ticket", "create", "check") if getattr(arguments, name)]
    if given:
        raise UsageError(f"--{given[0].replace('_', '-')} is for aws-sm://, and {arguments.secret} is in a safe")


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise UsageError(f"--if-version {text!r} is not the number of a version in a safe")
    return int(text)


def _value(arguments: Namespace) -> Hidden:
    content = _content(arguments)
    if not content and not arguments.allow_empty:
        meant = "; --allow-empty seals it where that is meant" if arguments.secret.startswith("safe:") else ""
        raise Refused("the value is empty", hint=f"see what should have given it{meant}")
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
