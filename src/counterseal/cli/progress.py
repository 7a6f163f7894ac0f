"""The line on a person's screen that says how far a command is; nothing of it anywhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[int, int], None]

_WIPED = "\r\x1b[K"


def drawn(sentence: str) -> Progress | None:
    """Return what draws the progress on a person's screen; nothing anywhere else."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        end = _WIPED if done == total else "\r"
        sys.stderr.write(sentence.format(done=done, total=total) + end)
        sys.stderr.flush()

    return show


def show_stage(stage: str) -> None:
    """Say on a person's screen what is done now, in the place of what was said before; "" wipes the line."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{_WIPED}{stage}\r" if stage else _WIPED)
        sys.stderr.flush()


@contextmanager
def wiped_at_the_end() -> Iterator[None]:
    """Leave nothing of the line behind, whatever comes: what is said next may be shorter."""
    try:
        yield
    finally:
        show_stage("")
