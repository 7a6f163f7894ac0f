"""Print a file with its references replaced by the values.

References are {{ URI }} anywhere in a text, and whole values in NAME=value lines and Java .properties files, as URI
or as {ENC}{json}. The file's name says how it is read: .properties, .env, .json, .xml, or else as text.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from functools import partial

from counterseal.assembly.delivering import store_for
from counterseal.assembly.settings import load_settings
from counterseal.cli.console import Console
from counterseal.delivery.private_file import write_private
from counterseal.delivery.render import render
from counterseal.delivery.resolve import resolve
from counterseal.errors import CountersealError, Refused, UsageError
from counterseal.references.scan import Found, Scan, form_of, scan
from counterseal.references.uri import as_uri

FORMS = ("properties", "dotenv", "json", "xml", "text")
SCHEMA = "counterseal/references/v1"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal resolve`."""
    parser.add_argument("file", metavar="FILE", help="the file; - is standard input")
    parser.add_argument("--output", metavar="FILE", help="write here, readable by you alone, instead of printing")
    parser.add_argument("--format", choices=FORMS, help="how to read the file, where its name does not say")
    parser.add_argument("--check", action="store_true", help="list the references, and ask no store for a value")
    parser.add_argument("--json", action="store_true", help="with --check: list them as JSON")


def run(arguments: Namespace, console: Console) -> int:
    """Resolve the file, or check it."""
    if arguments.json and not arguments.check:
        raise UsageError("--json goes with --check", hint="a resolved file keeps its own form")
    text = _read(arguments.file).decode(errors="surrogateescape")
    scanned = _scanned(arguments, text)
    if arguments.check:
        _list(arguments, scanned, console)
        return 0
    _note(arguments.file, scanned, console)
    _deliver(arguments, text, scanned, console)
    return 0


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        with open(file, "rb") as opened:  # noqa: PTH123  # no pathlib on the way of a value
            return opened.read()
    except OSError as failure:
        raise UsageError(f"{file!r} cannot be read: {failure.strerror}") from None


def _scanned(arguments: Namespace, text: str) -> Scan:
    try:
        return scan(text, arguments.format or form_of(arguments.file))
    except CountersealError as failure:
        raise type(failure)(f"{arguments.file}: {failure}", hint=failure.hint) from None


def _deliver(arguments: Namespace, text: str, scanned: Scan, console: Console) -> None:
    if arguments.output:
        _refuse_to_overwrite(arguments.file, arguments.output)
    found = [it for it in scanned.found if it.reference]
    references = [it.reference for it in found if it.reference]
    values = resolve(references, partial(store_for, load_settings()))
    content = render(text, found, values)
    if arguments.output:
        write_private(arguments.output, content)
    else:
        console.write_bytes(content)


def _refuse_to_overwrite(file: str, output: str) -> None:
    if file != "-" and os.path.exists(output) and os.path.samefile(file, output):  # noqa: PTH110, PTH121  # as above
        raise Refused(f"{output!r} is the file that is read: its references would be lost", hint="write to another")


def _note(file: str, scanned: Scan, console: Console) -> None:
    for it in scanned.found:
        if it.owner:
            console.note(f"counterseal: note: {file}: {it.where} belongs to {it.owner} and was left alone")
    for line in scanned.overlooked:
        console.note(
            f"counterseal: note: {file}: line {line} has what looks like a reference and was left alone;"
            " {{ URI }} makes it one"
        )
    if not scanned.found:
        console.note(f"counterseal: note: {file}: no reference is in it")


def _list(arguments: Namespace, scanned: Scan, console: Console) -> None:
    if arguments.json:
        console.print_json(
            {
                "schema": SCHEMA,
                "file": arguments.file,
                "references": [_as_json(it) for it in scanned.found],
                "overlooked_lines": scanned.overlooked,
            }
        )
        return
    _note(arguments.file, scanned, console)
    rows = [[str(it.line), str(it.column), _uri(it) or "—", _remark(it)] for it in scanned.found]
    console.table(["line", "column", "reference", "remark"], rows)


def _as_json(found: Found) -> dict[str, object]:
    return {
        "line": found.line,
        "column": found.column,
        "reference": _uri(found) or None,
        "has_default": bool(found.reference and found.reference.default is not None),
        "belongs_to": found.owner or None,
    }


def _uri(found: Found) -> str:
    # Without its default, which may be meant as a secret.
    return as_uri(found.reference._replace(default=None)) if found.reference else ""


def _remark(found: Found) -> str:
    if found.owner:
        return f"belongs to {found.owner}"
    return "has a default" if found.reference and found.reference.default is not None else ""
