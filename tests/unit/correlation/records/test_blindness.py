from collections.abc import Collection
from typing import Any

import pytest
from tests.journeys.story import ACCOUNT, REGION, record
from tests.unit.correlation.making import gather, organisation_call, trail_call

from counterseal.clock import parse_time
from counterseal.correlation.records.blindness import blind_intervals
from counterseal.correlation.records.delivery import Place, Read
from counterseal.correlation.records.interval import BlindInterval

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


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (call("UpdateTrail", NOON, isMultiRegionTrail=False), call("UpdateTrail", NOON, isMultiRegionTrail=True)),
        (put(NOON, NO_MANAGEMENT), put(NOON, ALL)),
        (put(NOON, None), put(NOON, ALL)),
    ],
)
def test_a_trail_that_is_narrowed_and_widened_in_one_second_is_taken_to_be_narrow(
    ids: tuple[str, str], worse: dict[str, Any], better: dict[str, Any]
) -> None:
    assert spans(worse | {"eventID": ids[0]}, better | {"eventID": ids[1]}) == [("all", NOON, None)]


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


def untold(time: str, **answered: Any) -> dict[str, Any]:
    """Return selectors that were put, of which the record kept the answer at most."""
    answer = {"trailARN": ARN} | answered if answered else None
    return trail_call("PutEventSelectors", time=time, requestParameters=None, responseElements=answer)


def test_selectors_that_the_request_does_not_tell_are_read_from_the_answer() -> None:
    data = [{"fieldSelectors": [{"field": "eventCategory", "equals": ["Data"]}]}]

    assert spans(untold(NOON, eventSelectors=NO_KMS), untold(ONE, eventSelectors=ALL)) == [("kms", NOON, ONE)]
    assert spans(untold(NOON, advancedEventSelectors=data), put(ONE, ALL)) == [("all", NOON, ONE)]
    assert spans(untold(NOON, eventSelectors=ALL)) == []


def test_what_was_asked_for_counts_before_the_answer() -> None:
    asked = put(NOON, NO_KMS) | {"responseElements": {"trailARN": ARN, "eventSelectors": ALL}}

    assert spans(asked) == [("kms", NOON, None)]


def test_selectors_that_no_record_tells_may_leave_out_anything_until_others_are_told() -> None:
    assert spans(untold(NOON, other="x"), put(ONE, ALL)) == [("all", NOON, ONE)]
    assert spans(untold(NOON, other="x"), untold(ONE, other="x"), put(TWO, NO_MANAGEMENT)) == [
        ("all", NOON, TWO),
        ("all", TWO, None),
    ]
    [interval] = intervals(untold(NOON, other="x"))
    assert interval.cause.startswith(
        "PutEventSelectors altered what is recorded, and no record tells what it leaves out, of the trail 't' of "
    )


def test_selectors_of_a_trail_that_no_record_names_blind_until_they_are_told() -> None:
    [interval] = intervals(untold(NOON), put(ONE, ALL))

    assert (interval.end, interval.trail) == (None, "")


def test_untold_selectors_that_were_refused_blind_nobody() -> None:
    assert spans(untold(NOON) | {"errorCode": "AccessDenied"}) == []


def test_the_same_selectors_leave_the_same_out_after_a_trail_was_deleted() -> None:
    narrowed = (put(NOON, NO_KMS), call("DeleteTrail", ONE), call("StartLogging", ONE), put(TWO, NO_KMS))

    assert ("kms", TWO, None) in spans(*narrowed)


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


def test_an_update_that_says_nothing_of_regions_or_places_blinds_nobody() -> None:
    globals_off = {"includeGlobalServiceEvents": False, "enableLogFileValidation": False, "snsTopicName": "s"}

    assert spans(call("UpdateTrail", NOON, **globals_off)) == []


def made_to(bucket: str, time: str = MORNING, **more: Any) -> dict[str, Any]:
    return call("CreateTrail", time, s3BucketName=bucket, **more)


def sent_to(bucket: str, time: str, **more: Any) -> dict[str, Any]:
    return call("UpdateTrail", time, s3BucketName=bucket, **more)


def test_a_trail_that_is_sent_to_another_bucket_is_blind_until_it_is_sent_back() -> None:
    away = (made_to("logs"), sent_to("elsewhere", NOON))

    assert spans(*away, sent_to("third", ONE), sent_to("logs", TWO)) == [("all", NOON, TWO)]
    assert blinded(THREE, *away) == HERE
    [interval] = intervals(*away)
    assert interval.cause == f"UpdateTrail sent elsewhere, to 'elsewhere', the files of the trail 't' of {ACCOUNT}"


def test_a_trail_that_is_sent_where_it_was_before_is_not_blind() -> None:
    assert spans(made_to("logs"), sent_to("logs", NOON)) == []


def test_another_prefix_is_another_place() -> None:
    away = (made_to("logs", s3KeyPrefix="a"), call("UpdateTrail", NOON, s3KeyPrefix="b"))

    assert spans(*away, sent_to("logs", ONE, s3KeyPrefix="a")) == [("all", NOON, ONE)]


def test_where_no_record_tells_the_place_before_a_place_that_is_asked_for_counts_for_good() -> None:
    unknown = (sent_to("logs", NOON), sent_to("elsewhere", ONE), sent_to("logs", TWO))

    assert spans(*unknown) == [("all", NOON, None)]
    assert blinded(TWO, *unknown) == EVERYWHERE
    assert "no record tells where they went before" in intervals(*unknown)[0].cause


def test_the_answer_to_any_update_tells_where_a_trail_delivers() -> None:
    told = call("UpdateTrail", MORNING, snsTopicName="s") | {"responseElements": {"s3BucketName": "logs"}}

    assert spans(told, sent_to("logs", NOON)) == []
    assert spans(told, sent_to("elsewhere", NOON)) == [("all", NOON, None)]
    assert spans(told, call("UpdateTrail", NOON, s3KeyPrefix="b")) == [("all", NOON, None)]


def test_a_trail_that_is_made_anew_to_deliver_elsewhere_stays_blind() -> None:
    anew = (call("DeleteTrail", NOON), made_to("elsewhere", ONE), call("StartLogging", TWO))

    assert blinded(THREE, made_to("logs"), *anew) == HERE
    assert (ACCOUNT, REGION) in blinded(THREE, *anew)


def away_from(read: set[str], *records: dict[str, Any], places: Collection[Place] = ()) -> list[tuple[Any, Any]]:
    found = blind_intervals(gather(list(records)).events, Read(read, places))
    return [(it.as_json()["from"], it.as_json()["to"]) for it in found]


def test_where_the_buckets_are_named_that_are_read_only_others_blind() -> None:
    read = {"logs", "more"}

    assert away_from(read, sent_to("logs", NOON), sent_to("more", ONE)) == []
    assert away_from(read, sent_to("elsewhere", NOON), sent_to("more", ONE)) == [(NOON, ONE)]
    assert away_from(read, made_to("logs"), sent_to("elsewhere", NOON)) == [(NOON, None)]
    assert away_from(read, call("UpdateTrail", NOON, s3KeyPrefix="b")) == []


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_a_trail_that_is_sent_back_and_away_in_one_second_is_taken_to_be_away(ids: tuple[str, str]) -> None:
    back, away = sent_to("logs", ONE) | {"eventID": ids[0]}, sent_to("elsewhere", ONE) | {"eventID": ids[1]}

    assert away_from({"logs"}, sent_to("elsewhere", NOON), back, away) == [(NOON, ONE), (ONE, None)]


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_a_trail_that_goes_away_from_its_first_place_and_back_in_one_second_is_taken_to_be_away(
    ids: tuple[str, str],
) -> None:
    back, away = sent_to("logs", ONE) | {"eventID": ids[0]}, sent_to("elsewhere", ONE) | {"eventID": ids[1]}

    assert spans(made_to("logs"), back, away) == [("all", ONE, None)]
    assert spans(made_to("logs", ONE), back, away) == [("all", ONE, None)]
    assert spans(made_to("logs"), sent_to("elsewhere", NOON), back, away) == [("all", NOON, ONE), ("all", ONE, None)]


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_a_trail_is_away_after_a_second_that_gave_it_another_prefix_and_its_own(ids: tuple[str, str]) -> None:
    back, away = (
        call("UpdateTrail", ONE, s3KeyPrefix=it) | {"eventID": event_id}
        for it, event_id in zip(("own", "other"), ids, strict=True)
    )

    assert spans(made_to("logs", s3KeyPrefix="own"), back, away) == [("all", ONE, None)]


def test_a_trail_that_never_delivered_where_files_are_read_is_no_loss() -> None:
    other = (made_to("theirs"), sent_to("elsewhere", NOON))

    assert away_from({"logs"}, *other) == []
    assert away_from({"logs"}, *other, sent_to("logs", ONE), sent_to("theirs", TWO)) == [(TWO, None)]


def test_a_trail_that_was_sent_away_deleted_and_made_there_again_is_blind() -> None:
    anew = (call("DeleteTrail", ONE), made_to("elsewhere", TWO), call("StartLogging", TWO))

    assert (TWO, None) in away_from({"logs"}, sent_to("elsewhere", NOON), *anew)


LOGS = Place("logs", "")


def beside(place: Place, *records: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Return when trails were away, where that place was read and no bucket is named."""
    return away_from(set(), *records, places=[place])


def test_a_trail_that_is_sent_where_its_files_were_read_is_not_blind() -> None:
    assert beside(LOGS, sent_to("logs", NOON)) == []
    assert beside(LOGS, sent_to("elsewhere", NOON), sent_to("logs", ONE)) == [(NOON, ONE)]
    assert beside(LOGS, sent_to("logs", NOON), sent_to("elsewhere", ONE), sent_to("logs", TWO)) == [(ONE, TWO)]
    assert beside(LOGS, made_to("theirs"), sent_to("logs", NOON), sent_to("theirs", ONE)) == [(ONE, None)]
    assert beside(LOGS, call("UpdateTrail", NOON, s3KeyPrefix="b")) == [(NOON, None)]


def test_what_was_read_may_be_a_copy_and_hides_no_loss() -> None:
    copies = Place("copies", "")

    assert beside(copies, made_to("logs"), sent_to("logs", NOON)) == []
    assert beside(copies, made_to("logs"), sent_to("elsewhere", NOON)) == [(NOON, None)]


def test_another_prefix_than_that_which_was_read_is_another_place() -> None:
    below = Place("logs", "a")

    assert beside(below, sent_to("logs", NOON, s3KeyPrefix="a")) == []
    assert beside(below, sent_to("logs", NOON, s3KeyPrefix="b")) == [(NOON, None)]
    assert beside(below, sent_to("logs", NOON, s3KeyPrefix="a"), sent_to("logs", ONE, s3KeyPrefix="b")) == [(ONE, None)]


def test_what_was_read_counts_beside_the_buckets_that_are_named() -> None:
    updates = (sent_to("logs", NOON), sent_to("more", ONE), sent_to("elsewhere", TWO))

    assert away_from({"more"}, *updates, places=[LOGS]) == [(TWO, None)]
    assert away_from({"more"}, *updates) == [(NOON, ONE), (TWO, None)]


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_a_trail_is_away_after_a_second_that_sent_it_where_it_was_read_and_elsewhere(ids: tuple[str, str]) -> None:
    back, away = sent_to("logs", ONE) | {"eventID": ids[0]}, sent_to("elsewhere", ONE) | {"eventID": ids[1]}

    assert beside(LOGS, back, away) == [(ONE, None)]
    assert beside(LOGS, made_to("theirs"), back, away) == [(ONE, None)]


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


MEMBER, OTHER_MANAGER = OTHER_ACCOUNT, "888888888888"
OUT_OF_IT = {(OTHER_ACCOUNT, REGION), (OTHER_ACCOUNT, OTHER_REGION)}


def removed(time: str, **changed: Any) -> dict[str, Any]:
    """Return that the account of the trail t removed a member from its organisation."""
    given = {"requestParameters": {"accountId": MEMBER}} | changed
    return organisation_call("RemoveAccountFromOrganization", time=time, **given)


def left(time: str, **changed: Any) -> dict[str, Any]:
    return organisation_call("LeaveOrganization", time=time, **({"recipientAccountId": MEMBER} | changed))


def joined(time: str, manager: str = ACCOUNT, *, what: str = "invite") -> dict[str, Any]:
    arn = f"arn:aws:organizations::{manager}:handshake/o-exampleorgid/{what}/h-examplehandshakeid111"
    answer = {"handshake": {"id": "h-examplehandshakeid111", "arn": arn, "state": "ACCEPTED"}}
    return organisation_call("AcceptHandshake", time=time, recipientAccountId=MEMBER, responseElements=answer)


def withdrawn(time: str, principal: str = "cloudtrail.amazonaws.com", **changed: Any) -> dict[str, Any]:
    given = {"requestParameters": {"servicePrincipal": principal}} | changed
    return organisation_call("DisableAWSServiceAccess", time=time, **given)


@pytest.mark.parametrize("gone", [removed, left])
def test_an_account_that_leaves_its_organisation_is_blind_in_every_region(gone: Any) -> None:
    [interval] = intervals(gone(NOON))

    assert blinded(ONE, gone(NOON)) == OUT_OF_IT
    assert (interval.account, interval.region, interval.trail) == (MEMBER, "*", "")
    assert interval.cause.endswith(
        f" took account {MEMBER} out of its organisation, whose trails record it no more; one of its own may"
    )


@pytest.mark.parametrize("gone", [removed, left, withdrawn])
def test_what_an_organisation_was_refused_blinds_nobody(gone: Any) -> None:
    assert spans(gone(NOON, errorCode="AccessDenied")) == []


@pytest.mark.parametrize("gone", [removed, left, withdrawn])
@pytest.mark.parametrize(
    ("trails", "counts"),
    [
        ([], True),
        ([call("CreateTrail", MORNING)], False),
        ([call("CreateTrail", MORNING, isOrganizationTrail=False), call("UpdateTrail", ONE)], False),
        ([call("CreateTrail", MORNING, isOrganizationTrail=True)], True),
        ([call("CreateTrail", MORNING), call("UpdateTrail", ONE, name="other", snsTopicName="s")], True),
        ([call("UpdateTrail", MORNING, isOrganizationTrail=False)], True),
        ([call("CreateTrail", MORNING), call("StartLogging", ONE, name=ARN) | {"recipientAccountId": MEMBER}], True),
    ],
)
def test_organisations_blind_unless_every_trail_is_known_to_be_none_of_theirs(
    gone: Any, trails: list[dict[str, Any]], *, counts: bool
) -> None:
    assert bool(intervals(*trails, gone(NOON))) is counts


def test_an_event_data_store_is_no_trail_of_an_organisation() -> None:
    store = trail_call("StopEventDataStoreIngestion", requestParameters={"eventDataStore": "d"})

    assert intervals(call("CreateTrail", MORNING), store, left(NOON)) == []


@pytest.mark.parametrize(
    ("then", "end"),
    [
        ([joined(ONE)], ONE),
        ([joined(ONE, OTHER_MANAGER)], None),
        ([joined(ONE, what="approve_all_features")], None),
        ([organisation_call("AcceptHandshake", time=ONE, recipientAccountId=MEMBER)], None),
        ([joined(ONE) | {"errorCode": "AccessDenied"}], None),
        ([joined(ONE, OTHER_MANAGER), joined(TWO)], TWO),
    ],
)
def test_a_removed_account_is_seen_again_once_it_joins_the_same_organisation(
    then: list[dict[str, Any]], end: str | None
) -> None:
    assert spans(removed(NOON), *then) == [("all", NOON, end)]


def test_an_account_that_left_by_itself_is_seen_again_where_an_organisation_is_known_to_have_a_trail() -> None:
    made = call("CreateTrail", MORNING, isOrganizationTrail=True)
    called = call("StartLogging", MORNING, name=ARN) | {"recipientAccountId": "777777777777"}

    assert spans(made, left(NOON), joined(ONE)) == [("all", NOON, ONE)]
    assert spans(called, left(NOON), joined(ONE)) == [("all", NOON, ONE)]
    assert spans(made, left(NOON), joined(ONE, OTHER_MANAGER)) == [("all", NOON, None)]
    assert spans(left(NOON), joined(ONE)) == [("all", NOON, None)]


def test_an_account_that_joins_was_not_blind_before() -> None:
    assert spans(joined(NOON)) == []


@pytest.mark.parametrize("gone", [removed, left])
@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_an_account_that_joins_and_leaves_in_one_second_is_taken_to_be_gone(gone: Any, ids: tuple[str, str]) -> None:
    made = call("CreateTrail", MORNING, isOrganizationTrail=True)
    joins, leaves = joined(ONE) | {"eventID": ids[0]}, gone(ONE) | {"eventID": ids[1]}

    assert spans(made, joins, leaves) == [("all", ONE, None)]


def test_an_account_that_left_is_named_by_who_called_whoever_the_record_was_delivered_to() -> None:
    caller = {"type": "Root", "accountId": MEMBER}

    assert blinded(ONE, left(NOON, recipientAccountId=ACCOUNT, userIdentity=caller)) == OUT_OF_IT
    assert blinded(ONE, left(NOON, userIdentity={"type": "Root"})) == OUT_OF_IT


def test_a_removal_that_does_not_tell_the_account_blinds_all_but_the_one_that_removed_it() -> None:
    [interval] = intervals(removed(NOON, requestParameters=None))

    assert blinded(ONE, removed(NOON, requestParameters=None)) == OUT_OF_IT
    assert "took an account that its record does not name out of its organisation" in interval.cause


def test_access_that_an_organisation_withdraws_blinds_all_accounts_but_its_own() -> None:
    [interval] = intervals(withdrawn(NOON))

    assert blinded(ONE, withdrawn(NOON)) == OUT_OF_IT
    assert interval.cause == (
        f"DisableAWSServiceAccess left all accounts but {ACCOUNT} out of the trails of their organisation; trails of "
        "their own may record"
    )


def test_access_of_another_service_blinds_nobody() -> None:
    assert spans(withdrawn(NOON, "sso.amazonaws.com")) == []


def test_access_of_a_service_that_no_record_tells_may_be_cloudtrails() -> None:
    [interval] = intervals(withdrawn(NOON, requestParameters=None))

    assert blinded(ONE, withdrawn(NOON, requestParameters=None)) == OUT_OF_IT
    assert "if it was CloudTrail's access, which its record does not tell" in interval.cause


@pytest.mark.parametrize(
    ("then", "end"),
    [
        (call("UpdateTrail", ONE, isOrganizationTrail=True), ONE),
        (call("CreateTrail", ONE, isOrganizationTrail=True), ONE),
        (call("UpdateTrail", ONE, isOrganizationTrail=False), None),
        (call("UpdateTrail", ONE, isOrganizationTrail=True) | {"recipientAccountId": OTHER_MANAGER}, None),
        (organisation_call("EnableAWSServiceAccess", time=ONE), None),
    ],
)
def test_withdrawn_access_counts_until_a_trail_is_given_to_the_organisation_again(
    then: dict[str, Any], end: str | None
) -> None:
    assert ("all", NOON, end) in spans(withdrawn(NOON), then)


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_access_that_is_withdrawn_in_the_second_in_which_a_trail_is_given_is_taken_for_withdrawn(
    ids: tuple[str, str],
) -> None:
    given = call("UpdateTrail", ONE, isOrganizationTrail=True) | {"eventID": ids[0]}

    assert spans(given, withdrawn(ONE) | {"eventID": ids[1]}) == [("all", ONE, None)]


def test_a_delegated_administrator_that_is_no_more_blinds_nobody() -> None:
    principal = {"accountId": MEMBER, "servicePrincipal": "cloudtrail.amazonaws.com"}

    assert spans(organisation_call("DeregisterDelegatedAdministrator", requestParameters=principal)) == []
