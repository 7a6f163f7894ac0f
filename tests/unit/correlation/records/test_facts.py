from typing import Any

import pytest
from tests.journeys.story import ARN, record
from tests.unit.correlation.making import only

CALLS: dict[str, tuple[str, dict[str, Any], dict[str, object]]] = {
    "a value or metadata": ("UpdateSecret", {}, {"ambiguous": True}),
    "a description": ("UpdateSecret", {"description": ""}, {"ambiguous": True, "description": True}),
    "another key": ("UpdateSecret", {"kmsKeyId": "k"}, {"ambiguous": True, "kms_key": True}),
    "a deletion": ("DeleteSecret", {"recoveryWindowInDays": 7}, {"force": False, "recovery_days": 7}),
    "a deletion at once": ("DeleteSecret", {"forceDeleteWithoutRecovery": True}, {"force": True}),
    "a label moved": (
        "UpdateSecretVersionStage",
        {"versionStage": "AWSCURRENT", "moveToVersionId": "a", "removeFromVersionId": "b"},
        {"stage": "AWSCURRENT", "move_to": "a", "remove_from": "b"},
    ),
    "a label taken off": ("UpdateSecretVersionStage", {"versionStage": "X", "moveToVersionId": None}, {"stage": "X"}),
    "a pending value": ("PutSecretValue", {"versionStages": ["AWSPENDING", 1]}, {"stages": ("AWSPENDING",)}),
    "a value": ("PutSecretValue", {}, {}),
    "a rotation": (
        "RotateSecret",
        {"rotationLambdaARN": "l", "rotateImmediately": False, "rotationRules": {"automaticallyAfterDays": 30}},
        {"rotation_lambda": "l", "rotate_immediately": False, "rotation_rules": {"automaticallyAfterDays": 30}},
    ),
    "replicas from the start": (
        "CreateSecret",
        {"addReplicaRegions": [{"region": "us-east-1"}, {}]},
        {"regions": ("us-east-1",)},
    ),
    "replicas removed": (
        "RemoveRegionsFromReplication",
        {"removeReplicaRegions": ["us-east-1"]},
        {"regions": ("us-east-1",)},
    ),
    "a secret": ("CreateSecret", {}, {}),
    "tags": ("TagResource", {"tags": [{"key": "k", "value": "v"}]}, {}),
}


@pytest.mark.parametrize("case", CALLS)
def test_the_facts_are_the_parameters_that_rules_look_at(case: str) -> None:
    name, parameters, facts = CALLS[case]

    event = only(record(name, requestParameters={"secretId": ARN} | parameters))

    assert event.facts == facts | {"source_addresses": ("192.0.2.1",)}


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("192.0.2.1, 198.51.100.7", ("192.0.2.1", "198.51.100.7")),
        ("cloudformation.amazonaws.com", ("cloudformation.amazonaws.com",)),
    ],
)
def test_a_source_address_may_be_a_list_or_a_service(text: str, addresses: tuple[str, ...]) -> None:
    assert only(record(sourceIPAddress=text)).facts["source_addresses"] == addresses


def test_no_source_address_is_no_fact() -> None:
    assert only(record(sourceIPAddress=None)).facts == {}


def test_tags_of_the_session_are_a_fact_where_the_record_has_them() -> None:
    event = only(record(eventContext={"tagContext": {"principalTags": {"ticket": "OPS-42"}}}))

    assert event.facts["session_tags"] == {"ticket": "OPS-42"}
