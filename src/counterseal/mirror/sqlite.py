"""The mirror in one SQLite file on this machine."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from counterseal.clock import format_time, parse_time
from counterseal.mirror.interface import Held, Mirror, Reached
from counterseal.record_file import Record, RecordFile

BUSY_SECONDS = 5.0

MIRROR = Record(
    name="mirror of tickets",
    setting="jira.mirror",
    mark=b"CSMI",
    steps=(
        (
            """
            CREATE TABLE tickets (
                issue_id TEXT PRIMARY KEY,
                issue_key TEXT NOT NULL,
                content BLOB NOT NULL,
                read_at TEXT NOT NULL,
                missing_since TEXT NOT NULL DEFAULT '',
                revision INTEGER NOT NULL UNIQUE
            ) STRICT
            """,
            "CREATE INDEX tickets_by_key ON tickets (issue_key)",
            """
            CREATE TABLE reading (
                only INTEGER PRIMARY KEY CHECK (only = 1),
                scope TEXT NOT NULL,
                watermark TEXT NOT NULL DEFAULT '',
                known_until TEXT NOT NULL DEFAULT '',
                description BLOB NOT NULL DEFAULT x''
            ) STRICT
            """,
        ),
    ),
    untouched="nothing was changed in it; the same can be done again later",
    damaged="remove this file: it is read from Jira again",
)

_NEVER = "1970-01-01T00:00:00Z"

_ALL = "SELECT issue_id, issue_key, content, read_at, missing_since, revision FROM tickets"
_PUT = """
INSERT OR REPLACE INTO tickets (issue_id, issue_key, content, read_at, revision)
VALUES (?, ?, ?, ?, (SELECT coalesce(max(revision), 0) + 1 FROM tickets))
"""
_MISS = """
UPDATE tickets SET missing_since = ?, read_at = ?, revision = (SELECT coalesce(max(revision), 0) + 1 FROM tickets)
WHERE issue_id = ? AND missing_since = '' AND read_at <= ?
"""


class SqliteMirror:
    """A mirror in one SQLite file. Threads may share it, and several processes may open the same file."""

    def __init__(self, file: RecordFile) -> None:
        """Take an open file; `at` opens one."""
        self._file = file

    @classmethod
    def at(cls, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open the mirror in that file, and make the file where there is none; its folder must be there.

        Raises:
            Denied, MalformedInput, Refused, Unreachable: as `RecordFile.at`.
        """
        return cls(RecordFile.at(path, MIRROR, busy_seconds=busy_seconds))

    def begin(self, scope: str) -> Reached:
        """Say what is mirrored. See `Mirror.begin`."""
        with self._file.transaction() as connection:
            if connection.execute("SELECT scope FROM reading").fetchone() != (scope,):
                connection.execute("DELETE FROM tickets")
                connection.execute("INSERT OR REPLACE INTO reading (only, scope) VALUES (1, ?)", (scope,))
        return self.reached()

    def put(self, issue_id: str, issue_key: str, content: bytes, at: datetime) -> bool:
        """Keep a ticket. See `Mirror.put`."""
        when, same = format_time(at), (issue_key, content, "")
        with self._file.transaction() as connection:
            before = connection.execute(
                "SELECT issue_key, content, missing_since, read_at FROM tickets WHERE issue_id = ?", (issue_id,)
            ).fetchone()
            if before and before[3] > when:
                return False
            if before and before[:3] == same:
                connection.execute("UPDATE tickets SET read_at = ? WHERE issue_id = ?", (when, issue_id))
                return False
            connection.execute(_PUT, (issue_id, issue_key, content, when))
        return True

    def miss(self, issue_id: str, at: datetime) -> bool:
        """Note that a ticket is shown no more. See `Mirror.miss`."""
        when = format_time(at)
        with self._file.transaction() as connection:
            changed = connection.execute(_MISS, (when, when, issue_id, when)).rowcount
        return changed > 0

    def find(self, id_or_key: str) -> Held | None:
        """Return one ticket. See `Mirror.find`."""
        rows = self._file.ask(f"{_ALL} WHERE issue_id = ? OR issue_key = ? LIMIT 1", id_or_key, id_or_key)
        return Held(*rows[0]) if rows else None

    def reach(self, reached: Reached) -> None:
        """Note how far the reading came. See `Mirror.reach`."""
        with self._file.transaction() as connection:
            connection.execute(
                "UPDATE reading SET watermark = max(watermark, ?), known_until = max(known_until, ?)",
                (_text(reached.watermark), _text(reached.known_until)),
            )

    def set_back(self, now: datetime) -> None:
        """Take nothing for read or reached after that time. See `Mirror.set_back`."""
        when = format_time(now)
        with self._file.transaction() as connection:
            connection.execute("UPDATE tickets SET read_at = ? WHERE read_at > ?", (_NEVER, when))
            connection.execute("UPDATE reading SET watermark = '' WHERE watermark > ?", (when,))
            connection.execute("UPDATE reading SET known_until = '' WHERE known_until > ?", (when,))

    def reached(self) -> Reached:
        """Return how far the reading came. See `Mirror.reached`."""
        rows = self._file.ask("SELECT watermark, known_until FROM reading")
        return Reached(*(parse_time(text) if text else None for text in rows[0])) if rows else Reached()

    def describe(self, content: bytes) -> None:
        """Keep what the Jira says of its fields. See `Mirror.describe`."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE reading SET description = ?", (content,))

    def description(self) -> bytes:
        """Return what the Jira said of its fields. See `Mirror.description`."""
        rows = self._file.ask("SELECT description FROM reading")
        return bytes(rows[0][0]) if rows else b""

    def held(self, *, after_revision: int = 0) -> Sequence[Held]:
        """Return tickets. See `Mirror.held`."""
        return [Held(*row) for row in self._file.ask(f"{_ALL} WHERE revision > ? ORDER BY revision", after_revision)]

    def close(self) -> None:
        """Let go of the file. See `Mirror.close`."""
        self._file.close()


def _text(time: datetime | None) -> str:
    return format_time(time) if time else ""


_: type[Mirror] = SqliteMirror
