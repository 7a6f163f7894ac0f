"""The time, asked for in one place, and its two written forms."""

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol

from counterseal.errors import MalformedInput

# Jira writes "2024-04-30T19:27:35.7+0000", AWS "2023-07-10T11:57:47Z", people "2023-07-10" and "…T11:57:47+02:00".
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s?(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)

_AS_AWS_WRITES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

_TO_THE_SECOND = len("2023-07-10T11:57:47")


class Clock(Protocol):
    """Whatever knows what time it is."""

    def now(self) -> datetime:
        """Return the present time, in UTC."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the present time, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still: for `--as-of` and for tests."""

    def __init__(self, instant: datetime) -> None:
        """Take the time that it will always tell."""
        self._instant = instant

    def now(self) -> datetime:
        """Return the time it was given."""
        return self._instant


class ShiftedClock:
    """Another clock's time, told by how far it was off: AWS's own, by which CloudTrail will date a change."""

    def __init__(self, clock: Clock, shift: timedelta) -> None:
        """Take the clock at hand, and how much later the other one is."""
        self._clock = clock
        self._shift = shift

    def now(self) -> datetime:
        """Return the present time, in UTC."""
        return self._clock.now() + self._shift


def parse_time(text: str) -> datetime:
    """Read a time and return it in UTC at whole seconds (design part 5); without a zone it is UTC.

    Raises:
        MalformedInput: the text is not a date, or not a date and a time.
    """
    try:
        if _AS_AWS_WRITES.fullmatch(text):
            return datetime.fromisoformat(text)
        return datetime.fromisoformat(_iso(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _no_time(text) from None


def _iso(text: str) -> str:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise _no_time(text)
    date, time, zone = found.groups()
    return f"{date}T{time or '00:00:00'}{(zone or '+00:00').replace('Z', '+00:00')}"


def _no_time(text: str) -> MalformedInput:
    return MalformedInput(f"{text!r} is not a time", hint="write it like 2026-01-31T12:00:00Z")


def format_time(instant: datetime) -> str:
    """Write a time as CloudTrail does: UTC, whole seconds, a Z at the end."""
    return f"{instant.astimezone(UTC).isoformat()[:_TO_THE_SECOND]}Z"


_: type[Clock] = SystemClock
_fixed: type[Clock] = FixedClock
_shifted: type[Clock] = ShiftedClock
