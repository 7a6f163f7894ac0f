from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journeys.story import ACCOUNT, ARN, REGION, record
from tests.unit.correlation.making import (
    as_bytes,
    data_key,
    event_bridge,
    gather,
    label_update,
    service_event,
    trail_call,
)

from counterseal.clock import parse_time
from counterseal.correlation.records.event import Kind
from counterseal.correlation.records.gathering import Gathering
from counterseal.correlation.records.population import CoveredHour, Population

OTHER_ACCOUNT = "999999999999"
CORRECTION = {"reason": "UPDATED_DATA", "originalEventID": "e-1", "updatedFields": "responseElements.arn"}

RECORDS: list[dict[str, Any]] = [
    record(number=1),
    record(number=1, userAgent="another"),
    record(number=2, errorCode="AccessDenied"),
    record(number=3, time="2026-03-09T23:59:59Z", requestParameters={"secretId": "db/password"}, responseElements=None),
    record(number=4, addendum=CORRECTION | {"originalEventID": "e-3"}),
    record(number=5, sharedEventID="both"),
    record(number=6, sharedEventID="both", recipientAccountId=OTHER_ACCOUNT),
    record("GetSecretValue", number=7, readOnly=True),
    record("FrobnicateSecret", number=8),
    record("CreateSecret", number=9, requestParameters={"name": "db/password"}),
    record("RunInstances", number=10, eventSource="ec2.amazonaws.com", time="2026-03-11T00:00:00Z"),
    data_key("00000000-0000-4000-8000-000000000001"),
    label_update("00000000-0000-4000-8000-000000000001"),
    service_event("RotationStarted", additionalEventData={"SecretId": ARN}),
    trail_call("StopLogging"),
    event_bridge(record(number=11)),
]


def gathered(records: Sequence[dict[str, Any]], sizes: Sequence[int] = ()) -> Population:
    """Read the records in files of these sizes, and the rest as one file more."""
    gathering, rest = Gathering(), list(records)
    for size in sizes:
        gathering.add(as_bytes(rest[:size]), source="a.json")
        rest = rest[size:]
    gathering.add(as_bytes({"Records": rest}), source="a.json")
    return gathering.population()


def evidence(population: Population) -> tuple[object, ...]:
    """Return what must not depend on how often a record came."""
    return (
        population.events,
        population.conflicts,
        population.superseded,
        population.kms_hours,
        population.label_hours,
        population.start,
        population.end,
    )


@given(order=st.permutations(RECORDS), sizes=st.lists(st.integers(min_value=0, max_value=5), max_size=5))
def test_order_and_splitting_change_nothing(order: list[dict[str, Any]], sizes: list[int]) -> None:
    assert gathered(order, sizes) == gathered(RECORDS)


@given(
    again=st.lists(st.sampled_from(RECORDS), max_size=20),
    order=st.randoms(use_true_random=False),
    sizes=st.lists(st.integers(min_value=0, max_value=9), max_size=5),
)
def test_repetition_changes_only_the_counts(again: list[dict[str, Any]], order: Any, sizes: list[int]) -> None:
    repeated = [*RECORDS, *again]
    order.shuffle(repeated)

    population, once = gathered(repeated, sizes), gathered(RECORDS)

    assert evidence(population) == evidence(once)
    kept = sum(it.get("eventName") not in ("GetSecretValue", "RunInstances") for it in again)
    assert (population.records, population.duplicates) == (once.records + len(again), kept)


def test_the_population_of_nothing_is_empty() -> None:
    assert Gathering().population() == Population()


def test_the_span_is_that_of_all_records_kept_or_not() -> None:
    population = gathered(RECORDS)

    assert population.start == parse_time("2026-03-09T23:59:59Z")
    assert population.end == parse_time("2026-03-11T00:00:00Z")


def test_events_come_in_the_order_of_their_times_whatever_the_files_say() -> None:
    late, early = record(number=1), record(number=2, time="2026-03-09T12:00:00Z")

    assert [event.event_id for event in gather([late], [early]).events] == ["e-2", "e-1"]


def test_the_same_record_twice_is_one_event_and_a_duplicate() -> None:
    population = gather([record()], [record()])

    assert (len(population.events), population.duplicates, population.records) == (1, 1, 2)
    assert population.events[0].source == "0.json"


def test_the_same_id_in_another_account_is_another_event() -> None:
    assert len(gather(record(), record(recipientAccountId=OTHER_ACCOUNT)).events) == 2


def test_the_same_id_with_another_content_is_a_conflict_and_no_duplicate() -> None:
    population = gather(record(), record(userAgent="another"), record())

    [conflict] = population.conflicts
    [event] = population.events
    assert (conflict.event_id, conflict.account, conflict.sources) == ("e-1", ACCOUNT, ("0.json", "1.json"))
    assert len(conflict.digests) == 2
    assert event.digest == conflict.digests[0]
    assert population.duplicates == 1


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_that_contradict_each_other_the_graver_stands(*, turned: bool) -> None:
    both = [record(), record(errorCode="AccessDenied", responseElements=None)]

    assert gather(*(both[::-1] if turned else both)).events[0].kind is Kind.CHANGE


def test_of_two_deliveries_the_one_that_names_the_secret_stands() -> None:
    bare = service_event("RotationStarted")
    told = event_bridge(bare) | {"resources": [ARN]}

    [event] = gather(bare, told).events

    assert event.secret_arn == ARN


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    population = gather(record(responseElements=None), record(number=2, addendum=CORRECTION))

    assert [event.event_id for event in population.events] == ["e-2"]
    assert [event.event_id for event in population.superseded] == ["e-1"]


def test_a_late_record_corrects_nothing() -> None:
    late = record(number=2, addendum={"reason": "DELIVERY_DELAY", "originalEventID": "e-1"})

    assert len(gather(record(), late).events) == 2


def test_a_correction_without_its_original_stands_alone() -> None:
    assert len(gather(record(number=2, addendum=CORRECTION)).events) == 1


def test_a_correction_of_another_call_corrects_nothing() -> None:
    other = record("TagResource", number=2, addendum=CORRECTION)

    assert len(gather(record(), other).events) == 2


def test_a_correction_of_a_correction_leaves_one_event() -> None:
    second = record(number=2, addendum=CORRECTION)
    third = record(number=3, addendum=CORRECTION | {"originalEventID": "e-2"})

    assert [event.event_id for event in gather(record(), second, third).events] == ["e-3"]


def test_corrections_in_a_circle_talk_nothing_away() -> None:
    first = record(number=1, addendum=CORRECTION | {"originalEventID": "e-2"})
    second = record(number=2, addendum=CORRECTION)
    itself = record(number=3, addendum=CORRECTION | {"originalEventID": "e-3"})

    assert len(gather(first, second, itself).events) == 3


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_corrections_one_that_corrects_itself_hides_no_other(*, turned: bool) -> None:
    itself = record(number=1, addendum=CORRECTION)
    other = record(number=2, addendum=CORRECTION)

    population = gather(*([other, itself] if turned else [itself, other]))

    assert [event.event_id for event in population.events] == ["e-2"]


@pytest.mark.parametrize("turned", [False, True])
def test_one_action_delivered_to_two_accounts_is_one_change_of_the_owner(*, turned: bool) -> None:
    rows = [
        record(number=1, sharedEventID="s", recipientAccountId="000000000000"),
        record(number=2, sharedEventID="s", recipientAccountId=ACCOUNT),
    ]

    population = gather(*(rows[::-1] if turned else rows))

    confirming, change = population.events
    assert (change.event_id, change.kind) == ("e-2", Kind.CHANGE)
    assert (confirming.event_id, confirming.kind) == ("e-1", Kind.WITNESS)
    assert (confirming.facts["witness"], confirming.facts["shared_with"]) == ("cloudtrail", "e-2")


def test_of_two_rows_of_strangers_the_first_account_counts() -> None:
    rows = [
        record(number=1, sharedEventID="s", recipientAccountId="2", requestParameters=None, responseElements=None),
        record(number=2, sharedEventID="s", recipientAccountId="1", requestParameters=None, responseElements=None),
    ]

    assert [event.event_id for event in gather(rows).of_kind(Kind.CHANGE)] == ["e-2"]


def test_two_changes_in_one_account_stay_two_whatever_they_share() -> None:
    rows = [record(number=1, sharedEventID="s"), record(number=2, sharedEventID="s")]

    assert len(gather(rows).of_kind(Kind.CHANGE)) == 2


def test_the_rows_of_one_data_key_both_stay_witnesses() -> None:
    rows = [data_key("v", eventID=account, sharedEventID="s", recipientAccountId=account) for account in ("1", "2")]

    assert [event.facts["witness"] for event in gather(rows).events] == ["kms", "kms"]


def test_an_hour_is_covered_where_kms_reads_were_delivered() -> None:
    decrypt = data_key("v", eventName="Decrypt", eventTime="2026-03-10T13:59:59Z")
    write = data_key("v", eventName="CreateGrant", eventTime="2026-03-10T15:00:00Z", eventID="g")

    hour = CoveredHour(ACCOUNT, REGION, parse_time("2026-03-10T13:00:00Z"))
    assert gather(decrypt, write).kms_hours == {hour}


@pytest.mark.parametrize("name", ["GenerateDataKey", "Decrypt", "PutKeyRotationSchedule"])
@pytest.mark.parametrize(("read_only", "covered"), [(True, 1), ("true", 1), (False, 0), ("false", 0), (None, 0)])
@pytest.mark.parametrize("wrap", [lambda it: {"Records": [it]}, event_bridge], ids=["file", "event"])
def test_only_a_read_shows_that_kms_reads_are_delivered(wrap: Any, name: str, read_only: Any, covered: int) -> None:
    call = data_key("v", eventName=name, readOnly=read_only)

    assert len(gather(wrap(call)).kms_hours) == covered


@pytest.mark.parametrize(
    "sort", [{"eventType": "AwsVpceEvent"}, {"eventType": "AwsVpceEvents"}, {"eventCategory": "NetworkActivity"}]
)
@pytest.mark.parametrize("name", ["GenerateDataKey", "Decrypt", "ListKeys"])
@pytest.mark.parametrize("wrap", [lambda it: {"Records": [it]}, event_bridge], ids=["file", "event"])
def test_what_passed_a_vpc_endpoint_does_not_show_that_kms_reads_are_delivered(
    wrap: Any, name: str, sort: dict[str, str]
) -> None:
    passed = data_key("v", eventName=name) | sort

    assert gather(wrap(passed)).kms_hours == frozenset()
    assert len(gather(wrap(passed), wrap(data_key("w", eventName=name))).kms_hours) == 1


def test_an_hour_is_covered_where_label_events_were_delivered() -> None:
    hour = CoveredHour(ACCOUNT, REGION, parse_time("2026-03-10T12:00:00Z"))

    assert gather(label_update("v"), record()).label_hours == {hour}


def test_what_is_not_kept_is_counted() -> None:
    population = gather(RECORDS)

    assert (population.records, population.reads, population.others) == (16, 1, 1)
