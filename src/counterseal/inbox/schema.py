"""The tables of the SQLite inbox: bodies and what became of them are only ever added (INBOX-1.4)."""

from counterseal.record_file import Record

# Step n (from 1) brings an inbox of version n-1 to version n. A released step is never edited.
_STEPS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE messages (
            number INTEGER PRIMARY KEY,
            channel TEXT NOT NULL,
            origin TEXT NOT NULL,
            message_id TEXT NOT NULL,
            digest BLOB NOT NULL,
            received_at TEXT NOT NULL,
            body BLOB NOT NULL
        ) STRICT
        """,
        "CREATE UNIQUE INDEX messages_by_id ON messages (channel, origin, message_id, digest)",
        """
        CREATE TABLE marks (
            mark INTEGER PRIMARY KEY,
            number INTEGER NOT NULL,
            state TEXT NOT NULL,
            reason TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX marks_by_number ON marks (number, mark)",
        # A list of work and no record: what is new is found without a look at all that ever came.
        "CREATE TABLE waiting (number INTEGER PRIMARY KEY) STRICT",
        *(
            f"""
            CREATE TRIGGER {table}_are_not_{done} BEFORE {event} ON {table}
            BEGIN SELECT RAISE(ABORT, 'the inbox is append-only'); END
            """
            for table in ("messages", "marks")
            for done, event in (("updated", "UPDATE"), ("deleted", "DELETE"))
        ),
        # REPLACE deletes without firing delete triggers (https://www.sqlite.org/lang_conflict.html).
        *(
            f"""
            CREATE TRIGGER {table}_only_follow BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE {name} = NEW.{name})
            BEGIN SELECT RAISE(ABORT, 'the inbox is append-only'); END
            """  # noqa: S608  # the two names stand below
            for table, name in (("messages", "number"), ("marks", "mark"))
        ),
    ),
)

INBOX = Record(
    name="inbox",
    setting="inbox.path",
    mark=b"CSIB",
    steps=_STEPS,
    untouched="nothing was stored or acknowledged; the same can be done again later",
    damaged="keep this file, and begin another with inbox.path",
)
