"""The code that judges, beside a second opinion that was written from the reference."""

import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.correlation.invented import population
from tests.unit.correlation.judging.oracle import Answer, opinion
from tests.unit.correlation.judging.oracle_tickets import World
from tests.unit.correlation.judging.worlds import world
from tests.unit.correlation.sealing import evidence

from counterseal.correlation.judging.approvals import Cause
from counterseal.correlation.judging.audit import audit
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.records.event import Kind
from counterseal.correlation.records.population import label_hours

worlds = st.composite(lambda draw: world(lambda options: draw(st.sampled_from(options))))


@settings(max_examples=200)
@given(worlds())
def test_each_change_is_judged_as_the_reference_says(drawn: World) -> None:
    check(drawn)


def test_so_is_each_of_more_worlds_than_can_be_made_small_again() -> None:
    """The other test tells the smallest world that fails; this one sees many more."""
    for seed in range(3000):
        check(world(Random(seed).choice))  # noqa: S311  # the same worlds at every run is the point


def check(drawn: World) -> None:
    rules = Rules(policy=drawn.policy, as_of=drawn.as_of)
    read = population(drawn.events, kms_hours=drawn.kms_hours, label_hours=label_hours(drawn.events))
    result = audit(read, drawn.told, rules, evidence_of(drawn))
    by_id = {it.event_id: it for it in drawn.events if it.kind is Kind.CHANGE}
    for found in [it for it in result.findings if it.event_id in by_id]:
        expected = opinion(by_id.pop(found.event_id), drawn)
        assert answer_of(found) in expected.answers, found.reason
        assert frozenset(found.signals) == expected.signals
        assert result.is_discrepancy(found) is expected.counts
    assert not by_id


def evidence_of(drawn: World) -> Evidence | None:
    """Return what counterseals are checked against: the issuances, and one notary's right to verify."""
    if drawn.seals is None:
        return None
    revoked = [it for seal in drawn.seals for it in seal.revoked]
    return evidence(*(it.issued for it in drawn.seals), *revoked, anchored=drawn.anchored)


def answer_of(found: Finding) -> Answer:
    """Return what a finding says, in the oracle's words: a mismatch begins with each cause that holds."""
    failed = found.verdict in (Verdict.MISMATCHED, Verdict.SILENT_ROLLBACK)
    said = found.reason.partition("; the version id has the form of")[0]
    causes = re.findall(rf"(?:^|; )({'|'.join(Cause)}): ", said) if failed else ()
    return Answer(found.verdict, found.ticket, found.basis, frozenset(causes))
