"""`alert run`: what ends it, and what ends no more than one pass."""

import io

import pytest

from counterseal.cli.alert import keep_telling
from counterseal.cli.console import Console
from counterseal.errors import Denied, Unreachable

FULL = Unreachable("the outbox has no room: the disk is full")


class Passes:
    """Passes that fail or not, one after another; when the last was done, it is time to end."""

    def __init__(self, *failures: Exception | None) -> None:
        self.left = list(failures)

    def once(self) -> None:
        if failure := self.left.pop(0):
            raise failure

    def wait(self) -> bool:
        return not self.left


def test_what_may_succeed_later_ends_one_pass_and_is_told_once() -> None:
    passes, notes = Passes(None, FULL, FULL, None, FULL, None), io.StringIO()

    keep_telling(passes.once, passes.wait, Console(io.StringIO(), notes))

    assert passes.left == []
    assert notes.getvalue() == f"counterseal: warning: {FULL}\n" * 2


@pytest.mark.parametrize("failures", [(FULL, None), (None, Denied("the outbox may not be written"))])
def test_what_is_wrong_at_the_start_or_for_good_ends_it(failures: tuple[Exception | None, ...]) -> None:
    passes = Passes(*failures)

    with pytest.raises((Unreachable, Denied)):
        keep_telling(passes.once, passes.wait, Console(io.StringIO(), io.StringIO()))
