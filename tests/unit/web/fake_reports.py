"""Reports that answer from a list of rows: what the pages are tested against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from counterseal.control.evidence import Dossier
from counterseal.control.intake_state import IntakeState
from counterseal.control.ticket_record import TicketRecord
from counterseal.reports import Cell, ReportEngine, Table
from counterseal.reports.catalogue import REPORTS
from counterseal.reports.interface import Asked

NOON = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)

_ABSENT: Mapping[str, Cell] = {"VARCHAR": "", "BIGINT": 0, "BOOLEAN": False, "TIMESTAMP": NOON}

_FINDING: Mapping[str, Cell] = {
    "verdict": "unapproved",
    "reason": "no ticket names this secret",
    "discrepancy": True,
    "about": "change",
    "service": "secretsmanager",
    "event": "PutSecretValue",
    "event_id": "event-1",
    "account": "111122223333",
    "region": "eu-central-1",
    "secret": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/prod/database-AbCdEf",
    "secret_name": "shop/prod/database",
    "version_id": "0d9f0a3e-3f0e-4a43-8f3c-2b1d6f1f0a11",
    "actor_type": "AssumedRole",
    "actor_arn": "arn:aws:sts::111122223333:assumed-role/Engineer/jonas@bakery.example",
    "actor_name": "jonas@bakery.example",
    "witnesses": "cloudtrail,kms",
    "stream": "audit",
    "position": 7,
    "entry_digest": "ab" * 32,
    "verdicts": 1,
    "current": True,
}

_POPULATION: Mapping[str, Cell] = {
    "what": "population",
    "time_from": datetime(2026, 11, 13, 8, 0, 0, tzinfo=UTC),
    "time_to": NOON,
    "seconds": None,
    "as_of": NOON,
    "records": 120,
    "changes": 9,
    "attempts": 1,
}

_BLIND: Mapping[str, Cell] = {
    "what": "blind",
    "account": "111122223333",
    "region": "eu-central-1",
    "time_from": datetime(2026, 11, 19, 3, 0, 0, tzinfo=UTC),
    "time_to": datetime(2026, 11, 19, 3, 45, 0, tzinfo=UTC),
    "seconds": 2700,
    "reason": "logging of the trail 'everything' was stopped",
}


def finding(**said: Cell) -> dict[str, Cell]:
    """Return the cells of one finding: an unapproved change, unless said otherwise."""
    return {**_FINDING, **said}


def waived(**said: Cell) -> dict[str, Cell]:
    """Return the cells of a finding that cleo answers for."""
    until = datetime(2026, 12, 24, tzinfo=UTC)
    return finding(waived_by="cleo", waived_why="known and harmless", waived_until=until, entry_digest="cd" * 32) | said


def fault(**said: Cell) -> dict[str, Cell]:
    """Return the cells of a trail fault."""
    name = "AWSLogs/111122223333/CloudTrail/eu-central-1/x.json.gz"
    told = {
        "verdict": "trail-fault",
        "event_id": name,
        "reason": "missing-file: the digest lists it, and it is not here",
    }
    return finding(**told, about="trace") | said


def population(**said: Cell) -> dict[str, Cell]:
    """Return the cells of one population."""
    return {**_POPULATION, **said}


def blind(**said: Cell) -> dict[str, Cell]:
    """Return the cells of one blind interval of 45 minutes."""
    return {**_BLIND, **said}


@dataclass
class FakeReports:
    """Answers with the rows it holds, filtered by what is asked, in the columns of the catalogue."""

    findings: list[dict[str, Cell]] = field(default_factory=list)
    covered: list[dict[str, Cell]] = field(default_factory=list)
    guarded: list[dict[str, Cell]] = field(default_factory=list)
    apart: list[dict[str, Cell]] = field(default_factory=list)
    waivers: list[dict[str, Cell]] = field(default_factory=list)
    unused: list[dict[str, Cell]] = field(default_factory=list)
    intake: IntakeState | None = None
    dossier: Dossier = field(default_factory=Dossier)
    records: dict[str, TicketRecord] = field(default_factory=dict)
    jira_url: str = ""
    read_tickets: list[tuple[str, datetime]] = field(default_factory=list)
    asked: list[tuple[str, Mapping[str, Asked]]] = field(default_factory=list)

    def intake_state(self) -> IntakeState | None:
        """Say how the intake of messages stands."""
        return self.intake

    def run(self, report: str, parameters: Mapping[str, Asked] | None = None) -> Table:
        """Answer one report."""
        given = parameters or {}
        self.asked.append((report, given))
        columns = REPORTS[report].columns
        rows = self._rows(report, given)
        skip, take = int(str(given.get("skip", 0))), int(str(given.get("take", len(rows))))
        return Table(
            tuple(column.name for column in columns),
            tuple(
                tuple(row.get(column.name, _ABSENT[column.type]) for column in columns)
                for row in rows[skip : skip + take]
            ),
        )

    def _rows(self, report: str, given: Mapping[str, Asked]) -> list[dict[str, Cell]]:
        answers: dict[str, Any] = {
            "coverage": lambda: self.covered,
            "waivers": lambda: [row for row in self.waivers if row["event_id"] == given["event_id"]],
            "unused_approvals": lambda: self.unused,
            "guard_events": lambda: self.guarded,
            "discrepancies": lambda: [row for row in (*self.findings, *self.apart) if row["discrepancy"]],
            "summary": self._summary,
            "findings": lambda: [row for row in self.findings if row.get("ticket") == given["ticket"]],
            "evidence": lambda: [row for row in self.findings if row["event_id"] == given["event_id"]],
            "changes": lambda: [row for row in self.findings if _fits(row, given)],
        }
        rows: list[dict[str, Cell]] = answers[report]()
        return rows

    def _summary(self) -> list[dict[str, Cell]]:
        counts: dict[tuple[Cell, Cell], int] = {}
        for row in self.findings:
            group = (row["verdict"], row.get("invented", False))
            counts[group] = counts.get(group, 0) + 1
        return [
            {"verdict": verdict, "invented": invented, "findings": count}
            for (verdict, invented), count in counts.items()
        ]


def _fits(row: Mapping[str, Cell], given: Mapping[str, Asked]) -> bool:
    about, verdict = given.get("about", "change"), given.get("verdict", "")
    return row["about"] in (about or row["about"]) and row["verdict"] == (verdict or row["verdict"])  # type: ignore[operator]


_: type[ReportEngine] = FakeReports
