"""The ledger in one file on this machine: SQLite, append-only by trigger."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from counterseal.clock import Clock
from counterseal.errors import MalformedInput, Refused
from counterseal.ledger import chain, schema
from counterseal.ledger.chain import Break, Cause, Head, Stored, TreeHead, by_stream
from counterseal.ledger.entry import Draft, Entry, conflict_between, parse_entry
from counterseal.ledger.fields import TEXT_LIMIT, EntryKind
from counterseal.ledger.interface import Appended, Ledger
from counterseal.record_file import RecordFile

# How long one writer waits for another before it gives up. A batch of 5,000 takes well under a second.
BUSY_SECONDS = 10.0

# Entries read at once: the lock is held for a page, not for a whole stream.
_PAGE = 2000

# 32 MiB, so that the index by subject stays in memory up to about a million entries.
_CACHE = "PRAGMA cache_size = -32768"

# Whatever fails ends the transaction, so that no page need be copied for taking back one statement (schema.py, step 2).
_INSERT = (
    "INSERT OR ROLLBACK INTO entries (stream, position, kind, subject, fingerprint, digest, content)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)

_SELECT = (
    "SELECT position, kind, subject, fingerprint, digest, content FROM entries"
    " WHERE stream = ? AND position > ? ORDER BY position LIMIT ?"
)

# Subjects looked up by one statement: SQLite takes 999 values at least (https://www.sqlite.org/limits.html, 9).
_ASKED_AT_ONCE = 500


class SqliteLedger:
    """A ledger in one SQLite file. Threads may share it, and several processes may open the same file.

    The file must lie on a local file system: write-ahead logging needs shared memory (https://www.sqlite.org/wal.html).
    """

    def __init__(self, file: RecordFile, clock: Clock) -> None:
        """Take an open file; `at` opens one."""
        self._file = file
        self._clock = clock

    @classmethod
    def at(cls, path: Path, clock: Clock, *, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open the ledger in that file, and make the file where there is none; its folder must be there.

        Raises:
            Denied: the file or its folder may not be read or written.
            MalformedInput: the file is something else.
            Refused: a newer Counterseal wrote it.
            Unreachable: it is busy, or the disk is full or failing.
        """
        file = RecordFile.at(path, schema.LEDGER, busy_seconds=busy_seconds)
        file.ask(_CACHE)
        return cls(file, clock)

    @classmethod
    def to_read(cls, path: Path, clock: Clock, *, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open a ledger that is there, also where this user or the medium lets nobody write: see `RecordFile.to_read`.

        Raises:
            Denied, MalformedInput, Refused, Unreachable: as there.
        """
        file = RecordFile.to_read(path, schema.LEDGER, busy_seconds=busy_seconds)
        file.ask(_CACHE)
        return cls(file, clock)

    def append(self, stream: str, drafts: Sequence[Draft]) -> Appended:
        """Append the drafts that the ledger does not hold yet, in one transaction. See `Ledger.append`."""
        if not stream or len(stream) > TEXT_LIMIT:
            raise Refused(f"a stream's name has 1 to {TEXT_LIMIT} characters")
        with self._file.transaction() as connection:
            batch = _Batch(self._head(stream), self._clock, _said_about(connection, drafts))
            for one in drafts:
                batch.add(one)
            connection.executemany(_INSERT, batch.rows)
        return batch.result()

    def read(self, stream: str, *, after: int = 0) -> Iterator[Entry]:
        """Return the entries of a stream in order. See `Ledger.read`."""
        for row in self._rows(stream, after):
            try:
                yield parse_entry(row.content)
            except MalformedInput as failure:
                raise MalformedInput(
                    f"entry {row.position} of the stream {stream!r} in the ledger {self._file.path!r} cannot be read",
                    hint="a newer version wrote it, or it was altered: if the newest cannot read it either, "
                    "restore the ledger from a copy, and keep this file as evidence",
                ) from failure

    def streams(self) -> Sequence[str]:
        """Return the names of the streams that have entries. See `Ledger.streams`."""
        return [str(name) for (name,) in self._file.ask("SELECT DISTINCT stream FROM entries ORDER BY stream")]

    def head(self, stream: str) -> Head:
        """Return where a stream ends. See `Ledger.head`."""
        with self._file.translated():
            return self._head(stream)

    def verify(self, known: Sequence[Head] = (), trees: Sequence[TreeHead] = ()) -> Break | None:
        """Check every stream. See `Ledger.verify`; about 10,000 entries a second."""
        with self._file.translated():
            guarded = schema.objects(self._file.connection) == schema.expected_objects()
        if not guarded:
            return Break(
                "", 0, Cause.ALTERED, "the tables or the triggers that guard them are not those it was made with"
            )
        heads = {head.stream: head for head in known}
        kept = by_stream(trees)
        for stream in sorted({*self.streams(), *heads, *kept}):
            broken = chain.verify(stream, self._rows(stream), heads.get(stream), kept.get(stream, ()))
            if broken:
                return broken
        return None

    def close(self) -> None:
        """Let go of the file. See `Ledger.close`."""
        self._file.close()

    def _rows(self, stream: str, after: int = 0) -> Iterator[Stored]:
        while rows := self._file.ask(_SELECT, stream, after, _PAGE):
            yield from (Stored(*row) for row in rows)
            after = rows[-1][0]

    def _head(self, stream: str) -> Head:
        newest = self._file.connection.execute(
            "SELECT position, digest FROM entries WHERE stream = ? ORDER BY position DESC LIMIT 1", (stream,)
        ).fetchone()
        return Head(stream, newest[0], newest[1].hex()) if newest else Head(stream)


def _said_about(connection: sqlite3.Connection, drafts: Sequence[Draft]) -> dict[bytes, tuple[bytes, ...]]:
    """Return what the ledger holds about the subjects of these drafts: fingerprints by subject, oldest first."""
    said: dict[bytes, tuple[bytes, ...]] = {}
    subjects = list({one.subject: None for one in drafts})
    for start in range(0, len(subjects), _ASKED_AT_ONCE):
        asked = subjects[start : start + _ASKED_AT_ONCE]
        marks = ",".join("?" * len(asked))
        statement = f"SELECT subject, fingerprint FROM entries WHERE subject IN ({marks}) ORDER BY sequence"  # noqa: S608 - marks
        for subject, fingerprint in connection.execute(statement, asked):
            said[subject] = (*said.get(subject, ()), fingerprint)
    return said


class _Batch:
    """The drafts of one transaction, on their way into the table."""

    def __init__(self, head: Head, clock: Clock, said: dict[bytes, tuple[bytes, ...]]) -> None:
        self.rows: list[tuple[str, int, str, bytes, bytes, bytes, bytes]] = []
        self._head = head
        self._recorded_at = clock.now()
        self._said = said
        self._added = self._known = self._conflicts = 0

    def add(self, one: Draft) -> None:
        """Take a draft that says something new."""
        said = self._said.get(one.subject, ())
        if said and one.fingerprint in (said[-1:] if one.newest_holds else said):
            self._known += 1
            return
        self._bind(one)
        self._added += 1
        if said and one.must_not_differ:
            self._bind(conflict_between(said[0], one))
            self._conflicts += 1
        self._said[one.subject] = (*said, one.fingerprint)

    def result(self) -> Appended:
        """Return what became of them."""
        return Appended(self._added, self._known, self._conflicts, self._head)

    def _bind(self, one: Draft) -> None:
        content = chain.content_after(self._head, one, self._recorded_at)
        digest = hashlib.sha256(content).digest()
        stream, position, _ = self._head
        kind = _KINDS[one.kind]
        self.rows.append((stream, position + 1, kind, one.subject, one.fingerprint, digest, content))
        self._head = Head(stream, position + 1, digest.hex())


# As SQLite takes them without asking: a text that is more than a text is looked at by Python first.
_KINDS = {kind: kind.value for kind in EntryKind}

_: type[Ledger] = SqliteLedger
