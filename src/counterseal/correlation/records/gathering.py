"""Puts records together into a population, whatever the order, the splitting and the repetition they come in."""

from collections.abc import Iterable

from counterseal.clock import parse_time
from counterseal.correlation.records.envelopes import Aside, read_envelopes
from counterseal.correlation.records.held import Held, put_together
from counterseal.correlation.records.population import Population, label_hours
from counterseal.correlation.records.stretches import STRETCH_BYTES, OtherLayout, read_stretches
from counterseal.correlation.records.tally import Tally
from counterseal.errors import MalformedInput


def tally_of(data: bytes, *, source: str) -> Tally:
    """Return all that a file or a message holds.

    Raises:
        MalformedInput: it is none of what records come in; the message names `source`.
    """
    tally = Tally(source)
    try:
        for item in read_envelopes(data, source=source):
            tally.take(item)
    except RecursionError as failure:
        raise MalformedInput(f"{source!r} nests deeper than any record") from failure
    except UnicodeDecodeError as failure:
        raise MalformedInput(f"{source!r} holds text that is not UTF-8: {failure}") from failure
    return tally


class Gathering:
    """Takes files, and messages, one by one; keeps the events that matter and counts the rest."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._held = Held()
        self._total = Tally(source="")

    def add(self, data: bytes, *, source: str) -> None:
        """Take all that a file or a message holds, or nothing where an error is raised.

        Raises:
            MalformedInput: it is none of what records come in; the message names `source`.
        """
        self._add(tally_of(data, source=source))

    def add_in_stretches(self, windows: Iterable[bytes], *, source: str, stretch_bytes: int = STRETCH_BYTES) -> bool:
        """Take a file that comes in pieces, without ever holding all of it; the same comes of it as of `add`.

        Return False, and take nothing, where that is not possible: `add` says what the file is, or what is wrong.
        """
        tally = Tally(source)
        try:
            for stretch in read_stretches(windows, stretch_bytes=stretch_bytes):
                tally.take_stretch(stretch)
        except (OtherLayout, MalformedInput, RecursionError):
            return False
        self._add(tally)
        return True

    def population(self) -> Population:
        """Return all that was taken so far, as one value."""
        (events, superseded), total = put_together(self._held.standing), self._total
        return Population(
            events=events,
            conflicts=self._held.conflicts(),
            superseded=superseded,
            kms_hours=total.covered_hours(),
            label_hours=label_hours(events),
            ticket_hints=total.asides[Aside.TICKET_HINT],
            digest_files=total.asides[Aside.DIGEST_FILE],
            notices=total.asides[Aside.NOTICE],
            start=parse_time(total.start) if total.end else None,
            end=parse_time(total.end) if total.end else None,
            duplicates=self._held.duplicates,
            **total.counts,
        )

    def _add(self, tally: Tally) -> None:
        self._total.add(tally)
        for event in tally.events:
            self._held.keep(event)
