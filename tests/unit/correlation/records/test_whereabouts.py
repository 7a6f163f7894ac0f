from typing import Any

import pytest
from tests.journeys.story import ARN, record
from tests.unit.correlation.making import event_bridge, only, service_event

from counterseal.correlation.records.whereabouts import Whereabouts, find_secret, rotation_token

TOKEN = "0f0e0d0c-0b0a-4908-8706-050403020100"
NOT_TYPED = {"secretId": "elsewhere"}

PLACES: dict[str, dict[str, Any]] = {
    "arn in the answer": record(requestParameters=NOT_TYPED, responseElements={"arn": ARN}),
    "aRN in the answer, until 2024": record(requestParameters=NOT_TYPED, responseElements={"aRN": ARN}),
    "ARN in the answer": record(requestParameters=NOT_TYPED, responseElements={"ARN": ARN}),
    "additional SecretId": service_event("RotationStarted", additionalEventData={"SecretId": ARN}),
    "additional ARN": service_event("EndSecretVersionDelete", additionalEventData={"ARN": ARN, "Name": "db/password"}),
    "service event details": service_event("RotationStarted", serviceEventDetails={"secretId": ARN}),
    "answer of a service event": service_event("RotationStarted", responseElements={"arn": ARN}),
    "resources": service_event("RotationStarted", resources=[{"ARN": "arn:aws:iam::1:role/x"}, {"ARN": ARN}]),
    "resources in small letters": service_event("RotationStarted", resources=["odd", {"arn": ARN, "accountid": "1"}]),
    "the requestID of a rotation": service_event("RotationStarted", requestID=f"Rotation-{ARN}-{TOKEN}"),
    "the requestID of a deletion": service_event(
        "EndSecretVersionDelete", requestID=f"SecretDeleteMessage:{ARN}:2026-03-10T12:00:00Z:Forced"
    ),
    "resources of EventBridge": event_bridge(service_event("RotationStarted")) | {"resources": [ARN]},
}


@pytest.mark.parametrize("place", PLACES)
def test_the_secret_is_found_in_every_place_that_was_seen(place: str) -> None:
    event = only(PLACES[place])

    assert (event.secret_arn, event.secret_name) == (ARN, "db/password")


def test_what_the_caller_typed_stays_beside_what_aws_answered() -> None:
    event = only(record(requestParameters={"secretId": "db/password"}))

    assert (event.secret_given, event.secret_arn) == ("db/password", ARN)


def test_create_secret_says_name_and_not_secret_id() -> None:
    event = only(record("CreateSecret", requestParameters={"name": "db/password", "clientRequestToken": TOKEN}))

    assert (event.secret_given, event.secret_name, event.version_id) == ("db/password", "db/password", TOKEN)


def test_a_name_where_an_arn_is_usual_is_taken_for_what_was_given() -> None:
    event = only(service_event("RotationStarted", additionalEventData={"SecretId": "db/password"}))

    assert (event.secret_given, event.secret_name, event.secret_arn) == ("db/password", "db/password", "")


def test_what_names_no_secret_names_none() -> None:
    event = only(service_event("RotationStarted", requestID=None, resources=None))

    assert (event.secret_given, event.secret_name, event.secret_arn) == ("", "", "")


@pytest.mark.parametrize("token", [TOKEN, "OPS-42.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"])
def test_the_tail_of_a_rotations_request_id_is_the_version(token: str) -> None:
    event = only(
        service_event("RotationStarted", additionalEventData={"SecretId": ARN}, requestID=f"Rotation-{ARN}-{token}")
    )

    assert event.version_id == token


def test_a_request_id_of_another_shape_gives_no_version() -> None:
    assert rotation_token("0f0e0d0c", ARN) == ""
    assert rotation_token(f"Rotation-{ARN}-{TOKEN}", "") == TOKEN


def test_each_place_is_asked_in_its_turn() -> None:
    other = ARN.replace("db/password", "other")
    additional = {"additionalEventData": {"SecretId": other, "Name": "other"}}

    told = find_secret(
        record(requestParameters={"secretId": "typed"}, responseElements={"arn": ARN, "name": "db/password"})
        | additional
    )

    assert told == Whereabouts(arn=ARN, name="db/password", given="typed")


def test_only_creation_says_a_name_by_what_was_asked() -> None:
    asked = {"requestParameters": {"name": "typed"}, "responseElements": None}

    assert find_secret(record("CreateSecret") | asked) == Whereabouts(name="typed", given="typed")
    assert find_secret(record("UpdateSecret") | asked) == Whereabouts(given="typed")


def test_a_name_beside_the_call_counts_where_the_answer_has_none() -> None:
    beside = service_event("EndSecretVersionDelete", additionalEventData={"ARN": ARN, "Name": "its name"})

    assert find_secret(beside) == Whereabouts(arn=ARN, name="its name")
    assert find_secret(beside | {"responseElements": {"name": "answered"}}).name == "answered"


@pytest.mark.parametrize("member", ["additionalEventData", "serviceEventDetails"])
@pytest.mark.parametrize("key", ["secretId", "SecretId", "SECRETID", "arn", "ARN"])
def test_details_of_a_service_event_name_it_by_id_or_by_arn(member: str, key: str) -> None:
    assert find_secret(service_event("RotationStarted", **{member: {key: ARN}})) == Whereabouts(arn=ARN)
    assert find_secret(service_event("RotationStarted", **{member: {key: "db"}})) == Whereabouts(given="db")


def test_what_was_around_a_record_is_the_last_to_be_asked() -> None:
    other = ARN.replace("db/password", "other")

    assert find_secret(service_event("X", responseElements={"arn": ARN}), resources=[other]).arn == ARN
    assert find_secret(service_event("X"), resources=["arn:aws:s3:::b", other]).arn == other


@pytest.mark.parametrize("ending", ["", ":2026-03-10T12:00:00Z:Forced"])
def test_the_requests_of_a_deletion_name_the_secret(ending: str) -> None:
    assert find_secret(service_event("X", requestID=f"SecretDeleteMessage:{ARN}{ending}")).arn == ARN
    assert find_secret(service_event("X", requestID=f"Secretdeletemessage:{ARN}{ending}")).arn == ""


def test_a_token_that_holds_the_arn_again_is_the_whole_tail() -> None:
    assert rotation_token(f"Rotation-{ARN}-{ARN}-x", ARN) == f"{ARN}-x"
    assert rotation_token("", ARN) == ""
