"""What the crew is asked to do in its tests: by fresh interpreters, so by functions of a module."""

import os
import signal
from pathlib import Path

from counterseal.errors import MalformedInput


def double(number: int) -> int:
    return 2 * number


def refuse_odd(number: int) -> int:
    if number % 2:
        raise MalformedInput(f"{number} is odd", hint="take another")
    return number


def end_at_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def meet(fifo: str) -> int:
    """Fail as the second of two: the one that reads cannot fail before the one that writes has."""
    path, way = fifo.rsplit(":", 1)
    Path(path).open(way).close()
    raise MalformedInput(f"the one that was to {way}")


def stop_at_one(number: int) -> int:
    if number == 1:
        raise ZeroDivisionError
    return number
