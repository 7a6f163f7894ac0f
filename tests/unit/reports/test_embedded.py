"""Reports in this process: the contract, on DuckDB over the SQLite ledger."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb  # noqa: TID253  # this test is about what DuckDB refuses
import pytest
from tests.contracts.report_engine import ReportEngineContract, finding
from tests.unit.ledger.samples import TickingClock, audit_run, event

from counterseal.errors import UsageError
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
    def ledger(self, tmp_path: Path, clock: TickingClock) -> Iterator[Ledger]:
        opened = SqliteLedger.at(tmp_path / "ledger.sqlite", clock)
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


def test_a_question_of_ones_own_is_answered(ledger: SqliteLedger, engine: EmbeddedReports) -> None:
    ledger.append("audit", [finding("e-1", "approved", "09:00:00")])

    table = engine.select(
        "SELECT verdict, time, 0.5::DOUBLE AS half, 'nan'::DOUBLE AS none, DATE '2026-03-10' AS day, [1] AS list,"
        " TIMESTAMPTZ '2026-03-10 09:00:00+01' AS zoned, true AS yes FROM current_findings"
    )

    nine = datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert table.columns == ("verdict", "time", "half", "none", "day", "list", "zoned", "yes")
    assert table.rows == (("approved", nine, 0.5, "nan", "2026-03-10", "[1]", nine - timedelta(hours=1), True),)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT 1; SELECT 2", "one SELECT, and nothing else"),
        ("", "one SELECT, and nothing else"),
        ("DROP TABLE verdicts", "one SELECT, and nothing else"),
        ("INSERT INTO verdicts SELECT * FROM verdicts", "one SELECT, and nothing else"),
        ("SET lock_configuration = false", "one SELECT, and nothing else"),
        ("COPY verdicts TO '/tmp/x.csv'", "one SELECT, and nothing else"),
        ("ATTACH '/tmp/x.db'", "one SELECT, and nothing else"),
        ("SELECT * FROM read_text('/etc/passwd')", "disabled"),
        ("SELECT * FROM '/etc/passwd.csv'", "cannot be answered"),
        ("SELECT * FROM parsed", "cannot be answered"),
        ("SELECT * FROM query('DROP TABLE verdicts')", "cannot be answered"),
        ("SELECT nothing FROM verdicts", "cannot be answered"),
        ("SELEC 1", "cannot be answered"),
        ("SELECT ?", "cannot be answered"),
        ("SELECT 1 AS a, 2 AS a", "one name"),
    ],
)
def test_a_question_that_is_none_is_refused_and_alters_nothing(
    ledger: SqliteLedger, engine: EmbeddedReports, statement: str, said: str
) -> None:
    ledger.append("audit", [finding("e-1", "approved", "09:00:00")])

    with pytest.raises(UsageError, match=said):
        engine.select(statement)

    assert engine.select("SELECT count(*) AS held FROM verdicts").rows == ((1,),)


@pytest.mark.parametrize(
    ("statement", "meant"),
    [
        ("SELECT verdicts FROM current_findings", '"verdict"'),
        ("SELECT * FROM current_finding", 'Did you mean "current_findings"'),
    ],
)
def test_a_name_that_is_none_is_told_with_the_nearest(engine: EmbeddedReports, statement: str, meant: str) -> None:
    with pytest.raises(UsageError) as refusal:
        engine.select(statement)

    assert meant in str(refusal.value)
    assert "LINE 1" not in str(refusal.value)
