"""Keeps calls apart, so that a service which allows few of them is not asked more often."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from counterseal.errors import Unreachable

_T = TypeVar("_T")

_TRIES = 5


class Pace:
    """At most so many calls a second, whatever threads make them. What waits, and by which clock, is passed in."""

    def __init__(
        self,
        per_second: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take how many, a clock that only goes forward, and what waits for some seconds."""
        self._interval = 1.0 / per_second
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = monotonic()

    def call(self, ask: Callable[[], _T]) -> _T:
        """Ask in turn; ask again, later each time, where there is no answer or the service is throttling.

        Raises:
            Unreachable: there was no answer for some five times; and whatever else `ask` raises.
        """
        for number in range(_TRIES - 1):
            self._wait()
            try:
                return ask()
            except Unreachable:
                self._sleep(2.0**number)
        self._wait()
        return ask()

    def _wait(self) -> None:
        with self._lock:
            now = self._monotonic()
            turn = max(self._next, now)
            self._next = turn + self._interval
        if turn > now:
            self._sleep(turn - now)
