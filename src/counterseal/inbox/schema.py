"""The tables of the SQLite inbox: bodies and what became of them are only ever added (INBOX-1.4)."""

import sqlite3

from counterseal.errors import MalformedInput, Refused

# "CSIB" in the file's header. https://www.sqlite.org/pragma.html#pragma_application_id
APPLICATION_ID = 0x43534942

# Step n (from 1) brings an inbox of version n-1 to version n. A released step is never edited.
STEPS: tuple[tuple[str, ...], ...] = (
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

VERSION = len(STEPS)


def bring_up_to_date(connection: sqlite3.Connection, name: str) -> None:
    """Make the tables, or bring them to this version, in one transaction. The connection is in autocommit mode.

    Raises:
        MalformedInput: the file is SQLite's and not an inbox; `name` is how it is called.
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
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if identity or version or tables:
            raise MalformedInput(
                f"{name!r} is a SQLite file and not an inbox", hint="inbox.path in counterseal.toml names the inbox"
            )
        return 0
    if version > VERSION:
        raise Refused(
            f"the inbox {name!r} was written by a newer Counterseal (its version is {version}, known is {VERSION})",
            hint="upgrade this Counterseal; nothing in the inbox was changed",
        )
    return int(version)
