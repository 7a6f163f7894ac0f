from typing import Any

import pytest
from tests.journeys.story import ACCOUNT, REGION, record
from tests.unit.correlation.making import gather, trail_call

from counterseal.clock import parse_time
from counterseal.correlation.records.blindness import BlindInterval, blind_intervals

MORNING, NOON, ONE, TWO, THREE = (f"2026-03-10T{hour:02}:00:00Z" for hour in (8, 12, 13, 14, 15))
OTHER_ACCOUNT, OTHER_REGION = "999999999999", "us-east-1"
ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/t"
ALL = [{"readWriteType": "All", "includeManagementEvents": True}]
NO_MANAGEMENT = [{"includeManagementEvents": False}]
NO_KMS = [{"excludeManagementEventSources": ["kms.amazonaws.com"]}]


def call(name: str, time: str, /, **parameters: Any) -> dict[str, Any]:
    return trail_call(name, time=time, requestParameters={"name": "t"} | parameters)


def put(time: str, selectors: Any) -> dict[str, Any]:
    return trail_call("PutEventSelectors", time=time, requestParameters={"trailName": "t", "eventSelectors": selectors})


def intervals(*records: dict[str, Any]) -> list[BlindInterval]:
    return list(blind_intervals(gather(list(records)).events))


def blinded(time: str, *records: dict[str, Any]) -> set[tuple[str, str]]:
    """Return which of four places are blind at a time: here, another region, another account, and both."""
    found = intervals(*records)
    places = [(account, region) for account in (ACCOUNT, OTHER_ACCOUNT) for region in (REGION, OTHER_REGION)]
    return {place for place in places if any(it.covers(*place, parse_time(time)) for it in found)}


HERE = {(ACCOUNT, REGION)}
ACCOUNT_WIDE = HERE | {(ACCOUNT, OTHER_REGION)}
REGION_WIDE = HERE | {(OTHER_ACCOUNT, REGION)}
EVERYWHERE = ACCOUNT_WIDE | {(OTHER_ACCOUNT, REGION), (OTHER_ACCOUNT, OTHER_REGION)}


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
        "account": "*",
        "region": "*",
        "cause": f"StopLogging stopped the trail 't' of {ACCOUNT}; no record tells which regions and accounts it "
        "covered, so all of them count",
        "event_id": f"StopLogging-{NOON}",
    }


def test_a_refused_stop_blinds_nobody() -> None:
    refused = call("StopLogging", NOON) | {"errorCode": "TrailNotFoundException"}

    assert spans(refused) == []


def test_a_call_that_a_vpc_endpoint_saw_pass_neither_stops_nor_starts_a_trail() -> None:
    passed = {"eventType": "AwsVpceEvent", "eventCategory": "NetworkActivity", "eventID": "passed"}
    stop, start = call("StopLogging", NOON), call("StartLogging", ONE)

    assert spans(stop | passed) == []
    assert spans(stop, start | passed) == [("all", NOON, None)]


def test_a_start_without_a_stop_is_nothing() -> None:
    assert spans(call("CreateTrail", NOON), call("StartLogging", NOON)) == []


def test_a_deleted_trail_is_blind_until_one_of_its_name_starts() -> None:
    made_anew = call("CreateTrail", ONE, isMultiRegionTrail=True)

    assert spans(call("DeleteTrail", NOON)) == [("all", NOON, None)]
    assert spans(call("DeleteTrail", NOON), made_anew, call("StartLogging", TWO)) == [("all", NOON, TWO)]


def test_a_deletion_ends_what_was_only_stopped() -> None:
    stopped = [call("StopLogging", NOON), call("DeleteTrail", ONE)]

    assert spans(*stopped) == [("all", NOON, ONE), ("all", ONE, None)]


def test_two_trails_are_two_trails() -> None:
    other = trail_call("StartLogging", time=ONE, requestParameters={"name": "other"})

    assert spans(call("StopLogging", NOON), other) == [("all", NOON, None)]


def test_a_trail_called_by_its_arn_is_the_same_trail() -> None:
    start = call("StartLogging", ONE, name=ARN) | {"awsRegion": OTHER_REGION}

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


@pytest.mark.parametrize("stop", ["StopLogging", "DeleteTrail"])
def test_a_trail_whose_reach_no_record_tells_blinds_every_region_and_account(stop: str) -> None:
    assert blinded(TWO, call(stop, ONE)) == EVERYWHERE


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ({}, HERE),
        ({"isMultiRegionTrail": True}, ACCOUNT_WIDE),
        ({"isOrganizationTrail": True}, REGION_WIDE),
        ({"isMultiRegionTrail": True, "isOrganizationTrail": True}, EVERYWHERE),
    ],
)
@pytest.mark.parametrize("stop", ["StopLogging", "DeleteTrail"])
def test_a_trail_that_was_seen_made_blinds_what_it_covered_and_no_more(
    stop: str, made: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    stopped = (call("CreateTrail", MORNING, **made), call("StartLogging", MORNING), call(stop, NOON))

    assert blinded(ONE, *stopped) == expected
    assert blinded(MORNING, *stopped) == set()


@pytest.mark.parametrize("made", [{}, {"isOrganizationTrail": False}])
def test_selectors_blind_as_far_as_the_trail_reaches(made: dict[str, Any]) -> None:
    made_here = (call("CreateTrail", MORNING, **made), put(NOON, NO_KMS))

    assert blinded(ONE, *made_here) == HERE
    assert blinded(ONE, put(NOON, NO_KMS)) == EVERYWHERE


def test_a_start_of_the_same_trail_ends_it_everywhere() -> None:
    assert blinded(THREE, call("StopLogging", NOON), call("StartLogging", TWO)) == set()
    assert blinded(THREE, call("StopLogging", NOON), call("StartLogging", TWO, name="other")) == EVERYWHERE


@pytest.mark.parametrize("started_by", [ACCOUNT, OTHER_ACCOUNT])
def test_a_trail_that_another_account_calls_by_its_arn_is_an_organisations(started_by: str) -> None:
    made = call("CreateTrail", MORNING, isMultiRegionTrail=True)  # and given to the organisation unseen
    stopped = call("StopLogging", NOON, name=ARN) | {"recipientAccountId": OTHER_ACCOUNT}
    started = call("StartLogging", TWO, name=ARN) | {"recipientAccountId": started_by}

    assert blinded(ONE, made, stopped) == EVERYWHERE
    assert blinded(THREE, made, stopped, started) == set()


def test_a_record_without_an_account_makes_no_trail_an_organisations() -> None:
    made = call("CreateTrail", MORNING, name=ARN)
    stopped = call("StopLogging", NOON, name=ARN) | {"recipientAccountId": ""}

    assert blinded(ONE, made, stopped) == HERE


def test_a_trail_that_is_made_and_started_in_one_second_was_made_first() -> None:
    made, started = call("CreateTrail", NOON) | {"eventID": "b"}, call("StartLogging", NOON) | {"eventID": "a"}

    assert blinded(TWO, made, started, call("StopLogging", ONE)) == HERE


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("isMultiRegionTrail", {(ACCOUNT, OTHER_REGION), (OTHER_ACCOUNT, OTHER_REGION)}),
        ("isOrganizationTrail", {(OTHER_ACCOUNT, REGION), (OTHER_ACCOUNT, OTHER_REGION)}),
    ],
)
def test_a_trail_that_is_cut_down_blinds_what_is_left_out(setting: str, expected: set[tuple[str, str]]) -> None:
    made = call("CreateTrail", MORNING, isMultiRegionTrail=True, isOrganizationTrail=True)
    cut, widened = (call("UpdateTrail", at, **{setting: wide}) for at, wide in ((NOON, False), (TWO, True)))

    assert blinded(ONE, made, cut, widened) == expected
    assert blinded(THREE, made, cut, widened) == set()


def test_a_trail_cut_down_before_anything_was_known_of_it_blinds_the_other_regions() -> None:
    [interval] = intervals(call("UpdateTrail", NOON, isMultiRegionTrail=False, isOrganizationTrail=False))

    assert interval.covers(ACCOUNT, OTHER_REGION, parse_time(ONE))
    assert not interval.covers(ACCOUNT, REGION, parse_time(ONE))
    assert interval.cause.startswith("UpdateTrail left all other regions out of the trail 't'")


def test_a_trail_of_one_region_is_cut_down_by_nothing() -> None:
    assert spans(call("CreateTrail", MORNING), call("UpdateTrail", NOON, isMultiRegionTrail=False)) == []


def test_a_trail_widened_to_all_regions_blinds_all_when_it_stops() -> None:
    widened = (call("CreateTrail", MORNING), call("UpdateTrail", NOON, isMultiRegionTrail=True))

    assert blinded(TWO, *widened, call("StopLogging", ONE)) == ACCOUNT_WIDE


def test_a_trail_that_was_cut_down_and_is_widened_while_it_is_stopped_stays_blind() -> None:
    cut = (call("UpdateTrail", MORNING, isMultiRegionTrail=False), call("StopLogging", NOON))

    assert (ACCOUNT, OTHER_REGION) in blinded(TWO, *cut, call("UpdateTrail", ONE, isMultiRegionTrail=True))


def test_a_trail_that_is_made_anew_for_one_region_leaves_the_others_blind() -> None:
    wide = call("CreateTrail", MORNING, isMultiRegionTrail=True, isOrganizationTrail=True)
    anew = (call("DeleteTrail", NOON), call("CreateTrail", ONE), call("StartLogging", TWO))

    assert blinded(THREE, wide, *anew) == EVERYWHERE - HERE
    assert blinded(THREE, *anew) == {(ACCOUNT, OTHER_REGION), (OTHER_ACCOUNT, OTHER_REGION)}
    assert blinded(THREE, call("CreateTrail", MORNING), *anew) == set()


def test_an_update_that_says_nothing_of_regions_blinds_nobody() -> None:
    assert spans(call("UpdateTrail", NOON, s3BucketName="b")) == []


@pytest.mark.parametrize(
    ("account", "region", "time", "covered"),
    [
        (ACCOUNT, REGION, NOON, True),
        (ACCOUNT, REGION, ONE, True),
        (ACCOUNT, REGION, TWO, False),
        (ACCOUNT, REGION, "2026-03-10T11:59:59Z", False),
        (ACCOUNT, OTHER_REGION, NOON, False),
        (OTHER_ACCOUNT, REGION, NOON, False),
    ],
)
def test_an_interval_covers_its_account_and_region_between_its_ends(
    account: str, region: str, time: str, *, covered: bool
) -> None:
    made = call("CreateTrail", MORNING)

    [interval] = intervals(made, call("StopLogging", NOON), call("StartLogging", ONE))

    assert interval.covers(account, region, parse_time(time)) is covered


def test_an_open_interval_covers_what_comes_after() -> None:
    [interval] = intervals(call("StopLogging", NOON))

    assert interval.covers(ACCOUNT, REGION, parse_time(THREE))


def test_what_was_done_to_other_guards_blinds_no_trail() -> None:
    other = record("DisableRule", eventSource="events.amazonaws.com", requestParameters={"name": "t"})

    assert spans(other, call("PutInsightSelectors", NOON)) == []
