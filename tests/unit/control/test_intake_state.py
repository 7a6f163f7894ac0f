"""How the intake stands, for a person who looks."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.sns import NOW

from counterseal.clock import FixedClock
from counterseal.control.intake_state import Failure, IntakeState, intake_state
from counterseal.errors import Unreachable
from counterseal.inbox.letter import Arrival, State
from counterseal.inbox.sqlite import SqliteInbox


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[SqliteInbox]:
    with closing(SqliteInbox.at(tmp_path / "inbox", FixedClock(NOW))) as opened:
        yield opened


def test_messages_are_counted_by_state_and_the_last_one_is_named(inbox: SqliteInbox) -> None:
    inbox.store([Arrival("sqs", "queue", f"m-{number}", b"x") for number in range(3)])
    inbox.store([Arrival("sns", "topic", "m", b"y")], quarantine="why")
    inbox.settle([1], State.PROCESSED)

    state = intake_state(inbox)

    assert state == IntakeState(new=2, processed=1, quarantined=1, last_at=NOW, last_from="sns: topic")
    assert state.needs_a_look


def test_an_empty_inbox_needs_no_look(inbox: SqliteInbox) -> None:
    failure = Failure(NOW, "the queue did not answer")

    state = intake_state(inbox, failure)

    assert state == IntakeState(failure=failure)
    assert not state.needs_a_look


def test_an_inbox_that_cannot_be_read_is_never_fine(inbox: SqliteInbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise Unreachable("the inbox is busy")

    monkeypatch.setattr(inbox, "counts", fails)

    assert intake_state(inbox) == IntakeState(unreadable="the inbox is busy")
    assert intake_state(inbox).needs_a_look
