"""New changes against many tickets: the two ways find the same, and the goal is a time."""

import pytest
from bench import incremental
from bench.contestants import incremental_ours, incremental_sqlite
from bench.figures import Sample, Series, Verdict
from bench.harness import Plan, Table
from bench.machine import Quiet
from bench.turns import take_turn


def test_our_index_finds_as_many_in_an_approved_window_as_sqlite_does() -> None:
    ours, theirs = (take_turn(it.join("200000"), 1) for it in (incremental_ours, incremental_sqlite))

    assert ours.outcome == theirs.outcome != "0"


def test_every_new_change_is_decided() -> None:
    job = incremental_ours.decide("2000")

    decided = job.run()

    assert (len(decided.findings), decided.looked_at) == (100, 100)


def test_the_size_of_the_index_is_said() -> None:
    assert "s to build" in str(take_turn(incremental_ours.size("2000"), 1).outcome)


@pytest.mark.parametrize(("milliseconds", "verdict"), [(2.0, Verdict.HOLDS), (2.1, Verdict.MISSED)])
def test_the_goal_is_a_time(milliseconds: float, verdict: Verdict) -> None:
    turns = [Sample(seconds=1.0, cpu_seconds=milliseconds / 1000, peak_bytes=0, outcome="7")]
    table = Table(
        plan=Plan(title="", methods=[], comparisons=[]),
        series=Series(samples={incremental.JOIN: turns}),
        rounds=1,
        quiet=Quiet(reached=True, busy_share=0.0, waited_seconds=0.0),
        judgements=[],
    )

    [judged] = incremental.judged(table).judgements

    assert (judged.goal, judged.verdict) == ("7c", verdict)
