"""Java properties text: the values that java.util.Properties would read, and where each character stands.

The rules are those of java.util.Properties.load in JDK 17; tests/unit/references/test_properties.py asks it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from counterseal.errors import MalformedInput

_BLANK = " \t\f"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_ENDING_BACKSLASHES = re.compile(r"\\*\Z")
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{4}")

# One character of a logical line, and its offset in the file.
_Placed = list[tuple[str, int]]


class Value(NamedTuple):
    """One value as Java reads it. `offsets` has the place of each character in the file, and last where it ends."""

    text: str
    offsets: list[int]


def values(text: str) -> Iterator[Value]:
    r"""Give the value of every entry.

    Raises:
        MalformedInput: a \u without four hexadecimal digits, which Java refuses the whole file for.
    """
    for line, end in _logical_lines(text):
        yield _unescaped(line[_value_at(line) :], end, text)


def escaped(value: str) -> str:
    r"""Return the text that java.util.Properties reads as exactly this value, in ASCII whatever the file's encoding.

    It is what Properties.store writes: a space first, `=:#!` and `\` behind a backslash, the rest as \uXXXX.
    """
    return "".join(_escape(character, first=not at) for at, character in enumerate(value))


def _escape(character: str, *, first: bool) -> str:
    named = next((name for name, it in _ESCAPED.items() if it == character), "")
    if named:
        return "\\" + named
    if character in "\\=:#!" or (first and character == " "):
        return "\\" + character
    if " " <= character <= "~":
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex().upper()}" for at in range(0, len(units), 2))


def _logical_lines(text: str) -> Iterator[tuple[_Placed, int]]:
    placed: _Placed = []
    # The last match is the empty line behind the last line's end: it ends a line that is still being continued.
    for line in _LINE.finditer(text):
        body = line[0].rstrip("\r\n")
        start = len(body) - len(body.lstrip(_BLANK))
        # As long as nothing is on the logical line, a continuation of it may be a comment or blank.
        if not placed and (start == len(body) or body[start] in "#!"):
            continue
        ending = _ENDING_BACKSLASHES.search(body)
        continues = bool(ending and len(ending[0]) % 2)
        last = len(body) - continues
        placed += [(body[at], line.start() + at) for at in range(start, last)]
        # At the end of the file Java returns even an empty line, unless CR LF stands behind the backslash.
        ends = line.end() == len(text) and len(line[0]) - len(body) <= 1
        if not continues or ends:
            yield placed, line.start() + last
            placed = []


def _value_at(line: _Placed) -> int:
    at = 0
    while at < len(line) and line[at][0] not in "=:" + _BLANK:
        at += 2 if line[at][0] == "\\" else 1
    at = _after_blanks(line, at)
    if at < len(line) and line[at][0] in "=:":
        at = _after_blanks(line, at + 1)
    return at


def _after_blanks(line: _Placed, at: int) -> int:
    while at < len(line) and line[at][0] in _BLANK:
        at += 1
    return at


def _unescaped(raw: _Placed, end: int, text: str) -> Value:
    characters, offsets = [], []
    at = 0
    while at < len(raw):
        character, offset = raw[at]
        offsets.append(offset)
        at += 1
        if character == "\\" and at < len(raw):
            character, at = _escape_sequence(raw, at, text)
        characters.append(character)
    return Value("".join(characters), [*offsets, end])


def _escape_sequence(raw: _Placed, at: int, text: str) -> tuple[str, int]:
    letter = raw[at][0]
    if letter != "u":
        return _ESCAPED.get(letter, letter), at + 1
    digits = "".join(character for character, _ in raw[at + 1 : at + 5])
    if not _HEXADECIMAL.fullmatch(digits):
        line = text.count("\n", 0, raw[at][1]) + 1
        raise MalformedInput(
            rf"line {line} has a \u without four hexadecimal digits", hint="Java refuses the whole file for it"
        )
    return chr(int(digits, 16)), at + 5
