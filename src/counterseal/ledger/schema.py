"""The tables of the SQLite ledger, and the steps from each version of them to the next."""

import sqlite3

from counterseal.errors import MalformedInput, Refused

# "CSLG" in the file's header, so that `file` and we tell a ledger from any other SQLite file.
# https://www.sqlite.org/pragma.html#pragma_application_id
APPLICATION_ID = 0x43534C47

# Step n (from 1) brings a ledger of version n-1 to version n. A released step is never edited.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE entries (
            sequence INTEGER PRIMARY KEY,
            stream TEXT NOT NULL,
            position INTEGER NOT NULL,
            kind TEXT NOT NULL,
            subject BLOB NOT NULL,
            fingerprint BLOB NOT NULL,
            digest BLOB NOT NULL,
            content BLOB NOT NULL
        ) STRICT
        """,
        "CREATE UNIQUE INDEX entries_by_position ON entries (stream, position)",
        # The only index that grows in the middle: 16 bytes a row, not a random UUID as text.
        "CREATE INDEX entries_by_subject ON entries (subject)",
        """
        CREATE TRIGGER entries_are_not_updated BEFORE UPDATE ON entries
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
        """,
        """
        CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
        """,
        # REPLACE deletes without firing delete triggers (https://www.sqlite.org/lang_conflict.html): so a place that
        # is taken is refused before, and with it every place but the next.
        """
        CREATE TRIGGER entries_only_follow BEFORE INSERT ON entries
        WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM entries WHERE stream = NEW.stream)
            OR EXISTS (SELECT 1 FROM entries WHERE sequence = NEW.sequence)
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
        """,
    ),
)

VERSION = len(STEPS)

Objects = tuple[tuple[str, str, str], ...]


def bring_up_to_date(connection: sqlite3.Connection, name: str) -> None:
    """Make the tables, or bring them to this version, in one transaction. The connection is in autocommit mode.

    Raises:
        MalformedInput: the file is SQLite's and not a ledger; `name` is how it is called.
        Refused: a newer Counterseal wrote it.
    """
    if _version(connection, name) == VERSION:
        return
    # Another process may be at it as well: whoever comes second finds nothing left to do.
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in STEPS[_version(connection, name) :]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, name: str) -> int:
    (identity,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if identity != APPLICATION_ID:
        if identity or version or objects(connection):
            raise MalformedInput(
                f"{name!r} is a SQLite file and not a ledger", hint="ledger.path in counterseal.toml names the ledger"
            )
        return 0
    if version > VERSION:
        raise Refused(
            f"the ledger {name!r} was written by a newer Counterseal (its version is {version}, known is {VERSION})",
            hint="upgrade this Counterseal; nothing in the ledger was changed",
        )
    return int(version)


def objects(connection: sqlite3.Connection) -> Objects:
    """Return every table, index and trigger: its type, its name and how it was made."""
    rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name")
    return tuple(rows.fetchall())


def expected_objects() -> Objects:
    """Return what `objects` gives for a ledger that nobody altered."""
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        bring_up_to_date(fresh, ":memory:")
        return objects(fresh)
    finally:
        fresh.close()
