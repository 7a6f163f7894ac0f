"""Asks a compacted ledger as `counterseal report --parquet` does: the shipped engine, opened once and asked warm."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from bench.turns import Job, serve
from counterseal.reports.catalogue import find_report
from counterseal.reports.compacted import CompactedReports
from counterseal.reports.interface import Asked, Table

# What a page or a person sees at once. A report that cannot be cut off (summary, evidence) is short by itself.
PAGE = 100
AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
_OPENED: dict[str, CompactedReports] = {}


def report(folder: str, name: str, event_id: str, *filters: str) -> Job:
    """Run one report; each filter is `name=value`, times in ISO 8601."""
    engine = _OPENED.setdefault(folder, CompactedReports.at(Path(folder)))
    known = {it.name: it for it in find_report(name).parameters}
    offered: dict[str, Asked] = {"take": PAGE, "as_of": AS_OF, "event_id": event_id}
    asked = {it: value for it, value in offered.items() if it in known}
    for word, _, value in (it.partition("=") for it in filters):
        asked[word] = datetime.fromisoformat(value) if known[word].kind is datetime else value
    return Job(run=lambda: engine.run(name, asked), outcome=digest)


def digest(table: Table) -> str:
    """Return how many rows there are, and a digest of them."""
    return f"{len(table.rows)} rows, {hashlib.sha256(repr(table.rows).encode()).hexdigest()[:16]}"


if __name__ == "__main__":
    serve({"report": report})
