"""JSON text read where it stands: which member begins and ends where, and nothing converted.

A number keeps its digits and an object its spaces: a round trip through a JSON library would lose both.
"""

import re
from typing import NamedTuple

# Deeper than any secret, and far from what the interpreter's stack can take.
DEEPEST = 100

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"'
_SCALAR = re.compile(rf"{_STRING}|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_KEY = re.compile(_STRING)
_CLOSING = {"{": "}", "[": "]"}


class Member(NamedTuple):
    """One member of an object, or one element of an array under its number: its name and where its value stands."""

    name: str
    name_at: int
    start: int
    end: int


class NotJson(ValueError):
    """The text stops being JSON here. `problem` never quotes the text, which may be a secret."""

    def __init__(self, problem: str, at: int) -> None:
        """Take what is wrong, and the offset."""
        super().__init__(problem)
        self.problem = problem
        self.at = at


class DuplicateName(NotJson):
    """One object has a name twice: which value counts would depend on the reader."""

    def __init__(self, name: str, at: int) -> None:
        """Take the name and where it stands for the second time."""
        super().__init__("a name stands there twice", at)
        self.name = name


def whole_value(text: str) -> tuple[int, int]:
    """Return where the one value of a JSON text begins and ends, having looked at all of it.

    Raises:
        NotJson: the text is not JSON, is nested too deeply, or goes on behind its value.
        DuplicateName: an object in it has a name twice.
    """
    start = _after_space(text, 1 if text.startswith("\ufeff") else 0)
    end = _value_end(text, start, 0)
    rest = _after_space(text, end)
    if rest != len(text):
        raise NotJson("something follows the value", rest)
    return start, end


def members(text: str, at: int, depth: int = 0) -> tuple[list[Member], int]:
    """Return the members of the object or array that begins at an offset, and where it ends.

    Raises:
        NotJson: it is not JSON or nested too deeply.
        DuplicateName: an object in it has a name twice.
    """
    if depth >= DEEPEST:
        raise NotJson("it is nested too deeply", at)
    kind = text[at]
    found: list[Member] = []
    names: set[str] = set()
    at = _after_space(text, at + 1)
    if text[at : at + 1] == _CLOSING[kind]:
        return found, at + 1
    while True:
        member = _member(text, at, str(len(found)) if kind == "[" else None, depth)
        if member.name in names:
            raise DuplicateName(member.name, member.name_at)
        names.add(member.name)
        found.append(member)
        at = _after_space(text, member.end)
        mark = text[at : at + 1]
        if mark == _CLOSING[kind]:
            return found, at + 1
        if mark != ",":
            raise NotJson(f"a comma or {_CLOSING[kind]} is missing", at)
        at = _after_space(text, at + 1)


def string_value(text: str) -> str:
    """Return what a JSON string, quotes and all, stands for."""
    from json import loads

    value: str = loads(text)
    return value


def _member(text: str, at: int, number: str | None, depth: int) -> Member:
    if number is not None:
        return Member(number, at, at, _value_end(text, at, depth + 1))
    name = _KEY.match(text, at)
    if name is None:
        raise NotJson("a name in quotation marks is missing", at)
    colon = _after_space(text, name.end())
    if text[colon : colon + 1] != ":":
        raise NotJson("a colon is missing", colon)
    start = _after_space(text, colon + 1)
    return Member(string_value(name[0]), at, start, _value_end(text, start, depth + 1))


def _value_end(text: str, at: int, depth: int) -> int:
    if text[at : at + 1] in _CLOSING:
        return members(text, at, depth)[1]
    scalar = _SCALAR.match(text, at)
    if scalar is None:
        raise NotJson("a value is missing or is not JSON", at)
    return scalar.end()


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at
