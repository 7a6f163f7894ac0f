"""Every AWS call that the product makes, and the permissions that it needs.

Operations are not permissions: S3 names several of them otherwise, and some calls need more than one.
Service Authorization Reference, per service. A test compares this table with the calls in `aws/`.
"""

from collections.abc import Mapping

PERMISSIONS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("cloudtrail", "ListPublicKeys"): ("cloudtrail:ListPublicKeys",),
    ("cloudtrail", "LookupEvents"): ("cloudtrail:LookupEvents",),
    ("kms", "GenerateMac"): ("kms:GenerateMac",),
    ("kms", "GetPublicKey"): ("kms:GetPublicKey",),
    ("kms", "Sign"): ("kms:Sign",),
    ("kms", "VerifyMac"): ("kms:VerifyMac",),
    ("s3", "DeleteObject"): ("s3:DeleteObject",),
    ("s3", "GetObject"): ("s3:GetObject",),
    ("s3", "ListObjectsV2"): ("s3:ListBucket",),
    ("s3", "PutObject"): ("s3:PutObject",),
    # Each secret of a batch needs GetSecretValue as well.
    ("secretsmanager", "BatchGetSecretValue"): ("secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"),
    ("secretsmanager", "CreateSecret"): ("secretsmanager:CreateSecret",),
    ("secretsmanager", "DescribeSecret"): ("secretsmanager:DescribeSecret",),
    ("secretsmanager", "GetSecretValue"): ("secretsmanager:GetSecretValue",),
    ("secretsmanager", "ListSecretVersionIds"): ("secretsmanager:ListSecretVersionIds",),
    ("secretsmanager", "ListSecrets"): ("secretsmanager:ListSecrets",),
    ("secretsmanager", "PutSecretValue"): ("secretsmanager:PutSecretValue",),
    ("secretsmanager", "RotateSecret"): ("secretsmanager:RotateSecret",),
    ("secretsmanager", "UpdateSecretVersionStage"): ("secretsmanager:UpdateSecretVersionStage",),
    ("sns", "ConfirmSubscription"): ("sns:ConfirmSubscription",),
    ("sqs", "ChangeMessageVisibilityBatch"): ("sqs:ChangeMessageVisibility",),
    ("sqs", "DeleteMessageBatch"): ("sqs:DeleteMessage",),
    ("sqs", "ReceiveMessage"): ("sqs:ReceiveMessage",),
    # With a source identity, which broker sessions carry, the second is needed too.
    ("sts", "AssumeRole"): ("sts:AssumeRole", "sts:SetSourceIdentity"),
    # Nobody needs a permission to ask who they are.
    ("sts", "GetCallerIdentity"): (),
}


def permission_for(operation: str) -> str:
    """Return the permission that a call needs first, or its own name where the product does not make it."""
    return next((needed[0] for (_, name), needed in PERMISSIONS.items() if name == operation and needed), operation)
