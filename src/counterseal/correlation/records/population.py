"""All that was read, as one value: the population that an auditor samples from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from counterseal.clock import format_time
from counterseal.correlation.records.catalogue import LABEL_UPDATED
from counterseal.correlation.records.event import Event, Kind


class CoveredHour(NamedTuple):
    """An hour, account and region in which a stream was seen to deliver; `hour` is UTC, on the full hour."""

    account: str
    region: str
    hour: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two records under one id that do not say the same.

    The event that stands in the population is the graver one. `digests` and `sources` hold all that were read, sorted.
    """

    event_id: str
    account: str
    digests: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """What the records say, whatever the order, the splitting and the repetition in which they came.

    `events` are sorted by (time, event_id, account) and hold each (event_id, account) once; reads and what concerns
    nobody here are counted in `reads` and `others` and not kept. `superseded` are the events that a later record of
    AWS corrected (addendum UPDATED_DATA); the correction stands in `events`. `kms_hours` are the hours in which KMS
    reads were delivered, `label_hours` those with a label event: only there is a missing witness observable.
    `bucket_names` are the guarded buckets of whose objects a write was recorded, be it plain use.

    `records` counts every record read, `duplicates` how many of them repeated one of the kept events. `start` and `end`
    span all records, those not kept included; None where nothing was read. `digest_files`, `ticket_hints` (messages of
    Jira automation: never an approval) and `notices` (subscription messages, other events) came along and are no
    records. `unknown_versions` are records whose major eventVersion is not 1; they were read all the same.
    """

    events: tuple[Event, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    superseded: tuple[Event, ...] = ()
    kms_hours: frozenset[CoveredHour] = frozenset()
    label_hours: frozenset[CoveredHour] = frozenset()
    bucket_names: frozenset[str] = frozenset()
    records: int = 0
    duplicates: int = 0
    reads: int = 0
    others: int = 0
    ticket_hints: int = 0
    digest_files: int = 0
    notices: int = 0
    unknown_versions: int = 0
    start: datetime | None = None
    end: datetime | None = None

    def of_kind(self, *kinds: Kind) -> tuple[Event, ...]:
        """Return the events of these kinds, in order."""
        return tuple(event for event in self.events if event.kind in kinds)

    def counts(self) -> dict[str, int | str | None]:
        """Return what `audit --json` prints as `population` (docs/reference/audit-json.md)."""
        return {
            "records": self.records,
            "changes": len(self.of_kind(Kind.CHANGE)),
            "attempts": len(self.of_kind(Kind.ATTEMPT)),
            "service_events": len(self.of_kind(Kind.SERVICE)),
            "unclassified": len(self.of_kind(Kind.UNCLASSIFIED)),
            "duplicates": self.duplicates,
            "conflicts": len(self.conflicts),
            "from": format_time(self.start) if self.start else None,
            "to": format_time(self.end) if self.end else None,
        }


def hour_of(event: Event) -> CoveredHour:
    """Return the hour, account and region of an event."""
    return CoveredHour(event.account, event.region, event.time.replace(minute=0, second=0, microsecond=0))


def label_hours(events: Iterable[Event]) -> frozenset[CoveredHour]:
    """Return the hours in which label events were delivered."""
    return frozenset(hour_of(event) for event in events if event.name == LABEL_UPDATED)
