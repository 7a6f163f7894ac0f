"""The outbox: written once, kept until taken, and none the worse for being killed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from counterseal.errors import Denied, MalformedInput, Unreachable
from counterseal.outbox.interface import LONGEST_PAUSE, Queued
from counterseal.outbox.sqlite import SqliteOutbox

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


@pytest.fixture
def outbox(file: Path) -> Iterator[SqliteOutbox]:
    opened = SqliteOutbox.at(file)
    yield opened
    opened.close()


def alert(key: str = "k-1", receiver: str = "ops") -> Queued:
    return Queued(receiver, key, f'{{"key":"{key}"}}')


def test_nothing_is_known_before_the_first_pass_and_nothing_is_something_after_it(outbox: SqliteOutbox) -> None:
    assert outbox.known() is None

    outbox.queue([], {}, NOON)

    assert outbox.known() == {}


def test_what_was_known_is_replaced_by_what_is_known(outbox: SqliteOutbox) -> None:
    outbox.queue([], {"a": "1", "b": "2"}, NOON)
    outbox.queue([], {"b": "3"}, LATER)

    assert outbox.known() == {"b": "3"}


def test_the_same_alert_is_written_once_for_each_receiver(outbox: SqliteOutbox) -> None:
    assert outbox.queue([alert(), alert(), alert(receiver="mail")], {}, NOON) == 2
    assert outbox.queue([alert()], {}, LATER) == 0
    assert [(it.receiver, it.key, it.queued_at) for it in outbox.waiting()] == [
        ("ops", "k-1", "2026-03-10T12:00:00Z"),
        ("mail", "k-1", "2026-03-10T12:00:00Z"),
    ]


def test_what_is_taken_waits_no_more_and_does_not_come_again(outbox: SqliteOutbox) -> None:
    outbox.queue([alert("k-1"), alert("k-2")], {}, NOON)

    outbox.taken(outbox.waiting()[0].number, LATER)

    assert [it.key for it in outbox.waiting()] == ["k-2"]
    assert outbox.queue([alert("k-1")], {}, LATER) == 0


def test_what_failed_waits_for_its_next_time_and_says_why(outbox: SqliteOutbox) -> None:
    outbox.queue([alert()], {}, NOON)
    [it] = outbox.waiting(NOON)

    outbox.failed(it.number, "nobody answers", LATER)

    assert outbox.waiting(NOON) == []
    [again] = outbox.waiting(LATER)
    assert (again.tries, again.reason, again.next_at) == (1, "nobody answers", "2026-03-10T12:01:00Z")


def test_what_a_clock_that_was_ahead_put_off_does_not_wait_for_that_day(outbox: SqliteOutbox) -> None:
    outbox.queue([alert("k-1")], {}, NOON + timedelta(days=400))
    outbox.queue([alert("k-2")], {}, NOON + LONGEST_PAUSE)

    assert [it.key for it in outbox.waiting(NOON)] == ["k-1"]


def test_all_of_it_outlives_the_process(file: Path, outbox: SqliteOutbox) -> None:
    outbox.queue([alert()], {"a": "1"}, NOON)
    outbox.close()

    with closing(SqliteOutbox.at(file)) as again:
        assert (len(again.waiting()), again.known()) == (1, {"a": "1"})


def test_a_pass_is_written_whole_or_not_at_all(file: Path, outbox: SqliteOutbox) -> None:
    outbox.queue([], {"a": "1"}, NOON)
    broken = {"b": object()}

    with pytest.raises(Unreachable, match="did not answer"):
        outbox.queue([alert()], broken, LATER)  # type: ignore[arg-type]  # what SQLite cannot hold

    assert (outbox.waiting(), outbox.known()) == ([], {"a": "1"})


def test_another_programs_file_is_no_outbox(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE notes (text)")

    with pytest.raises(MalformedInput, match="is a SQLite file and not an outbox"):
        SqliteOutbox.at(file)


def test_a_lock_that_cannot_be_opened_is_named(file: Path, outbox: SqliteOutbox) -> None:
    Path(f"{file}.lock").mkdir()

    with pytest.raises(Denied, match=r"lock '.*/outbox\.sqlite\.lock' of the outbox"), outbox.alone():
        pytest.fail("nobody may tell")


def test_one_after_the_other_may_be_alone(outbox: SqliteOutbox) -> None:
    with outbox.alone():
        outbox.queue([alert()], {}, NOON)
    with outbox.alone():
        assert len(outbox.waiting()) == 1
