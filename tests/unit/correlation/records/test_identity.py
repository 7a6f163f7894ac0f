from typing import Any

import pytest
from tests.journeys.story import ACCOUNT, ARN, REGION, record
from tests.unit.correlation.making import NAME_PLACE, data_key, gather, label_update, only, service_event

from counterseal.correlation.records.event import Event

DB_1, DB_2 = f"{NAME_PLACE}db-AAAAAA", f"{NAME_PLACE}db-BBBBBB"
LOOK_ALIKE = f"{NAME_PLACE}db-prod01"
LOOK_ALIKE_IN_FULL = f"{LOOK_ALIKE}-AbCdEf"


def typed(secret: str, *, minute: int = 0, number: int = 1, **changed: Any) -> dict[str, Any]:
    """Return a record whose secret stands only where the caller typed it."""
    request = {"secretId": secret, "clientRequestToken": f"token-{number}"}
    return record(time=at(minute), number=number, requestParameters=request, responseElements=None) | changed


def answered(
    secret: str, arn: str, *, minute: int = 0, number: int = 1, name: str = "PutSecretValue"
) -> dict[str, Any]:
    request = {"secretId": secret, "name": secret, "clientRequestToken": f"token-{number}"}
    return record(name, time=at(minute), number=number, requestParameters=request, responseElements={"arn": arn})


def created(arn: str | None, *, minute: int = 0, number: int = 1) -> dict[str, Any]:
    request = {"name": "db", "clientRequestToken": f"token-{number}"}
    response = {"arn": arn} if arn else None
    return record("CreateSecret", time=at(minute), number=number, requestParameters=request, responseElements=response)


def at(minute: int) -> str:
    return f"2026-03-10T12:{minute:02d}:00Z"


def event_1(*records: dict[str, Any]) -> Event:
    [event] = [event for event in gather(list(records)).events if event.event_id == "e-1"]
    return event


def secret(*records: dict[str, Any]) -> tuple[str, str]:
    event = event_1(*records)
    return event.secret_arn, event.secret_name


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b"])
def test_an_arn_of_every_partition_is_understood(partition: str) -> None:
    arn = ARN.replace("arn:aws:", f"arn:{partition}:")

    assert secret(record(responseElements={"arn": arn})) == (arn, "db/password")


def test_a_redacted_account_number_is_no_reason_to_refuse_an_arn() -> None:
    arn = ARN.replace(ACCOUNT, "<account>")

    assert secret(record(responseElements={"arn": arn})) == (arn, "db/password")


def test_a_typed_arn_in_full_is_the_secret() -> None:
    assert secret(typed(DB_1)) == (DB_1, "db")


def test_a_bare_name_alone_leads_to_no_arn() -> None:
    assert secret(typed("db")) == ("", "db")


def test_a_partial_arn_alone_leads_to_no_arn() -> None:
    assert secret(typed(f"{NAME_PLACE}db")) == ("", "db")


@pytest.mark.parametrize("given", ["db", f"{NAME_PLACE}db"])
def test_a_name_leads_to_the_arn_that_another_record_tells(given: str) -> None:
    assert secret(typed(given), answered("db", DB_1, number=2)) == (DB_1, "db")


def test_a_name_leads_to_the_arn_that_another_caller_typed_in_full() -> None:
    assert secret(typed("db"), typed(DB_1, number=2)) == (DB_1, "db")


def test_a_refused_call_proves_no_arn_for_others() -> None:
    assert secret(typed("db"), typed(DB_1, number=2, errorCode="AccessDenied")) == ("", "db")


def test_a_refused_call_is_about_the_arn_it_typed() -> None:
    assert secret(typed(DB_1, errorCode="AccessDenied")) == (DB_1, "db")


def test_a_name_that_ends_like_a_suffix_is_kept_where_a_record_tells_it() -> None:
    assert secret(answered("db-prod01", LOOK_ALIKE_IN_FULL)) == (LOOK_ALIKE_IN_FULL, "db-prod01")


def test_a_partial_arn_that_looks_full_is_told_apart_by_what_is_known() -> None:
    assert secret(typed(LOOK_ALIKE), answered("db-prod01", LOOK_ALIKE_IN_FULL, number=2)) == (
        LOOK_ALIKE_IN_FULL,
        "db-prod01",
    )


def test_a_typed_arn_that_another_typed_one_lengthens_may_be_either_and_leads_nowhere() -> None:
    assert secret(typed(LOOK_ALIKE), typed(LOOK_ALIKE_IN_FULL, number=2)) == ("", "")


def test_a_name_does_not_lead_to_an_arn_that_may_be_a_partial_one() -> None:
    both = [typed(LOOK_ALIKE, number=2), typed(LOOK_ALIKE_IN_FULL, number=3)]

    assert secret(typed("db"), *both) == ("", "db")


def test_an_arn_that_aws_wrote_is_full_whatever_lengthens_it() -> None:
    known = [answered("db", LOOK_ALIKE, number=2), typed(LOOK_ALIKE_IN_FULL, number=3)]

    assert secret(typed(LOOK_ALIKE), *known) == (LOOK_ALIKE, "db")


def test_a_name_that_does_not_fit_its_arn_is_no_evidence() -> None:
    assert secret(answered("other", DB_1)) == (DB_1, "db")


def test_the_longest_name_that_was_told_for_an_arn_is_its_name() -> None:
    told = [answered("db-prod01", LOOK_ALIKE_IN_FULL), answered("db", LOOK_ALIKE_IN_FULL, number=2)]

    assert secret(*told) == (LOOK_ALIKE_IN_FULL, "db-prod01")


def test_a_deletion_tells_the_name() -> None:
    answer = {"aRN": LOOK_ALIKE_IN_FULL, "name": "db-prod01", "deletionDate": "Jul 10, 2023, 12:07:59 PM"}

    assert secret(record("DeleteSecret", requestParameters=None, responseElements=answer)) == (
        LOOK_ALIKE_IN_FULL,
        "db-prod01",
    )


def test_an_arn_without_a_suffix_keeps_its_whole_name() -> None:
    assert secret(record(responseElements={"arn": f"{NAME_PLACE}redacted"})) == (f"{NAME_PLACE}redacted", "redacted")


def test_secrets_that_share_a_suffix_stay_apart() -> None:
    first, second = f"{NAME_PLACE}one-ZgthLn", f"{NAME_PLACE}two-ZgthLn"
    population = gather([answered("one", first), answered("two", second, number=2), typed("one", number=3)])

    assert [event.secret_arn for event in population.events] == [first, second, first]


def test_a_replica_is_another_secret_with_the_same_name() -> None:
    replica = ARN.replace(REGION, "us-east-1")
    events = gather([record(), data_key("v", arn=replica, awsRegion="us-east-1")]).events

    assert [(event.secret_arn, event.secret_name) for event in events] == [
        (ARN, "db/password"),
        (replica, "db/password"),
    ]


def test_a_name_in_another_region_or_account_leads_nowhere() -> None:
    known = answered("db", DB_1, number=2)

    assert secret(typed("db", awsRegion="us-east-1"), known) == ("", "db")
    assert secret(typed("db", recipientAccountId="999999999999"), known) == ("", "db")


@pytest.mark.parametrize(("minute", "arn"), [(15, DB_1), (25, DB_2), (5, "")])
def test_a_name_made_anew_leads_to_the_arn_of_its_time(minute: int, arn: str) -> None:
    births = [created(DB_1, minute=10, number=2), created(DB_2, minute=20, number=3)]

    assert secret(typed("db", minute=minute), *births) == (arn, "db")


def test_in_the_second_of_a_second_birth_it_is_not_known_which_secret_it_was() -> None:
    births = [created(DB_1, minute=10, number=2), created(DB_2, minute=20, number=3)]

    assert secret(typed("db", minute=20), *births) == ("", "db")
    assert secret(typed("db", minute=10), *births) == (DB_1, "db")


def test_a_creation_in_the_second_of_a_sighting_of_the_secret_before_is_not_taken_for_that_one() -> None:
    earlier = [answered("db", DB_1, number=2), answered("db", DB_1, minute=10, number=3)]

    assert secret(created(None, minute=10), *earlier) == ("", "db")
    assert secret(created(None, minute=10), *earlier, answered("db", DB_2, minute=20, number=4)) == (DB_2, "db")


def test_in_the_second_of_a_creation_without_an_answer_two_secrets_are_possible() -> None:
    seen = [answered("db", DB_1, minute=10, number=2), answered("db", DB_2, minute=20, number=3)]

    assert secret(created(None, minute=10), *seen) == ("", "db")


@pytest.mark.parametrize(("minute", "arn"), [(5, DB_1), (10, ""), (15, ""), (20, ""), (25, DB_2)])
def test_without_a_recorded_birth_only_what_the_nearest_sightings_agree_on_is_sure(minute: int, arn: str) -> None:
    seen = [answered("db", DB_1, minute=10, number=2), answered("db", DB_2, minute=20, number=3)]

    assert secret(typed("db", minute=minute), *seen) == (arn, "db")


def test_a_creation_without_an_answer_gets_its_arn_from_what_follows() -> None:
    assert secret(created(None), answered("db", DB_1, minute=5, number=2)) == (DB_1, "db")


def test_a_creation_without_an_answer_gets_its_arn_from_the_witness_of_its_version() -> None:
    births = [data_key("token-1", arn=DB_1), created(DB_2, number=2)]

    assert secret(created(None), *births) == (DB_1, "db")


def test_a_creation_without_an_answer_ends_the_secret_before_it() -> None:
    births = [created(DB_1, minute=0, number=2), created(None, minute=10, number=3)]

    assert secret(typed("db", minute=15), *births) == ("", "db")


def test_two_witnesses_of_one_version_on_two_fitting_secrets_prove_neither() -> None:
    witnesses = [data_key("token-1", arn=DB_1, eventID="k1"), data_key("token-1", arn=DB_2, eventID="k2")]

    assert secret(typed("db"), *witnesses) == ("", "db")


def test_a_data_key_that_secrets_manager_did_not_ask_for_proves_no_name() -> None:
    forged = data_key("v", arn=DB_1, userIdentity={"type": "IAMUser", "arn": "arn:aws:iam::1:user/eve"})

    assert secret(typed("db"), forged) == ("", "db")


def test_a_label_event_tells_the_name() -> None:
    assert only(label_update("v", arn=LOOK_ALIKE_IN_FULL, name="db-prod01")).secret_name == "db-prod01"


def test_a_label_event_without_resources_gets_the_arn_of_its_version() -> None:
    events = gather([label_update("v", resources=[]), data_key("v")]).events

    assert [event.secret_arn for event in events] == [ARN, ARN]


def deleted(arn: str | None, *, minute: int, number: int, given: str = "db", **more: Any) -> dict[str, Any]:
    request = {"secretId": given, "forceDeleteWithoutRecovery": True} | more
    response = {"arn": arn} if arn else None
    return record("DeleteSecret", time=at(minute), number=number, requestParameters=request, responseElements=response)


def versions_gone(arn: str, *, minute: int) -> dict[str, Any]:
    return service_event("EndSecretVersionDelete", eventTime=at(minute), additionalEventData={"ARN": arn, "Name": "db"})


def test_versions_that_go_late_do_not_give_the_name_back_to_the_secret_before() -> None:
    births = [created(DB_1, minute=0, number=2), created(DB_2, minute=10, number=3)]

    assert secret(typed("db", minute=20), *births, versions_gone(DB_1, minute=15)) == (DB_2, "db")


@pytest.mark.parametrize(("minute", "arn"), [(5, DB_1), (10, DB_1), (11, "")])
def test_a_name_leads_nowhere_once_its_secret_was_deleted_for_good(minute: int, arn: str) -> None:
    life = [created(DB_1, minute=0, number=2), deleted(DB_1, minute=10, number=3)]

    assert secret(typed("db", minute=minute), *life) == (arn, "db")


def test_a_deletion_without_an_answer_ends_the_secret_as_well() -> None:
    life = [created(DB_1, minute=0, number=2), deleted(None, minute=10, number=3)]

    assert secret(typed("db", minute=11), *life) == ("", "db")
    assert secret(deleted(None, minute=10, number=1), life[0]) == (DB_1, "db")


def test_a_deletion_that_leaves_time_to_restore_ends_nothing() -> None:
    life = [created(DB_1, minute=0, number=2), deleted(DB_1, minute=10, number=3, forceDeleteWithoutRecovery=False)]

    assert secret(typed("db", minute=11), *life) == (DB_1, "db")


def test_what_was_seen_in_the_second_of_a_deletion_proves_nothing_of_later() -> None:
    life = [answered("db", DB_1, minute=10, number=2), deleted(None, minute=10, number=3)]

    assert secret(typed("db", minute=11), *life) == ("", "db")
    assert secret(typed("db", minute=10), *life) == (DB_1, "db")


def test_an_arn_that_may_be_full_or_partial_leads_to_neither_and_has_no_name() -> None:
    both = [answered("db-prod01", LOOK_ALIKE_IN_FULL, number=2), typed("db", number=3)]

    assert secret(typed(LOOK_ALIKE), *both) == ("", "")


def test_a_refused_call_makes_nobody_doubt_which_arn_it_is() -> None:
    tried = typed("db", number=3, errorCode="AccessDenied")

    assert secret(typed(LOOK_ALIKE), answered("db-prod01", LOOK_ALIKE_IN_FULL, number=2), tried) == (
        LOOK_ALIKE_IN_FULL,
        "db-prod01",
    )


def test_an_arn_that_aws_wrote_is_full_whatever_else_it_may_begin() -> None:
    both = [answered("db-prod01", LOOK_ALIKE_IN_FULL, number=2), answered("db", LOOK_ALIKE, number=3)]

    assert secret(typed(LOOK_ALIKE), *both) == (LOOK_ALIKE, "db")
    assert secret(typed("db", minute=6), *both, deleted(None, given=LOOK_ALIKE, minute=5, number=4)) == ("", "db")


def test_nor_does_it_in_the_second_of_the_next_making() -> None:
    seen = [
        answered("db", DB_1, minute=6, number=2),
        deleted(None, minute=6, number=3),
        created(None, minute=11, number=4),
    ]

    assert secret(typed("db", minute=11), *seen) == ("", "db")


def test_versions_that_go_late_tell_the_one_secret_of_a_name() -> None:
    gone = versions_gone(DB_1, minute=15)

    assert secret(typed("db", minute=10), gone) == (DB_1, "db")
    assert secret(typed("db", minute=15), gone) == (DB_1, "db")
    assert secret(typed("db", minute=16), gone) == ("", "db")


@pytest.mark.parametrize(("minute", "arn"), [(5, ""), (10, DB_1), (14, DB_1)])
def test_of_the_one_secret_of_a_name_was_what_was_made_before_its_versions_went(minute: int, arn: str) -> None:
    life = [created(None, minute=10, number=2), versions_gone(DB_1, minute=15)]

    assert secret(typed("db", minute=minute), *life) == (arn, "db")


def test_in_the_second_of_a_making_the_versions_of_another_went() -> None:
    assert secret(created(None, minute=15), versions_gone(DB_1, minute=15)) == ("", "db")


@pytest.mark.parametrize(("minute", "arn"), [(10, DB_1), (11, "")])
def test_of_the_one_secret_of_a_name_was_what_was_deleted_before_its_versions_went(minute: int, arn: str) -> None:
    life = [deleted(None, minute=10, number=2), versions_gone(DB_1, minute=15)]

    assert secret(typed("db", minute=minute), *life) == (arn, "db")


@pytest.mark.parametrize(("minute", "arn"), [(5, ""), (10, ""), (12, DB_2), (20, DB_2), (25, DB_2)])
def test_a_secret_whose_versions_went_may_have_borne_the_name_before(minute: int, arn: str) -> None:
    seen = [answered("db", DB_2, minute=10, number=2), answered("db", DB_2, minute=30, number=3)]

    assert secret(typed("db", minute=minute), *seen, versions_gone(DB_1, minute=15)) == (arn, "db")


def test_of_two_secrets_whose_versions_went_a_name_may_have_meant_either() -> None:
    gone = [versions_gone(DB_1, minute=15), versions_gone(DB_2, minute=20) | {"eventID": "s-2"}]

    assert secret(typed("db", minute=10), *gone) == ("", "db")
    assert secret(typed("db", minute=17), *gone) == ("", "db")


def test_what_is_made_and_deleted_in_one_second_may_be_one_secret() -> None:
    end, later = deleted(DB_1, minute=10, number=2), answered("db", DB_2, minute=20, number=3)

    assert secret(created(None, minute=10), end, later) == ("", "db")
    assert secret(created(None, minute=10), answered("db", DB_1, number=4), end, later) == (DB_2, "db")


def test_what_is_deleted_in_the_second_of_a_making_may_be_what_was_made() -> None:
    before, birth = answered("db", DB_1, minute=5, number=2), created(DB_2, minute=10, number=3)

    assert secret(deleted(None, minute=10, number=1), before, birth) == ("", "db")
    assert secret(deleted(None, minute=10, number=1), before, birth, answered("db", DB_2, minute=20, number=4)) == (
        DB_1,
        "db",
    )


def test_a_secret_made_in_the_second_of_an_unknown_deletion_may_be_the_one_deleted() -> None:
    birth = created(DB_1, minute=10, number=2)

    assert secret(typed("db", minute=15), birth, deleted(None, minute=10, number=3)) == ("", "db")
    assert secret(typed("db", minute=15), birth, deleted(DB_2, minute=10, number=3)) == (DB_1, "db")
    assert secret(created(None, minute=10), deleted(DB_1, minute=10, number=2)) == ("", "db")


def test_a_secret_deleted_in_the_second_of_an_unknown_making_may_be_the_one_made() -> None:
    end = deleted(DB_1, minute=10, number=2)

    assert secret(typed("db", minute=5), end, created(None, minute=10, number=3)) == ("", "db")
    assert secret(typed("db", minute=5), end, created(DB_2, minute=10, number=3)) == (DB_1, "db")


@pytest.mark.parametrize(("minute", "arn"), [(10, ""), (20, DB_2), (30, "")])
def test_in_the_second_of_a_sighting_a_secret_whose_versions_went_later_may_be_meant(minute: int, arn: str) -> None:
    seen = [answered("db", DB_2, minute=10, number=2), answered("db", DB_2, minute=30, number=3)]

    assert secret(typed("db", minute=minute), *seen, versions_gone(DB_1, minute=40)) == (arn, "db")
