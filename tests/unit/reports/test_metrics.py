"""The metrics, in the text format of Prometheus."""

from datetime import UTC, datetime
from pathlib import Path

from tests.unit.ledger.samples import TickingClock, audit_run, blind_interval, trail_hour, verdict

from counterseal.ledger.sqlite import SqliteLedger
from counterseal.reports.embedded import EmbeddedReports
from counterseal.reports.metrics import exposition

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_what_the_ledger_holds_is_counted_and_what_is_invented_is_not(tmp_path: Path) -> None:
    ledger = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    ledger.append(
        "audit",
        [
            verdict("e-1", "unapproved"), verdict("e-2", "unapproved"), verdict("e-3"), verdict("e-4", invented=True),
            blind_interval("2026-03-10T10:45:00Z"), trail_hour("10"), trail_hour("11", "missing-file", faults="1"),
            audit_run(as_of="2026-03-10T11:00:00Z"),
        ],
    )  # fmt: skip

    lines = exposition(
        EmbeddedReports(ledger), NOON, waiting={'a"b\\c\n': 2, "ops": 0}, entries={"audit": 1_234_567}
    ).splitlines()

    assert lines[:2] == [
        "# HELP counterseal_findings Findings that hold, by verdict, and whether they count.",
        "# TYPE counterseal_findings gauge",
    ]
    assert {it for it in lines if not it.startswith("#")} == {
        'counterseal_findings{verdict="approved",counts="false"} 1',
        'counterseal_findings{verdict="blind-interval",counts="true"} 1',
        'counterseal_findings{verdict="unapproved",counts="true"} 2',
        "counterseal_last_audit_age_seconds 3600",
        "counterseal_blind_seconds 2700",
        "counterseal_complete_seconds 3600",
        "counterseal_unproved_seconds 3600",
        'counterseal_alerts_waiting{receiver="a\\"b\\\\c\\n"} 2',
        'counterseal_alerts_waiting{receiver="ops"} 0',
        'counterseal_ledger_entries{stream="audit"} 1234567',
    }
    ledger.close()


def test_an_empty_ledger_has_no_age_and_no_finding(tmp_path: Path) -> None:
    ledger = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())

    lines = exposition(EmbeddedReports(ledger), NOON, waiting={}, entries={}).splitlines()

    assert [it for it in lines if not it.startswith("#")] == [
        "counterseal_blind_seconds 0",
        "counterseal_complete_seconds 0",
        "counterseal_unproved_seconds 0",
    ]
    ledger.close()
