from typing import Any

import pytest
from tests.journeys.story import ACCOUNT, ARN, REGION, record
from tests.unit.correlation.making import data_key, gather, label_update, only, service_event, trail_call

from counterseal.clock import parse_time
from counterseal.correlation.records.actor import NOBODY
from counterseal.correlation.records.event import Kind, Operation
from counterseal.errors import MalformedInput


def test_a_record_becomes_an_event() -> None:
    event = only(record())

    assert (event.event_id, event.account, event.region) == ("e-1", ACCOUNT, REGION)
    assert (event.service, event.name, event.kind) == ("secretsmanager", "PutSecretValue", Kind.CHANGE)
    assert (event.time, event.request_id, event.source) == (parse_time("2026-03-10T12:00:00Z"), "r-1", "0.json")
    assert (event.version_id, event.error_code) == ("00000000-0000-4000-8000-000000000001", "")


@pytest.mark.parametrize("answer", [None, {}, "odd"])
def test_no_answer_is_no_failure(answer: object) -> None:
    assert only(record(responseElements=answer)).kind is Kind.CHANGE


@pytest.mark.parametrize("code", [None, "200", 200])
def test_an_error_code_of_success_is_a_success(code: object) -> None:
    event = only(record(errorCode=code))

    assert (event.kind, event.error_code) == (Kind.CHANGE, "")


@pytest.mark.parametrize("code", ["AccessDenied", "Client.UnauthorizedOperation", "ResourceNotFoundException"])
def test_a_refused_write_is_an_attempt(code: str) -> None:
    event = only(record(errorCode=code, responseElements=None))

    assert (event.kind, event.error_code, event.operation) == (Kind.ATTEMPT, code, Operation.VALUE)


def test_a_refused_read_is_no_attempt() -> None:
    assert gather(record("GetSecretValue", errorCode="AccessDenied", readOnly=True)).events == ()


def test_a_write_refused_at_a_vpc_endpoint_is_an_attempt() -> None:
    refused = record(
        errorCode="VpceAccessDenied",
        eventType="AwsVpceEvent",
        eventCategory="NetworkActivity",
        requestParameters=None,
        responseElements=None,
    )

    assert only(refused).kind is Kind.ATTEMPT


AT_AN_ENDPOINT: list[dict[str, Any]] = [
    {"eventType": "AwsVpceEvent", "eventCategory": "NetworkActivity"},
    {"eventType": "AwsVpceEvents"},
    {"eventType": "AwsVpceEvent", "eventCategory": None},
    {"eventCategory": "NetworkActivity"},
]


@pytest.mark.parametrize("name", ["PutSecretValue", "FrobnicateSecret"])
@pytest.mark.parametrize("sort", AT_AN_ENDPOINT)
def test_a_write_seen_to_pass_a_vpc_endpoint_is_not_a_second_change(name: str, sort: dict[str, Any]) -> None:
    event = only(record(name, **sort))

    assert (event.kind, event.facts["witness"]) == (Kind.WITNESS, "cloudtrail")


def test_a_call_that_is_not_known_and_was_refused_at_a_vpc_endpoint_surfaces() -> None:
    refused = record("FrobnicateSecret", errorCode="VpceAccessDenied", **AT_AN_ENDPOINT[0])

    assert only(refused).kind is Kind.UNCLASSIFIED


@pytest.mark.parametrize(("code", "kind"), [(None, Kind.WITNESS), ("VpceAccessDenied", Kind.GUARD)])
def test_a_call_about_a_guard_that_passed_a_vpc_endpoint_is_not_a_second_one(code: str | None, kind: Kind) -> None:
    assert only(trail_call("StopLogging", errorCode=code, **AT_AN_ENDPOINT[0])).kind is kind


def test_the_record_of_a_vpc_endpoint_takes_no_place_of_the_services_own() -> None:
    change, passed = record(number=1), record(number=2, sharedEventID="s", **AT_AN_ENDPOINT[0])

    assert [(it.event_id, it.kind) for it in gather([change, passed]).events] == [
        ("e-1", Kind.CHANGE),
        ("e-2", Kind.WITNESS),
    ]


def test_the_two_rows_of_one_refusal_at_a_vpc_endpoint_are_one_attempt() -> None:
    refused = {"errorCode": "VpceAccessDenied", "sharedEventID": "s", **AT_AN_ENDPOINT[0]}
    rows = [record(number=number, recipientAccountId=str(number), **refused) for number in (1, 2)]

    assert len(gather(rows).of_kind(Kind.ATTEMPT)) == 1


def test_nobody_calls_a_service_event_through_a_vpc_endpoint_either() -> None:
    assert only(service_event("RotationStarted", **AT_AN_ENDPOINT[0])).kind is Kind.UNCLASSIFIED


def test_an_error_message_alone_is_no_error_code() -> None:
    message = "Error when executing lambda arn:aws:lambda:x during createSecret step"
    event = only(service_event("RotationFailed", errorMessage=message, additionalEventData={"SecretId": ARN}))

    assert (event.kind, event.error_code, event.actor.type) == (Kind.SERVICE, "", "Service")


def test_the_token_is_the_version_with_its_capitals() -> None:
    token = "EFADA32A-134C-40A6-880A-6C1421FFD45F"

    assert only(record(requestParameters={"secretId": ARN, "clientRequestToken": token})).version_id == token


def test_without_a_token_the_answer_may_name_the_version() -> None:
    request, answer = {"secretId": ARN}, {"arn": ARN, "versionId": "v"}

    assert only(record(requestParameters=request, responseElements=answer)).version_id == "v"


def test_a_label_move_makes_no_version() -> None:
    event = only(record("UpdateSecretVersionStage", requestParameters={"secretId": ARN, "moveToVersionId": "v"}))

    assert (event.version_id, event.facts["move_to"]) == ("", "v")


def test_a_deletion_by_the_service_names_no_version() -> None:
    event = only(service_event("EndSecretVersionDelete", additionalEventData={"ARN": ARN, "Name": "db/password"}))

    assert (event.operation, event.version_id) == (Operation.DELETE, "")


@pytest.mark.parametrize("name", ["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"])
def test_a_data_key_for_a_version_is_a_witness(name: str) -> None:
    event = only(data_key("EFADA32A", eventName=name))

    assert (event.kind, event.service, event.secret_arn, event.version_id) == (Kind.WITNESS, "kms", ARN, "EFADA32A")
    assert event.facts["witness"] == "kms"
    assert event.facts["key"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    assert event.actor.via == "secretsmanager.amazonaws.com"


def test_a_key_that_is_only_tried_witnesses_no_version() -> None:
    event = only(data_key("RequestToValidateKeyAccess"))

    assert (event.version_id, event.facts["sentinel"]) == ("", True)


@pytest.mark.parametrize(
    "parameters",
    [None, {"keyId": "k"}, {"encryptionContext": {"aws:s3:arn": "x"}}, {"encryptionContext": {"SecretARN": "odd"}}],
)
def test_a_data_key_for_something_else_is_only_counted(parameters: object) -> None:
    population = gather(data_key("v", requestParameters=parameters))

    assert (population.reads, population.events) == (1, ())


def test_a_refused_data_key_is_no_witness() -> None:
    assert gather(data_key("v", errorCode="AccessDenied")).events == ()


def test_a_label_event_is_a_witness_without_an_actor() -> None:
    event = only(label_update("v"))

    assert (event.kind, event.name, event.event_id) == (Kind.WITNESS, "Secret Label Updated", "l-v")
    assert (event.account, event.region, event.secret_arn, event.version_id) == (ACCOUNT, REGION, ARN, "v")
    assert event.facts == {"witness": "label", "stage": "AWSCURRENT"}
    assert event.actor == NOBODY


def test_a_label_event_of_another_shape_is_refused_by_name() -> None:
    with pytest.raises(MalformedInput, match=r"0\.json.*label event"):
        gather(label_update("v", detail={"versionId": 7}))


@pytest.mark.parametrize("time", ["yesterday", "2026-03-10T12:61:00Z", "2026-13-10T12:00:00Z"])
def test_a_time_that_is_none_is_refused_by_name(time: str) -> None:
    with pytest.raises(MalformedInput, match=r"0\.json.*eventTime"):
        gather(record("RunInstances", eventSource="ec2.amazonaws.com", time=time))


def test_a_time_of_another_form_is_the_same_time() -> None:
    assert only(record(time="2026-03-10T14:00:00.500+02:00")).time == parse_time("2026-03-10T12:00:00Z")


def test_texts_of_dates_in_an_answer_are_left_alone() -> None:
    for text in ("May 3, 2018 5:51:02 PM", "Jul 10, 2023, 12:07:59 PM", "Apr 12, 2021 18:58:30 PM"):
        assert only(record("DeleteSecret", responseElements={"aRN": ARN, "deletionDate": text})).secret_arn == ARN


def test_without_a_recipient_the_account_is_that_of_the_caller() -> None:
    assert only({key: value for key, value in record().items() if key != "recipientAccountId"}).account == ACCOUNT
