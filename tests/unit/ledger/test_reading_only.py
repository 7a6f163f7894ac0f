"""A ledger that nobody may write where it lies: read as it is, never beside a writer, and nothing made beside it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.ledger.blocking import block, unblock
from tests.unit.ledger.samples import TickingClock, event

from counterseal.errors import Denied, MalformedInput, Unreachable
from counterseal.ledger.schema import LEDGER
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.record_file import RecordFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a ledger of two entries with letters in its name that a URI spells otherwise."""
    (folder := tmp_path / "it's 100 %?#").mkdir()
    ledger = SqliteLedger.at(folder / "ledger.sqlite", TickingClock())
    ledger.append("audit", [event("e-1"), event("e-2")])
    ledger.close()
    return folder / "ledger.sqlite"


@pytest.fixture
def blocked(path: Path) -> Path:
    return block(path)


@pytest.fixture
def reader(blocked: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.to_read(blocked, TickingClock())
    yield opened
    opened.close()


def test_where_it_may_be_written_it_is_opened_as_ever(path: Path) -> None:
    ledger = SqliteLedger.to_read(path, TickingClock())
    ledger.append("audit", [event("e-3")])

    assert ledger.head("audit").position == 3
    ledger.close()


def test_where_nothing_may_be_made_beside_it_it_is_read_and_verified_as_it_lies(
    blocked: Path, reader: SqliteLedger
) -> None:
    with pytest.raises(Denied, match="cannot be opened"):
        SqliteLedger.at(blocked, TickingClock())

    assert [it.position for it in reader.read("audit")] == [1, 2]
    assert reader.verify() is None
    assert [it.name for it in blocked.parent.iterdir() if it.exists()] == ["ledger.sqlite"]


def test_nothing_is_written_to_it(reader: SqliteLedger) -> None:
    with pytest.raises(Denied, match="may not be written"):
        reader.append("audit", [event("e-3")])

    assert reader.head("audit").position == 2


def test_what_was_read_while_somebody_wrote_is_not_returned(blocked: Path, reader: SqliteLedger) -> None:
    assert reader.head("audit").position == 2
    unblock(blocked)
    writer = SqliteLedger.at(blocked, TickingClock())
    writer.append("audit", [event("e-3")])

    with pytest.raises(Unreachable, match="was written by somebody while it was read"):
        reader.head("audit")
    writer.close()
    with pytest.raises(Unreachable, match="was written by somebody while it was read"):
        list(reader.read("audit"))
    with pytest.raises(Unreachable, match="was written by somebody while it was read"):
        reader.verify()


def test_what_a_writer_does_to_a_page_that_is_read_is_no_damage(blocked: Path, reader: SqliteLedger) -> None:
    content = blocked.read_bytes()
    blocked.write_bytes(content[:100] + bytes(len(content) - 100))

    with pytest.raises(Unreachable, match="was written by somebody"):
        list(reader.read("audit"))


def test_what_waits_beside_it_is_not_left_out(blocked: Path) -> None:
    # A folder in its place, so that SQLite cannot take it away.
    (waiting := blocked.with_name("ledger.sqlite-wal")).unlink()
    (waiting / "what was written last").mkdir(parents=True)

    with pytest.raises(Denied, match=r"is whole only with .*ledger.sqlite-wal") as refusal:
        SqliteLedger.to_read(blocked, TickingClock())
    assert refusal.value.hint.startswith("copy both into a folder of your own while nobody writes them")


def test_an_empty_file_of_a_writer_that_has_written_nothing_is_no_hindrance(blocked: Path) -> None:
    (wal := blocked.with_name("ledger.sqlite-wal")).unlink()
    wal.touch()
    reader = SqliteLedger.to_read(blocked, TickingClock())

    assert reader.head("audit").position == 2
    reader.close()


def test_one_of_an_older_version_is_to_be_copied(tmp_path: Path) -> None:
    older = LEDGER._replace(steps=LEDGER.steps[:1])
    RecordFile.at(tmp_path / "ledger.sqlite", older, busy_seconds=1).close()
    block(tmp_path / "ledger.sqlite")

    with pytest.raises(Denied, match="older Counterseal") as refusal:
        SqliteLedger.to_read(tmp_path / "ledger.sqlite", TickingClock())
    assert "copy" in refusal.value.hint


def test_what_is_no_ledger_is_none_there_either(tmp_path: Path) -> None:
    (file := tmp_path / "ledger.sqlite").write_bytes(b"no ledger" * 100)

    with pytest.raises(MalformedInput, match="is not a ledger"):
        SqliteLedger.to_read(file, TickingClock())
    with pytest.raises(Denied, match="cannot be opened"):
        SqliteLedger.to_read(tmp_path, TickingClock())


def test_another_programs_file_is_named(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "ledger.sqlite")
    connection.executescript("PRAGMA journal_mode = WAL; CREATE TABLE t (x);")
    connection.close()
    block(tmp_path / "ledger.sqlite")

    with pytest.raises(MalformedInput, match="a SQLite file and not a ledger"):
        SqliteLedger.to_read(tmp_path / "ledger.sqlite", TickingClock())
