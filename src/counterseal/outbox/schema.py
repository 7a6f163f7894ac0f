"""The tables of the SQLite outbox."""

from counterseal.record_file import Record

# Step n (from 1) brings an outbox of version n-1 to version n. A released step is never edited.
_STEPS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE notices (
            number INTEGER PRIMARY KEY,
            alert TEXT NOT NULL,
            idempotency_key TEXT NOT NULL UNIQUE,
            body BLOB NOT NULL,
            queued_at TEXT NOT NULL,
            sent_at TEXT NOT NULL DEFAULT '',
            tries INTEGER NOT NULL DEFAULT 0,
            reason TEXT NOT NULL DEFAULT ''
        ) STRICT
        """,
        "CREATE INDEX notices_waiting ON notices (alert, tries, number) WHERE sent_at = ''",
        "CREATE TABLE pauses (alert TEXT PRIMARY KEY, failures INTEGER NOT NULL, until REAL NOT NULL) STRICT",
        "CREATE TABLE known (finding TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT",
        "CREATE TABLE looks (one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT NOT NULL) STRICT",
        """
        CREATE TRIGGER notices_stay BEFORE DELETE ON notices
        BEGIN SELECT RAISE(ABORT, 'the outbox forgets nothing'); END
        """,
        """
        CREATE TRIGGER notices_are_not_rewritten BEFORE UPDATE OF number, alert, idempotency_key, body ON notices
        BEGIN SELECT RAISE(ABORT, 'the outbox forgets nothing'); END
        """,
    ),
)

OUTBOX = Record(
    name="outbox",
    setting="outbox.path",
    mark=b"CSOB",
    steps=_STEPS,
    untouched="nothing was noted as sent; the same can be done again later",
    damaged="keep this file, and begin another with outbox.path; `alert send --existing` sends what stands",
)
