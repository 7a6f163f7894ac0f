"""The few parameters of a record that rules look at, and what a guard event touches."""

import re
from collections.abc import Mapping

from counterseal.correlation.records.catalogue import KMS, Guards
from counterseal.correlation.records.record import object_of, objects_of, spelled_any_way, text_of

Facts = dict[str, object]

# Facts that stand as they were sent, by call and by our name.
_SENT: Mapping[str, Mapping[str, str]] = {
    "DeleteSecret": {"recovery_days": "recoveryWindowInDays"},
    "UpdateSecretVersionStage": {
        "stage": "versionStage",
        "move_to": "moveToVersionId",
        "remove_from": "removeFromVersionId",
    },
    "RotateSecret": {
        "rotation_lambda": "rotationLambdaARN",
        "rotate_immediately": "rotateImmediately",
        "rotation_rules": "rotationRules",
    },
}
_TRAIL_CALLS = frozenset({"CreateTrail", "UpdateTrail", "PutEventSelectors"})
_TRAIL_SETTINGS = {
    "multi_region": "isMultiRegionTrail",
    "organisation": "isOrganizationTrail",
    "selectors": "eventSelectors",
    "advanced_selectors": "advancedEventSelectors",
    "validation": "enableLogFileValidation",
}
_OF_SERVICES = frozenset({"DeregisterDelegatedAdministrator", "DisableAWSServiceAccess"})
_SERVICE = {"principal": "servicePrincipal"}

_OF_THE_CALLER = frozenset({"AcceptHandshake", "LeaveOrganization"})
"""What an account does to itself: the record of another account may be the one that is kept."""

# The account is the inviting one: arn:aws:organizations::ACCOUNT:handshake/ORGANISATION/invite/HANDSHAKE.
_INVITATION = re.compile(r"arn:[^:]*:organizations::(\d+):handshake/[^/]+/invite/.+", re.ASCII)

_TRAIL_PLACE = {"bucket": "s3BucketName", "prefix": "s3KeyPrefix"}

# Where the thing that a guard event touches is named, by service; the first that is there counts.
_NAMED_IN: Mapping[str, tuple[str, ...]] = {
    KMS: ("keyId", "targetKeyId", "customKeyStoreId"),
    "s3": ("bucketName",),
    "cloudtrail": ("name", "trailName", "eventDataStore"),
    "organizations": ("accountId", "servicePrincipal"),
    "events": ("rule", "name", "eventBusName"),
    "sns": ("topicArn", "subscriptionArn"),
    "sqs": ("queueUrl",),
    "lambda": ("functionName", "uuid"),
    "dynamodb": ("tableName", "backupArn"),
}


def parameters_that_matter(name: str, document: Mapping[str, object]) -> Facts:
    """Return the request parameters of a Secrets Manager call that a rule or a reader asks for."""
    request = object_of(document.get("requestParameters"))
    facts = _as_sent(request, _SENT.get(name, {}))
    match name:
        case "UpdateSecret":
            # SDKs send a token for a new description too, and the value is never logged (design part 5).
            facts |= {"ambiguous": True} | _present(request, description="description", kms_key="kmsKeyId")
        case "DeleteSecret":
            facts["force"] = request.get("forceDeleteWithoutRecovery") is True
        case "PutSecretValue" if stages := _texts(request.get("versionStages")):
            facts["stages"] = stages
        case "CreateSecret" | "ReplicateSecretToRegions" | "RemoveRegionsFromReplication":
            facts |= _regions(request)
    return facts


def surroundings(document: Mapping[str, object]) -> Facts:
    """Return where a call came from: sourceIPAddress may be several addresses, or a service's host name."""
    listed = text_of(document.get("sourceIPAddress"))
    addresses = tuple(filter(None, map(str.strip, listed.split(","))))
    return {"source_addresses": addresses} if addresses else {}


def guarded_resource(service: str, guards: Guards, document: Mapping[str, object]) -> str:
    """Return the name or ARN of what a guard event touches, or nothing where the record names none.

    Of a KMS key the request may hold an id, an alias or an ARN: `resources` has the ARN. A trail is named by the answer
    too.
    """
    if guards is Guards.KEY:
        for resource in objects_of(document.get("resources")):
            for arn in spelled_any_way(resource, "arn"):
                if ":key/" in arn:
                    return arn
    if document.get("eventName") in _OF_THE_CALLER:
        return text_of(object_of(document.get("userIdentity")).get("accountId"))
    request = object_of(document.get("requestParameters"))
    named = next((text for name in _NAMED_IN[service] if (text := text_of(request.get(name)))), "")
    if not named and service == "cloudtrail":
        return text_of(object_of(document.get("responseElements")).get("trailARN"))
    return named


def trail_settings(name: str, document: Mapping[str, object]) -> Facts:
    """Return what a call says of what the trail records from then on: what was asked for in the call itself.

    Where it delivers, the answer tells as well, whatever was asked for; and which selectors it has, where the request
    tells none. Of its key the answer tells the ARN, by whatever name it was asked for.
    """
    if name not in _TRAIL_CALLS:
        return {}
    request, answer = object_of(document.get("requestParameters")), object_of(document.get("responseElements"))
    settings = _as_sent(request, _TRAIL_SETTINGS)
    if name == "PutEventSelectors" and not settings:
        settings = _as_sent(answer, _TRAIL_SETTINGS)
    key_id = text_of(answer.get("kmsKeyId")) or text_of(request.get("kmsKeyId"))
    return settings | _delivery(request, answer) | ({"key": key_id} if key_id else {})


def membership(name: str, document: Mapping[str, object]) -> Facts:
    """Return which service a call to Organizations was about, and which account had invited the caller."""
    facts = _as_sent(object_of(document.get("requestParameters")), _SERVICE) if name in _OF_SERVICES else {}
    if name == "AcceptHandshake":
        handshake = object_of(object_of(document.get("responseElements")).get("handshake"))
        if found := _INVITATION.fullmatch(text_of(handshake.get("arn"))):
            facts["inviter"] = found[1]
    return facts


def _delivery(request: Mapping[str, object], answer: Mapping[str, object]) -> Facts:
    """Return where the trail delivers after the call; `sent` says that the call asked for a place, the same or not."""
    asked = _as_sent(request, _TRAIL_PLACE)
    told = {"prefix": ""} | _as_sent(answer, _TRAIL_PLACE) if answer.get("s3BucketName") else {}
    return told | asked | ({"sent": True} if asked else {})


def _as_sent(request: Mapping[str, object], named: Mapping[str, str]) -> Facts:
    return {fact: request[parameter] for fact, parameter in named.items() if request.get(parameter) is not None}


def _present(request: Mapping[str, object], **named: str) -> Facts:
    return {fact: True for fact, parameter in named.items() if request.get(parameter) is not None}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(it for it in value if isinstance(it, str)) if isinstance(value, list) else ()


def _regions(request: Mapping[str, object]) -> Facts:
    added = tuple(
        region for it in objects_of(request.get("addReplicaRegions")) if (region := text_of(it.get("region")))
    )
    regions = added or _texts(request.get("removeReplicaRegions"))
    return {"regions": regions} if regions else {}
