"""The ledger in one SQLite file: append-only, durable, shared by processes, and clear about what is wrong."""

import errno
import os
import random
import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contracts.ledger import LedgerContract
from tests.unit.ledger.samples import TickingClock, event

from counterseal.errors import CountersealError, Denied, MalformedInput, Refused, Unreachable
from counterseal.ledger import Ledger
from counterseal.ledger.schema import LEDGER, expected_objects
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.record_file import RecordFile, file_error, in_our_words


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.at(path, TickingClock())
    yield opened
    opened.close()


class TestSqliteLedger(LedgerContract):
    @pytest.fixture
    def ledger(self, path: Path) -> Iterator[Ledger]:
        opened = SqliteLedger.at(path, TickingClock())
        yield opened
        opened.close()


def behind_its_back(path: Path, *statements: str) -> None:
    """Alter the file as somebody would who has SQLite and no scruples."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


WITHOUT_GUARDS = "DROP TRIGGER entries_are_not_updated"


def guarded_again() -> list[str]:
    """Return the statement that puts the guard back: only the entry itself then shows what was done."""
    return [made for kind, name, made in expected_objects() if name == "entries_are_not_updated"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET content = x'00'",
        "UPDATE entries SET position = 9 WHERE position = 2",
        "DELETE FROM entries",
        "DELETE FROM entries WHERE position = 2",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE position = 1",
        "INSERT OR REPLACE INTO entries SELECT 9, stream, 1, kind, subject, fingerprint, digest, x'00' FROM entries",
        (
            "INSERT OR REPLACE INTO entries SELECT 1, stream, 3, kind, subject, fingerprint, digest, x'00' FROM entries"
            " WHERE position = 1"
        ),
        "INSERT INTO entries SELECT NULL, stream, 9, kind, subject, fingerprint, digest, content FROM entries",
        "INSERT OR IGNORE INTO entries SELECT 9, stream, 9, kind, subject, fingerprint, digest, content FROM entries",
        "INSERT OR FAIL INTO entries SELECT NULL, stream, 3, kind, subject, fingerprint, digest, content FROM entries",
        "INSERT INTO entries SELECT NULL, 'new', 2, kind, subject, fingerprint, digest, content FROM entries",
    ],
)
def test_the_file_itself_refuses_everything_but_the_next_entry(
    path: Path, ledger: SqliteLedger, statement: str
) -> None:
    ledger.append("audit", [event("e-1"), event("e-2")])

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        behind_its_back(path, statement)

    assert ledger.verify() is None
    assert ledger.head("audit").position == 2


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(1, 9), seed=st.integers(0, 2**32))
def test_a_byte_altered_in_the_file_is_found_and_its_place_named(
    tmp_path_factory: pytest.TempPathFactory, place: int, seed: int
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite"
    ledger = SqliteLedger.at(path, TickingClock())
    ledger.append("audit", [event(f"e-{number}") for number in range(9)])
    content = bytearray(list(ledger.read("audit"))[place - 1].content)
    dice = random.Random(seed)  # noqa: S311  # the place of a test's damage, not a secret
    content[dice.randrange(len(content))] ^= dice.randrange(1, 256)
    alteration = f"UPDATE entries SET content = x'{content.hex()}' WHERE position = {place}"  # noqa: S608  # hex
    behind_its_back(path, WITHOUT_GUARDS, alteration, *guarded_again())

    broken = ledger.verify()

    ledger.close()
    assert broken
    assert (broken.stream, broken.position, broken.cause) == ("audit", place, "altered")


def test_a_name_that_is_no_text_any_more_is_found_and_not_stumbled_over(path: Path, ledger: SqliteLedger) -> None:
    ledger.append("audit", [event()])
    alteration = "UPDATE entries SET kind = CAST(x'ff' AS TEXT)"
    behind_its_back(path, WITHOUT_GUARDS, alteration, *guarded_again())

    broken = ledger.verify()

    assert broken
    assert (broken.position, broken.cause) == (1, "altered")


def test_guards_that_are_gone_are_found(path: Path, ledger: SqliteLedger) -> None:
    behind_its_back(path, WITHOUT_GUARDS)

    broken = ledger.verify()

    assert broken
    assert (broken.stream, broken.cause) == ("", "altered")
    assert "triggers" in broken.detail


def test_an_altered_entry_is_not_read_as_if_nothing_were(path: Path, ledger: SqliteLedger) -> None:
    ledger.append("audit", [event("e-1"), event("e-2")])
    behind_its_back(path, WITHOUT_GUARDS, "UPDATE entries SET content = x'7b7d' WHERE position = 2")

    with pytest.raises(MalformedInput, match="entry 2 of the stream 'audit'"):
        list(ledger.read("audit"))


def test_the_file_is_its_owners_alone(path: Path, ledger: SqliteLedger) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_file_is_set_to_outlive_a_power_failure(ledger: SqliteLedger) -> None:
    assert ledger._file.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert ledger._file.connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_a_ledger_opened_again_holds_what_it_held(path: Path, ledger: SqliteLedger) -> None:
    head = ledger.append("audit", [event("e-1")]).head
    ledger.close()

    again = SqliteLedger.at(path, TickingClock())

    assert again.head("audit") == head
    assert again.append("audit", [event("e-1")]).known == 1
    again.close()


def test_a_batch_that_fails_leaves_nothing_behind(path: Path, ledger: SqliteLedger) -> None:
    ledger.append("audit", [event("e-1")])
    # The file may not grow: the batch does not fit.
    (pages,) = ledger._file.connection.execute("PRAGMA page_count").fetchone()
    ledger._file.connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(Unreachable, match="has no room: the disk is full") as refusal:
        ledger.append("audit", [event(f"e-{number}") for number in range(100)])

    assert "nothing was recorded" in refusal.value.hint
    assert ledger.head("audit").position == 1
    ledger._file.connection.execute("PRAGMA max_page_count = 100000")
    assert ledger.append("audit", [event(f"e-{number}") for number in range(100)]).added == 99
    assert ledger.verify() is None


def test_a_ledger_that_another_process_writes_is_waited_for_and_then_named(path: Path, ledger: SqliteLedger) -> None:
    impatient = SqliteLedger.at(path, TickingClock(), busy_seconds=0.01)
    ledger._file.connection.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unreachable, match="being written by another process"):
        impatient.append("audit", [event()])

    ledger._file.connection.execute("ROLLBACK")
    assert impatient.append("audit", [event()]).added == 1
    impatient.close()


def test_threads_share_a_ledger(ledger: SqliteLedger) -> None:
    def work(name: str) -> None:
        for number in range(20):
            ledger.append("audit", [event(f"{name}-{number}")])

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ledger.head("audit").position == 80
    assert ledger.verify() is None


def test_a_file_that_is_something_else_is_refused_and_left_alone(path: Path) -> None:
    path.write_text("dear diary, " * 100)

    with pytest.raises(MalformedInput, match="is not a ledger"):
        SqliteLedger.at(path, TickingClock())

    assert path.read_text() == "dear diary, " * 100


def test_another_programs_sqlite_file_is_refused_and_left_alone(path: Path) -> None:
    behind_its_back(path, "CREATE TABLE notes (text)")
    before = path.read_bytes()

    with pytest.raises(MalformedInput, match="a SQLite file and not a ledger"):
        SqliteLedger.at(path, TickingClock())

    assert path.read_bytes() == before


def test_a_newer_ledger_is_refused(path: Path, ledger: SqliteLedger) -> None:
    ledger.close()
    behind_its_back(path, "PRAGMA user_version = 99")

    with pytest.raises(Refused, match="newer Counterseal"):
        SqliteLedger.at(path, TickingClock())


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(Denied, match="cannot be opened"):
        SqliteLedger.at(tmp_path, TickingClock())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"there is no folder '.*absent' for the ledger") as refusal:
        SqliteLedger.at(tmp_path / "absent" / "ledger.sqlite", TickingClock())

    assert "ledger.path" in refusal.value.hint


def page_bytes(path: Path) -> int:
    """Return how large the pages of a file are, as its header says (https://www.sqlite.org/fileformat.html, 1.3)."""
    return int.from_bytes(path.read_bytes()[16:18], "big")


@pytest.mark.parametrize("version", range(1, len(LEDGER.steps)))
def test_a_ledger_of_an_older_version_goes_on_under_the_guards_of_this_one(path: Path, version: int) -> None:
    older = LEDGER._replace(steps=LEDGER.steps[:version], page_bytes=4096)
    before = SqliteLedger(RecordFile.at(path, older, busy_seconds=1), TickingClock())
    before.append("audit", [event("e-1"), event("e-2")])
    before.close()

    ledger = SqliteLedger.at(path, TickingClock())
    ledger.append("audit", [event("e-2"), event("e-3")])

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        behind_its_back(path, "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE position = 1")
    assert [it.position for it in ledger.read("audit")] == [1, 2, 3]
    assert ledger.verify() is None
    assert page_bytes(path) == 4096
    ledger.close()


def test_a_new_ledger_has_pages_that_entries_fill(path: Path, ledger: SqliteLedger) -> None:
    ledger.append("audit", [event("e-1")])
    ledger.close()

    assert page_bytes(path) == LEDGER.page_bytes == 8192


def test_an_entry_that_is_refused_ends_its_whole_transaction(path: Path, ledger: SqliteLedger) -> None:
    ledger.append("audit", [event("e-1")])

    connection = sqlite3.connect(path, isolation_level=None)
    copied = "INSERT INTO entries SELECT NULL, stream, ?, kind, subject, fingerprint, digest, content FROM entries"
    connection.execute("BEGIN")
    connection.execute(f"{copied} WHERE position = 1", (2,))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(f"{copied} WHERE position = 1", (9,))

    assert not connection.in_transaction
    connection.close()
    assert ledger.head("audit").position == 1


def test_a_damaged_file_is_named_and_does_not_crash(path: Path, ledger: SqliteLedger) -> None:
    ledger.append("audit", [event(f"e-{number}") for number in range(200)])
    ledger.close()
    content = bytearray(path.read_bytes())
    content[LEDGER.page_bytes :] = os.urandom(len(content) - LEDGER.page_bytes)
    path.write_bytes(content)
    damaged = SqliteLedger.at(path, TickingClock())

    with pytest.raises(MalformedInput, match="is damaged"):
        list(damaged.read("audit"))

    damaged.close()


@pytest.mark.parametrize(
    ("number", "expected", "said"),
    [
        (errno.ENOENT, Refused, "there is no folder"),
        (errno.ENOTDIR, Refused, "there is no folder"),
        (errno.EACCES, Denied, "Permission denied"),
        (errno.ENOSPC, Unreachable, "No space left"),
    ],
)
def test_a_file_that_cannot_be_made_says_why(number: int, expected: type[CountersealError], said: str) -> None:
    failure = file_error(OSError(number, os.strerror(number)), Path("folder/ledger.sqlite"), LEDGER)

    assert type(failure) is expected
    assert said in str(failure)
    assert "folder" in str(failure)


@pytest.mark.parametrize(
    ("code", "expected", "said"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Unreachable, "another process"),
        (sqlite3.SQLITE_FULL, Unreachable, "disk is full"),
        (sqlite3.SQLITE_IOERR_FSYNC, Unreachable, "disk that is full or fails"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, Denied, "may not be written"),
        (sqlite3.SQLITE_CORRUPT_INDEX, MalformedInput, "damaged"),
        (sqlite3.SQLITE_SCHEMA, Unreachable, "did not answer"),
    ],
)
def test_each_of_sqlites_errors_has_our_words(code: int, expected: type[CountersealError], said: str) -> None:
    failure = sqlite3.OperationalError("as SQLite says it")
    failure.sqlite_errorcode = code

    translated = in_our_words(failure, "ledger.sqlite", LEDGER)

    assert type(translated) is expected
    assert said in str(translated)
    assert "'ledger.sqlite'" in str(translated)


def test_who_may_only_read_the_file_is_told_how_to_read_it() -> None:
    failure = sqlite3.OperationalError("as SQLite says it")
    failure.sqlite_errorcode = sqlite3.SQLITE_READONLY

    assert "a copy in a folder of your own can be read" in in_our_words(failure, "ledger.sqlite", LEDGER).hint
