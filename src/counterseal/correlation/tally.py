"""What one file, or message, says: the events that matter, and how many of the rest there were."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec import Raw

from counterseal.clock import format_time
from counterseal.correlation.catalogue import KMS, SERVICES, Entry, look_up, service_of
from counterseal.correlation.envelopes import Aside, Item, LabelUpdate
from counterseal.correlation.event import Event, Kind
from counterseal.correlation.normalise import account_and_region, normalise, normalise_label, parse_event_time
from counterseal.correlation.record import Delivered, Wrapping, is_known_version
from counterseal.correlation.stretches import Stretch

# As CloudTrail writes it. Texts of this form sort as their times do.
_EVENT_TIME = r"\d{4}-\d\d-\d\dT\d\d:[0-5]\d:[0-5]\dZ"
_ONE_TIME = re.compile(_EVENT_TIME, re.ASCII)
_TIMES = re.compile(f"(?:{_EVENT_TIME},)*", re.ASCII)
_TIME_LENGTH = len("2023-07-10T11:57:47Z")
_HOUR = len("2023-07-10T11")
_NEVER = "~"  # later than every time, as text

_UNWRAPPED = Wrapping()


_NO_RAWS: list[Raw] = []
_UNREAD = Raw()


class _Handling(NamedTuple):
    """What is done with records of one name; `entry` is None where one is counted and not opened."""

    entry: Entry | None
    is_read: bool
    shows_kms: bool


_LEFT_ALONE = _Handling(None, is_read=False, shows_kms=False)


@lru_cache(maxsize=4096)  # a trail names some hundred calls; nobody can make us remember more
def _handling(source: str, name: str, read_only: bool | str | None) -> _Handling:  # noqa: FBT001 - a key of the cache
    service = service_of(source)
    if service not in SERVICES:
        return _LEFT_ALONE
    entry = look_up(service, name, read_only=read_only in (True, "true"))
    # Only a trail that records the reads of KMS delivers these: it would deliver the witness as well.
    shows_kms = service == KMS and entry.kind is not Kind.GUARD
    if entry.kind is Kind.READ or (entry.kind is Kind.OTHER and service == KMS):
        return _Handling(None, is_read=True, shows_kms=shows_kms)
    return _LEFT_ALONE if entry.kind is Kind.OTHER else _Handling(entry, is_read=False, shows_kms=shows_kms)


class Tally:
    """Takes what one source holds, record by record or stretch by stretch."""

    def __init__(self, source: str) -> None:
        """Begin with nothing; `source` is named in errors and stands in the events."""
        self.events: list[Event] = []
        self.counts = {"records": 0, "reads": 0, "others": 0, "unknown_versions": 0}
        self.asides = dict.fromkeys(Aside, 0)
        self.kms_hours: set[tuple[str, str, str]] = set()
        self.start, self.end = _NEVER, ""
        self._source = source
        self._hours: set[str] = set()

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

    def take_stretch(self, stretch: Stretch) -> None:
        """Take many records at once; exactly what taking them one by one comes to.

        Raises:
            MalformedInput: one cannot be read, or its time is none.
        """
        heads = stretch.heads
        if not self._span_all([head.event_time for head in heads]):
            for head, raw in zip(heads, stretch.raws(), strict=True):
                self._record(Delivered(head, raw, _UNWRAPPED))
            return
        counts, others, raws = self.counts, 0, _NO_RAWS
        for number, head in enumerate(heads):
            handling = _handling(head.event_source, head.event_name, head.read_only)
            if handling is _LEFT_ALONE:
                others += 1
                continue
            if handling.entry and not raws:
                raws = stretch.raws()
            raw = raws[number] if handling.entry else _UNREAD
            self._handle(Delivered(head, raw, _UNWRAPPED), handling, head.event_time[:_HOUR])
        counts["records"] += len(heads)
        counts["others"] += others
        counts["unknown_versions"] += _unknown([head.event_version for head in heads])

    def add(self, other: "Tally") -> None:
        """Add what another source says; its events are left to it."""
        for name, count in other.counts.items():
            self.counts[name] += count
        for aside, count in other.asides.items():
            self.asides[aside] += count
        self.kms_hours |= other.kms_hours
        self._widen(other.start, other.end)

    def _record(self, delivered: Delivered) -> None:
        head, counts = delivered.head, self.counts
        hour = self._span(head.event_time)
        counts["records"] += 1
        if not is_known_version(head.event_version):
            counts["unknown_versions"] += 1
        handling = _handling(head.event_source, head.event_name, head.read_only)
        if handling is _LEFT_ALONE:
            counts["others"] += 1
        else:
            self._handle(delivered, handling, hour)

    def _handle(self, delivered: Delivered, handling: _Handling, hour: str) -> None:
        if handling.shows_kms:
            account, region = account_and_region(delivered)
            self.kms_hours.add((account, region, hour))
        event = normalise(delivered, handling.entry, source=self._source) if handling.entry else None
        if event is None:
            self.counts["reads"] += 1
        else:
            self.events.append(event)

    def _span(self, time: str) -> str:
        """Widen the span by one time, and return its hour as text. A time is parsed once for each hour."""
        hour = time[:_HOUR]
        if hour not in self._hours or not _ONE_TIME.fullmatch(time):
            time = format_time(parse_event_time(time, source=self._source))
            hour = time[:_HOUR]
            self._hours.add(hour)
        self._widen(time, time)
        return hour

    def _span_all(self, times: Sequence[str]) -> bool:
        """Widen the span by all times where CloudTrail's form is that of them all; else leave it as it was."""
        joined = ",".join(times) + ","
        if len(joined) != len(times) * (_TIME_LENGTH + 1) or not _TIMES.fullmatch(joined):
            return False
        first, last = min(times), max(times)
        same_hour = first[:_HOUR] == last[:_HOUR]
        for time in (first,) if same_hour else times:
            self._span(time)
        self._widen(first, last)
        return True

    def _widen(self, first: str, last: str) -> None:
        self.start, self.end = min(self.start, first), max(self.end, last)


def _unknown(versions: Sequence[object]) -> int:
    """Count the versions that we do not know. They are nearly always the same one throughout."""
    if versions.count(versions[0]) == len(versions) and is_known_version(versions[0]):
        return 0
    return sum(not is_known_version(version) for version in versions)
