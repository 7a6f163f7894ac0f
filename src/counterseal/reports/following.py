"""Findings as they come: what is new, what changed, and what is settled since the last look."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, cast

from counterseal.ledger.chain import Head
from counterseal.ledger.interface import Ledger
from counterseal.reports.interface import Cell, ReportEngine

Row = Mapping[str, Cell]


class What(StrEnum):
    """What became of a finding since the last look."""

    NEW = "new"
    CHANGED = "changed"
    WAIVED = "waived"
    COUNTS_AGAIN = "counts-again"
    SETTLED = "settled"


class Change(NamedTuple):
    """One finding that is not what it was: `row` as it is now, or as it was where it is settled."""

    what: What
    row: Row
    before: Row | None = None

    @property
    def matters(self) -> bool:
        """Say whether a discrepancy came, went, or changed."""
        return bool(self.row["discrepancy"] or (self.before and self.before["discrepancy"]))


class Follower:
    """Looks at the findings of a ledger again and again. A look without news reads where the streams end, no more."""

    def __init__(self, ledger: Ledger, reports: ReportEngine) -> None:
        """Take the ledger, and what reports on it. The first look finds everything new."""
        self._ledger = ledger
        self._reports = reports
        self._heads: list[Head] | None = None
        self._ends_at: datetime | None = None
        self._known: dict[str, Row] = {}

    def look(self, as_of: datetime) -> list[Change]:
        """Return what changed since the last look, oldest first.

        Raises:
            Unreachable: the ledger does not answer; the next look finds what this one missed.
            MalformedInput: the ledger is damaged.
        """
        heads = [self._ledger.head(stream) for stream in self._ledger.streams()]
        if heads == self._heads and not (self._ends_at and self._ends_at <= as_of):
            return []
        rows = self._reports.run("findings", {"as_of": as_of}).records()
        found = {str(row["finding"]): row for row in reversed(rows) if not row["invented"]}
        changes = compare(self._known, found)
        self._heads, self._known = heads, dict(found)
        ends = [cast("datetime", row["waived_until"]) for row in found.values() if row["waived_until"]]
        self._ends_at = min(ends, default=None)
        return changes


def compare(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[Change]:
    """Return the changes from one look to the next: those that are there, then those that are no more."""
    changes = [
        Change(what, row, before.get(finding))
        for finding, row in after.items()
        if (what := _what(before.get(finding), row))
    ]
    return changes + [Change(What.SETTLED, row, row) for finding, row in before.items() if finding not in after]


def _what(before: Row | None, row: Row) -> What | None:
    if before is None:
        return What.NEW
    if (before["verdict"], before["discrepancy"]) != (row["verdict"], row["discrepancy"]):
        return What.CHANGED if row["discrepancy"] or not before["discrepancy"] else What.SETTLED
    if bool(before["waived_by"]) != bool(row["waived_by"]):
        return What.WAIVED if row["waived_by"] else What.COUNTS_AGAIN
    return None
