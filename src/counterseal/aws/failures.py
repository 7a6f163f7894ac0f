"""What AWS and the way to it refused, said in our words: never a word of the answer itself."""

import re

from botocore import exceptions as aws
from botocore.exceptions import BotoCoreError, ClientError

from counterseal.errors import (
    Conflict,
    CountersealError,
    Denied,
    NotFound,
    ObjectNotFound,
    Refused,
    SecretNotFound,
    SettingsError,
    Unreachable,
)
from counterseal.provisioning.calls import permission_for

AWS_FAILURES = (BotoCoreError, ClientError)

_MISSING_SECRET = {"ResourceNotFoundException"}
_MISSING_KEY = "NotFoundException"  # KMS
_MISSING_OBJECT = {"NoSuchKey", "NoSuchVersion", "NoSuchBucket", "NotFound", "404", "NoSuchUpload"}
_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "Forbidden",
    "403",
    "AllAccessDisabled",
    "AuthorizationError",
}
_UNKNOWN_SIGNATURE = {
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "AuthFailure",
}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"}
_CLOCK = {"RequestTimeTooSkewed"}
_THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "OverLimit",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "BandwidthLimitExceeded",
}
_CONFLICT = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409", "ResourceExistsException"}
_ELSEWHERE = {"PermanentRedirect", "AuthorizationHeaderMalformed", "301", "IllegalLocationConstraintException"}
_CANNOT_DECRYPT = {
    "DecryptionFailure",
    "KMS.DisabledException",
    "KMSAccessDeniedException",
    "KMS.KMSInvalidStateException",
}

# The one thing taken out of an answer, and only in this exact form.
_NOT_AUTHORIZED = re.compile(r"not authorized to perform: ([a-z0-9-]{2,40}:[A-Za-z]{3,60})\b")
_SAFE_CODE = re.compile(r"[A-Za-z0-9.]{1,64}")

_SERVER_FAULT = 500
_NO_CREDENTIALS = "sign in to AWS, or name an access that signs in by itself"

# The first line that fits counts: the order is from the particular to the general.
_UNANSWERED: tuple[tuple[tuple[type[BaseException], ...], type[CountersealError], str, str], ...] = (
    (
        (aws.ConnectTimeoutError, aws.ReadTimeoutError),
        Unreachable,
        "AWS did not answer in time when asked for {}",
        "look at the network, the proxy and the region's code",
    ),
    (
        (aws.SSLError,),
        Unreachable,
        "no trusted TLS connection when asking for {}",
        "where a proxy stands in between, AWS_CA_BUNDLE names its certificate",
    ),
    (
        (aws.HTTPClientError, aws.ConnectionError),
        Unreachable,
        "AWS cannot be reached for {}",
        "look at the network, the proxy and the region's code",
    ),
    (
        (aws.NoCredentialsError, aws.PartialCredentialsError, aws.MetadataRetrievalError),
        SettingsError,
        "no AWS credentials were found for {}",
        _NO_CREDENTIALS,
    ),
    # Its text may hold what a credential process printed (security: B-20).
    (
        (aws.CredentialRetrievalError, aws.RefreshWithMFAUnsupportedError),
        Unreachable,
        "what gives the AWS credentials did not give them for {}",
        "run the credential process of the profile by hand to see why",
    ),
    ((aws.SSOError, aws.LoginError, aws.TokenRetrievalError), Denied, "the sign-in for {} has ended", "sign in again"),
    (
        (aws.ProfileNotFound, aws.ConfigNotFound, aws.ConfigParseError, aws.InvalidConfigError),
        SettingsError,
        "the AWS configuration files do not say how to get {}",
        _NO_CREDENTIALS,
    ),
    # Its text quotes what was asked.
    ((aws.ParamValidationError,), Refused, "AWS does not take what names {}", "look at its name, version and stage"),
)


def in_our_words(failure: BaseException, *, asked_for: str) -> CountersealError:
    """Return our error for a failure of botocore or AWS.

    `asked_for` is what the caller wanted, as words for a person: "secret 'db/password' in us-east-2".
    The answer's text is never quoted: AWS and proxies write requests and responses into it.
    """
    if isinstance(failure, ClientError):
        return _answered(failure, asked_for)
    return _not_answered(failure, asked_for)


def _answered(failure: ClientError, asked_for: str) -> CountersealError:
    error = failure.response.get("Error", {})
    code = error.get("Code") or ""
    if code in _MISSING_SECRET:
        return SecretNotFound(f"there is no {asked_for}")
    if code in _MISSING_OBJECT:
        return ObjectNotFound(f"there is no {asked_for}")
    if code in _DENIED or code in _CANNOT_DECRYPT:
        return _denied(failure, code, asked_for)
    if code in _UNKNOWN_SIGNATURE | _EXPIRED | _CLOCK:
        return _not_let_in(code, asked_for)
    if code in _CONFLICT:
        return Conflict(f"{asked_for}: somebody else wrote first")
    return _otherwise(failure, code, asked_for)


def _denied(failure: ClientError, code: str, asked_for: str) -> Denied:
    if code in _CANNOT_DECRYPT:
        return Denied(
            f"access to {asked_for} is denied: its KMS key does not decrypt for this caller",
            hint="allow kms:Decrypt on the key (in another account: in its key policy too) and see that it is enabled",
        )
    named = _NOT_AUTHORIZED.search(failure.response.get("Error", {}).get("Message") or "")
    action = named[1] if named else permission_for(failure.operation_name)
    return Denied(
        f"access to {asked_for} is denied: {action} is not allowed",
        hint=f"allow {action} in a policy of the caller, and look for a policy that denies it",
    )


def _not_let_in(code: str, asked_for: str) -> Denied:
    if code in _EXPIRED:
        return Denied(f"access to {asked_for} is denied: the AWS credentials have expired", hint="sign in again")
    if code in _CLOCK:
        return Denied(
            f"access to {asked_for} is denied: the clock of this machine is wrong", hint="set the clock right (NTP)"
        )
    return Denied(
        f"access to {asked_for} is denied: AWS does not accept the credentials ({code})",
        hint="the access key id is unknown there, or its secret access key is another one",
    )


def _otherwise(failure: ClientError, code: str, asked_for: str) -> CountersealError:
    status = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0
    shown = code if _SAFE_CODE.fullmatch(code) else "an error without a readable code"
    if code == _MISSING_KEY:
        return NotFound(f"there is no {asked_for}", hint="look at its region, and at its id, ARN or alias")
    if code in _THROTTLED:
        return Unreachable(
            f"AWS is throttling: it did not give {asked_for} ({shown})", hint="wait and try again; ask for less at once"
        )
    if status >= _SERVER_FAULT:
        return Unreachable(f"AWS failed to give {asked_for} ({shown})", hint="the same call may succeed later")
    if code in _ELSEWHERE:
        return SettingsError(f"{asked_for} is in another region than the access says", hint="set its region")
    if _is_scheduled_for_deletion(failure):
        return SecretNotFound(
            f"{asked_for} is scheduled for deletion", hint="restore it with RestoreSecret, or name another"
        )
    return Refused(f"AWS refused to give {asked_for} ({shown})")


def _is_scheduled_for_deletion(failure: ClientError) -> bool:
    # Secrets Manager says this under InvalidRequestException, and in its text alone.
    error = failure.response.get("Error", {})
    message = (error.get("Message") or "").lower()
    return error.get("Code") == "InvalidRequestException" and "deletion" in message


def _not_answered(failure: BaseException, asked_for: str) -> CountersealError:
    for kinds, error, sentence, hint in _UNANSWERED:
        if isinstance(failure, kinds):
            return error(sentence.format(asked_for), hint=hint)
    return Unreachable(f"no usable answer when asking for {asked_for} ({type(failure).__name__})")
