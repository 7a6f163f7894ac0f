"""What stands beside the changes, beside a second opinion; and the docket beside one audit of all."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.correlation.invented import LATER
from tests.unit.correlation.judging.oracle_aside import Beside, named, opinion, unused
from tests.unit.correlation.judging.worlds_aside import Aside, beside

from counterseal.correlation.judging.audit import audit
from counterseal.correlation.judging.docket import Docket
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.held import Held, put_together
from counterseal.correlation.records.population import Population, label_hours

worlds = st.composite(lambda draw: beside(lambda options: draw(st.sampled_from(options))))


@settings(max_examples=50)
@given(worlds())
def test_what_stands_beside_is_what_the_reference_says(drawn: Aside) -> None:
    check(drawn, Random(0))  # noqa: S311  # not a secret


def test_so_it_is_in_many_more_worlds() -> None:
    for seed in range(1000):
        random = Random(seed)  # noqa: S311  # the same worlds at every run is the point
        check(beside(random.choice), random)


def check(drawn: Aside, random: Random) -> None:
    held = Held()
    for event in drawn.events:
        held.keep(event)
    resolved = put_together(held.standing).events
    rules = Rules(policy=drawn.policy, as_of=LATER)
    read = Population(
        events=resolved,
        kms_hours=drawn.kms_hours,
        label_hours=label_hours(resolved),
        start=resolved[0].time,
        end=resolved[-1].time,
    )
    result = audit(read, drawn.told, rules)
    assert found(result) == opinion(drawn._replace(events=resolved))
    assert each_once(result, resolved)
    is_old = {it: drawn.policy.baseline is not None and it.time < drawn.policy.baseline for it in result.findings}
    beside_changes = (Verdict.UNCLASSIFIED, Verdict.ORPHAN_DELETION, Verdict.UNRECORDED_VERSION)
    assert all(result.is_discrepancy(it) is not is_old[it] for it in result.findings if it.verdict in beside_changes)
    assert not any(result.is_discrepancy(it) or it.ticket for it in result.findings if it.verdict is Verdict.ATTEMPT)
    used = {it.ticket for it in result.findings}
    assert [it.ticket.issue_key for it in result.unused_approvals] == unused(drawn, LATER, used)
    docket = in_batches(drawn, rules, random)
    assert docket.findings() == result.findings
    assert docket.guard_events() == result.guard_events


def found(result: AuditResult) -> Beside:
    """Return what an audit found, in the oracle's words."""
    by_id = {it.event_id: it for it in result.population.events}

    def of(verdict: Verdict) -> list[Event]:
        return [by_id[it.event_id] for it in result.findings if it.verdict is verdict]

    return Beside(
        attempts=frozenset(it.event_id for it in of(Verdict.ATTEMPT)),
        unclassified=frozenset(it.event_id for it in of(Verdict.UNCLASSIFIED)),
        orphans=frozenset((named(it), it.request_id) for it in of(Verdict.ORPHAN_DELETION)),
        unrecorded=frozenset((it.secret_arn, it.version_id) for it in of(Verdict.UNRECORDED_VERSION)),
        guards=frozenset(it.event_id for it in result.guard_events),
    )


def each_once(result: AuditResult, events: tuple[Event, ...]) -> bool:
    """Exactly one finding for each change and each attempt; an orphan for each request, a version for each."""
    ids = [it.event_id for it in result.findings]
    has_one = {it.event_id for it in events if it.kind in (Kind.CHANGE, Kind.ATTEMPT, Kind.UNCLASSIFIED)}
    expected = opinion_sizes(result)
    return len(ids) == len(set(ids)) == len(has_one) + expected and has_one <= set(ids)


def opinion_sizes(result: AuditResult) -> int:
    """Return how many findings have no change of their own."""
    said = found(result)
    return len(said.orphans) + len(said.unrecorded)


def in_batches(drawn: Aside, rules: Rules, random: Random) -> Docket:
    """Return a docket that was fed the events and tickets a few at a time, in any order, deciding in between."""
    docket = Docket(rules)
    events = random.sample(drawn.events, len(drawn.events))
    is_told_first = random.choice((True, False))
    if is_told_first:
        docket.add_tickets(drawn.told)
    while events:
        size = random.choice((1, 2, 3))
        batch, events = events[:size], events[size:]
        docket.add(batch, kms_hours=random.choice(((), drawn.kms_hours)))
        docket.decide()
    docket.add((), kms_hours=drawn.kms_hours)
    if not is_told_first:
        docket.add_tickets(drawn.told)
    docket.decide()
    return docket
