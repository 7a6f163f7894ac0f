"""A whole audit into a ledger: the ledger holds the changes that the plain reader stores."""

from dataclasses import replace
from pathlib import Path

import pytest
from bench import recording
from bench.contestants import recording_plain
from bench.contestants.changes import digest
from bench.harness import QUICK
from bench.trail import write_set

from counterseal.cli.main import main


def test_an_audit_records_the_changes_that_a_plain_reader_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (logs := tmp_path / "logs").mkdir()
    write_set(logs, records=500, per_file=200)
    plain = recording_plain.record(logs, tmp_path / "plain.sqlite")
    (tmp_path / "counterseal.toml").write_text('[state]\ndirectory = "."\n')
    monkeypatch.chdir(tmp_path)

    assert main(["audit", "logs", "--record", "--as-of", "2026-03-31"]) == 10
    assert digest(recording.recorded(tmp_path / "ledger.sqlite")) == plain


def test_where_nothing_was_recorded_there_are_no_changes(tmp_path: Path) -> None:
    assert recording.recorded(tmp_path / "ledger.sqlite") == []


def test_the_table_compares_with_the_plain_reader_and_judges_two_processes() -> None:
    [table] = recording.tables(replace(QUICK, events=300, quiet_seconds=0.0))

    assert [it.goal for it in table.judgements] == ["", "6b"]
    assert {turn.outcome for turns in table.series.samples.values() for turn in turns} == {
        table.series.samples[recording.NAIVE][0].outcome
    }
