"""One alert to one receiver, as it lies in the outbox."""

from typing import NamedTuple


class Notice(NamedTuple):
    """What is to be sent to whom.

    `alert` is the receiver's name in the settings. The same `idempotency_key` is one notice, however often it is found
    or sent: the receiver gets the key as well.
    """

    alert: str
    idempotency_key: str
    body: bytes


class Waiting(NamedTuple):
    """A notice that its receiver has not taken yet, how often it was tried, and why the last try failed."""

    number: int
    notice: Notice
    queued_at: str
    tries: int
    reason: str


class Pause(NamedTuple):
    """How often in a row a receiver did not take what it was sent, and until when (seconds since 1970) it is left."""

    failures: int = 0
    until: float = 0.0
