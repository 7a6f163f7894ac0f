"""The history of one secret: what was put, removed and restored, by whom and when. Never a value."""

from collections.abc import Mapping
from typing import Any, NamedTuple

PUT = "put"
REMOVE = "remove"
RESTORE = "restore"


class Entry(NamedTuple):
    """One line of the history.

    `put` and `restore` made the version that they name; `remove` removed it. `digest` is the SHA-256 of the sealed
    object and `epoch` the generation of the key it is under. `author` is a member's id.
    """

    action: str
    version: int
    time: str
    author: str
    digest: str = ""
    epoch: int = 0
    restored_from: int | None = None


class SecretRecord(NamedTuple):
    """What a safe knows of one secret, newest entry last. There is always one."""

    object_id: str
    entries: tuple[Entry, ...]

    @property
    def removed(self) -> bool:
        """Say whether the secret is removed at present."""
        return self.entries[-1].action == REMOVE

    @property
    def latest(self) -> Entry:
        """Return the entry of the newest version, removed or not."""
        return next(it for it in reversed(self.entries) if it.action != REMOVE)

    @property
    def live_version(self) -> int:
        """Return the number of the current version, 0 where the secret is removed."""
        return 0 if self.removed else self.latest.version

    def version(self, number: int) -> Entry | None:
        """Return the entry that made a version, if there is one."""
        return next((it for it in self.entries if it.version == number and it.action != REMOVE), None)

    def with_entry(self, entry: Entry) -> "SecretRecord":
        """Return the record with one more entry."""
        return self._replace(entries=(*self.entries, entry))


def record_to_json(record: SecretRecord) -> dict[str, Any]:
    """Return the record as the head holds it."""
    return {"object_id": record.object_id, "entries": [list(entry) for entry in record.entries]}


def record_from_json(value: Mapping[str, Any]) -> SecretRecord:
    """Read a record out of an authentic head.

    Raises:
        ValueError, TypeError, KeyError: a member wrote something else there.
    """
    entries = tuple(Entry(*fields) for fields in value["entries"])
    record = SecretRecord(value["object_id"], entries)
    if not any(it.action in (PUT, RESTORE) for it in entries):
        raise ValueError("no entry makes a version")
    return record
