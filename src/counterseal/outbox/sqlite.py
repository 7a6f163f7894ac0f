"""The outbox in one file on this machine: SQLite, for its owner only."""

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from counterseal.clock import Clock, format_time
from counterseal.errors import Denied
from counterseal.outbox.interface import Outbox
from counterseal.outbox.notice import Notice, Pause, Waiting
from counterseal.outbox.schema import OUTBOX
from counterseal.record_file import RecordFile

BUSY_SECONDS = 5.0

_WAITING = (
    "SELECT number, alert, idempotency_key, body, queued_at, tries, reason FROM notices"
    " WHERE sent_at = '' AND (? = '' OR alert = ?) ORDER BY tries, number LIMIT ?"
)


class SqliteOutbox:
    """An outbox in one SQLite file. Several processes may open the same file; one of them delivers at a time."""

    def __init__(self, file: RecordFile, clock: Clock) -> None:
        """Take an open file; `at` opens one."""
        self._file = file
        self._clock = clock

    @classmethod
    def at(cls, path: Path, clock: Clock, *, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open the outbox in that file, and make the file where there is none; its folder must be there.

        Raises:
            Denied: the file or its folder may not be read or written.
            MalformedInput: the file is something else.
            Refused: a newer Counterseal wrote it, or its folder is not there.
            Unreachable: it is busy, or the disk is full or failing.
        """
        return cls(RecordFile.at(path, OUTBOX, busy_seconds=busy_seconds), clock)

    def known(self) -> Mapping[str, str] | None:
        """Return what was known at the last look. See `Outbox.known`."""
        if not self._file.ask("SELECT at FROM looks"):
            return None
        return dict(self._file.ask("SELECT finding, content FROM known"))

    def add(self, notices: Sequence[Notice], known: Mapping[str, str]) -> int:
        """Keep notices, and what is known, in one transaction. See `Outbox.add`."""
        now, added = format_time(self._clock.now()), 0
        with self._file.transaction() as connection:
            for notice in notices:
                added += connection.execute(
                    "INSERT OR IGNORE INTO notices (alert, idempotency_key, body, queued_at) VALUES (?, ?, ?, ?)",
                    (*notice, now),
                ).rowcount
            connection.execute("DELETE FROM known")
            connection.executemany("INSERT INTO known (finding, content) VALUES (?, ?)", known.items())
            connection.execute("INSERT OR REPLACE INTO looks (one, at) VALUES (1, ?)", (now,))
        return added

    def waiting(self, alert: str = "", *, limit: int = 1000) -> Sequence[Waiting]:
        """Return what waits. See `Outbox.waiting`."""
        return [
            Waiting(number, Notice(name, key, bytes(body)), queued_at, tries, reason)
            for number, name, key, body, queued_at, tries, reason in self._file.ask(_WAITING, alert, alert, limit)
        ]

    def counts(self) -> Mapping[str, int]:
        """Return how many wait. See `Outbox.counts`."""
        return dict(self._file.ask("SELECT alert, count(*) FROM notices WHERE sent_at = '' GROUP BY alert"))

    def pause(self, alert: str) -> Pause:
        """Return a receiver's pause. See `Outbox.pause`."""
        rows = self._file.ask("SELECT failures, until FROM pauses WHERE alert = ?", alert)
        return Pause(*rows[0]) if rows else Pause()

    def sent(self, number: int) -> None:
        """Note that a notice was taken. See `Outbox.sent`."""
        with self._file.transaction() as connection:
            connection.execute(
                "UPDATE notices SET sent_at = ?, tries = tries + 1, reason = '' WHERE number = ?",
                (format_time(self._clock.now()), number),
            )
            connection.execute(
                "DELETE FROM pauses WHERE alert = (SELECT alert FROM notices WHERE number = ?)", (number,)
            )

    def failed(self, number: int, reason: str, pause: Pause) -> None:
        """Note that a notice was not taken. See `Outbox.failed`."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE notices SET tries = tries + 1, reason = ? WHERE number = ?", (reason, number))
            connection.execute(
                "INSERT OR REPLACE INTO pauses (alert, failures, until)"
                " SELECT alert, ?, ? FROM notices WHERE number = ?",
                (*pause, number),
            )

    @contextmanager
    def delivering(self) -> Iterator[bool]:
        """Be the one who delivers. The system frees the lock of a process that was killed. See `Outbox.delivering`."""
        path = Path(f"{self._file.path}.lock")
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as failure:
            raise Denied(f"the lock {str(path)!r} cannot be opened: {failure.strerror}") from failure
        try:
            yield _locked(descriptor)
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Let go of the file. See `Outbox.close`."""
        self._file.close()


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


_: type[Outbox] = SqliteOutbox
