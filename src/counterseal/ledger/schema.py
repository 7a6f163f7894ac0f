"""The tables of the SQLite ledger, and the steps from each version of them to the next."""

import sqlite3

from counterseal.record_file import Record, bring_up_to_date

# Step n (from 1) brings a ledger of version n-1 to version n. A released step is never edited.
_STEPS: tuple[tuple[str, ...], ...] = (
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
    (
        # The same guard, which ends the whole transaction. Where one only aborts its statement, SQLite keeps a copy of
        # every page that an INSERT touches (https://www.sqlite.org/tempfiles.html, 2.5): a third of an append.
        "DROP TRIGGER entries_only_follow",
        """
        CREATE TRIGGER entries_only_follow BEFORE INSERT ON entries
        WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM entries WHERE stream = NEW.stream)
            OR EXISTS (SELECT 1 FROM entries WHERE sequence = NEW.sequence)
        BEGIN SELECT RAISE(ROLLBACK, 'the ledger is append-only'); END
        """,
    ),
)

LEDGER = Record(
    name="ledger",
    setting="ledger.path",
    mark=b"CSLG",
    steps=_STEPS,
    untouched="nothing was recorded; the same can be done again later",
    damaged="restore it from a copy, and keep this file as evidence",
    # An entry takes 1.2 KB with its indexes, and 1.4 KB on pages of 4 KiB, which three of them do not fill.
    page_bytes=8192,
)

Objects = tuple[tuple[str, str, str], ...]


def objects(connection: sqlite3.Connection) -> Objects:
    """Return every table, index and trigger: its type, its name and how it was made."""
    rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name")
    return tuple(rows.fetchall())


def expected_objects() -> Objects:
    """Return what `objects` gives for a ledger that nobody altered."""
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        bring_up_to_date(fresh, ":memory:", LEDGER)
        return objects(fresh)
    finally:
        fresh.close()
