"""Reports in this process: the contract, on DuckDB over the SQLite ledger."""

from collections.abc import Iterator
from pathlib import Path

import duckdb  # noqa: TID253  # this test is about what DuckDB refuses
import pytest
from tests.contracts.report_engine import ReportEngineContract, finding
from tests.unit.ledger.samples import TickingClock, audit_run, event

from counterseal.ledger import Ledger
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.reports.embedded import EmbeddedReports


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    yield opened
    opened.close()


@pytest.fixture
def engine(ledger: Ledger) -> Iterator[EmbeddedReports]:
    made = EmbeddedReports(ledger)
    yield made
    made.close()


class TestEmbeddedReports(ReportEngineContract):
    @pytest.fixture
    def ledger(self, tmp_path: Path) -> Iterator[Ledger]:
        opened = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
        yield opened
        opened.close()

    @pytest.fixture
    def engine(self, ledger: Ledger) -> Iterator[EmbeddedReports]:
        made = EmbeddedReports(ledger)
        yield made
        made.close()


def test_only_what_is_new_is_loaded_again(ledger: SqliteLedger, engine: EmbeddedReports) -> None:
    ledger.append("b", [finding("e-1", "approved", "09:00:00"), event("e-1")])
    engine.run("summary")
    ledger.append("a", [finding("e-2", "approved", "09:00:00")])
    ledger.append("b", [finding("e-3", "approved", "09:00:00")])

    assert engine.run("summary").records()[0]["findings"] == 3
    assert engine.run("summary").records()[0]["findings"] == 3


def test_more_entries_than_a_batch_are_loaded(ledger: SqliteLedger, engine: EmbeddedReports) -> None:
    ledger.append("audit", [finding(f"e-{number}", "approved", "09:00:00") for number in range(5001)])

    assert engine.run("summary").records()[0]["findings"] == 5001


def test_a_load_that_fails_leaves_no_half_of_it(ledger: SqliteLedger, engine: EmbeddedReports) -> None:
    ledger.append("audit", [finding("e-1", "approved", "09:00:00"), audit_run()])
    # The second table takes no rows: what the first one took in the same batch must go again.
    engine._connection.execute("ALTER TABLE audit_runs RENAME TO elsewhere")
    with pytest.raises(duckdb.CatalogException):
        engine.run("summary")
    engine._connection.execute("ALTER TABLE elsewhere RENAME TO audit_runs")

    assert engine.run("summary").records()[0]["findings"] == 1


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM read_text('/etc/passwd')", "COPY verdicts TO '/tmp/x.csv'", "SET enable_external_access = true"],
)
def test_a_statement_cannot_reach_outside(engine: EmbeddedReports, statement: str) -> None:
    with pytest.raises(duckdb.Error, match=r"(?i)disabled|locked"):
        engine._connection.execute(statement)
