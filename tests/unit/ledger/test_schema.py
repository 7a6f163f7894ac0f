"""The tables of the SQLite ledger, from every version up."""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from counterseal.errors import MalformedInput, Refused, Unreachable
from counterseal.ledger.schema import LEDGER, expected_objects, objects
from counterseal.record_file import RecordFile, bring_up_to_date

STEPS, VERSION, APPLICATION_ID = LEDGER.steps, len(LEDGER.steps), 0x43534C47


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:", isolation_level=None)
    yield opened
    opened.close()


@pytest.mark.parametrize("version", range(VERSION + 1))
def test_a_ledger_of_any_version_is_brought_up_to_this_one(connection: sqlite3.Connection, version: int) -> None:
    for step in STEPS[:version]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID if version else 0}")

    bring_up_to_date(connection, "ledger", LEDGER)

    assert objects(connection) == expected_objects()
    assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


def test_a_ledger_that_another_process_makes_meanwhile_is_a_ledger(tmp_path: Path) -> None:
    path, asked = tmp_path / "ledger.sqlite", 0

    def meanwhile(_: str) -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            with suppress(Unreachable):  # what this one reads at once, it keeps others from altering
                RecordFile.at(path, LEDGER, busy_seconds=0).close()

    connection = sqlite3.connect(path, isolation_level=None)
    connection.set_trace_callback(meanwhile)
    bring_up_to_date(connection, str(path), LEDGER)

    assert objects(connection) == expected_objects()
    connection.close()


def test_a_step_that_fails_leaves_the_ledger_as_it_was(connection: sqlite3.Connection) -> None:
    # The first step cannot make its trigger: the table it made before must go again.
    connection.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_CREATE_TRIGGER else sqlite3.SQLITE_OK
    )

    with pytest.raises(sqlite3.DatabaseError):
        bring_up_to_date(connection, "ledger", LEDGER)

    connection.set_authorizer(None)
    assert objects(connection) == ()
    assert connection.execute("PRAGMA user_version").fetchone() == (0,)


@pytest.mark.parametrize("made", ["CREATE TABLE notes (text)", "PRAGMA application_id = 7", "PRAGMA user_version = 7"])
def test_another_programs_file_is_refused_and_left_alone(connection: sqlite3.Connection, made: str) -> None:
    connection.execute(made)
    before = objects(connection)

    with pytest.raises(MalformedInput, match=r"'notes\.db' is a SQLite file and not a ledger"):
        bring_up_to_date(connection, "notes.db", LEDGER)

    assert objects(connection) == before


def test_a_newer_ledger_is_refused_with_both_versions(connection: sqlite3.Connection) -> None:
    bring_up_to_date(connection, "ledger", LEDGER)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")

    with pytest.raises(Refused, match=rf"its version is {VERSION + 1}, known is {VERSION}") as refusal:
        bring_up_to_date(connection, "ledger", LEDGER)

    assert "upgrade" in refusal.value.hint
