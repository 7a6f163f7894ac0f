"""The arithmetic of a comparison: ratios by pair, medians, verdicts."""

import pytest
from bench.figures import Comparison, Guard, Sample, Sense, Series, Verdict, judge, times, weigh


def turns(*seconds: float, outcome: str | None = "same", failure: str = "") -> list[Sample]:
    return [Sample(seconds=it, cpu_seconds=it, peak_bytes=1, outcome=outcome, failure=failure) for it in seconds]


def test_a_ratio_is_taken_inside_each_pair_and_judged_by_its_median() -> None:
    series = Series(samples={"ours": turns(2, 40, 3), "theirs": turns(1, 10, 3)})

    judged = judge(Comparison(subject="ours", baseline="theirs", limit=2.0), series)

    assert judged.ratios == (2.0, 1.0, 4.0)
    assert judged.verdict is Verdict.HOLDS


def test_the_median_of_the_pairs_is_not_the_ratio_of_the_medians() -> None:
    series = Series(samples={"ours": turns(1, 5, 9), "theirs": turns(10, 1, 2)})

    judged = judge(Comparison(subject="ours", baseline="theirs"), series)

    assert judged.ratios is not None
    assert judged.ratios[0] == 4.5


@pytest.mark.parametrize(
    ("sense", "limit", "verdict"),
    [
        (Sense.COST, 0.5, Verdict.HOLDS),
        (Sense.COST, 0.49, Verdict.MISSED),
        (Sense.SPEED, 2.0, Verdict.HOLDS),
        (Sense.SPEED, 2.01, Verdict.MISSED),
        (Sense.SPEED, None, Verdict.REPORTED),
    ],
)
def test_a_cost_may_be_at_most_and_a_speed_at_least_the_limit(
    sense: Sense, limit: float | None, verdict: Verdict
) -> None:
    series = Series(samples={"ours": turns(1, 1, 1), "theirs": turns(2, 2, 2)})

    judged = judge(Comparison(subject="ours", baseline="theirs", sense=sense, limit=limit), series)

    assert judged.verdict is verdict


def test_a_peer_that_is_not_installed_skips_its_ratio_and_says_so() -> None:
    series = Series(samples={"ours": turns(1)}, absent={"theirs": "not installed in .venv-bench"})

    judged = judge(Comparison(subject="ours", baseline="theirs", limit=1.0, goal="1a"), series)

    assert judged.verdict is Verdict.SKIPPED
    assert judged.reason == "theirs: not installed in .venv-bench"


def test_a_comparison_is_void_where_the_two_gave_different_results() -> None:
    series = Series(samples={"ours": turns(1, outcome="9 changes"), "theirs": turns(2, outcome="8 changes")})

    judged = judge(Comparison(subject="ours", baseline="theirs", limit=100.0), series)

    assert judged.verdict is Verdict.VOID
    assert judged.reason == "the results differ: '8 changes' against '9 changes'"


def test_a_comparison_is_void_where_one_turn_differs_from_the_others_of_the_same_method() -> None:
    series = Series(samples={"ours": [*turns(1), *turns(1, outcome="other")], "theirs": turns(2, 2)})

    assert judge(Comparison(subject="ours", baseline="theirs"), series).verdict is Verdict.VOID


def test_a_comparison_is_void_where_a_turn_failed() -> None:
    series = Series(samples={"ours": turns(1), "theirs": turns(0, outcome=None, failure="it ended with 1")})

    judged = judge(Comparison(subject="ours", baseline="theirs"), series)

    assert (judged.verdict, judged.reason) == (Verdict.VOID, "it ended with 1")


def test_a_limit_gives_no_result_and_is_compared_all_the_same() -> None:
    series = Series(samples={"ours": turns(3), "limit": turns(2, outcome=None)})

    assert judge(Comparison(subject="ours", baseline="limit"), series).figure == "1.50x"


def test_a_guard_fails_whatever_the_clock_says() -> None:
    assert weigh(Guard(what="modules", figure="91", wanted="≤ 90", holds=False)).verdict is Verdict.MISSED
    assert weigh(Guard(what="modules", figure="90", wanted="≤ 90", holds=True)).verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("ratio", "written"), [(0.0123, "0.012x"), (1.128, "1.13x"), (45.67, "45.7x"), (123.4, "123x")]
)
def test_a_ratio_is_written_with_the_digits_that_mean_something(ratio: float, written: str) -> None:
    assert times(ratio) == written
