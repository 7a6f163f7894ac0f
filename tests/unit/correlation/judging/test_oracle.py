"""The code that judges, beside a second opinion that was written from the reference alone."""

import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.correlation.invented import population
from tests.unit.correlation.judging.oracle import Answer, World, opinion
from tests.unit.correlation.judging.worlds import world

from counterseal.correlation.judging.approvals import Cause
from counterseal.correlation.judging.audit import audit
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.judge import Rules

worlds = st.composite(lambda draw: world(lambda options: draw(st.sampled_from(options))))


@settings(max_examples=100)
@given(worlds())
def test_each_change_is_judged_as_the_reference_says(drawn: World) -> None:
    check(drawn)


def test_so_is_each_of_more_worlds_than_can_be_made_small_again() -> None:
    """The other test tells the smallest world that fails; this one sees thirty times as many."""
    for seed in range(3000):
        check(world(Random(seed).choice))  # noqa: S311  # the same worlds at every run is the point


def check(drawn: World) -> None:
    result = audit(population(drawn.events), drawn.told, Rules(policy=drawn.policy, as_of=drawn.as_of))
    for change, found in zip(drawn.events, result.findings, strict=True):
        expected = opinion(change, drawn)
        assert found.verdict is expected.verdict, found.reason
        assert answer_of(found) in expected.answers
        assert result.is_discrepancy(found) is expected.counts


def answer_of(found: Finding) -> Answer:
    """Return what a finding says, in the oracle's words: a mismatch begins with each cause that holds."""
    each = "|".join(Cause)
    causes = re.findall(rf"(?:^|; )({each}): ", found.reason) if found.verdict is Verdict.MISMATCHED else ()
    return Answer(found.verdict, found.ticket, found.basis, frozenset(causes))
