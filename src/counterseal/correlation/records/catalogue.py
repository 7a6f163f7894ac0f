"""Which event names matter, and what each is to an audit."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from counterseal.correlation.records.event import Kind, Operation

SECRETS_MANAGER = "secretsmanager"
KMS = "kms"

CLOUDTRAIL = "cloudtrail.amazonaws.com"
"""By this name CloudTrail acts for itself, and organisations give it access."""

LABEL_UPDATED = "Secret Label Updated"
"""The detail-type of the native EventBridge event: a label moved (secret-event-notifications.html)."""

DATA_KEY_CALLS = frozenset({"GenerateDataKey", "GenerateDataKeyWithoutPlaintext"})
"""The KMS calls that Secrets Manager makes for every new version, with the version in the encryption context."""

SENTINEL = "RequestToValidateKeyAccess"
"""Stands for a version id where Secrets Manager only tries a key (security-encryption.html): it is no version."""


class Guards(StrEnum):
    """What a guard event touches."""

    MONITOR = "monitor"
    BUCKET = "bucket"
    OBJECT = "object"
    KEY = "key"
    TABLE = "table"


class Entry(NamedTuple):
    """What an event name means; `guards` only for guard events, `operation` only for what Secrets Manager did."""

    kind: Kind
    operation: Operation | None = None
    guards: Guards | None = None


# The operations of Secrets Manager, from the service model of botocore 1.44.5, and one that AWS makes on the
# caller's behalf (AcceptCrossAccountReplication).
_WRITES: Mapping[Operation, tuple[str, ...]] = {
    Operation.CREATE: ("CreateSecret",),
    # UpdateSecret is a new value or metadata; only a witness tells which.
    Operation.VALUE: ("PutSecretValue", "UpdateSecret"),
    Operation.LABEL: ("UpdateSecretVersionStage",),
    Operation.DELETE: ("DeleteSecret",),
    Operation.RESTORE: ("RestoreSecret",),
    Operation.ROTATION: ("RotateSecret", "CancelRotateSecret"),
    Operation.POLICY: ("PutResourcePolicy", "DeleteResourcePolicy"),
    Operation.TAG: ("TagResource", "UntagResource"),
    Operation.REPLICATION: (
        "ReplicateSecretToRegions",
        "RemoveRegionsFromReplication",
        "StopReplicationToReplica",
        "AssociateCrossAccountReplica",
        "DisassociateCrossAccountReplica",
        "AcceptCrossAccountReplication",
    ),
}
_READS = (
    "GetSecretValue",
    "BatchGetSecretValue",
    "DescribeSecret",
    "ListSecrets",
    "ListSecretVersionIds",
    "GetResourcePolicy",
    "ListResourcePolicies",
    "GetRandomPassword",
    "ValidateResourcePolicy",
)
# retrieve-ct-entries.html; the names of the replication events are AWS's by report only.
_SERVICE_EVENTS: Mapping[Operation, tuple[str, ...]] = {
    Operation.ROTATION: (
        "RotationStarted",
        "RotationSucceeded",
        "RotationFailed",
        "RotationAbandoned",
        "TestRotationStarted",
        "TestRotationSucceeded",
        "TestRotationFailed",
    ),
    Operation.DELETE: ("StartSecretVersionDelete", "EndSecretVersionDelete"),
    Operation.RESTORE: ("CancelSecretVersionDelete",),
    Operation.REPLICATION: ("ReplicationStarted", "ReplicationSucceeded", "ReplicationFailed"),
}
_GUARDS: Mapping[tuple[str, Guards], tuple[str, ...]] = {
    # The writes of KMS, from the same service model; DeleteKey and what follows it are service events.
    (KMS, Guards.KEY): (
        "CancelKeyDeletion",
        "ConnectCustomKeyStore",
        "CreateAlias",
        "CreateCustomKeyStore",
        "CreateGrant",
        "CreateKey",
        "DeleteAlias",
        "DeleteCustomKeyStore",
        "DeleteImportedKeyMaterial",
        "DisableKey",
        "DisableKeyRotation",
        "DisconnectCustomKeyStore",
        "EnableKey",
        "EnableKeyRotation",
        "ImportKeyMaterial",
        "PutKeyPolicy",
        "ReplicateKey",
        "RetireGrant",
        "RevokeGrant",
        "RotateKeyOnDemand",
        "ScheduleKeyDeletion",
        "TagResource",
        "UntagResource",
        "UpdateAlias",
        "UpdateCustomKeyStore",
        "UpdateKeyDescription",
        "UpdatePrimaryRegion",
        "DeleteKey",
        "RotateKey",
        "SynchronizeMultiRegionKey",
        "DeleteExpiredKeyMaterial",
    ),
    # CloudTrail's names for bucket settings, which are not always those of the calls.
    ("s3", Guards.BUCKET): (
        "CreateBucket",
        "DeleteBucket",
        "DeleteBucketEncryption",
        "DeleteBucketLifecycle",
        "DeleteBucketOwnershipControls",
        "DeleteBucketPolicy",
        "DeleteBucketPublicAccessBlock",
        "DeleteBucketReplication",
        "PutBucketAcl",
        "PutBucketEncryption",
        "PutBucketLifecycle",
        "PutBucketLogging",
        "PutBucketNotification",
        "PutBucketObjectLockConfiguration",
        "PutBucketOwnershipControls",
        "PutBucketPolicy",
        "PutBucketPublicAccessBlock",
        "PutBucketReplication",
        "PutBucketVersioning",
    ),
    # Data events, of every application there is: they count for the objects of a registered bucket only. These alter an
    # object; a multipart upload alters none until it is completed. cloudtrail-logging-s3-info.html, of November 2026,
    # and PostObject, an upload by form, which that page does not list.
    ("s3", Guards.OBJECT): (
        "CompleteMultipartUpload",
        "CopyObject",
        "DeleteObject",
        "DeleteObjectAnnotation",
        "DeleteObjectTagging",
        "DeleteObjects",
        "PostObject",
        "PutObject",
        "PutObjectAcl",
        "PutObjectAnnotation",
        "PutObjectLegalHold",
        "PutObjectRetention",
        "PutObjectTagging",
        "RenameObject",
        "RestoreObject",
        "UpdateObjectEncryption",
    ),
    # Directory buckets have a host of their own.
    ("s3express", Guards.OBJECT): (
        "CompleteMultipartUpload",
        "CopyObject",
        "DeleteObject",
        "DeleteObjects",
        "PutObject",
        "RenameObject",
    ),
    ("cloudtrail", Guards.MONITOR): (
        "CreateTrail",
        "DeleteEventDataStore",
        "DeleteTrail",
        "DeregisterOrganizationDelegatedAdmin",
        "PutEventSelectors",
        "PutInsightSelectors",
        "StartEventDataStoreIngestion",
        "StartLogging",
        "StopEventDataStoreIngestion",
        "StopLogging",
        "UpdateEventDataStore",
        "UpdateTrail",
    ),
    # Of a service by name, only CloudTrail's counts. All of them are recorded in us-east-1 alone.
    ("organizations", Guards.MONITOR): (
        "AcceptHandshake",
        "DeregisterDelegatedAdministrator",
        "DisableAWSServiceAccess",
        "LeaveOrganization",
        "RemoveAccountFromOrganization",
    ),
    ("events", Guards.MONITOR): (
        "DeleteEventBus",
        "DeleteRule",
        "DisableRule",
        "EnableRule",
        "PutPermission",
        "PutRule",
        "RemovePermission",
        "RemoveTargets",
    ),
    ("sns", Guards.MONITOR): (
        "DeleteTopic",
        "RemovePermission",
        "SetSubscriptionAttributes",
        "SetTopicAttributes",
        "Unsubscribe",
    ),
    ("sqs", Guards.MONITOR): ("DeleteQueue", "PurgeQueue", "RemovePermission", "SetQueueAttributes"),
    ("lambda", Guards.MONITOR): (
        "DeleteEventSourceMapping",
        "DeleteFunction",
        "RemovePermission",
        "UpdateEventSourceMapping",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
    ),
    ("dynamodb", Guards.MONITOR): ("DeleteBackup", "DeleteTable", "UpdateContinuousBackups"),
    # A data event of every application there is: it counts for a registered table only.
    ("dynamodb", Guards.TABLE): ("DeleteItem",),
}

# Lambda's names carry the date of the interface: UpdateFunctionCode20150331v2.
_DATED = re.compile(r"\d{8}(?:v\d+)?$", re.ASCII)


def _written_down() -> dict[tuple[str, str], Entry]:
    entries: dict[tuple[str, str], Entry] = {}
    for operation, names in _WRITES.items():
        entries |= {(SECRETS_MANAGER, name): Entry(Kind.CHANGE, operation) for name in names}
    for operation, names in _SERVICE_EVENTS.items():
        entries |= {(SECRETS_MANAGER, name): Entry(Kind.SERVICE, operation) for name in names}
    entries |= {(SECRETS_MANAGER, name): Entry(Kind.READ) for name in _READS}
    entries |= {(KMS, name): Entry(Kind.WITNESS) for name in DATA_KEY_CALLS}
    for (service, guards), names in _GUARDS.items():
        entries |= {(service, name): Entry(Kind.GUARD, guards=guards) for name in names}
    return entries


CATALOGUE: Mapping[tuple[str, str], Entry] = _written_down()
"""By (service, event name): what is not here is OTHER, except for what Secrets Manager may add."""

SERVICES = frozenset(service for service, _ in CATALOGUE)
"""The services of which something matters: all others are OTHER."""

_OTHER = Entry(Kind.OTHER)
_READ = Entry(Kind.READ)
_UNCLASSIFIED = Entry(Kind.UNCLASSIFIED)


def service_of(event_source: str) -> str:
    """Return the eventSource without the host's ending."""
    return event_source.partition(".amazonaws.com")[0]


def look_up(service: str, name: str, *, read_only: bool | None) -> Entry:
    """Say what an event name means, before its outcome is looked at.

    A name of Secrets Manager that is not known is a read only where AWS says so: everything else surfaces. Of a known
    name `readOnly` says nothing: it is a hint, and has been seen wrong.
    """
    found = CATALOGUE.get((service, name if service != "lambda" else _DATED.sub("", name)))
    if found is not None:
        return found
    if service != SECRETS_MANAGER:
        return _OTHER
    return _READ if read_only else _UNCLASSIFIED
