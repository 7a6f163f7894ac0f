"""Files of records that cannot be brought up to date."""

import sqlite3

import pytest

from counterseal.record_file import Record, bring_up_to_date

# SQLite takes the transaction back by itself, as it does where the disk is full.
_FAILING = ("CREATE TABLE t (x UNIQUE)", "INSERT INTO t VALUES (1)", "INSERT OR ROLLBACK INTO t VALUES (1)")


def test_the_cause_is_told_where_sqlite_took_the_step_back_by_itself() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    record = Record("ledger", "ledger.path", b"test", (_FAILING,), "nothing was recorded", "restore it")

    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        bring_up_to_date(connection, "a file", record)

    connection.close()
