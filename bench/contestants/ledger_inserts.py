"""Appends the same entries to a new ledger, and to a table of SQLite that has no key, no chain and no check."""

import hashlib
import sqlite3
import tempfile
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.turns import Job, serve
from counterseal.clock import FixedClock
from counterseal.ledger import Draft, EntryKind, draft
from counterseal.ledger.sqlite import SqliteLedger

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
BATCH = 5_000  # as many as an audit appends in one transaction
_ACTOR = {
    "type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/ana", "name": "ana", "via": "",
    "source_identity": "", "session_name": "ana", "role_arn": "arn:aws:iam::111122223333:role/deploy",
}  # fmt: skip


def chained(entries: str) -> Job:
    """Append to the shipped ledger: compared with what it holds, bound, chained, indexed, flushed to disk."""
    batches = _batches(int(entries))
    return Job(run=lambda: _in_a_new_file(lambda path: _append(path, batches))[0], outcome=str)


def plain(entries: str) -> Job:
    """Insert the same bytes into a table without a key, as durably."""
    batches = _batches(int(entries))
    return Job(run=lambda: _in_a_new_file(lambda path: _insert(path, batches))[0], outcome=str)


def size(entries: str) -> Job:
    """Say how many bytes one entry takes in each."""
    batches, number = _batches(int(entries)), int(entries)
    ours = _in_a_new_file(lambda path: _append(path, batches))[1] // number
    theirs = _in_a_new_file(lambda path: _insert(path, batches))[1] // number
    return Job(run=lambda: f"{ours} bytes an entry; in the table without a key {theirs}", outcome=str)


def _in_a_new_file(write: Callable[[Path], int]) -> tuple[int, int]:
    with tempfile.TemporaryDirectory() as folder:
        written = write(path := Path(folder) / "entries.sqlite")
        return written, path.stat().st_size


def _append(path: Path, batches: list[list[Draft]]) -> int:
    ledger = SqliteLedger.at(path, FixedClock(NOW))
    try:
        return sum(ledger.append("audit", batch).added for batch in batches)
    finally:
        ledger.close()


def _insert(path: Path, batches: list[list[Draft]]) -> int:
    table = sqlite3.connect(path)
    try:
        table.execute("PRAGMA journal_mode = WAL")
        table.execute("PRAGMA synchronous = FULL")
        table.execute("CREATE TABLE entries (kind TEXT, subject BLOB, fingerprint BLOB, body BLOB)")
        for batch in batches:
            with table:
                rows = [(it.kind.value, it.subject, it.fingerprint, it.body) for it in batch]
                table.executemany("INSERT INTO entries VALUES (?, ?, ?, ?)", rows)
        return int(table.execute("SELECT count(*) FROM entries").fetchone()[0])
    finally:
        table.close()


def _batches(entries: int) -> list[list[Draft]]:
    drafts = [_event(number) for number in range(entries)]
    return [drafts[start : start + BATCH] for start in range(0, entries, BATCH)]


def _event(number: int) -> Draft:
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    time = NOW - timedelta(days=30) + timedelta(seconds=number)
    body = {
        "event_id": str(uuid.UUID(digest[:32])), "account": "111122223333", "region": "eu-west-1",
        "time": f"{time:%Y-%m-%dT%H:%M:%SZ}", "service": "secretsmanager", "name": "PutSecretValue",
        "event_kind": "change", "operation": "value", "actor": _ACTOR,
        "secret": f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/{number % 10_000:05d}-AbCdEf",
        "secret_name": f"app/{number % 10_000:05d}", "version_id": str(uuid.UUID(digest[32:])), "error_code": "",
        "request_id": str(uuid.UUID(digest[16:48])), "shared_event_id": "", "digest": digest, "source": "a.json",
    }  # fmt: skip
    return draft(EntryKind.EVENT, body)


if __name__ == "__main__":
    serve({"chained": chained, "plain": plain, "size": size})
