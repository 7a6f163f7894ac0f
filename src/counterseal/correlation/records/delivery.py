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


class Place(NamedTuple):
    """A bucket, and the prefix in it before AWSLogs; None: no record tells, or any."""

    bucket: str | None
    prefix: str | None = None

    def differs(self, other: "Place") -> bool:
        """Say whether they are known to be two places."""
        return any(None not in pair and pair[0] != pair[1] for pair in zip(self, other, strict=True))


class Read(NamedTuple):
    """Where trails' files are read from: the buckets that somebody named, and the places that were read just now."""

    named: Collection[str] = ()
    places: Collection[Place] = ()

    def buckets(self) -> frozenset[str]:
        """Return the names of all of them."""
        return frozenset(self.named) | {it.bucket for it in self.places if it.bucket}


NOWHERE = Read()


class Delivery:
    """Where one trail delivers, and whether its files are read there.

    Where nobody named buckets, the place where a trail delivered when it was first seen is taken for the one that is
    read, beside those that were: what was read may be a copy, so that they do not tell that no other place is read.
    """

    def __init__(self, read: Read) -> None:
        """Begin with a trail of which nothing is known."""
        self._named = read.buckets() if read.named else frozenset()
        self._places = read.places
        self._first: Place | None = None
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
            self._first, self._was_read = place, place.bucket in self._named
            return None
        return self._of_named(place) if self._named else self._of_first(place)

    def leads_away(self, facts: Mapping[str, object]) -> bool:
        """Say whether a call sends the files where nobody reads, as far as is known before it."""
        place = _place_in(facts)
        if self._named:
            return place.bucket not in (None, *self._named)
        if place == (None, None) or self._holds(place):
            return False
        return bool(self._places) if self._first is None else place.differs(self._first)

    def _of_named(self, place: Place) -> Sent | None:
        if place.bucket is None or (self._was_read is False and place.bucket not in self._named):
            return None
        self._was_read = True
        return Sent(place.bucket not in self._named, _words(place))

    def _of_first(self, place: Place) -> Sent:
        if self._holds(place):
            self._first = place
            return Sent(is_away=False, place=_words(place))
        if self._first is None:
            return Sent(is_away=True, place=_words(place), is_guess=True)
        return Sent(place.differs(self._first), _words(place))

    def _holds(self, place: Place) -> bool:
        """Say whether a place was read just now."""
        return place.bucket is not None and not all(place.differs(it) for it in self._places)


def _place_in(facts: Mapping[str, object]) -> Place:
    return Place(_text(facts.get("bucket")), _text(facts.get("prefix")))


def _words(place: Place) -> str:
    return "/".join(filter(None, [place.bucket or "a bucket that no record tells", place.prefix]))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
