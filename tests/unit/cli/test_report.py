"""The commands `report` and `export`, over a ledger into which an audit was recorded."""

import csv
import io
import json
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import duckdb  # noqa: TID253  # another reader of what was written
import pytest
from tests.unit.cli.test_findings import recorded
from tests.unit.ledger.samples import verdict, waiver

from counterseal.cli import export, report
from counterseal.cli.console import Console
from counterseal.cli.parser import command_parser
from counterseal.cli.rows import print_answer
from counterseal.errors import Denied, NotFound, UsageError
from counterseal.reports.tables import TABLES
from counterseal.reports.views import VIEWS

EVIL = "=HYPERLINK(1)"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))


def told(command: ModuleType, *arguments: str) -> tuple[str, str]:
    name = command.__name__.rpartition(".")[2]
    raw, notes = io.BytesIO(), io.StringIO()
    output = io.TextIOWrapper(raw, encoding="utf-8", newline="")
    parsed = command_parser(name, command).parse_args(list(arguments))
    assert command.run(parsed, Console(output, notes)) == 0
    output.flush()
    return raw.getvalue().decode(), notes.getvalue()


def test_the_list_names_every_report_and_needs_no_ledger() -> None:
    assert "separation_of_duties" in told(report, "list")[0]


def test_a_report_is_printed_for_people_scripts_and_spreadsheets() -> None:
    recorded(verdict("e-1", "unapproved", secret_name=EVIL), verdict("e-2", "unapproved", invented=True))

    plain = told(report, "changes-by-actor")[0]
    document = json.loads(told(report, "changes", "--json")[0])
    (row,) = csv.DictReader(io.StringIO(told(report, "changes", "--csv")[0], newline=""))

    assert plain.splitlines()[1].split()[0] == "ada"
    assert (document["schema"], document["report"]) == ("counterseal/report/v1", "changes")
    assert [it["secret_name"] for it in document["rows"]] == [EVIL]
    assert (row["secret_name"], row["discrepancy"], row["time"]) == (f"'{EVIL}", "true", "2026-03-10T11:00:00Z")


def test_filters_reach_the_report_and_now_is_the_default() -> None:
    waived = verdict("e-1", "unapproved")
    recorded(waived, waiver(waived), verdict("e-2", "mismatched"))

    assert json.loads(told(report, "discrepancies", "--json", "--verdict", "unapproved")[0])["rows"][0]["counts"]
    held = json.loads(told(report, "discrepancies", "--json", "--verdict", "unapproved", "--as-of", "2026-03-20")[0])
    assert [row["counts"] for row in held["rows"]] == [False]


def test_an_empty_answer_says_so() -> None:
    recorded(verdict("e-1", "approved"))

    assert told(report, "discrepancies") == ("", "counterseal: note: nothing was found\n")


def test_a_question_of_ones_own_is_answered() -> None:
    recorded(verdict("e-1", "approved"))

    shown = told(report, "sql", "SELECT count(*) AS held, avg(position) AS mean, NULL AS none FROM verdicts", "--csv")[
        0
    ]

    assert shown == "held,mean,none\r\n1,1.0,\r\n"


def test_a_picture_is_written_and_the_words_say_where(tmp_path: Path) -> None:
    recorded(verdict("e-1", "unapproved"), verdict("e-2", "unapproved", invented=True))

    shown = told(report, "discrepancies", "--chart", "found.svg")

    picture = ET.fromstring((tmp_path / "found.svg").read_bytes())  # noqa: S314  # a picture of our own
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert shown == ("", "counterseal: a picture of it is in 'found.svg', rows: 1\n")


def test_a_report_without_a_picture_writes_no_file(tmp_path: Path) -> None:
    recorded(verdict("e-1", "unapproved"))

    with pytest.raises(UsageError, match="has no picture"):
        told(report, "findings", "--chart", "found.svg")

    assert not (tmp_path / "found.svg").exists()


def test_a_report_without_a_picture_is_refused_before_the_ledger_is_opened(tmp_path: Path) -> None:
    # There is no ledger: whoever opened it first would say that instead.
    with pytest.raises(UsageError, match="has no picture"):
        told(report, "findings", "--chart", "found.svg")

    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["gossip"], NotFound),
        (["sql"], UsageError),
        (["changes", "SELECT 1"], UsageError),
        (["changes", "--event", "e-1"], UsageError),
        (["evidence"], UsageError),
        (["sql", "SELECT 1", "--ticket", "OPS-1"], UsageError),
    ],
)
def test_what_cannot_be_answered_is_refused(arguments: list[str], error: type[Exception]) -> None:
    recorded(verdict("e-1", "approved"))

    with pytest.raises(error):
        told(report, *arguments)


def test_the_population_is_written_in_each_form_with_the_same_rows(tmp_path: Path) -> None:
    recorded(
        *(verdict(f"e-{number}", "approved", secret_name=EVIL) for number in (3, 1, 2)),
        verdict("a-1", "attempt", about="attempt"),
    )
    file = tmp_path / "it's.parquet"

    told(export, "population", "--csv", "p.csv")
    told(export, "population", "--json", "p.json")
    notes = told(export, "population", "--parquet", str(file))[1]

    written = list(csv.DictReader(io.StringIO((tmp_path / "p.csv").read_text(), newline="")))
    document = json.loads((tmp_path / "p.json").read_text())
    rows = duckdb.read_parquet(str(file)).fetchall()
    assert [row["event_id"] for row in written] == ["e-1", "e-2", "e-3"]
    assert [row["event_id"] for row in document["rows"]] == ["e-1", "e-2", "e-3"]
    assert [row[9] for row in rows] == ["e-1", "e-2", "e-3"]
    assert (rows[0][13], rows[0][0].isoformat()) == (EVIL, "2026-03-10T11:00:00")
    assert notes == "counterseal: 3 of 3 changes written\n"


def test_a_population_without_changes_is_written_with_its_columns_alone(tmp_path: Path) -> None:
    recorded()

    told(export, "population", "--parquet", "p.parquet")

    assert duckdb.read_parquet(str(tmp_path / "p.parquet")).fetchall() == []


def test_a_sample_is_drawn_by_its_seed(tmp_path: Path) -> None:
    recorded(*(verdict(f"e-{number}", "approved") for number in range(9)))

    notes = told(export, "population", "--json", "p.json", "--sample", "4", "--seed", "7")[1]

    assert len(json.loads((tmp_path / "p.json").read_text())["rows"]) == 4
    assert notes == "counterseal: 4 of 9 changes written, drawn by the seed 7\n"


@pytest.mark.parametrize("given", [["--sample", "4"], ["--seed", "7"]])
def test_a_sample_needs_its_seed(given: list[str]) -> None:
    with pytest.raises(UsageError, match="go together"):
        told(export, "population", "--csv", "p.csv", *given)


@pytest.mark.parametrize("form", ["--csv", "--json", "--parquet"])
def test_a_population_replaces_the_old_file_whole(form: str, tmp_path: Path) -> None:
    recorded(verdict("e-1", "approved"))
    old = tmp_path / "old"
    old.write_text("as it was", encoding="utf-8")
    (tmp_path / "p").hardlink_to(old)

    told(export, "population", form, "p")

    # Another file took the name; the old one was never written into, so no half of it can be left.
    assert old.read_text(encoding="utf-8") == "as it was"
    assert b"e-1" in (tmp_path / "p").read_bytes()
    assert sorted(it.name for it in tmp_path.glob("*p*")) == ["p"]


@pytest.mark.parametrize("form", ["--csv", "--json", "--parquet"])
def test_a_file_that_cannot_be_written_is_named(form: str) -> None:
    recorded(verdict("e-1", "approved"))

    with pytest.raises(Denied, match="nowhere"):
        told(export, "population", form, "nowhere/p")


def test_athena_is_told_every_table_and_view() -> None:
    shown, _ = told(report, "athena", "s3://acme-audit/ledger/")

    assert "LOCATION 's3://acme-audit/ledger/kind=verdicts/'" in shown
    assert shown.count("CREATE EXTERNAL TABLE IF NOT EXISTS") == len(TABLES)
    assert [name for name in VIEWS if f"CREATE OR REPLACE VIEW {name} AS" in shown] == list(VIEWS)


@pytest.mark.parametrize(
    "place", ["folder", "s3://acme'/x", "s3://acme/x'; DROP TABLE y", "s3://acme/x\n", "https://x"]
)
def test_a_place_that_is_none_goes_into_no_statement(place: str) -> None:
    with pytest.raises(UsageError, match="is no place of a bucket"):
        told(report, "athena", place)


@pytest.mark.parametrize("asked", [["report", "changes"], ["export", "population", "--csv", "-"]])
def test_a_period_that_ends_before_it_begins_is_refused(asked: list[str]) -> None:
    recorded(verdict("e-1", "approved"))
    name, *arguments = asked

    with pytest.raises(UsageError, match="ends before it begins"):
        told({"report": report, "export": export}[name], *arguments, "--since", "2026-03-02", "--until", "2026-03-01")


@pytest.mark.parametrize("count", ["x", "-1", "9007199254740992", "1" * 5000, "\u0663"])
def test_what_is_no_count_is_refused_in_words(count: str) -> None:
    with pytest.raises(UsageError, match="is not a whole number from 0 to"):
        told(report, "changes", f"--limit={count}")


def test_the_report_about_one_event_asks_which() -> None:
    with pytest.raises(UsageError, match="is about one event") as refusal:
        told(report, "evidence")

    assert "--event" in refusal.value.hint


@pytest.mark.parametrize("asked", [["sql", "SELECT '\udcff'"], ["changes", "--secret", "\udcff"]])
def test_a_question_that_is_no_text_is_refused(asked: list[str]) -> None:
    with pytest.raises(UsageError, match="is not UTF-8"):
        told(report, *asked)


def test_a_file_named_by_a_dash_is_printed() -> None:
    recorded(verdict("e-1", "unapproved"))

    printed = json.loads(told(export, "population", "--json", "-", "--sample", "1", "--seed", "7")[0])

    assert told(report, "discrepancies", "--chart", "-")[0].startswith("<svg")
    assert (printed["population"], printed["seed"], len(printed["rows"])) == (1, 7, 1)
    assert not Path("-").exists()


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        ("21", "1 of 1\n  name    shop/db\n  longer  said so\n"),
        ("22", "name     longer   none\nshop/db  said so  -\n"),
    ],
)
def test_rows_wider_than_the_terminal_are_told_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, columns: str, shown: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("NO_COLOR", "1")
    output = Terminal()

    print_answer(Console(output, io.StringIO()), ["name", "longer", "none"], [["shop/db", "said so", ""]])

    assert output.getvalue() == shown


def test_an_answer_without_rows_is_said_to_be_nothing_on_a_terminal_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "5")
    notes = io.StringIO()

    print_answer(Console(Terminal(), notes), ["name", "longer"], [])

    assert notes.getvalue() == "counterseal: note: nothing was found\n"
