"""Delivers what waits in the outbox: at least once, with a key by which the receiver makes it once."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from counterseal.clock import Clock
from counterseal.errors import CountersealError
from counterseal.outbox.interface import Outbox
from counterseal.outbox.notice import Notice, Pause

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 5.0, 3600.0

# 2 ** 10 times the first pause is above the longest.
_MOST_DOUBLINGS = 10


class Courier(Protocol):
    """Takes a notice to its receiver."""

    def deliver(self, notice: Notice) -> None:
        """Return once the receiver has taken it.

        Raises:
            Unreachable: the receiver did not answer, or not now.
            Denied: it does not know us.
            Refused: it does not take this.
        """
        ...


class Delivered(NamedTuple):
    """How many notices were taken, and why receivers took no more, by name."""

    sent: int
    failures: Mapping[str, str]


def deliver(outbox: Outbox, couriers: Mapping[str, Courier], clock: Clock, *, now: bool = False) -> Delivered:
    """Deliver what waits. A receiver that fails is left alone for a while, ever longer; `now` does not wait.

    Where another process delivers, nothing is done: that one sees to it.

    Raises:
        Denied, Unreachable, MalformedInput: what the outbox raises. What was sent and not noted is sent again.
    """
    sent, failures = 0, {}
    with outbox.delivering() as alone:
        for name in couriers if alone else ():
            if not now and outbox.pause(name).until > clock.now().timestamp():
                continue
            taken, failure = _deliver_to(name, outbox, couriers[name], clock)
            sent += taken
            if failure:
                failures[name] = failure
    return Delivered(sent, failures)


def _deliver_to(name: str, outbox: Outbox, courier: Courier, clock: Clock) -> tuple[int, str]:
    sent = 0
    while batch := outbox.waiting(name, limit=100):
        for waiting in batch:
            try:
                courier.deliver(waiting.notice)
            except CountersealError as failure:
                outbox.failed(waiting.number, str(failure), _next(outbox.pause(name), clock))
                return sent, str(failure)
            outbox.sent(waiting.number)
            sent += 1
    return sent, ""


def _next(pause: Pause, clock: Clock) -> Pause:
    seconds = min(_FIRST_PAUSE_SECONDS * 2 ** min(pause.failures, _MOST_DOUBLINGS), _LONGEST_PAUSE_SECONDS)
    return Pause(pause.failures + 1, clock.now().timestamp() + seconds)
