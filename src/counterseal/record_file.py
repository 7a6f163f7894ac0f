"""A record in one SQLite file on this machine: opened, brought up to date, written to, and failing in our words."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

from counterseal.errors import CountersealError, Denied, MalformedInput, Refused, Unreachable

# https://www.sqlite.org/rescode.html: the primary code is the low byte of the extended one.
_PRIMARY = 0xFF


class Record(NamedTuple):
    """What a file holds, for people and for SQLite.

    `name` is what it is called ("ledger"), `setting` what names its file, `mark` four letters in the file's header
    (https://www.sqlite.org/pragma.html#pragma_application_id). Step n (from 1) brings a file of version n-1 to version
    n; a released step is never edited. `untouched` says what a failure leaves, `damaged` what to do about damage.
    `page_bytes` is how a new file is laid out; one that is there keeps its pages.
    """

    name: str
    setting: str
    mark: bytes
    steps: tuple[tuple[str, ...], ...]
    untouched: str
    damaged: str
    page_bytes: int = 4096

    @property
    def application_id(self) -> int:
        """Return the mark as SQLite keeps it."""
        return int.from_bytes(self.mark, "big")

    @property
    def one(self) -> str:
        """Return the name with its article."""
        return f"{'an' if self.name[0] in 'aeiou' else 'a'} {self.name}"


class RecordFile:
    """One connection to such a file. Threads may share it, and several processes may open the same file.

    The file must lie on a local file system: write-ahead logging needs shared memory (https://www.sqlite.org/wal.html).
    """

    def __init__(
        self, connection: sqlite3.Connection, path: str, record: Record, *, lying: "_Lying | None" = None
    ) -> None:
        """Take a connection whose tables are up to date; `at` and `to_read` open one.

        `lying` is how the file lay where nothing but that keeps a writer and this reader apart.
        """
        self.connection = connection
        self.path = path
        self._record = record
        self._lying = lying
        self._lock = threading.Lock()

    @classmethod
    def at(cls, path: Path, record: Record, *, busy_seconds: float) -> Self:
        """Open the file, and make it, for its owner only, where there is none; its folder must be there.

        Raises:
            Denied: the file or its folder may not be read or written.
            MalformedInput: the file is something else.
            Refused: a newer Counterseal wrote it, or its folder is not there.
            Unreachable: it is busy, or the disk is full or failing.
        """
        connection = _connect(path, record, busy_seconds)
        try:
            _prepare(connection, str(path), record)
        except CountersealError:
            connection.close()
            raise
        return cls(connection, str(path), record)

    @classmethod
    def to_read(cls, path: Path, record: Record, *, busy_seconds: float) -> Self:
        """Open a file that is there as `at` does; where SQLite may make no files beside it, as it lies there.

        Then it is read without locks, as a file that nobody writes (https://www.sqlite.org/uri.html#uriimmutable). That
        is looked at after each statement: what was read while somebody wrote is never returned.

        Raises:
            Denied: it may not be read; or what was written last is in a file beside it, which only a writer can join.
            MalformedInput, Refused, Unreachable: as `at`.
        """
        try:
            return cls.at(path, record, busy_seconds=busy_seconds)
        except Denied:
            lying = _Lying.of(path) if path.is_file() else None
            if lying is None:
                raise
        if lying.wal_bytes:
            beside = str(_beside(path))
            raise Denied(
                f"the {record.name} {str(path)!r} may not be written here, and is whole only with {beside!r}",
                hint="copy both into a folder of your own while nobody writes them;"
                f" {record.setting} in counterseal.toml names the copy",
            )
        connection = _connect_as_it_lies(path, record)
        try:
            _refuse_older(connection, str(path), record)
        except CountersealError:
            connection.close()
            raise
        return cls(connection, str(path), record, lying=lying)

    def ask(self, statement: str, *values: object) -> list[Any]:
        """Return all rows of a SELECT.

        Raises:
            Denied, MalformedInput, Unreachable: SQLite's error as one of ours.
        """
        with self.translated():
            return self.connection.execute(statement, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write in one transaction: all of it is kept when the `with` ends, or nothing.

        Raises:
            Denied, MalformedInput, Unreachable: SQLite's error as one of ours.
        """
        with self.translated():
            # IMMEDIATE takes the write lock before anything is read: whoever waited reads what is there then.
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Hold the connection for the length of a `with`, and say SQLite's errors in our words."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as failure:
                self._refuse_if_written()
                raise in_our_words(failure, self.path, self._record) from failure
            self._refuse_if_written()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self.connection.close()

    def _refuse_if_written(self) -> None:
        if self._lying and _Lying.of(Path(self.path)) != self._lying:
            raise Unreachable(
                f"the {self._record.name} {self.path!r} was written by somebody while it was read",
                hint="do the same again; where it is written often, read it as a user who may write beside it",
            )


class _Lying(NamedTuple):
    """How a file lies there: which it is, how large, written when; and how much waits beside it to be joined to it."""

    file: tuple[int, int, int, int]
    wal_bytes: int

    @classmethod
    def of(cls, path: Path) -> "_Lying | None":
        """Return how it lies there now; None where it cannot be looked at."""
        try:
            it, wal = path.stat(), _beside(path)
            return cls(
                file=(it.st_dev, it.st_ino, it.st_size, it.st_mtime_ns),
                wal_bytes=wal.stat().st_size if wal.exists() else 0,
            )
        except OSError:
            return None


def _beside(path: Path) -> Path:
    """Return the file in which SQLite keeps what was written last (https://www.sqlite.org/walformat.html)."""
    return path.with_name(f"{path.name}-wal")


def bring_up_to_date(connection: sqlite3.Connection, path: str, record: Record) -> None:
    """Make the tables, or bring them to this version, in one transaction. The connection is in autocommit mode.

    Raises:
        MalformedInput: the file is SQLite's and another program's.
        Refused: a newer Counterseal wrote it.
    """
    newest = len(record.steps)
    if _version(connection, path, record) == newest:
        return
    # Another process may be at it as well: whoever comes second finds nothing left to do.
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in record.steps[_version(connection, path, record) :]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {record.application_id}")
        connection.execute(f"PRAGMA user_version = {newest}")
        connection.execute("COMMIT")
    except BaseException:
        # SQLite takes some failures back by itself (https://www.sqlite.org/lang_transaction.html, 3).
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


# All in one statement: between two, another process may make the file, which would then be neither empty nor a record.
_WHAT_IT_IS = """
SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)
FROM pragma_application_id, pragma_user_version
"""


def _version(connection: sqlite3.Connection, path: str, record: Record) -> int:
    identity, version, objects = connection.execute(_WHAT_IT_IS).fetchone()
    newest = len(record.steps)
    if identity != record.application_id:
        if identity or version or objects:
            raise MalformedInput(
                f"{path!r} is a SQLite file and not {record.one}",
                hint=f"{record.setting} in counterseal.toml names the {record.name}",
            )
        return 0
    if version > newest:
        raise Refused(
            f"the {record.name} {path!r} was written by a newer Counterseal"
            f" (its version is {version}, known is {newest})",
            hint=f"upgrade this Counterseal; nothing in the {record.name} was changed",
        )
    return int(version)


def _connect(path: Path, record: Record, busy_seconds: float) -> sqlite3.Connection:
    try:
        # One that is there is not opened: closing it would drop the locks of another connection of this process
        # (https://www.sqlite.org/howtocorrupt.html, 2.2).
        if not path.exists():
            path.touch(mode=0o600)
        return sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    except OSError as failure:
        raise file_error(failure, path, record) from failure
    except sqlite3.Error as failure:
        raise in_our_words(failure, str(path), record) from failure


def _connect_as_it_lies(path: Path, record: Record) -> sqlite3.Connection:
    # `immutable` makes and asks for no file beside it, and takes no lock (https://www.sqlite.org/uri.html#uriimmutable).
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as failure:
        raise in_our_words(failure, str(path), record) from failure
    connection.text_factory = lambda content: content.decode("utf-8", "replace")
    return connection


def _refuse_older(connection: sqlite3.Connection, path: str, record: Record) -> None:
    try:
        version = _version(connection, path, record)
    except sqlite3.Error as failure:
        raise in_our_words(failure, path, record) from failure
    if version < len(record.steps):
        raise Denied(
            f"the {record.name} {path!r} was written by an older Counterseal, and may not be brought up to date here",
            hint=f"a copy in a folder of your own is; {record.setting} in counterseal.toml names it",
        )


def _prepare(connection: sqlite3.Connection, path: str, record: Record) -> None:
    # An altered file may hold bytes that are no text: that is to be found, not to be stumbled over.
    connection.text_factory = lambda content: content.decode("utf-8", "replace")
    try:
        connection.execute(f"PRAGMA page_size = {record.page_bytes}")
        bring_up_to_date(connection, path, record)
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: what was acknowledged outlives a power failure. https://www.sqlite.org/pragma.html#pragma_synchronous
        connection.execute("PRAGMA synchronous = FULL")
    except sqlite3.Error as failure:
        raise in_our_words(failure, path, record) from failure


def file_error(failure: OSError, path: Path, record: Record) -> CountersealError:
    """Return the failure to make a file as one of ours."""
    if isinstance(failure, FileNotFoundError | NotADirectoryError):
        return Refused(
            f"there is no folder {str(path.parent)!r} for the {record.name}",
            hint=f"make it, or set {record.setting} to another",
        )
    if isinstance(failure, PermissionError):
        return Denied(f"the {record.name} {str(path)!r} may not be made: {failure.strerror}")
    return Unreachable(f"the {record.name} {str(path)!r} cannot be made: {failure.strerror}")


def in_our_words(failure: sqlite3.Error, path: str, record: Record) -> CountersealError:
    """Return SQLite's error as one of ours."""
    code = getattr(failure, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    named = f"the {record.name} {path!r}"
    if code not in _WORDS:
        return Unreachable(f"{named} did not answer: {failure}")
    kind, said, hint = _WORDS[code]
    return kind(f"{named} {said.format(it=record)}", hint=hint.format(it=record))


# Write-ahead logging makes two files beside it, also for reading (https://www.sqlite.org/wal.html, 5).
_READABLE = "may this user read and write it, and make files beside it? a copy in a folder of your own can be read"
_WORDS: dict[int, tuple[Callable[..., CountersealError], str, str]] = {
    sqlite3.SQLITE_BUSY: (Unreachable, "is being written by another process", "{it.untouched}"),
    sqlite3.SQLITE_FULL: (Unreachable, "has no room: the disk is full", "make room; {it.untouched}"),
    sqlite3.SQLITE_IOERR: (
        Unreachable,
        "lies on a disk that is full or fails",
        "look at the machine's disk; {it.untouched}",
    ),
    sqlite3.SQLITE_CANTOPEN: (Denied, "cannot be opened", _READABLE),
    sqlite3.SQLITE_PERM: (Denied, "may not be opened", _READABLE),
    sqlite3.SQLITE_READONLY: (Denied, "may not be written", _READABLE),
    sqlite3.SQLITE_NOTADB: (MalformedInput, "is not {it.one}", "{it.setting} in counterseal.toml names the {it.name}"),
    sqlite3.SQLITE_CORRUPT: (MalformedInput, "is damaged", "{it.damaged}"),
}
