"""From the settings to the ledger and its reports."""

import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.ledger.samples import event

from counterseal.assembly.ledgers import open_ledger, open_reports
from counterseal.assembly.settings import Settings
from counterseal.clock import FixedClock
from counterseal.errors import Denied, NotInstalled, Refused

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def test_the_ledger_lies_in_the_state_directory_unless_it_is_set(tmp_path: Path) -> None:
    settings = Settings(state_directory=tmp_path / "state" / "counterseal")

    open_ledger(settings).close()

    assert (tmp_path / "state/counterseal/ledger.sqlite").is_file()
    assert stat.S_IMODE((tmp_path / "state/counterseal").stat().st_mode) == 0o700


def test_the_ledger_lies_where_the_settings_say(tmp_path: Path) -> None:
    settings = Settings(state_directory=tmp_path / "state", ledger_path=tmp_path / "mine.sqlite")

    ledger = open_ledger(settings, FixedClock(NOON))
    ledger.append("audit", [event()])

    assert [entry.recorded_at for entry in ledger.read("audit")] == ["2026-03-10T12:00:00Z"]
    assert [it.name for it in tmp_path.iterdir() if it.suffix == ".sqlite"] == ["mine.sqlite"]
    ledger.close()


def test_a_ledger_in_a_folder_that_is_not_there_is_refused_not_made(tmp_path: Path) -> None:
    settings = Settings(state_directory=tmp_path, ledger_path=tmp_path / "typo" / "ledger.sqlite")

    with pytest.raises(Refused, match="typo"):
        open_ledger(settings)

    assert not (tmp_path / "typo").exists()


def test_a_state_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Denied, match=r"the state directory '.*file/state' cannot be made") as refusal:
        open_ledger(Settings(state_directory=tmp_path / "file" / "state"))

    assert "state.directory" in refusal.value.hint


def test_the_reports_run_on_the_ledger(tmp_path: Path) -> None:
    ledger = open_ledger(Settings(state_directory=tmp_path))

    assert open_reports(ledger).run("summary").rows == ()

    ledger.close()


def test_an_installation_without_duckdb_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    monkeypatch.delitem(sys.modules, "counterseal.reports.embedded", raising=False)
    ledger = open_ledger(Settings(state_directory=tmp_path))

    with pytest.raises(NotInstalled, match="DuckDB") as refusal:
        open_reports(ledger)

    assert "[reports]" in refusal.value.hint
    ledger.close()
