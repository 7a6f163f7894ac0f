"""The inbox in a SQLite file."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.contracts.inbox import InboxContract, arrival

from counterseal.clock import FixedClock
from counterseal.errors import CountersealError, Denied, MalformedInput, Refused, Unreachable
from counterseal.inbox.letter import State
from counterseal.inbox.schema import INBOX
from counterseal.inbox.sqlite import SqliteInbox
from counterseal.record_file import in_our_words

CLOCK = FixedClock(datetime(2026, 3, 2, 10, tzinfo=UTC))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "inbox.sqlite"


@pytest.fixture
def inbox(file: Path) -> Iterator[SqliteInbox]:
    with closing(SqliteInbox.at(file, CLOCK)) as opened:
        yield opened


class TestSqliteInbox(InboxContract):
    """The contract."""


def test_the_file_is_for_its_owner_only(inbox: SqliteInbox, file: Path) -> None:
    inbox.store([arrival()])

    for one in file.parent.iterdir():
        assert stat.S_IMODE(one.stat().st_mode) == 0o600


def test_every_commit_is_on_disk_before_it_returns(inbox: SqliteInbox) -> None:
    # 2 is FULL. https://www.sqlite.org/pragma.html#pragma_synchronous
    assert inbox._file.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert inbox._file.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_another_process_sees_what_was_stored(inbox: SqliteInbox, file: Path) -> None:
    inbox.store([arrival()])

    with closing(SqliteInbox.at(file, CLOCK)) as other:
        assert other.body(1) == b"{}"
        assert other.letter(1).received_at == "2026-03-02T10:00:00Z"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE messages SET body = x'00'",
        "DELETE FROM messages",
        "UPDATE marks SET state = 'processed'",
        "DELETE FROM marks",
        "REPLACE INTO messages VALUES (1, 'sqs', 'q', 'm', x'00', 't', x'00')",
        "REPLACE INTO marks VALUES (1, 1, 'processed', '', 't')",
    ],
)
def test_nothing_is_altered_or_removed(statement: str, inbox: SqliteInbox, file: Path) -> None:
    inbox.store([arrival()])

    with closing(sqlite3.connect(file)) as other, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(statement)


def test_a_failure_leaves_nothing_of_a_batch(inbox: SqliteInbox) -> None:
    with pytest.raises(Unreachable, match="did not answer"):
        inbox.store([arrival(), arrival()._replace(message_id=None)])  # type: ignore[arg-type]

    assert inbox.letters() == []


def test_a_busy_inbox_is_said_to_be_busy(file: Path) -> None:
    with closing(SqliteInbox.at(file, CLOCK, busy_seconds=0.01)) as opened, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(Unreachable, match="written by another process") as refused:
            opened.store([arrival()])

    assert "nothing was stored or acknowledged" in refused.value.hint


def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database at all, and long enough to be read as one" * 20)
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE things (name TEXT)")

    for name in ("text", "other"):
        with pytest.raises(MalformedInput, match="not an inbox"):
            SqliteInbox.at(tmp_path / name, CLOCK)


def test_an_inbox_of_a_newer_version_is_left_alone(file: Path) -> None:
    SqliteInbox.at(file, CLOCK).close()
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA user_version = 99")

    with pytest.raises(Refused, match="newer Counterseal"):
        SqliteInbox.at(file, CLOCK)


def test_a_step_that_fails_leaves_no_half_made_tables(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterseal.inbox.schema.INBOX", INBOX._replace(steps=(("CREATE TABLE a (b)", "no SQL"),)))

    with pytest.raises(Unreachable):
        SqliteInbox.at(file, CLOCK)

    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_a_place_that_cannot_hold_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="no folder"):
        SqliteInbox.at(tmp_path / "missing" / "inbox", CLOCK)

    for failure, error in ((PermissionError(13, "no"), Denied), (OSError(5, "disk"), Unreachable)):

        def touch(*_: object, failure: OSError = failure, **__: object) -> None:
            raise failure

        monkeypatch.setattr(Path, "touch", touch)
        with pytest.raises(error, match="made"):
            SqliteInbox.at(tmp_path / "inbox", CLOCK)


def test_a_folder_in_its_place_is_said_not_to_open(tmp_path: Path) -> None:
    with pytest.raises(Denied, match="cannot be opened"):
        SqliteInbox.at(tmp_path, CLOCK)


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        (sqlite3.SQLITE_FULL, Unreachable, "disk is full"),
        (sqlite3.SQLITE_IOERR_FSYNC, Unreachable, "disk that is full or fails"),
        (sqlite3.SQLITE_READONLY, Denied, "may not be written"),
        (sqlite3.SQLITE_CORRUPT, MalformedInput, "damaged"),
    ],
)
def test_failures_are_said_in_our_words(code: int, error: type[CountersealError], said: str) -> None:
    failure = sqlite3.OperationalError("x")
    failure.sqlite_errorcode = code

    words = in_our_words(failure, "inbox.sqlite", INBOX)

    assert isinstance(words, error)
    assert said in str(words)


def test_two_connections_settle_a_message_once(inbox: SqliteInbox, file: Path) -> None:
    inbox.store([arrival()])
    with closing(SqliteInbox.at(file, CLOCK)) as other:
        settled = [it.settle([1], State.PROCESSED, only=State.NEW) for it in (inbox, other)]

    assert settled == [[1], []]
