"""What each role of the product may do, and on what."""

from counterseal.provisioning.policy import Condition, Policy, Statement


def through(service: str, key: str, *actions: str) -> Statement:
    """Return what a KMS key of one's own needs: the service may use it for the caller, who may not use it directly."""
    host = f"{service}.<region>.amazonaws.com"
    return Statement(
        sid="UseKeyThroughService",
        actions=actions,
        resources=(f"<{key}>",),
        conditions=(Condition(operator="StringEquals", of="kms:ViaService", values=(host,)),),
        optional=True,
    )


def invoke_rotation() -> Statement:
    """Return what RotateSecret needs beside its own permission (its API reference, "Required permissions")."""
    return Statement(
        sid="InvokeRotation", actions=("lambda:InvokeFunction",), resources=("<rotation_function>",), optional=True
    )


def _trail_bucket(*, optional: bool) -> tuple[Statement, ...]:
    """Return what reading a trail's bucket needs; who may not list is told "denied" of what is missing."""
    return (
        Statement(
            sid="ReadTrailBucket",
            actions=("s3:GetObject",),
            resources=("arn:<partition>:s3:::<trail_bucket>/<trail_prefix>AWSLogs/*",),
            optional=optional,
        ),
        Statement(
            sid="ListTrailBucket",
            actions=("s3:ListBucket",),
            resources=("arn:<partition>:s3:::<trail_bucket>",),
            conditions=(Condition(operator="StringLike", of="s3:prefix", values=("<trail_prefix>AWSLogs/*",)),),
            optional=optional,
        ),
        through("s3", "trail_key", "kms:Decrypt"),
    )


READER = Policy(
    name="reader",
    meaning="resolve references: read the values of the secrets named",
    statements=(
        Statement(sid="ReadValues", actions=("secretsmanager:GetSecretValue",), resources=("<secret>",)),
        Statement(
            sid="ReadInBatches",
            actions=("secretsmanager:BatchGetSecretValue",),
            unscoped_because="BatchGetSecretValue has no resource-level permission; each secret needs GetSecretValue",
        ),
        through("secretsmanager", "secret_key", "kms:Decrypt"),
    ),
)

WRITER = Policy(
    name="writer",
    meaning="make approved changes with a counterseal: new values, new secrets, rotations",
    statements=(
        Statement(
            sid="ChangeValues",
            actions=("secretsmanager:CreateSecret", "secretsmanager:PutSecretValue", "secretsmanager:RotateSecret"),
            resources=("<secret>",),
        ),
        Statement(
            sid="SettleAmbiguousAnswers",
            actions=("secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds"),
            resources=("<secret>",),
        ),
        Statement(
            sid="MakeStagedValuesCurrent",
            actions=("secretsmanager:UpdateSecretVersionStage",),
            resources=("<secret>",),
        ),
        through("secretsmanager", "secret_key", "kms:Decrypt", "kms:GenerateDataKey"),
        invoke_rotation(),
    ),
)

NOTARY = Policy(
    name="notary",
    meaning="issue and revoke counterseals with keys that KMS holds",
    statements=(
        Statement(
            sid="MakeCodes",
            actions=("kms:GenerateMac",),
            resources=("<mac_key>",),
        ),
        Statement(
            sid="Sign",
            actions=("kms:Sign",),
            resources=("<signing_key>",),
        ),
        Statement(sid="KnowTheirOwnPublicKey", actions=("kms:GetPublicKey",), resources=("<signing_key>",)),
    ),
)

AUDITOR = Policy(
    name="auditor",
    meaning="check the codes of counterseals, and issue none",
    statements=(
        Statement(
            sid="CheckCodes",
            actions=("kms:VerifyMac",),
            resources=("<mac_key>",),
        ),
    ),
)

AUDIT = Policy(
    name="audit",
    meaning="audit a live account with nothing deployed in it: the event history, the trail's bucket, the sweep",
    statements=(
        Statement(
            sid="ReadEventHistory",
            actions=("cloudtrail:ListPublicKeys", "cloudtrail:LookupEvents"),
            unscoped_because="neither has a resource-level permission",
        ),
        *_trail_bucket(optional=True),
        Statement(
            sid="ListSecrets",
            actions=("secretsmanager:ListSecrets",),
            unscoped_because="ListSecrets has no resource-level permission; it gives names, never values",
        ),
        Statement(
            sid="SweepVersions",
            actions=("secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds"),
            resources=("arn:<partition>:secretsmanager:<region>:<account>:secret:*",),
        ),
    ),
)

QUEUE = Policy(
    name="queue",
    meaning="take events from the queue",
    statements=(
        Statement(
            sid="TakeMessages",
            actions=(
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:ReceiveMessage",
            ),
            resources=("<queue>",),
        ),
        through("sqs", "queue_key", "kms:Decrypt"),
    ),
)

LOG_FILES = Policy(
    name="log-files",
    meaning="read the log files that messages name",
    statements=_trail_bucket(optional=False),
)

TOPIC = Policy(
    name="topic",
    meaning="confirm the subscription to the topic that events come from",
    statements=(
        Statement(
            sid="ConfirmSubscription",
            actions=("sns:ConfirmSubscription",),
            resources=("<topic>",),
        ),
    ),
)

STORAGE = Policy(
    name="storage",
    meaning="keep safes in a bucket, under a prefix",
    statements=(
        Statement(
            sid="KeepObjects",
            actions=("s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
            resources=("arn:<partition>:s3:::<bucket>/<prefix>*",),
        ),
        Statement(
            sid="ListObjects",
            actions=("s3:ListBucket",),
            resources=("arn:<partition>:s3:::<bucket>",),
            conditions=(Condition(operator="StringLike", of="s3:prefix", values=("<prefix>*",)),),
        ),
        through("s3", "bucket_key", "kms:Decrypt", "kms:GenerateDataKey"),
    ),
)
