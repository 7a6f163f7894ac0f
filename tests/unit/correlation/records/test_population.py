from tests.journeys.story import record
from tests.unit.correlation.making import gather, service_event, trail_call

from counterseal.correlation.records.event import Kind
from counterseal.correlation.records.population import Population


def test_the_counts_are_those_of_the_contract() -> None:
    population = gather(
        record(number=1),
        record(number=1),
        record(number=2),
        record(number=2, userAgent="another"),
        record(number=3, errorCode="AccessDenied", time="2026-03-10T13:00:00Z"),
        record("FrobnicateSecret", number=4),
        service_event("RotationStarted"),
    )

    assert population.counts() == {
        "records": 7,
        "changes": 2,
        "attempts": 1,
        "service_events": 1,
        "unclassified": 1,
        "duplicates": 1,
        "conflicts": 1,
        "from": "2026-03-10T12:00:00Z",
        "to": "2026-03-10T13:00:00Z",
    }


def test_the_counts_of_nothing_have_no_span() -> None:
    assert (Population().counts()["from"], Population().counts()["to"]) == (None, None)


def test_events_can_be_asked_for_by_kind() -> None:
    population = gather(record(), service_event("RotationStarted"), trail_call("StopLogging"))

    found = population.of_kind(Kind.CHANGE, Kind.GUARD)

    assert sorted(event.name for event in found) == ["PutSecretValue", "StopLogging"]
