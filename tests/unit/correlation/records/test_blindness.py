from typing import Any

import pytest
from tests.journeys.story import ACCOUNT, REGION, record
from tests.unit.correlation.making import gather, trail_call

from counterseal.clock import parse_time
from counterseal.correlation.records.blindness import BlindInterval, blind_intervals

NOON, ONE, TWO, THREE = (f"2026-03-10T{hour}:00:00Z" for hour in (12, 13, 14, 15))
ALL = [{"readWriteType": "All", "includeManagementEvents": True}]
NO_MANAGEMENT = [{"includeManagementEvents": False}]
NO_KMS = [{"excludeManagementEventSources": ["kms.amazonaws.com"]}]


def call(name: str, time: str, **parameters: Any) -> dict[str, Any]:
    return trail_call(name, time=time, requestParameters={"name": "t"} | parameters)


def put(time: str, selectors: Any) -> dict[str, Any]:
    return trail_call("PutEventSelectors", time=time, requestParameters={"trailName": "t", "eventSelectors": selectors})


def intervals(*records: dict[str, Any]) -> list[BlindInterval]:
    return list(blind_intervals(gather(list(records)).events))


def spans(*records: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [
        (it.stream, str(it.as_json()["from"]), it.as_json()["to"])
        for it in blind_intervals(gather(list(records)).events)
    ]


def test_a_stopped_trail_is_blind_until_it_starts() -> None:
    assert spans(call("StopLogging", NOON), call("StartLogging", ONE)) == [("all", NOON, ONE)]


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_a_trail_that_is_started_and_stopped_in_one_second_is_taken_to_be_stopped(ids: tuple[str, str]) -> None:
    started, stopped = (
        call(name, ONE) | {"eventID": it} for name, it in zip(("StartLogging", "StopLogging"), ids, strict=True)
    )

    assert spans(call("StopLogging", NOON), started, stopped) == [("all", NOON, ONE), ("all", ONE, None)]


def test_a_trail_that_never_starts_again_is_blind_without_end() -> None:
    assert spans(call("StopLogging", NOON), call("StopLogging", ONE)) == [("all", NOON, None)]


def test_a_blind_interval_prints_as_the_contract_says() -> None:
    [interval] = intervals(call("StopLogging", NOON))

    assert interval.as_json() == {
        "from": NOON,
        "to": None,
        "account": ACCOUNT,
        "region": REGION,
        "cause": "StopLogging stopped the trail 't'",
        "event_id": f"StopLogging-{NOON}",
    }


def test_a_refused_stop_blinds_nobody() -> None:
    refused = call("StopLogging", NOON) | {"errorCode": "TrailNotFoundException"}

    assert spans(refused) == []


def test_a_start_without_a_stop_is_nothing() -> None:
    assert spans(call("CreateTrail", NOON), call("StartLogging", NOON)) == []


def test_a_deleted_trail_is_blind_until_one_of_its_name_starts() -> None:
    assert spans(call("DeleteTrail", NOON)) == [("all", NOON, None)]
    assert spans(call("DeleteTrail", NOON), call("CreateTrail", ONE), call("StartLogging", TWO)) == [("all", NOON, TWO)]


def test_a_deletion_ends_what_was_only_stopped() -> None:
    stopped = [call("StopLogging", NOON), call("DeleteTrail", ONE)]

    assert spans(*stopped) == [("all", NOON, ONE), ("all", ONE, None)]


def test_two_trails_are_two_trails() -> None:
    other = trail_call("StartLogging", time=ONE, requestParameters={"name": "other"})

    assert spans(call("StopLogging", NOON), other) == [("all", NOON, None)]


def test_a_trail_called_by_its_arn_is_the_same_trail() -> None:
    arn = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/t"
    start = trail_call("StartLogging", time=ONE, requestParameters={"name": arn}, awsRegion="us-east-1")

    assert spans(call("StopLogging", NOON), start) == [("all", NOON, ONE)]


@pytest.mark.parametrize(
    ("selectors", "stream"), [(NO_MANAGEMENT, "all"), (NO_KMS, "kms"), ([{"readWriteType": "ReadOnly"}], "writes")]
)
def test_selectors_that_leave_something_out_blind_the_trail_until_others_are_put(selectors: Any, stream: str) -> None:
    assert spans(put(NOON, selectors), put(ONE, selectors), put(TWO, ALL)) == [(stream, NOON, TWO)]


def test_selectors_that_leave_out_something_else_begin_another_interval() -> None:
    assert spans(put(NOON, NO_MANAGEMENT), put(ONE, NO_KMS)) == [("all", NOON, ONE), ("kms", ONE, None)]


def test_advanced_selectors_count_too() -> None:
    data = [{"fieldSelectors": [{"field": "eventCategory", "equals": ["Data"]}]}]
    advanced = trail_call(
        "PutEventSelectors", time=NOON, requestParameters={"trailName": "t", "advancedEventSelectors": data}
    )

    assert spans(advanced) == [("all", NOON, None)]


def test_selectors_that_the_record_does_not_tell_prove_nothing() -> None:
    assert spans(trail_call("PutEventSelectors", requestParameters=None)) == []


def test_a_trail_of_all_regions_blinds_all_of_them() -> None:
    [interval] = intervals(call("CreateTrail", NOON, isMultiRegionTrail=True), call("StopLogging", ONE))

    assert interval.region == "*"
    assert interval.covers(ACCOUNT, "ap-south-1", parse_time(TWO))


def test_a_trail_cut_down_to_its_region_blinds_the_others() -> None:
    cut, widened = (
        call("UpdateTrail", NOON, isMultiRegionTrail=False),
        call("UpdateTrail", TWO, isMultiRegionTrail=True),
    )

    [interval] = intervals(cut, widened)

    assert interval.covers(ACCOUNT, "us-east-1", parse_time(ONE))
    assert not interval.covers(ACCOUNT, REGION, parse_time(ONE))
    assert not interval.covers(ACCOUNT, "us-east-1", parse_time(THREE))


def test_a_trail_widened_to_all_regions_blinds_all_when_it_stops() -> None:
    [interval] = intervals(call("UpdateTrail", NOON, isMultiRegionTrail=True), call("StopLogging", ONE))

    assert interval.region == "*"


def test_an_update_that_says_nothing_of_regions_blinds_nobody() -> None:
    assert spans(call("UpdateTrail", NOON, s3BucketName="b")) == []


@pytest.mark.parametrize(
    ("account", "region", "time", "covered"),
    [
        (ACCOUNT, REGION, NOON, True),
        (ACCOUNT, REGION, ONE, True),
        (ACCOUNT, REGION, TWO, False),
        (ACCOUNT, REGION, "2026-03-10T11:59:59Z", False),
        (ACCOUNT, "us-east-1", NOON, False),
        ("999999999999", REGION, NOON, False),
    ],
)
def test_an_interval_covers_its_account_and_region_between_its_ends(
    account: str, region: str, time: str, *, covered: bool
) -> None:
    [interval] = intervals(call("StopLogging", NOON), call("StartLogging", ONE))

    assert interval.covers(account, region, parse_time(time)) is covered


def test_an_open_interval_covers_what_comes_after() -> None:
    [interval] = intervals(call("StopLogging", NOON))

    assert interval.covers(ACCOUNT, REGION, parse_time(THREE))


def test_what_was_done_to_other_guards_blinds_no_trail() -> None:
    other = record("DisableRule", eventSource="events.amazonaws.com", requestParameters={"name": "t"})

    assert spans(other, call("PutInsightSelectors", NOON)) == []
