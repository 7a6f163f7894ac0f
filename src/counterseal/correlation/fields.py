"""The members of a JSON or TOML object, read one by one; whatever is wrong is named by its place."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from counterseal.clock import parse_time
from counterseal.errors import CountersealError, MalformedInput


class Fields:
    """One object of a document, at a place such as `tickets[3]`, whose keys are all known."""

    def __init__(
        self,
        members: object,
        place: str,
        known: Collection[str],
        *,
        error: type[CountersealError] = MalformedInput,
    ) -> None:
        """Take the object.

        Raises:
            CountersealError: of the kind given: it is not an object, or has a key that is not known.
        """
        self._place = place
        self._error = error
        if not isinstance(members, Mapping):
            raise self._wrong(place or "the document", "an object with named members", members)
        self._members: Mapping[str, Any] = members
        for name in members:
            if name not in known:
                raise error(f"unknown key {self.place(str(name))}", hint=nearest(str(name), known))

    def place(self, name: str) -> str:
        """Return where a member stands."""
        return f"{self._place}.{name}" if self._place else name

    def is_null(self, name: str) -> bool:
        """Say whether a member is there and null: known to be unknown."""
        return name in self._members and self._members[name] is None

    def has(self, name: str) -> bool:
        """Say whether a member is there and not null."""
        return self._members.get(name) is not None

    def text(self, name: str, *, required: bool = False) -> str:
        """Return a text; absent or null is "", which is refused where it is required."""
        value = self._members.get(name)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or (required and not value.strip()):
            raise self._wrong(self.place(name), "text", value)
        return self._unicode(value, self.place(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, none of them empty; absent or null is the empty list."""
        place = self.place(name)
        items = self._list(name)
        for number, item in enumerate(items):
            if not isinstance(item, str) or not item.strip():
                raise self._wrong(f"{place}[{number}]", "text", item)
        return tuple(self._unicode(item, f"{place}[{number}]") for number, item in enumerate(items))

    def flag(self, name: str, *, otherwise: bool) -> bool:
        """Return true or false; absent or null is `otherwise`."""
        value = self._members.get(name)
        if value is None:
            return otherwise
        if not isinstance(value, bool):
            raise self._wrong(self.place(name), "true or false", value)
        return value

    def whole(self, name: str, *, otherwise: int, least: int, most: int | None = None) -> int:
        """Return a whole number not below `least`, and not above `most` where that is given; absent is `otherwise`."""
        value = self._members.get(name, otherwise)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self._wrong(self.place(name), f"a whole number, at least {least}", value)
        if most is not None and value > most:
            raise self._wrong(self.place(name), f"a whole number, at most {most}", value)
        return value

    def time(self, name: str) -> datetime:
        """Return a time, which must be there. TOML's own dates are taken as well as text."""
        value = self._members.get(name)
        text = value.isoformat() if isinstance(value, date) else value
        if not isinstance(text, str):
            raise self._wrong(self.place(name), "a time such as 2026-01-31T12:00:00Z", value)
        try:
            return parse_time(text)
        except MalformedInput as failure:
            raise self._error(f"{self.place(name)}: {failure}", hint=failure.hint) from None

    def objects(self, name: str) -> Iterator[tuple[str, object]]:
        """Yield the place and the object of each item of a list; absent or null is the empty list."""
        place = self.place(name)
        for number, item in enumerate(self._list(name)):
            yield f"{place}[{number}]", item

    def lists_by_name(self, name: str) -> dict[str, tuple[str, ...]]:
        """Return an object whose members are lists of texts."""
        members = self.table(name)
        inner = Fields(members, self.place(name), members, error=self._error)
        return {key: inner.texts(key) for key in members}

    def texts_by_name(self, name: str) -> dict[str, str]:
        """Return an object whose members are texts."""
        members = self.table(name)
        inner = Fields(members, self.place(name), members, error=self._error)
        return {key: inner.text(key, required=True) for key in members}

    def table(self, name: str) -> Mapping[str, Any]:
        """Return an object with any keys; absent or null is the empty one."""
        value = self._members.get(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self._wrong(self.place(name), "an object with named members", value)
        return value

    def members(self) -> Iterator[tuple[str, object]]:
        """Yield every member: its name, and its value as it stands."""
        yield from self._members.items()

    def refuse_unless_known(self, name: str, values: Collection[str], known: Collection[str]) -> None:
        """Refuse a member that holds a word which is not one of those known."""
        for value in values:
            if value not in known:
                raise self._error(f"{self.place(name)}: {value!r} is not known", hint=nearest(value, known))

    def _unicode(self, text: str, place: str) -> str:
        # JSON may spell half a character (RFC 8259, section 8.2), which no output can carry.
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self._error(f"{place} holds a lone surrogate, which is no text")
        return text.strip()

    def _list(self, name: str) -> list[Any]:
        value = self._members.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong(self.place(name), "a list", value)
        return value

    def _wrong(self, place: str, wanted: str, value: object) -> CountersealError:
        return self._error(f"{place} must be {wanted}, and is {_said(value)}")


def nearest(name: str, known: Collection[str]) -> str:
    """Return a hint that names the nearest right word, or all of them."""
    words = sorted(str(word) for word in known)
    near = get_close_matches(name, words, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(words)}"


def _said(value: object) -> str:
    """Say what kind of value it is, and never the value: a ticket field may hold anything."""
    match value:
        case None:
            return "missing or null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text" if value.strip() else "empty text"
        case Mapping():
            return "an object"
        case _:
            return f"a {type(value).__name__}"
