"""The period that an audit is asked about, and the days on which what happened in it was delivered."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from counterseal.clock import format_time
from counterseal.correlation.judging.result import AuditResult

_ONE_DAY = timedelta(days=1)


class Days(NamedTuple):
    """Days of delivery, the first and the last with them; None where there is no end."""

    first: date | None = None
    last: date | None = None

    def hold(self, day: date) -> bool:
        """Say whether a day is among them."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def unseen(self) -> tuple[str, ...]:
        """Say what reading the files of these days alone may miss."""
        return (f"records that were delivered after {self.last}, late by a day or more",) if self.last else ()

    def without_first(self) -> "Days":
        """Return the same days but for the first: a digest lists files that were delivered up to an hour before it."""
        return self._replace(first=self.first + _ONE_DAY if self.first else None)


class Period(NamedTuple):
    """From when to when, both included; None where there is no end."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, time: datetime) -> bool:
        """Say whether a time lies in it."""
        return (self.since is None or self.since <= time) and (self.until is None or time <= self.until)

    def delivered(self) -> Days:
        """Return the days on which the records of the period were delivered: one more at each end.

        An event is delivered some minutes after it happened, or hours: the day after holds the last of them. A digest
        of the first hour lists what was delivered before midnight.
        """
        since, until = self
        return Days(since.date() - _ONE_DAY if since else None, until.date() + _ONE_DAY if until else None)


def limited_to(result: AuditResult, period: Period) -> AuditResult:
    """Leave out what happened outside a period. It was read, and judged by, as the context of what happened inside."""
    if period == Period():
        return result
    since, until = period
    blind = [
        it
        for it in result.blind_intervals
        if (until is None or it.start <= until) and (since is None or it.end is None or since <= it.end)
    ]
    events = tuple(it for it in result.population.events if period.holds(it.time))
    said = (
        f"from {format_time(since) if since else 'the first record'} to {format_time(until) if until else 'the last'}"
    )
    left = len(result.population.events) - len(events)
    note = f"only what happened {said} is listed; {left} events beyond it were read as its context"
    return replace(
        result,
        findings=tuple(it for it in result.findings if period.holds(it.time)),
        guard_events=tuple(it for it in result.guard_events if period.holds(it.time)),
        blind_intervals=tuple(blind),
        population=replace(result.population, events=events),
        notes=(*result.notes, note) if left else result.notes,
    )
