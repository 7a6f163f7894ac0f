"""Finds the references in a text, and how a value must be written where each one stands."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from counterseal.errors import MalformedReference
from counterseal.references.atlassian import other_product
from counterseal.references.grammar import is_reference, parse_reference
from counterseal.references.properties import values
from counterseal.references.reference import Reference
from counterseal.references.source import Where

_BEGINNING = r"(?:aws-sm|s3|safe)://"
_TEMPLATE = re.compile(rf"\{{\{{[ \t]*({_BEGINNING}(?:[^}}\n]|\}}(?!\}}))*?)[ \t]*(\}}\}}|\n|\Z)")
# NAME=value, as dotenv files, shell assignments and most plain configuration files have it.
_ASSIGNMENT = re.compile(
    r"^\ufeff?[ \t]*(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_.-]*[ \t]*=[ \t]*"
    rf"(?:\"(?P<double>[^\r\n]*)\"|'(?P<single>[^\r\n]*)'|(?P<uri>{_BEGINNING}[^ \t\r\n]*)(?:[ \t]+\#[^\r\n]*)?"
    r"|(?P<bare>[^ \t\r\n'\"](?:[^\r\n]*[^ \t\r\n])?))[ \t]*\r?$",
    re.MULTILINE,
)
_LIKE_A_REFERENCE = re.compile(r"(?:aws-sm|safe)://|\{ENC\}\{")
_COMMENT = re.compile(r"[ \t]*[#!;]")


class Found(NamedTuple):
    """One reference in a text, or what another product reads there (`owner`, and then no reference).

    The text from `start` to `end` gives way to the value. `writing` says how: "plain" as it is, "properties", "json"
    and "xml" escaped for such a file, "line" as it is and on one line, and the quotation that stands around it.
    """

    start: int
    end: int
    line: int
    column: int
    writing: str
    reference: Reference | None = None
    owner: str = ""

    @property
    def where(self) -> str:
        """Say where it stands."""
        return _in_words(self.line, self.column)


class Scan(NamedTuple):
    """What was found, in the order of the text, and the lines where something looks like a reference and is none."""

    found: list[Found]
    overlooked: list[int]


def form_of(file_name: str) -> str:
    """Return how a file is read, by its name: "properties", "dotenv", "json", "xml" or "text"."""
    name = file_name.rpartition("/")[2].lower()
    if name == ".env" or name.startswith(".env.") or name.endswith(".env"):
        return "dotenv"
    ending = name.rpartition(".")[2]
    return ending if ending in ("properties", "json", "xml") else "text"


def scan(text: str, form: str) -> Scan:
    """Find the references in a text that is read as `form_of` says.

    Raises:
        MalformedReference: what is meant as a reference is none; the message has the line and the column.
        MalformedInput: the text is not of that form.
    """
    lines = _Lines(text)
    match form:
        case "properties":
            found = list(_in_properties(text, lines))
        case "json" | "xml":
            found = list(_templates(text, lines, form))
        case _:
            in_template = "line" if form == "dotenv" else "plain"
            found = sorted([*_assignments(text, lines, form), *_templates(text, lines, in_template)])
    return Scan(found, _overlooked(text, lines, found))


class _Lines:
    """Where the lines of a text begin, so that a place is found without counting from the start each time."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(self, at: int) -> tuple[int, int]:
        """Return an offset as a line and a column, both counted from 1."""
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1

    def words(self, at: int) -> str:
        """Say an offset as a line and a column."""
        return _in_words(*self.position(at))


def _in_words(line: int, column: int) -> str:
    return f"line {line}, column {column}"


def _templates(text: str, lines: _Lines, writing: str) -> Iterator[Found]:
    for match in _TEMPLATE.finditer(text):
        uri = match[1].replace("&amp;", "&") if writing == "xml" else match[1]
        reference = _template(match, uri, lines.words)
        yield Found(match.start(), match.end(), *lines.position(match.start()), writing, reference)


def _template(match: re.Match[str], uri: str, where: Where) -> Reference:
    if match[2] != "}}":
        raise MalformedReference(
            f"a reference between braces is not closed, at {where(match.start())}", hint="close it with }}"
        )
    begins = match.start(1)
    return parse_reference(uri, where=lambda at: where(begins + at))


def _assignments(text: str, lines: _Lines, form: str) -> Iterator[Found]:
    unquoted = "unquoted" if form == "dotenv" else "line"
    writings = {"double": "double-quoted", "single": "single-quoted", "uri": unquoted, "bare": unquoted}
    for match in _ASSIGNMENT.finditer(text):
        group = match.lastgroup or "bare"
        yield from _whole(match[group], [*range(match.start(group), match.end(group) + 1)], writings[group], lines)


def _in_properties(text: str, lines: _Lines) -> Iterator[Found]:
    for value in values(text):
        whole = list(_whole(value.text, value.offsets, "properties", lines))
        yield from whole or _in_value(value.text, value.offsets, lines)


def _in_value(value: str, offsets: list[int], lines: _Lines) -> Iterator[Found]:
    for match in _TEMPLATE.finditer(value):
        start, end = offsets[match.start()], offsets[match.end()]
        reference = _template(match, match[1], lambda at: lines.words(offsets[at]))
        yield Found(start, end, *lines.position(start), "properties", reference)


def _whole(value: str, offsets: list[int], writing: str, lines: _Lines) -> Iterator[Found]:
    start, end = offsets[0], offsets[-1]
    owner = other_product(value)
    if owner:
        yield Found(start, end, *lines.position(start), writing, owner=owner)
    elif is_reference(value):
        reference = parse_reference(value, where=lambda at: lines.words(offsets[at]))
        yield Found(start, end, *lines.position(start), writing, reference)


def _overlooked(text: str, lines: _Lines, found: list[Found]) -> list[int]:
    overlooked = []
    starts = [it.start for it in found]
    for match in _LIKE_A_REFERENCE.finditer(text):
        before = bisect_right(starts, match.start())
        inside = bool(before) and match.start() < found[before - 1].end
        if not inside and not _COMMENT.match(text, text.rfind("\n", 0, match.start()) + 1):
            overlooked.append(lines.position(match.start())[0])
    return overlooked
