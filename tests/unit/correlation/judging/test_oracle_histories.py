"""Which secret a name means, beside a second opinion that knows the truth."""

from collections.abc import Iterable
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.correlation.invented import LATER
from tests.unit.correlation.judging.oracle_histories import names, opinion
from tests.unit.correlation.judging.worlds_histories import History, history
from tests.unit.correlation.making import as_bytes

from counterseal.correlation.judging.docket import Docket
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.event import Event
from counterseal.correlation.records.gathering import Gathering
from counterseal.correlation.tickets.policy import Policy

histories = st.composite(lambda draw: history(lambda options: draw(st.sampled_from(options))))


@settings(max_examples=50)
@given(histories())
def test_a_name_means_the_secret_that_bore_it_then_or_none(drawn: History) -> None:
    check(drawn)


def test_so_it_does_in_many_more_histories() -> None:
    for seed in range(1000):
        check(history(Random(seed).choice))  # noqa: S311  # the same histories at every run is the point


def check(drawn: History) -> None:
    gathering = Gathering()
    for number, one in enumerate(drawn.recorded):
        gathering.add(as_bytes(one.written), source=f"{number}")
    events = gathering.population().events
    assert in_batches(gathering.standing()) == events
    by_id = {it.event_id: it for it in events}
    for one in drawn.recorded:
        if one.is_call and one.written["eventID"] in by_id:
            event = by_id[one.written["eventID"]]
            assert event.secret_arn in opinion(one, drawn).allowed
            assert event.secret_name in names(one, drawn)


def in_batches(standing: Iterable[Event]) -> tuple[Event, ...]:
    """Return the events as a docket knows them that saw a few after another, and decided each time."""
    docket = Docket(Rules(policy=Policy(), as_of=LATER))
    left = list(standing)
    while left:
        batch, left = left[:4], left[4:]
        docket.add(batch)
        docket.decide()
    return docket.events()
