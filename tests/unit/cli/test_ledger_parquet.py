"""The ledger as Parquet, from the command line: written, held against the ledger, asked without it."""

import io
import json
from pathlib import Path
from types import ModuleType

import pytest
from tests.unit.cli.test_findings import recorded
from tests.unit.ledger.samples import verdict

from counterseal.cli import ledger, report
from counterseal.cli.console import Console
from counterseal.cli.parser import command_parser
from counterseal.errors import NotFound, Refused, SettingsError, UsageError


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))


def told(command: ModuleType, *arguments: str) -> tuple[str, str]:
    name = command.__name__.rpartition(".")[2]
    raw, notes = io.BytesIO(), io.StringIO()
    output = io.TextIOWrapper(raw, encoding="utf-8", newline="")
    assert command.run(command_parser(name, command).parse_args(list(arguments)), Console(output, notes)) == 0
    output.flush()
    return raw.getvalue().decode(), notes.getvalue()


def test_a_copy_is_written_compared_and_asked_where_there_is_no_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(verdict("e-1", "unapproved"))

    written, _ = told(ledger, "compact-to-parquet", "copy")
    compared, _ = told(ledger, "verify", "--parquet", "copy")
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "elsewhere"))
    shown, notes = told(report, "discrepancies", "--parquet", "copy", "--json")

    assert "2 entries read, " in written
    assert "holds: it is a copy of this ledger up to there" in compared
    assert [row["event_id"] for row in json.loads(shown)["rows"]] == ["e-1"]
    assert "a copy of the ledger up to entry 2 of 'audit'" in notes


def test_rows_are_asked_for_by_the_page() -> None:
    recorded(*(verdict(f"e-{number}", "unapproved") for number in range(5)))

    rows = json.loads(told(report, "discrepancies", "--json", "--skip", "1", "--limit", "2")[0])["rows"]

    assert [row["event_id"] for row in rows] == ["e-1", "e-2"]


@pytest.mark.parametrize("number", ["-1", "two", str(2**53)])
def test_a_number_of_rows_that_is_none_is_refused(number: str) -> None:
    with pytest.raises(UsageError, match="--limit"):
        told(report, "discrepancies", f"--limit={number}")


def test_pruning_needs_a_retention_of_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(verdict())

    with pytest.raises(SettingsError, match="nothing says how long"):
        told(ledger, "compact-to-parquet", "copy", "--prune")
    monkeypatch.setenv("COUNTERSEAL_LEDGER_RETENTION", "3 months")
    with pytest.raises(Refused, match="12 at least"):
        told(ledger, "compact-to-parquet", "copy", "--prune")
    _, notes = told(ledger, "compact-to-parquet", "copy", "--prune", "--force")
    assert "is in the ledger alone" in notes
    assert "is in the ledger alone" in told(report, "summary", "--parquet", "copy")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("compact-to-parquet", "copy", "--force"), "--force belongs to --prune"),
        (("verify", "--parquet", "copy", "--file", "export"), "--parquet compares a folder with the ledger"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        told(ledger, *arguments)


def test_a_folder_that_is_no_copy_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no compacted ledger"):
        told(report, "summary", "--parquet", str(tmp_path))
