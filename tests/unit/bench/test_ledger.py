"""Entries appended to the ledger: both methods write all of them, and the goal is a ratio."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from bench import ledger
from bench.contestants import ledger_inserts
from bench.harness import QUICK
from bench.turns import Job, take_turn


@pytest.mark.parametrize("method", [ledger_inserts.chained, ledger_inserts.plain])
def test_every_turn_writes_all_entries_anew(method: Callable[[str], Job]) -> None:
    job = method("7000")

    assert [take_turn(job, 1).outcome for _ in range(2)] == ["7000", "7000"]


def test_the_size_of_an_entry_is_said() -> None:
    assert "bytes an entry" in str(take_turn(ledger_inserts.size("200"), 1).outcome)


def test_the_ledger_is_judged_beside_the_table_without_a_key() -> None:
    [table] = ledger.tables(replace(QUICK, events=200, quiet_seconds=0.0))

    assert [it.goal for it in table.judgements] == ["6d"]
    assert {turn.outcome for turns in table.series.samples.values() for turn in turns} == {"200"}
