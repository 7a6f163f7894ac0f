"""The ledger in one file on this machine: SQLite, append-only by trigger."""

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from counterseal.clock import Clock
from counterseal.errors import CountersealError, Denied, MalformedInput, Refused, Unreachable
from counterseal.ledger import chain, schema
from counterseal.ledger.chain import Break, Cause, Head, Stored, TreeHead, by_stream
from counterseal.ledger.entry import Draft, Entry, conflict_between, parse_entry
from counterseal.ledger.fields import TEXT_LIMIT
from counterseal.ledger.interface import Appended, Ledger

# How long one writer waits for another before it gives up. A batch of 5,000 takes well under a second.
BUSY_SECONDS = 10.0

# Entries read at once: the lock is held for a page, not for a whole stream.
_PAGE = 2000

# 32 MiB, so that the index by subject stays in memory up to about a million entries.
_CACHE = "PRAGMA cache_size = -32768"

_INSERT = (
    "INSERT INTO entries (stream, position, kind, subject, fingerprint, digest, content) VALUES (?, ?, ?, ?, ?, ?, ?)"
)

_SELECT = (
    "SELECT position, kind, subject, fingerprint, digest, content FROM entries"
    " WHERE stream = ? AND position > ? ORDER BY position LIMIT ?"
)

# Subjects looked up by one statement: SQLite takes 999 values at least (https://www.sqlite.org/limits.html, 9).
_ASKED_AT_ONCE = 500

# https://www.sqlite.org/rescode.html: the primary code is the low byte of the extended one.
_PRIMARY = 0xFF


class SqliteLedger:
    """A ledger in one SQLite file. Threads may share it, and several processes may open the same file.

    The file must lie on a local file system: write-ahead logging needs shared memory (https://www.sqlite.org/wal.html).
    """

    def __init__(self, connection: sqlite3.Connection, name: str, clock: Clock) -> None:
        """Take a connection whose tables are up to date; `at` opens one."""
        self._connection = connection
        self._name = name
        self._clock = clock
        self._lock = threading.Lock()

    @classmethod
    def at(cls, path: Path, clock: Clock, *, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open the ledger in that file, and make the file where there is none; its folder must be there.

        Raises:
            Denied: the file or its folder may not be read or written.
            MalformedInput: the file is something else.
            Refused: a newer Counterseal wrote it.
            Unreachable: it is busy, or the disk is full or failing.
        """
        connection = _connect(path, busy_seconds)
        try:
            _prepare(connection, str(path))
        except CountersealError:
            connection.close()
            raise
        return cls(connection, str(path), clock)

    def append(self, stream: str, drafts: Sequence[Draft]) -> Appended:
        """Append the drafts that the ledger does not hold yet, in one transaction. See `Ledger.append`."""
        if not stream or len(stream) > TEXT_LIMIT:
            raise Refused(f"a stream's name has 1 to {TEXT_LIMIT} characters")
        with self._transaction() as connection:
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
                    f"entry {row.position} of the stream {stream!r} in the ledger {self._name!r} cannot be read",
                    hint="the ledger was altered: restore it from a copy, and keep this file as evidence",
                ) from failure

    def streams(self) -> Sequence[str]:
        """Return the names of the streams that have entries. See `Ledger.streams`."""
        return [str(name) for (name,) in self._ask("SELECT DISTINCT stream FROM entries ORDER BY stream")]

    def head(self, stream: str) -> Head:
        """Return where a stream ends. See `Ledger.head`."""
        with self._lock, self._translated():
            return self._head(stream)

    def verify(self, known: Sequence[Head] = (), trees: Sequence[TreeHead] = ()) -> Break | None:
        """Check every stream. See `Ledger.verify`; about 10,000 entries a second."""
        with self._lock, self._translated():
            guarded = schema.objects(self._connection) == schema.expected_objects()
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
        with self._lock:
            self._connection.close()

    def _rows(self, stream: str, after: int = 0) -> Iterator[Stored]:
        while rows := self._ask(_SELECT, stream, after, _PAGE):
            yield from (Stored(*row) for row in rows)
            after = rows[-1][0]

    def _ask(self, statement: str, *values: object) -> list[Any]:
        with self._lock, self._translated():
            return self._connection.execute(statement, values).fetchall()

    def _head(self, stream: str) -> Head:
        newest = self._connection.execute(
            "SELECT position, digest FROM entries WHERE stream = ? ORDER BY position DESC LIMIT 1", (stream,)
        ).fetchone()
        return Head(stream, newest[0], newest[1].hex()) if newest else Head(stream)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._translated():
            # IMMEDIATE takes the write lock before the head is read: whoever waited reads the head that is there then.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as failure:
            raise in_our_words(failure, self._name) from failure


def _said_about(connection: sqlite3.Connection, drafts: Sequence[Draft]) -> dict[bytes, list[bytes]]:
    """Return what the ledger holds about the subjects of these drafts: fingerprints by subject, oldest first."""
    said: dict[bytes, list[bytes]] = {one.subject: [] for one in drafts}
    subjects = list(said)
    for start in range(0, len(subjects), _ASKED_AT_ONCE):
        asked = subjects[start : start + _ASKED_AT_ONCE]
        marks = ",".join("?" * len(asked))
        statement = f"SELECT subject, fingerprint FROM entries WHERE subject IN ({marks}) ORDER BY sequence"  # noqa: S608 - marks
        for subject, fingerprint in connection.execute(statement, asked):
            said[subject].append(fingerprint)
    return said


class _Batch:
    """The drafts of one transaction, on their way into the table."""

    def __init__(self, head: Head, clock: Clock, said: dict[bytes, list[bytes]]) -> None:
        self.rows: list[tuple[str, int, str, bytes, bytes, bytes, bytes]] = []
        self._head = head
        self._recorded_at = clock.now()
        self._said = said
        self._added = self._known = self._conflicts = 0

    def add(self, one: Draft) -> None:
        """Take a draft that says something new."""
        said = self._said[one.subject]
        if said and one.fingerprint in (said[-1:] if one.newest_holds else said):
            self._known += 1
            return
        self._bind(one)
        self._added += 1
        if said and one.must_not_differ:
            self._bind(conflict_between(said[0], one))
            self._conflicts += 1
        said.append(one.fingerprint)

    def result(self) -> Appended:
        """Return what became of them."""
        return Appended(self._added, self._known, self._conflicts, self._head)

    def _bind(self, one: Draft) -> None:
        stream, position = self._head.stream, self._head.position + 1
        content = chain.content_after(self._head, one, self._recorded_at)
        digest = hashlib.sha256(content).digest()
        self.rows.append((stream, position, one.kind.value, one.subject, one.fingerprint, digest, content))
        self._head = Head(stream, position, digest.hex())


def _connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    try:
        _make_file(path)
        return sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    except OSError as failure:
        raise _file_error(failure, path) from failure
    except sqlite3.Error as failure:
        raise in_our_words(failure, str(path)) from failure


def _prepare(connection: sqlite3.Connection, name: str) -> None:
    # An altered file may hold bytes that are no text: that is to be found, not to be stumbled over.
    connection.text_factory = lambda content: content.decode("utf-8", "replace")
    try:
        schema.bring_up_to_date(connection, name)
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: what was acknowledged outlives a power failure. https://www.sqlite.org/pragma.html#pragma_synchronous
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(_CACHE)
    except sqlite3.Error as failure:
        raise in_our_words(failure, name) from failure


def _make_file(path: Path) -> None:
    """Make the file, for its owner only, where there is none.

    One that is there is not opened: closing it would drop the locks of another connection of this process
    (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    if not path.exists():
        path.touch(mode=0o600)


def _file_error(failure: OSError, path: Path) -> CountersealError:
    if isinstance(failure, FileNotFoundError | NotADirectoryError):
        return Refused(
            f"there is no folder {str(path.parent)!r} for the ledger", hint="make it, or set ledger.path to another"
        )
    if isinstance(failure, PermissionError):
        return Denied(f"the ledger {str(path)!r} may not be made: {failure.strerror}")
    return Unreachable(f"the ledger {str(path)!r} cannot be made: {failure.strerror}")


def in_our_words(failure: sqlite3.Error, name: str) -> CountersealError:
    """Return SQLite's error as one of ours; `name` is the ledger's."""
    code = getattr(failure, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    if code in _WORDS:
        kind, said, hint = _WORDS[code]
        return kind(f"the ledger {name!r} {said}", hint=hint)
    return Unreachable(f"the ledger {name!r} did not answer: {failure}")


_ADVICE = "nothing was recorded; the same can be done again later"
_WORDS: dict[int, tuple[Callable[..., CountersealError], str, str]] = {
    sqlite3.SQLITE_BUSY: (Unreachable, "is being written by another process", _ADVICE),
    sqlite3.SQLITE_FULL: (Unreachable, "has no room: the disk is full", f"make room; {_ADVICE}"),
    sqlite3.SQLITE_IOERR: (Unreachable, "lies on a disk that fails", f"look at the machine's disk; {_ADVICE}"),
    sqlite3.SQLITE_CANTOPEN: (Denied, "cannot be opened", "is it a file that this user may read and write?"),
    sqlite3.SQLITE_PERM: (Denied, "may not be opened", "is it a file that this user may read and write?"),
    sqlite3.SQLITE_READONLY: (Denied, "may not be written", "is it a file that this user may write?"),
    sqlite3.SQLITE_NOTADB: (MalformedInput, "is not a ledger", "ledger.path in counterseal.toml names the ledger"),
    sqlite3.SQLITE_CORRUPT: (
        MalformedInput,
        "is damaged",
        "restore it from a copy, and keep this file as evidence",
    ),
}

_: type[Ledger] = SqliteLedger
