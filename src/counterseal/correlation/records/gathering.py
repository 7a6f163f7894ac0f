"""Puts records together into a population, whatever the order, the splitting and the repetition they come in."""

from collections.abc import Collection, Iterable

from counterseal.clock import parse_time
from counterseal.correlation.records.envelopes import Aside
from counterseal.correlation.records.event import Event
from counterseal.correlation.records.held import Held, put_together
from counterseal.correlation.records.population import CoveredHour, Population, label_hours
from counterseal.correlation.records.reading import read_in_stretches, read_whole
from counterseal.correlation.records.stretches import STRETCH_BYTES
from counterseal.correlation.records.tally import Tally


class Gathering:
    """Takes files, and messages, one by one; keeps the events that matter and counts the rest."""

    def __init__(self, *, guarded_buckets: Collection[str] = ()) -> None:
        """Begin with nothing; of the objects in S3, those of the guarded buckets matter."""
        self._held = Held()
        self._total = Tally(source="")
        self._buckets = guarded_buckets

    def add(self, data: bytes, *, source: str) -> None:
        """Take all that a file or a message holds, or nothing where an error is raised.

        Raises:
            MalformedInput: it is none of what records come in; the message names `source`.
        """
        self.take(read_whole(data, source=source, guarded_buckets=self._buckets))

    def add_in_stretches(self, windows: Iterable[bytes], *, source: str, stretch_bytes: int = STRETCH_BYTES) -> bool:
        """Take a file that comes in pieces, without ever holding all of it; the same comes of it as of `add`.

        Return False, and take nothing, where that is not possible: `add` says what the file is, or what is wrong.
        """
        tally = read_in_stretches(windows, source=source, guarded_buckets=self._buckets, stretch_bytes=stretch_bytes)
        if tally is None:
            return False
        self.take(tally)
        return True

    def take(self, tally: Tally) -> None:
        """Take what one source says, read somewhere else."""
        self._total.add(tally)
        for event in tally.events:
            self._held.keep(event)

    def standing(self) -> Iterable[Event]:
        """Return the events that stand, in no order, as they were read."""
        return self._held.standing.values()

    def kms_hours(self) -> frozenset[CoveredHour]:
        """Return the hours in which KMS reads were delivered."""
        return self._total.covered_hours()

    def population(self) -> Population:
        """Return all that was taken so far, as one value."""
        return self.population_of(*put_together(self._held.standing))

    def population_of(self, events: tuple[Event, ...], superseded: tuple[Event, ...] = ()) -> Population:
        """Return the same of events that somebody else has put together, out of all that stand."""
        total = self._total
        return Population(
            events=events,
            conflicts=self._held.conflicts(),
            superseded=superseded,
            kms_hours=total.covered_hours(),
            label_hours=label_hours(events),
            bucket_names=frozenset(total.bucket_names),
            ticket_hints=total.asides[Aside.TICKET_HINT],
            digest_files=total.asides[Aside.DIGEST_FILE],
            notices=total.asides[Aside.NOTICE],
            start=parse_time(total.start) if total.end else None,
            end=parse_time(total.end) if total.end else None,
            duplicates=self._held.duplicates,
            **total.counts,
        )
