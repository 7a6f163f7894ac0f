"""What an outbox is: alerts that wait for their receivers, and what was known when they were written."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

LONGEST_PAUSE = timedelta(hours=1)
"""How long an alert that was not taken waits for its next try at most."""


class Queued(NamedTuple):
    """One alert for one receiver. `key` is the same whenever the same is told: a receiver may drop what it knows."""

    receiver: str
    key: str
    body: str


class Waiting(NamedTuple):
    """One alert that its receiver has not taken: how often it was tried, when next, and what went wrong last."""

    number: int
    receiver: str
    key: str
    body: str
    queued_at: str
    tries: int
    next_at: str
    reason: str


class Outbox(Protocol):
    """Keeps alerts until they are taken. Every method may raise Denied, MalformedInput and Unreachable."""

    def alone(self) -> AbstractContextManager[None]:
        """Wait until nobody else is at it, and keep others waiting for the length of a `with`, killed or not.

        Who reads what waits, tells it, and writes that down would otherwise tell what another is telling.
        """
        ...

    def known(self) -> Mapping[str, str] | None:
        """Return what was known of each finding when the last alerts were written; None where none ever were."""
        ...

    def queue(self, alerts: Sequence[Queued], known: Mapping[str, str], at: datetime) -> int:
        """Write alerts, and what is known by now, in one transaction; return how many were new."""
        ...

    def waiting(self, due: datetime | None = None) -> Sequence[Waiting]:
        """Return what waits, oldest first; with `due` only what is to be tried by then.

        What is to be tried later than any pause lasts was written by a clock that was ahead: it is due.
        """
        ...

    def taken(self, number: int, at: datetime) -> None:
        """Write down that the receiver has taken an alert: it waits no more."""
        ...

    def failed(self, number: int, reason: str, next_at: datetime) -> None:
        """Write down that an alert was tried in vain, and when it is to be tried again."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
