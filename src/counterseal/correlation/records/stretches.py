"""A file of records, cut into stretches that are read one at a time."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec import DecodeError, Raw
from msgspec.json import Decoder

from counterseal.correlation.records.objects import GuardedBuckets
from counterseal.correlation.records.record import Head, UsualHead, is_known_version

STRETCH_BYTES = 16 * 1024
"""About nine records. Fewer, and the cutting shows; more, and one that matters has more neighbours read again."""

_BLANKS = b" \t\r\n"  # RFC 8259, section 2
_BLANK = rb"[ \t\r\n]*"
_COMMA = ord(",")
_OPENING = re.compile(
    rb"(?:\xef\xbb\xbf)?{_}\{{_}\"Records\"{_}:{_}\[{_}(\{{_}\"[^\"\\]*\"{_}:)".replace(b"{_}", _BLANK),
)
_USUAL_HEADS = Decoder(list[UsualHead])
_HEADS = Decoder(list[Head])
_RAWS = Decoder(list[Raw])

_UNREADABLE = (DecodeError, UnicodeDecodeError, RecursionError)


class OtherLayout(Exception):
    """The file is not one list of records, or not one that can be cut: it has to be read as a whole."""


class Stretch:
    """Some records that stand one after another: their heads, and the JSON list that they were read from."""

    __slots__ = ("_beginning", "_data", "_may_hold", "_raws", "_was_asked", "heads", "unknown_versions")

    def __init__(self, heads: Sequence[Head], data: bytes, beginning: bytes, *, unknown_versions: int = 0) -> None:
        """Take the heads, what they were read from, how records begin, and how many are of a version not known."""
        self.heads = heads
        self.unknown_versions = unknown_versions
        self._data = data
        self._beginning = beginning
        self._was_asked = False
        self._raws: Sequence[Raw] = ()
        self._may_hold: Sequence[bool] = ()

    def raw(self, number: int) -> Raw:
        """Return the exact bytes of one record. Who asks for one has it looked for, who asks again has all found."""
        if not self._was_asked:
            self._was_asked = True
            found = self._before(number) if 2 * number < len(self.heads) else self._behind(number)
            if found is not None:
                return found
        self._raws = self._raws or _RAWS.decode(self._data)
        return self._raws[number]

    def _before(self, number: int) -> Raw | None:
        """Read what stands before a cut that lies behind the record, where the guess is right.

        A list that is whole when it is closed at a comma was cut between two of its items.
        """
        cut = _next_cut(self._data, self._beginning, 1, len(self._data) * (number + 1) // len(self.heads))
        items = _items(memoryview(self._data)[: cut[0]], b"]") if cut else ()
        return items[number] if number < len(items) else None

    def _behind(self, number: int) -> Raw | None:
        """Read what stands behind a cut that lies before the record, where the guess is right.

        What is a whole list when it is opened there stood between two items, for it closes that list and no other.
        """
        count = len(self.heads)
        following = self._data.rfind(self._beginning, 1, len(self._data) * number // count)
        items = _items(b"[", memoryview(self._data)[following:]) if following > 0 else ()
        return items[number - count] if count - number <= len(items) else None

    def may_be_in(self, buckets: GuardedBuckets, number: int) -> bool:
        """Tell whether one record, which is of S3, may be about one of the buckets. Who asks of one asks of all."""
        if not self._may_hold:
            self._may_hold = buckets.may_hold_each(self._data, len(self.heads))
        return self._may_hold[number]


def _items(*parts: bytes | memoryview) -> Sequence[Raw]:
    try:
        return _RAWS.decode(b"".join(parts))
    except DecodeError:
        return ()


def read_stretches(windows: Iterable[bytes], *, stretch_bytes: int = STRETCH_BYTES) -> Iterator[Stretch]:
    """Read {"Records":[…]} from its bytes, which come in pieces of any size; only what is being read is in memory.

    A cut is a guess, made where a comma stands before what the first record begins with. The guess proves itself:
    where every stretch between two cuts is a JSON list of records, the file is the list of them all, for JSON can be
    read in one way only (docs/decisions/0010-reading-fast.md).

    Raises:
        OtherLayout: the file is something else, or was cut inside of a record; what was read so far is void.
    """
    pieces = iter(windows)
    window = next(pieces, b"")
    opening = _OPENING.match(window)
    if opening is None:
        raise OtherLayout
    beginning = opening[1]
    lists = _cut(chain([window], pieces), beginning, opening.start(1), stretch_bytes)
    del window, opening  # the next one is unpacked into the same memory
    for data in lists:
        try:
            usual = _USUAL_HEADS.decode(data)
        except _UNREADABLE:
            yield from (_of_any_version(it, beginning) for it in chain([data], lists))
        else:
            yield Stretch(usual, data, beginning)


def _of_any_version(data: bytes, beginning: bytes) -> Stretch:
    try:
        heads = _HEADS.decode(data)
    except _UNREADABLE as failure:
        raise OtherLayout from failure
    unknown = sum(not is_known_version(head.event_version) for head in heads)
    return Stretch(heads, data, beginning, unknown_versions=unknown)


def _cut(windows: Iterator[bytes], beginning: bytes, at: int, stretch_bytes: int) -> Iterator[bytes]:
    window = next(windows)
    begun: list[bytes] = []  # the stretch that the windows before left unfinished
    while window:
        view = memoryview(window)
        place = at if begun else at + stretch_bytes
        while (cut := _next_cut(window, beginning, at, place)) is not None:
            comma, following = cut
            yield b"".join((b"[", *begun, view[at:comma], b"]"))
            begun, at = [], following
            place = at + stretch_bytes
        begun.append(window[at:])
        del view, window  # the next one is unpacked into the same memory
        window, at = next(windows, b""), 0
    yield b"[%b]" % _without_ending(b"".join(begun))


def _next_cut(window: bytes, beginning: bytes, at: int, place: int) -> tuple[int, int] | None:
    """Find where, from `place` on, one record may end and the next begin: the comma's place and that of the next."""
    while (following := window.find(beginning, place)) >= 0:
        comma = following - 1 if window[following - 1] == _COMMA else window.rfind(b",", at, following)
        if comma > at and not window[comma + 1 : following].strip(_BLANKS):
            return comma, following
        place = following + 1
    return None


def _without_ending(last: bytes) -> bytes:
    closed = last.rstrip(_BLANKS)
    listed = closed.removesuffix(b"}").rstrip(_BLANKS)
    if not closed.endswith(b"}") or not listed.endswith(b"]"):
        raise OtherLayout
    return listed.removesuffix(b"]")
