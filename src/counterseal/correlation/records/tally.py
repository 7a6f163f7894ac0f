"""What one file, or message, says: the events that matter, and how many of the rest there were."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from msgspec import Raw

from counterseal.clock import format_time, parse_time
from counterseal.correlation.records.catalogue import KMS, SERVICES, Entry, Guards, look_up, service_of
from counterseal.correlation.records.envelopes import Aside, Item, LabelUpdate
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.normalise import account_and_region, normalise, normalise_label, parse_event_time
from counterseal.correlation.records.objects import GuardedBuckets, is_plain_use
from counterseal.correlation.records.population import CoveredHour
from counterseal.correlation.records.record import (
    Delivered,
    Head,
    Wrapping,
    is_known_version,
    is_network_activity,
)
from counterseal.correlation.records.stretches import Stretch

# As CloudTrail writes it. Texts of this form sort as their times do.
_EVENT_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:[0-5]\d:[0-5]\dZ", re.ASCII)
_REGULAR = b"0000-00-00T00:00:00Z,"
_ALL_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_HOUR = len("2023-07-10T11")
_SECONDS = len("2023-07-10T11:57:47")
_NEVER = "~"  # later than every time, as text

_AT_ONCE = 64
"""How many stretches are handled together, a megabyte of a file: work of one kind in a row finds warm caches."""

_UNWRAPPED = Wrapping()
_UNREAD = Raw()


class _Handling(NamedTuple):
    """What is done with records of one name that matters; `entry` is None where one is a read, and is not opened."""

    entry: Entry | None
    shows_kms: bool
    of_objects: bool = False


_Written = tuple[str | None, str | None, str, str]


@lru_cache(maxsize=4096)  # a trail names some hundred calls; nobody can make us remember more
def _handling(source: str, name: str, read_only: bool | str | None) -> _Handling | None:  # noqa: FBT001 - a key of the cache
    """Return None for what is counted, and not looked at: most of all records."""
    service = service_of(source)
    if service not in SERVICES:
        return None
    is_read = read_only in (True, "true")
    entry = look_up(service, name, read_only=is_read)
    # Only a trail that records the reads of KMS delivers these: it would deliver the witness as well. A name alone does
    # not show it: a write of KMS that we do not know comes from a trail that records writes only.
    shows_kms = service == KMS and is_read and entry.kind is not Kind.GUARD
    if entry.kind is Kind.READ or (entry.kind is Kind.OTHER and service == KMS):
        return _Handling(None, shows_kms=shows_kms)
    if entry.kind is Kind.OTHER:
        return None
    return _Handling(entry, shows_kms=shows_kms, of_objects=entry.guards is Guards.OBJECT)


class Tally:
    """Takes what one source holds, record by record or stretch by stretch."""

    def __init__(self, source: str, *, guarded_buckets: Collection[str] = ()) -> None:
        """Begin with nothing; `source` is named in errors and stands in the events.

        What was done to objects is kept of the guarded buckets only. Of all others it is counted, and not looked at.
        """
        self.events: list[Event] = []
        self.counts = {"records": 0, "reads": 0, "others": 0, "unknown_versions": 0}
        self.asides = dict.fromkeys(Aside, 0)
        self.kms_hours: set[tuple[str, str, str]] = set()
        self.bucket_names: set[str] = set()
        self.start, self.end = _NEVER, ""
        self._buckets = GuardedBuckets(guarded_buckets) if guarded_buckets else None
        self._source = source
        self._hours: set[str] = set()
        self._shown: set[_Written] = set()

    def take(self, item: Item) -> None:
        """Take one thing that an envelope held.

        Raises:
            MalformedInput: it cannot be read, or its time is none.
        """
        if isinstance(item, Delivered):
            self._record(item)
        elif isinstance(item, LabelUpdate):
            event = normalise_label(item, source=self._source)
            self.counts["records"] += 1
            self._span(format_time(event.time))
            self.events.append(event)
        else:
            self.asides[item] += 1

    def take_stretches(self, stretches: Iterator[Stretch]) -> None:
        """Take many records; exactly what taking them one by one comes to.

        Raises:
            MalformedInput: one cannot be read, or its time is none.
        """
        while self._take_some(islice(stretches, _AT_ONCE)):
            pass

    def _take_some(self, stretches: Iterable[Stretch]) -> int:
        """Open what matters among some stretches, count what does not, and return how many records there were."""
        heads: list[Head] = []
        handled: list[tuple[_Handling, Head, Raw]] = []
        buckets = self._buckets
        for stretch in stretches:
            heads += stretch.heads
            self.counts["unknown_versions"] += stretch.unknown_versions
            for number, head in enumerate(stretch.heads):
                handling = _handling(head.event_source, head.event_name, head.read_only)
                if handling is None:
                    continue
                if handling.shows_kms and _place_as_written(head) not in self._shown:
                    self._show_as_written(head, stretch.raw(number))
                if not handling.of_objects or (buckets and stretch.may_be_in(buckets, number)):
                    # A stretch is not kept, so that its memory is used again: what will be opened is copied out of it.
                    handled.append((handling, head, stretch.raw(number).copy() if handling.entry else _UNREAD))
        self._span_all([head.event_time for head in heads])
        self.counts["records"] += len(heads)
        self.counts["others"] += len(heads) - len(handled)
        for handling, head, raw in handled:
            if handling.entry:
                self._open(Delivered(head, raw, _UNWRAPPED), handling.entry)
            else:
                self.counts["reads"] += 1
        return len(heads)

    def add(self, other: "Tally") -> None:
        """Add what another source says; its events are left to it."""
        for name, count in other.counts.items():
            self.counts[name] += count
        for aside, count in other.asides.items():
            self.asides[aside] += count
        self.kms_hours |= other.kms_hours
        self.bucket_names |= other.bucket_names
        self._widen(other.start, other.end)

    def covered_hours(self) -> frozenset[CoveredHour]:
        """Return the hours in which KMS reads were delivered."""
        return frozenset(
            CoveredHour(account, region, parse_time(f"{hour}:00:00Z")) for account, region, hour in self.kms_hours
        )

    def _record(self, delivered: Delivered) -> None:
        head, counts = delivered.head, self.counts
        hour = self._span(head.event_time)
        counts["records"] += 1
        if not is_known_version(head.event_version):
            counts["unknown_versions"] += 1
        handling = _handling(head.event_source, head.event_name, head.read_only)
        if handling is None or (handling.of_objects and not (self._buckets and self._buckets.may_hold(delivered.raw))):
            counts["others"] += 1
            return
        if handling.shows_kms:
            self._show((*account_and_region(delivered), hour), delivered.raw)
        if handling.entry:
            self._open(delivered, handling.entry)
        else:
            counts["reads"] += 1

    def _open(self, delivered: Delivered, entry: Entry) -> None:
        event = normalise(delivered, entry, source=self._source)
        if entry.guards is Guards.OBJECT:
            self._keep_of_object(event)
        elif event is None:
            self.counts["reads"] += 1
        else:
            self.events.append(event)

    def _keep_of_object(self, event: Event | None) -> None:
        """Keep what was done to an object of a guarded bucket; plain use shows that such records are delivered."""
        if event and self._buckets and (bucket := str(event.facts["resource"])) in self._buckets.names:
            self.bucket_names.add(bucket)
            if not is_plain_use(event):
                self.events.append(event)
                return
        self.counts["others"] += 1

    def _span(self, time: str) -> str:
        """Widen the span by one time, and return its hour as text. A time is parsed once for each hour."""
        hour = time[:_HOUR]
        if hour not in self._hours or not _EVENT_TIME.fullmatch(time):
            time = format_time(parse_event_time(time, source=self._source))
            hour = time[:_HOUR]
            self._hours.add(hour)
        self._widen(time, time)
        return hour

    def _span_all(self, times: Sequence[str]) -> None:
        """Widen the span by many times. Of regular ones, one of each hour says whether the others are times at all."""
        if not _are_regular(times):
            for time in times:
                self._span(time)
        elif times:
            first, last = min(times), max(times)
            if first[:_HOUR] != last[:_HOUR] or first[:_HOUR] not in self._hours:
                for time in {time[:_HOUR]: time for time in times}.values():
                    self._span(time)
            self._widen(first, last)

    def _show(self, place: tuple[str, str, str], raw: Raw) -> bool:
        """Take an hour for covered, and say so; of what sort a record is, only those before the first are asked."""
        if place not in self.kms_hours and is_network_activity(raw):
            return False
        self.kms_hours.add(place)
        return True

    def _show_as_written(self, head: Head, raw: Raw) -> None:
        hour = self._span(head.event_time)
        if self._show((head.account or "", head.region or "", hour), raw) and _EVENT_TIME.fullmatch(head.event_time):
            self._shown.add(_place_as_written(head))

    def _widen(self, first: str, last: str) -> None:
        self.start, self.end = min(self.start, first), max(self.end, last)


def _place_as_written(head: Head) -> _Written:
    """Return what all records of CloudTrail's form have in common that lie in one hour, account and region."""
    return head.account, head.region, head.event_time[:_HOUR], head.event_time[_SECONDS:]


def _are_regular(times: Sequence[str]) -> bool:
    """Tell whether every time has CloudTrail's form: what _EVENT_TIME says, asked of all at once."""
    joined = ",".join(times).encode(errors="replace")
    if joined.translate(_ALL_ZEROS) != (_REGULAR * len(times))[:-1]:
        return False
    tens_of_minutes, tens_of_seconds = joined[14 :: len(_REGULAR)], joined[17 :: len(_REGULAR)]
    return not (tens_of_minutes + tens_of_seconds).strip(b"012345")
