"""Reports over Parquet: the contract, on what a compaction wrote; and every report as the ledger itself answers it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb  # noqa: TID253  # this test is about what DuckDB refuses
import pytest
from tests.contracts.report_engine import ReportEngineContract, finding, guard_event
from tests.unit.ledger.samples import (
    TickingClock,
    audit_run,
    blind_interval,
    ended,
    ticket,
    trail_fault,
    trail_hour,
    unused_approval,
    verdict,
    waiver,
)

from counterseal.errors import MalformedInput, NotFound, Unreachable, UsageError
from counterseal.ledger import Ledger
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.reports.catalogue import REPORTS
from counterseal.reports.compacted import CompactedReports
from counterseal.reports.compaction import compact
from counterseal.reports.embedded import EmbeddedReports
from counterseal.reports.interface import Asked, Table
from counterseal.reports.manifest import FILE_NAME
from counterseal.reports.tables import TABLES
from counterseal.reports.views import VIEWS


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "it's parquet"


class Following:
    """The folder, compacted before each question, so that the contract's story can go on."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self._ledger = ledger
        self._folder = folder

    def run(self, report: str, parameters: Mapping[str, Asked] | None = None) -> Table:
        compact(self._ledger, self._folder)
        engine = CompactedReports.at(self._folder)
        try:
            return engine.run(report, parameters)
        finally:
            engine.close()


class TestCompactedReports(ReportEngineContract):
    @pytest.fixture
    def ledger(self, tmp_path: Path, clock: TickingClock) -> Iterator[Ledger]:
        opened = SqliteLedger.at(tmp_path / "ledger.sqlite", clock)
        yield opened
        opened.close()

    @pytest.fixture
    def engine(self, ledger: Ledger, folder: Path) -> Following:
        return Following(ledger, folder)


def told(ledger: Ledger) -> None:
    """Append a story in which every table and every report has rows."""
    late = finding("e-2", "approved-late", "09:30:00")
    approved = ticket(
        status_history=[{"at": "2026-03-10T09:00:00Z", "to": "Approved", "by": "ben", "decision": "approved"}]
    )
    idle = ticket(issue_id="10002", issue_key="OPS-2", secrets=["db/idle"], requester="ada", approvals=[
        {"by": "ada", "at": "2026-03-10T10:00:00Z", "decision": "approved"}
    ])  # fmt: skip
    early = finding("e-4", "approved", "07:00:00")
    nobody = finding("e-5", "unattributed", "08:00:00", reason="ada is nobody that the identity map knows")
    ledger.append("audit", [finding("e-1", "unapproved", "11:00:00", ticket=""), late, early, nobody, approved, idle])
    ledger.append(
        "other/stream",
        [finding("e-1", "mismatched", "11:00:00", reason="self-approved: ben"), guard_event(resource="main")],
    )
    ledger.append("audit", [verdict("e-3", "unrecorded-version", about="trace", time="2026-02-01T00:00:00Z")])
    ledger.append(
        "audit",
        [blind_interval(), waiver(late), ended(nobody, "2026-03-11T00:00:00Z"), unused_approval(idle), audit_run()],
    )
    wrong = trail_hour("12", "altered-file", faults="1")
    ledger.append("audit", [wrong, trail_fault(wrong, outcome="altered-file")])


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_gives_the_same_rows_on_the_ledger_and_on_its_copy(
    ledger: SqliteLedger, folder: Path, name: str
) -> None:
    told(ledger)
    given = {it.name: "e-1" for it in REPORTS[name].parameters if it.default is None}
    compact(ledger, folder)
    embedded, compacted = EmbeddedReports(ledger), CompactedReports.at(folder)

    expected = embedded.run(name, given)

    assert expected.rows
    assert compacted.run(name, given) == expected
    embedded.close()
    compacted.close()


@pytest.mark.parametrize("name", [*(table.name for table in TABLES), *VIEWS])
def test_a_table_and_a_view_hold_the_same_on_both(ledger: SqliteLedger, folder: Path, name: str) -> None:
    told(ledger)
    compact(ledger, folder)
    embedded, compacted = EmbeddedReports(ledger), CompactedReports.at(folder)

    expected, found = (it.select(f"SELECT * FROM {name} ORDER BY ALL") for it in (embedded, compacted))

    assert found == expected
    assert found.rows
    embedded.close()
    compacted.close()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY verdicts TO 'x.csv'",
        "SELECT * FROM read_parquet('../elsewhere.parquet')",
    ],
)
def test_a_question_reaches_nothing_outside_the_folder(ledger: SqliteLedger, folder: Path, statement: str) -> None:
    compact(ledger, folder)
    engine = CompactedReports.at(folder)

    with pytest.raises(UsageError):
        engine.select(statement)
    engine.close()


def test_a_folder_without_a_manifest_is_no_empty_ledger(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no compacted ledger"):
        CompactedReports.at(tmp_path)


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'{"schema":"other/v1"}', b'{"schema":"counterseal/ledger-parquet/v1"}']
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)

    with pytest.raises(MalformedInput, match="manifest"):
        CompactedReports.at(tmp_path)


@pytest.mark.parametrize("leads", ["../secret.parquet", "/etc/a.parquet", "kind=verdicts/passwd"])
def test_a_manifest_that_leads_out_of_its_folder_is_refused(ledger: SqliteLedger, folder: Path, leads: str) -> None:
    told(ledger)
    compact(ledger, folder)
    manifest = json.loads((folder / FILE_NAME).read_text())
    manifest["tables"][0]["file"] = leads
    (folder / FILE_NAME).write_text(json.dumps(manifest))

    with pytest.raises(MalformedInput, match="outside its folder"):
        CompactedReports.at(folder)


def test_a_file_that_went_missing_is_said_to_be_unreachable(ledger: SqliteLedger, folder: Path) -> None:
    told(ledger)
    compact(ledger, folder)
    engine = CompactedReports.at(folder)
    next(folder.glob("view=current_findings/*")).unlink()

    with pytest.raises(Unreachable, match="cannot be read"):
        engine.run("summary")
    engine.close()


def test_a_file_that_is_no_parquet_is_said_to_be_damaged(ledger: SqliteLedger, folder: Path) -> None:
    told(ledger)
    compact(ledger, folder)
    next(folder.glob("view=current_findings/*")).write_bytes(b"PAR1 nothing PAR1")

    with pytest.raises(MalformedInput, match="damaged"):
        CompactedReports.at(folder).run("summary")


def test_files_are_compressed_and_say_the_range_of_their_rows(ledger: SqliteLedger, folder: Path) -> None:
    told(ledger)
    compact(ledger, folder)
    (file,) = folder.glob("kind=tickets/month=2026-03/*.parquet")

    asked = "SELECT DISTINCT compression, stats_min_value FROM parquet_metadata(?) WHERE path_in_schema = 'ticket'"
    found = duckdb.connect(":memory:").execute(asked, [str(file)]).fetchall()

    assert found == [("ZSTD", "OPS-1")]
