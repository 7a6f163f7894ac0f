"""What AWS refuses is said in our words, and never in its own."""

from typing import Any

import pytest
from botocore import exceptions as aws  # noqa: TID253  # the failures of botocore are what this is about
from botocore.exceptions import ClientError  # noqa: TID253  # as above

from counterseal import errors
from counterseal.aws.failures import in_our_words

ASKED = "secret 'db' in us-east-2"


def refusal(code: str, *, status: int = 400, message: str = "canary", operation: str = "GetSecretValue") -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)


@pytest.mark.parametrize(
    ("failure", "kind", "says"),
    [
        (refusal("ResourceNotFoundException"), errors.SecretNotFound, "there is no secret 'db'"),
        (refusal("NoSuchKey", status=404), errors.ObjectNotFound, "there is no"),
        (
            refusal("InvalidRequestException", message="was marked for deletion canary"),
            errors.SecretNotFound,
            "scheduled for deletion",
        ),
        (refusal("InvalidRequestException"), errors.Refused, "(InvalidRequestException)"),
        (refusal("AccessDeniedException"), errors.Denied, "secretsmanager:GetSecretValue is not allowed"),
        (
            refusal("AccessDeniedException", message="x is not authorized to perform: kms:Decrypt on canary"),
            errors.Denied,
            "kms:Decrypt is not allowed",
        ),
        (refusal("403", status=403, operation="ListObjectsV2"), errors.Denied, "s3:ListBucket is not allowed"),
        (refusal("AccessDenied", operation="PutBucketTagging"), errors.Denied, "PutBucketTagging is not allowed"),
        (refusal("DecryptionFailure"), errors.Denied, "KMS key"),
        (refusal("ExpiredTokenException"), errors.Denied, "expired"),
        (refusal("RequestTimeTooSkewed"), errors.Denied, "clock"),
        (refusal("UnrecognizedClientException"), errors.Denied, "does not accept the credentials"),
        (refusal("ThrottlingException"), errors.Unreachable, "throttling"),
        (refusal("SlowDown", status=503), errors.Unreachable, "throttling"),
        (refusal("InternalServiceError", status=500), errors.Unreachable, "InternalServiceError"),
        (refusal("PreconditionFailed", status=412), errors.Conflict, "somebody else"),
        (refusal("PermanentRedirect", status=301), errors.SettingsError, "another region"),
        (refusal("Odd canary\n"), errors.Refused, "an error without a readable code"),
        (ClientError({}, "GetSecretValue"), errors.Refused, "an error without a readable code"),
        (aws.ConnectTimeoutError(endpoint_url="canary"), errors.Unreachable, "in time"),
        (aws.ReadTimeoutError(endpoint_url="canary"), errors.Unreachable, "in time"),
        (aws.EndpointConnectionError(endpoint_url="canary"), errors.Unreachable, "cannot be reached"),
        (aws.SSLError(endpoint_url="canary", error=ValueError("canary")), errors.Unreachable, "TLS"),
        (aws.NoCredentialsError(), errors.SettingsError, "no AWS credentials"),
        (
            aws.CredentialRetrievalError(provider="process", error_msg="canary"),
            errors.Unreachable,
            "did not give them",
        ),
        (aws.SSOTokenLoadError(error_msg="canary"), errors.Denied, "has ended"),
        (aws.ProfileNotFound(profile="canary"), errors.SettingsError, "configuration files"),
        (aws.ParamValidationError(report="canary"), errors.Refused, "does not take"),
        (aws.BotoCoreError(), errors.Unreachable, "(BotoCoreError)"),
    ],
)
def test_a_failure_becomes_our_error(failure: Exception, kind: type[errors.CountersealError], says: str) -> None:
    error = in_our_words(failure, asked_for=ASKED)

    assert type(error) is kind
    assert says in str(error)
    assert ASKED in str(error)
    assert "canary" not in str(error) + error.hint
