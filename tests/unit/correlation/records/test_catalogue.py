from typing import Any

import pytest
from tests.journeys.story import record
from tests.unit.correlation.making import gather, only, service_event, trail_call

from counterseal.correlation.records.catalogue import CATALOGUE, Guards, _written_down, look_up, service_of
from counterseal.correlation.records.event import Event, Kind, Operation

WRITES = {
    "CreateSecret": Operation.CREATE,
    "PutSecretValue": Operation.VALUE,
    "UpdateSecret": Operation.VALUE,
    "UpdateSecretVersionStage": Operation.LABEL,
    "DeleteSecret": Operation.DELETE,
    "RestoreSecret": Operation.RESTORE,
    "RotateSecret": Operation.ROTATION,
    "CancelRotateSecret": Operation.ROTATION,
    "PutResourcePolicy": Operation.POLICY,
    "DeleteResourcePolicy": Operation.POLICY,
    "TagResource": Operation.TAG,
    "UntagResource": Operation.TAG,
    "ReplicateSecretToRegions": Operation.REPLICATION,
    "RemoveRegionsFromReplication": Operation.REPLICATION,
    "StopReplicationToReplica": Operation.REPLICATION,
    "AssociateCrossAccountReplica": Operation.REPLICATION,
    "DisassociateCrossAccountReplica": Operation.REPLICATION,
    "AcceptCrossAccountReplication": Operation.REPLICATION,
}


def guard(service: str, name: str, /, **parameters: str) -> Event:
    document = record(name, eventSource=f"{service}.amazonaws.com", requestParameters=parameters, resources=[])
    [event] = gather(document, guarded_buckets=("b",)).events
    return event


@pytest.mark.parametrize("name", WRITES)
def test_every_write_of_secrets_manager_is_a_change_with_its_operation(name: str) -> None:
    event = only(record(name))

    assert (event.kind, event.operation) == (Kind.CHANGE, WRITES[name])


def test_every_operation_of_the_service_model_is_in_the_catalogue() -> None:
    from botocore.session import Session

    model = Session().get_service_model("secretsmanager")

    assert [name for name in model.operation_names if ("secretsmanager", name) not in CATALOGUE] == []


def test_every_write_of_kms_is_in_the_catalogue() -> None:
    from botocore.session import Session

    model = Session().get_service_model("kms")
    # CloudTrail logs these as reads, or they use a key and do not alter it.
    uses = (
        *("Get", "List", "Describe", "Generate", "Encrypt", "Decrypt", "ReEncrypt"),
        *("Sign", "Verify", "Derive", "Encapsulate", "Decapsulate"),
    )

    writes = [name for name in model.operation_names if not name.startswith(uses)]

    assert [name for name in writes if ("kms", name) not in CATALOGUE] == []


def test_every_call_that_alters_an_object_is_in_the_catalogue() -> None:
    from botocore.session import Session

    model = Session().get_service_model("s3")
    with_objects = [name for name in model.operation_names if _names_an_object(model.operation_model(name).input_shape)]
    # A multipart upload alters no object until it is completed; the others read one.
    alters_none = (
        *("AbortMultipartUpload", "CreateMultipartUpload", "UploadPart", "UploadPartCopy"),
        *("SelectObjectContent", "ListParts", "ListObjectAnnotations"),
    )

    altering = [it for it in with_objects if not it.startswith(("Get", "Head")) and it not in alters_none]

    assert {*altering, "DeleteObjects", "PostObject"} == {
        name for (service, name), entry in CATALOGUE.items() if (service, entry.guards) == ("s3", Guards.OBJECT)
    }


def _names_an_object(shape: Any) -> bool:
    return shape is not None and "Key" in shape.members


@pytest.mark.parametrize("read_only", [True, "true"])
def test_reads_are_counted_and_not_kept(read_only: object) -> None:
    population = gather(record("GetSecretValue"), record("FetchSecretSideways", readOnly=read_only, number=2))

    assert (population.reads, population.events) == (2, ())


@pytest.mark.parametrize("hint", [{"readOnly": False}, {"readOnly": None}, {"readOnly": "maybe"}])
def test_an_unknown_name_that_is_not_read_only_surfaces(hint: dict[str, Any]) -> None:
    assert only(record("FrobnicateSecret", **hint)).kind is Kind.UNCLASSIFIED


def test_an_unknown_name_that_was_refused_surfaces_too() -> None:
    assert only(record("FrobnicateSecret", errorCode="AccessDenied")).kind is Kind.UNCLASSIFIED


def test_a_known_write_is_a_change_whatever_the_hint_says() -> None:
    assert only(record(readOnly=True)).kind is Kind.CHANGE


def test_a_call_with_the_name_of_a_service_event_surfaces() -> None:
    assert only(record("RotationStarted")).kind is Kind.UNCLASSIFIED


@pytest.mark.parametrize(
    "name", ["RotationStarted", "RotationFailed", "StartSecretVersionDelete", "CancelSecretVersionDelete"]
)
def test_service_events_are_told_apart(name: str) -> None:
    assert only(service_event(name)).kind is Kind.SERVICE


def test_other_services_are_counted_and_not_kept() -> None:
    population = gather(
        record("RunInstances", eventSource="ec2.amazonaws.com"),
        record("ListTrails", eventSource="cloudtrail.amazonaws.com"),
    )

    assert (population.others, population.events) == (2, ())


GUARDS = [
    ("s3", "PutBucketPolicy", {"bucketName": "b"}, "bucket", "b"),
    ("s3", "DeleteObject", {"bucketName": "b", "key": "o"}, "object", "b"),
    ("s3express", "RenameObject", {"bucketName": "b", "key": "o"}, "object", "b"),
    ("kms", "DisableKey", {"keyId": "k"}, "key", "k"),
    ("kms", "UpdateAlias", {"targetKeyId": "k", "aliasName": "a"}, "key", "k"),
    ("cloudtrail", "PutEventSelectors", {"trailName": "t"}, "monitor", "t"),
    ("cloudtrail", "StopEventDataStoreIngestion", {"eventDataStore": "d"}, "monitor", "d"),
    ("organizations", "RemoveAccountFromOrganization", {"accountId": "a"}, "monitor", "a"),
    ("organizations", "DeregisterDelegatedAdministrator", {"accountId": "a"}, "monitor", "a"),
    ("organizations", "DisableAWSServiceAccess", {"servicePrincipal": "p"}, "monitor", "p"),
    ("events", "DisableRule", {"name": "r"}, "monitor", "r"),
    ("sns", "Unsubscribe", {"subscriptionArn": "s"}, "monitor", "s"),
    ("sqs", "PurgeQueue", {"queueUrl": "q"}, "monitor", "q"),
    ("lambda", "UpdateFunctionCode20150331v2", {"functionName": "f"}, "monitor", "f"),
    ("lambda", "DeleteFunction20150331", {"functionName": "f"}, "monitor", "f"),
    ("dynamodb", "DeleteTable", {"tableName": "d"}, "monitor", "d"),
    ("dynamodb", "DeleteItem", {"tableName": "d"}, "table", "d"),
    ("sqs", "PurgeQueue", {}, "monitor", ""),
]


@pytest.mark.parametrize(("service", "name", "parameters", "guards", "resource"), GUARDS)
def test_what_guards_the_secrets_is_named(
    service: str, name: str, parameters: dict[str, str], guards: str, resource: str
) -> None:
    event = guard(service, name, **parameters)

    assert (event.kind, event.facts["guards"], event.facts["resource"]) == (Kind.GUARD, guards, resource)


def test_the_key_of_a_guard_event_is_the_arn_in_its_resources() -> None:
    arn = "arn:aws:kms:eu-west-1:111122223333:key/1"
    event = only(
        record(
            "ScheduleKeyDeletion",
            eventSource="kms.amazonaws.com",
            requestParameters={"keyId": "alias/a"},
            resources=[{"ARN": "arn:aws:kms:eu-west-1:111122223333:alias/a"}, {"ARN": arn, "accountId": "1"}],
        )
    )

    assert event.facts["resource"] == arn


def test_a_refused_stop_of_a_trail_is_a_guard_event() -> None:
    event = only(trail_call("StopLogging", errorCode="TrailNotFoundException"))

    assert (event.kind, event.error_code) == (Kind.GUARD, "TrailNotFoundException")


def test_a_date_is_taken_off_names_of_lambda_only() -> None:
    assert look_up("sqs", "PurgeQueue20150331", read_only=False).kind is Kind.OTHER


def test_the_catalogue_is_what_is_written_down() -> None:
    written = _written_down()

    assert written == CATALOGUE
    assert {entry.kind for entry in written.values()} == {
        Kind.CHANGE,
        Kind.SERVICE,
        Kind.READ,
        Kind.WITNESS,
        Kind.GUARD,
    }
    assert all((entry.guards is not None) is (entry.kind is Kind.GUARD) for entry in written.values())
    assert all(
        (entry.operation is not None) is (entry.kind in {Kind.CHANGE, Kind.SERVICE}) for entry in written.values()
    )


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("kms.amazonaws.com", "kms"),
        ("kms.amazonaws.com.cn", "kms"),
        ("kms", "kms"),
        ("a.amazonaws.com.amazonaws.com", "a"),
    ],
)
def test_a_service_is_named_without_its_host(host: str, service: str) -> None:
    assert service_of(host) == service


def test_a_name_is_looked_up_in_its_service_alone() -> None:
    assert look_up("secretsmanager", "TagResource", read_only=True).kind is Kind.CHANGE
    assert look_up("sqs", "TagResource", read_only=False).kind is Kind.OTHER
    assert look_up("lambda", "UpdateFunctionCode20150331v2", read_only=False).kind is Kind.GUARD
    assert look_up("lambda", "20150331UpdateFunctionCode", read_only=False).kind is Kind.OTHER
    assert look_up("secretsmanager", "X", read_only=True).kind is Kind.READ
    assert look_up("secretsmanager", "X", read_only=False).kind is Kind.UNCLASSIFIED
    assert look_up("secretsmanager", "X", read_only=None).kind is Kind.UNCLASSIFIED
