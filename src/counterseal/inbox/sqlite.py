"""The inbox in one file on this machine: SQLite, for its owner only, every body on disk before it is acknowledged."""

import hashlib
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from counterseal.clock import Clock, format_time
from counterseal.errors import NotFound
from counterseal.inbox import schema
from counterseal.inbox.interface import Inbox
from counterseal.inbox.letter import Arrival, Letter, State, Stored
from counterseal.record_file import RecordFile

# How long one writer waits for another before it gives up: less than what SNS (15 s) and a signal wait for us.
BUSY_SECONDS = 5.0

_SELECT = (
    "SELECT m.number, m.channel, m.origin, m.message_id, m.digest, m.received_at, length(m.body),"
    " k.state, k.reason, k.at, k.mark FROM messages m"
    " JOIN marks k ON k.mark = (SELECT max(mark) FROM marks WHERE number = m.number)"
)
_ALL = f"{_SELECT} WHERE m.number > ? ORDER BY m.number LIMIT ?"
_OF_STATE = f"{_SELECT} WHERE m.number > ? AND k.state = ? ORDER BY m.number LIMIT ?"
_NEW = (
    f"{_SELECT} WHERE m.number IN (SELECT number FROM waiting WHERE number > ? ORDER BY number LIMIT ?)"  # noqa: S608  # constants
    " ORDER BY m.number"
)
_NEWEST = f"{_SELECT} WHERE ? IS NULL OR k.state = ? ORDER BY m.number DESC LIMIT ?"
_SETTLED = (
    "SELECT m.number, m.channel, m.origin, m.message_id, m.digest, m.received_at, length(m.body),"
    " k.state, k.reason, k.at, k.mark FROM marks k JOIN messages m ON m.number = k.number"
    " WHERE k.mark > ? AND k.state = ?"
    " AND NOT EXISTS (SELECT 1 FROM marks later WHERE later.number = k.number AND later.mark > k.mark)"
    " AND (? IS NULL OR ? = (SELECT state FROM marks before WHERE before.number = k.number AND before.mark < k.mark"
    " ORDER BY before.mark DESC LIMIT 1))"
    " ORDER BY k.mark LIMIT ?"
)
_COUNTS = (
    "SELECT k.state, count(*) FROM messages m"
    " JOIN marks k ON k.mark = (SELECT max(mark) FROM marks WHERE number = m.number) GROUP BY k.state"
)


class SqliteInbox:
    """An inbox in one SQLite file. Threads may share it, and several processes may open the same file.

    The file must lie on a local file system: write-ahead logging needs shared memory (https://www.sqlite.org/wal.html).
    """

    def __init__(self, file: RecordFile, clock: Clock) -> None:
        """Take an open file; `at` opens one."""
        self._file = file
        self._clock = clock

    @classmethod
    def at(cls, path: Path, clock: Clock, *, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open the inbox in that file, and make the file where there is none; its folder must be there.

        Raises:
            Denied: the file or its folder may not be read or written.
            MalformedInput: the file is something else.
            Refused: a newer Counterseal wrote it, or its folder is not there.
            Unreachable: it is busy, or the disk is full or failing.
        """
        return cls(RecordFile.at(path, schema.INBOX, busy_seconds=busy_seconds), clock)

    def store(self, arrivals: Sequence[Arrival], *, quarantine: str = "") -> Stored:
        """Store what is not here yet, in one transaction. See `Inbox.store`."""
        added = known = contradicting = 0
        with self._file.transaction() as connection:
            for arrival in arrivals:
                digest = hashlib.sha256(arrival.sameness or arrival.body).digest()
                held = self._held(arrival)
                if digest in held.values():
                    known += 1
                    continue
                number = self._insert(connection, arrival, digest)
                # INBOX-1.3
                reason = f"another body than that of message {min(held)}, under the same id" if held else quarantine
                self._mark(connection, number, State.QUARANTINED if reason else State.NEW, reason)
                added += 1
                contradicting += bool(held)
        return Stored(added, known, contradicting)

    def letters(self, state: State | None = None, *, after: int = 0, limit: int = 1000) -> Sequence[Letter]:
        """Return messages in order. See `Inbox.letters`."""
        match state:
            case None:
                rows = self._file.ask(_ALL, after, limit)
            case State.NEW:
                rows = self._file.ask(_NEW, after, limit)
            case _:
                rows = self._file.ask(_OF_STATE, after, state, limit)
        return [_letter(row) for row in rows]

    def newest(self, state: State | None = None, *, limit: int) -> Sequence[Letter]:
        """Return the newest messages. See `Inbox.newest`."""
        rows = self._file.ask(_NEWEST, state, state, limit)
        return [_letter(row) for row in reversed(rows)]

    def settled(
        self, state: State, *, out_of: State | None = None, after_mark: int = 0, limit: int = 1000
    ) -> Sequence[Letter]:
        """Return messages as they came into a state. See `Inbox.settled`."""
        return [_letter(row) for row in self._file.ask(_SETTLED, after_mark, state, out_of, out_of, limit)]

    def letter(self, number: int) -> Letter:
        """Return one message. See `Inbox.letter`."""
        rows = self._file.ask(_ALL, number - 1, 1)
        if not rows or rows[0][0] != number:
            raise NotFound(f"no message has the number {number}", hint="counterseal inbox list shows the numbers")
        return _letter(rows[0])

    def body(self, number: int) -> bytes:
        """Return the exact bytes that came. See `Inbox.body`."""
        self.letter(number)
        ((body,),) = self._file.ask("SELECT body FROM messages WHERE number = ?", number)
        return bytes(body)

    def settle(
        self, numbers: Collection[int], state: State, reason: str = "", *, only: State | None = None
    ) -> Sequence[int]:
        """Put messages into a state. See `Inbox.settle`."""
        settled = []
        with self._file.transaction() as connection:
            for number in sorted(set(numbers)):
                row = connection.execute(
                    "SELECT state FROM marks WHERE number = ? ORDER BY mark DESC LIMIT 1", (number,)
                ).fetchone()
                if row is None or only not in (None, row[0]):
                    continue
                self._mark(connection, number, state, reason)
                settled.append(number)
        return settled

    def counts(self) -> Mapping[State, int]:
        """Return how many messages are in each state. See `Inbox.counts`."""
        rows = self._file.ask(_COUNTS)
        found = {State(state): int(count) for state, count in rows}
        return {state: found.get(state, 0) for state in State}

    def count_of(self, channel: str, origin: str) -> int:
        """Return how many messages ever came from there. See `Inbox.count_of`."""
        ((count,),) = self._file.ask("SELECT count(*) FROM messages WHERE channel = ? AND origin = ?", channel, origin)
        return int(count)

    def close(self) -> None:
        """Let go of the file. See `Inbox.close`."""
        self._file.close()

    def _held(self, arrival: Arrival) -> dict[int, bytes]:
        rows = self._file.connection.execute(
            "SELECT number, digest FROM messages WHERE channel = ? AND origin = ? AND message_id = ?",
            (arrival.channel, arrival.origin, arrival.message_id),
        )
        return dict(rows.fetchall())

    def _insert(self, connection: sqlite3.Connection, arrival: Arrival, digest: bytes) -> int:
        row = (arrival.channel, arrival.origin, arrival.message_id, digest, self._now(), arrival.body)
        statement = (
            "INSERT INTO messages (channel, origin, message_id, digest, received_at, body) VALUES (?, ?, ?, ?, ?, ?)"
        )
        number = connection.execute(statement, row).lastrowid
        assert number is not None  # noqa: S101  # an INSERT without a conflict clause has one
        return number

    def _mark(self, connection: sqlite3.Connection, number: int, state: State, reason: str) -> None:
        connection.execute(
            "INSERT INTO marks (number, state, reason, at) VALUES (?, ?, ?, ?)", (number, state, reason, self._now())
        )
        if state is State.NEW:
            connection.execute("INSERT OR IGNORE INTO waiting (number) VALUES (?)", (number,))
        else:
            connection.execute("DELETE FROM waiting WHERE number = ?", (number,))

    def _now(self) -> str:
        return format_time(self._clock.now())


def _letter(row: Sequence[Any]) -> Letter:
    number, channel, origin, message_id, digest, received_at, size, state, reason, at, mark = row
    return Letter(number, channel, origin, message_id, digest.hex(), received_at, size, State(state), reason, at, mark)


_: type[Inbox] = SqliteInbox
