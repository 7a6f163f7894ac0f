"""Where a trail delivers its files, and whether that is still where they are read."""

from collections.abc import Collection, Mapping
from typing import NamedTuple


class Sent(NamedTuple):
    """What a call made of a trail's files: whether they go where nobody reads, and the place in words.

    `is_guess` says that no record tells where they went before: they may have gone there all along.
    """

    is_away: bool
    place: str
    is_guess: bool = False


class _Place(NamedTuple):
    """A bucket, and the prefix in it; None: no record tells."""

    bucket: str | None
    prefix: str | None

    def differs(self, other: "_Place") -> bool:
        return any(None not in pair and pair[0] != pair[1] for pair in zip(self, other, strict=True))


class Delivery:
    """Where one trail delivers; `read` are the buckets that files are read from, where somebody named them.

    Where nobody did, the place where a trail delivered when it was first seen is taken for the one that is read.
    """

    def __init__(self, read: Collection[str]) -> None:
        """Begin with a trail of which nothing is known."""
        self._read = read
        self._first: _Place | None = None
        self._is_fresh = True
        self._was_read: bool | None = None

    def take(self, facts: Mapping[str, object], *, is_new: bool) -> Sent | None:
        """Follow CreateTrail or UpdateTrail; None where it tells no place, or one of a trail that nobody ever read.

        `is_new`: nothing of that name was before, so that it was sent away from nowhere.
        """
        place = _place_in(facts)
        if place == (None, None):
            return None
        fresh, self._is_fresh = self._is_fresh, False
        if fresh and (is_new or not facts.get("sent")):
            self._first, self._was_read = place, place.bucket in self._read
            return None
        return self._of_named(place) if self._read else self._of_first(place)

    def leads_away(self, facts: Mapping[str, object]) -> bool:
        """Say whether a call sends the files where nobody reads, as far as is known before it."""
        place = _place_in(facts)
        if self._read:
            return place.bucket not in (None, *self._read)
        return self._first is not None and place.differs(self._first)

    def _of_named(self, place: _Place) -> Sent | None:
        if place.bucket is None or (self._was_read is False and place.bucket not in self._read):
            return None
        self._was_read = True
        return Sent(place.bucket not in self._read, _words(place))

    def _of_first(self, place: _Place) -> Sent:
        if self._first is None:
            return Sent(is_away=True, place=_words(place), is_guess=True)
        return Sent(place.differs(self._first), _words(place))


def _place_in(facts: Mapping[str, object]) -> _Place:
    return _Place(_text(facts.get("bucket")), _text(facts.get("prefix")))


def _words(place: _Place) -> str:
    return "/".join(filter(None, [place.bucket or "a bucket that no record tells", place.prefix]))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
