"""What keeps alerts until they are delivered, and remembers what was already told."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from counterseal.outbox.notice import Notice, Pause, Waiting


class Outbox(Protocol):
    """Notices in the order in which they were found. What is once in it is sent until it is taken.

    Every method raises Unreachable where the outbox is busy, full or does not answer, Denied where it may not be
    written, and MalformedInput where it is damaged.
    """

    def known(self) -> Mapping[str, str] | None:
        """Return the findings as they were at the last look, by subject; None where there was no look yet."""
        ...

    def add(self, notices: Sequence[Notice], known: Mapping[str, str]) -> int:
        """Keep what is new among the notices, and what is known from now on: both or neither. Return how many."""
        ...

    def waiting(self, alert: str = "", *, limit: int = 1000) -> Sequence[Waiting]:
        """Return what was not taken yet, of one receiver or of all: what was tried least first."""
        ...

    def counts(self) -> Mapping[str, int]:
        """Return how many notices wait for each receiver."""
        ...

    def pause(self, alert: str) -> Pause:
        """Return whether a receiver is left alone for a while."""
        ...

    def sent(self, number: int) -> None:
        """Say that the receiver took a notice; it is not left alone any more."""
        ...

    def failed(self, number: int, reason: str, pause: Pause) -> None:
        """Say that the receiver did not take a notice, why, and how long it is left alone."""
        ...

    def delivering(self) -> AbstractContextManager[bool]:
        """Be the one who delivers, for the length of a `with`; False where another process is."""
        ...

    def close(self) -> None:
        """Let go of it. Closing twice does nothing."""
        ...
