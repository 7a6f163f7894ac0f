"""The outbox in one SQLite file on this machine."""

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from counterseal.clock import format_time
from counterseal.errors import Denied
from counterseal.outbox.interface import LONGEST_PAUSE, Outbox, Queued, Waiting
from counterseal.record_file import Record, RecordFile

BUSY_SECONDS = 5.0

OUTBOX = Record(
    name="outbox",
    setting="alerts.outbox",
    mark=b"CSOB",
    steps=(
        (
            """
            CREATE TABLE alerts (
                number INTEGER PRIMARY KEY,
                receiver TEXT NOT NULL,
                key TEXT NOT NULL,
                body TEXT NOT NULL,
                queued_at TEXT NOT NULL,
                tries INTEGER NOT NULL DEFAULT 0,
                next_at TEXT NOT NULL,
                reason TEXT NOT NULL DEFAULT '',
                taken_at TEXT NOT NULL DEFAULT '',
                UNIQUE (receiver, key)
            ) STRICT
            """,
            "CREATE INDEX alerts_that_wait ON alerts (next_at) WHERE taken_at = ''",
            "CREATE TABLE known (finding TEXT PRIMARY KEY, said TEXT NOT NULL) STRICT, WITHOUT ROWID",
            "CREATE TABLE passes (at TEXT NOT NULL) STRICT",
        ),
    ),
    untouched="no alert was lost; the same can be done again later",
    damaged="keep this file, and begin another with alerts.outbox",
)

_WAITING = (
    "SELECT number, receiver, key, body, queued_at, tries, next_at, reason FROM alerts"
    " WHERE taken_at = '' AND (next_at <= ? OR next_at > ?) ORDER BY number"
)
_END = "9999-12-31T00:00:00Z"


class SqliteOutbox:
    """An outbox in one SQLite file. Threads may share it, and several processes may open the same file."""

    def __init__(self, file: RecordFile) -> None:
        """Take an open file; `at` opens one."""
        self._file = file

    @classmethod
    def at(cls, path: Path, *, setting: str = OUTBOX.setting, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open the outbox in that file, and make the file where there is none; its folder must be there.

        `setting` is what names the file, for errors.

        Raises:
            Denied, MalformedInput, Refused, Unreachable: as `RecordFile.at`.
        """
        named = OUTBOX._replace(setting=setting, damaged=f"keep this file, and begin another with {setting}")
        return cls(RecordFile.at(path, named, busy_seconds=busy_seconds))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one at it. See `Outbox.alone`."""
        # Beside the file: SQLite's own locks are dropped where somebody closes it. The kernel lets go of this one with
        # the process.
        path = f"{self._file.path}.lock"
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as failure:
            said = f"the lock {path!r} of the outbox cannot be opened: {failure.strerror}"
            raise Denied(said, hint="nothing was told; its folder must be one that this user may write") from failure
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def known(self) -> Mapping[str, str] | None:
        """Return what was known at the last pass. See `Outbox.known`."""
        if not self._file.ask("SELECT 1 FROM passes LIMIT 1"):
            return None
        return dict(self._file.ask("SELECT finding, said FROM known"))

    def queue(self, alerts: Sequence[Queued], known: Mapping[str, str], at: datetime) -> int:
        """Write alerts and what is known by now. See `Outbox.queue`."""
        when = format_time(at)
        added = 0
        with self._file.transaction() as connection:
            for it in alerts:
                added += connection.execute(
                    "INSERT OR IGNORE INTO alerts (receiver, key, body, queued_at, next_at) VALUES (?, ?, ?, ?, ?)",
                    (it.receiver, it.key, it.body, when, when),
                ).rowcount
            connection.execute("DELETE FROM known")
            connection.executemany("INSERT INTO known (finding, said) VALUES (?, ?)", list(known.items()))
            connection.execute("DELETE FROM passes")
            connection.execute("INSERT INTO passes (at) VALUES (?)", (when,))
        return added

    def waiting(self, due: datetime | None = None) -> Sequence[Waiting]:
        """Return what waits. See `Outbox.waiting`."""
        until, never = (format_time(due), format_time(due + LONGEST_PAUSE)) if due else (_END, _END)
        return [Waiting(*row) for row in self._file.ask(_WAITING, until, never)]

    def taken(self, number: int, at: datetime) -> None:
        """Write down that an alert was taken. See `Outbox.taken`."""
        with self._file.transaction() as connection:
            connection.execute(
                "UPDATE alerts SET taken_at = ?, reason = '' WHERE number = ?", (format_time(at), number)
            )

    def failed(self, number: int, reason: str, next_at: datetime) -> None:
        """Write down that an alert was tried in vain. See `Outbox.failed`."""
        with self._file.transaction() as connection:
            connection.execute(
                "UPDATE alerts SET tries = tries + 1, reason = ?, next_at = ? WHERE number = ?",
                (reason, format_time(next_at), number),
            )

    def close(self) -> None:
        """Let go of the file. See `Outbox.close`."""
        self._file.close()


_: type[Outbox] = SqliteOutbox
