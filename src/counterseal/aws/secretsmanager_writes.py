"""Changes to secrets of one region in AWS Secrets Manager, each under a token of the caller's."""

from collections.abc import Mapping
from typing import Any, Protocol

from botocore import exceptions as aws
from botocore.exceptions import BotoCoreError, ClientError

from counterseal.aws.failures import AWS_FAILURES, in_our_words
from counterseal.errors import Conflict, CountersealError, Denied, Refused, SecretNotFound, Unsettled
from counterseal.hidden import Hidden
from counterseal.secretstore.writing import LARGEST_VALUE, Listed, NewSecret, SecretDescription, SecretWriter

_Answer = Mapping[str, Any]

_SERVER_FAULT = 500
# Nothing left this machine, or nothing that AWS could read.
_NEVER_ASKED = (
    aws.ConnectionError,
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.MetadataRetrievalError,
    aws.ParamValidationError,
    aws.SSOError,
    aws.LoginError,
    aws.TokenRetrievalError,
)
# Secrets Manager API, common to the calls below: what it answers where the request itself cannot be granted.
_NOT_GRANTED = {
    "InvalidParameterException": "look at the names, the KMS key and the tags",
    "InvalidRequestException": "counterseal says what it knows of the secret with --check",
    "LimitExceededException": "a quota of Secrets Manager is used up: see the Service Quotas of the account",
    "MalformedPolicyDocumentException": "",
    "PreconditionNotMetException": "",
    "PublicPolicyException": "",
}


class ReadingClient(Protocol):
    """The calls that change nothing."""

    def describe_secret(self, **arguments: str) -> _Answer:
        """Return what is known of a secret."""
        ...

    def list_secret_version_ids(self, **arguments: Any) -> _Answer:
        """Return a page of versions."""
        ...


class WritingClient(Protocol):
    """The calls that change something. The client must send each once: botocore's own repeats are turned off."""

    def create_secret(self, **arguments: Any) -> _Answer:
        """Make a secret."""
        ...

    def put_secret_value(self, **arguments: Any) -> _Answer:
        """Make a version."""
        ...

    def update_secret_version_stage(self, **arguments: str) -> _Answer:
        """Move a label."""
        ...

    def rotate_secret(self, **arguments: Any) -> _Answer:
        """Start a rotation."""
        ...


class SecretsManagerWriter:
    """Makes secrets and versions, and moves labels. Values are text where they are UTF-8, else binary."""

    def __init__(self, client: WritingClient, reads: ReadingClient, region: str) -> None:
        """Take the client for changes, the one for everything else, and, for messages, their region."""
        self._client = client
        self._reads = reads
        self._region = region

    def describe(self, secret_id: str) -> SecretDescription:
        """Return what is known of a secret without its value.

        Raises:
            SecretNotFound, Denied, Unreachable, Refused, SettingsError: as `SecretWriter` says.
        """
        try:
            answer = self._reads.describe_secret(SecretId=secret_id)
        except AWS_FAILURES as failure:
            raise in_our_words(failure, asked_for=self._words(secret_id)) from None
        return SecretDescription(
            arn=answer["ARN"],
            name=answer["Name"],
            stages={version: frozenset(stages) for version, stages in answer.get("VersionIdsToStages", {}).items()},
            deletion_scheduled="DeletedDate" in answer,
            managed_by=answer.get("OwningService", ""),
            primary_region=answer.get("PrimaryRegion", ""),
            rotates=answer.get("RotationEnabled", False),
        )

    def versions(self, secret_id: str) -> Mapping[str, Listed]:
        """Return every version, those as well that have no label any more.

        Raises:
            SecretNotFound, Denied, Unreachable, Refused, SettingsError: as `SecretWriter` says.
        """
        found: dict[str, Listed] = {}
        more: dict[str, str] = {}
        while True:
            try:
                page = self._reads.list_secret_version_ids(SecretId=secret_id, IncludeDeprecated=True, **more)
            except AWS_FAILURES as failure:
                raise in_our_words(failure, asked_for=self._words(secret_id)) from None
            found |= {it["VersionId"]: _listed(it) for it in page.get("Versions", ())}
            if not page.get("NextToken"):
                return found
            more = {"NextToken": page["NextToken"]}

    def create(self, new: NewSecret, value: Hidden, token: str) -> str:
        """Make a secret with its first version, and return its full ARN.

        Raises:
            Conflict, Denied, Refused, SettingsError, Unreachable, Unsettled: as `SecretWriter` says.
        """
        given: dict[str, Any] = {"Description": new.description, "KmsKeyId": new.kms_key_id}
        given["Tags"] = [{"Key": name, "Value": text} for name, text in new.tags.items()]
        chosen = {name: it for name, it in given.items() if it}
        try:
            answer = self._client.create_secret(
                Name=new.name, ClientRequestToken=token, **self._as_sent(new.name, value), **chosen
            )
        except AWS_FAILURES as failure:
            raise self._failed(failure, "making", new.name) from None
        arn: str = answer["ARN"]
        return arn

    def put(self, secret_id: str, value: Hidden, token: str, *, stage: str) -> None:
        """Make a new version with one label. The same token and value again change nothing.

        Raises:
            Conflict, SecretNotFound, Denied, Refused, SettingsError, Unreachable, Unsettled: as `SecretWriter` says.
        """
        content = self._as_sent(secret_id, value)
        try:
            self._client.put_secret_value(
                SecretId=secret_id, ClientRequestToken=token, VersionStages=[stage], **content
            )
        except AWS_FAILURES as failure:
            raise self._failed(failure, "the new version of", secret_id) from None

    def move_stage(self, secret_id: str, stage: str, *, to: str = "", away_from: str = "") -> None:
        """Move a label from one version to another; without `to` it is taken off.

        Raises:
            Conflict, SecretNotFound, Denied, Refused, SettingsError, Unreachable, Unsettled: as `SecretWriter` says.
        """
        given = {"MoveToVersionId": to, "RemoveFromVersionId": away_from}
        chosen = {name: text for name, text in given.items() if text}
        try:
            self._client.update_secret_version_stage(SecretId=secret_id, VersionStage=stage, **chosen)
        except ClientError as failure:
            # Secrets Manager API, UpdateSecretVersionStage: it must be named which version has the label now.
            if failure.response.get("Error", {}).get("Code") == "InvalidParameterException":
                raise Conflict(
                    f"{stage} of {self._words(secret_id)} is no longer on the version that it was on"
                ) from None
            raise self._failed(failure, f"moving {stage} of", secret_id) from None
        except BotoCoreError as failure:
            raise self._failed(failure, f"moving {stage} of", secret_id) from None

    def rotate(self, secret_id: str, token: str) -> None:
        """Let AWS rotate the secret now, by what it was set up to rotate with.

        Raises:
            SecretNotFound, Conflict, Denied, Refused, SettingsError, Unreachable, Unsettled: as `SecretWriter` says.
        """
        try:
            self._client.rotate_secret(SecretId=secret_id, ClientRequestToken=token, RotateImmediately=True)
        except AWS_FAILURES as failure:
            raise self._failed(failure, "the rotation of", secret_id) from None

    def _as_sent(self, secret_id: str, value: Hidden) -> dict[str, str | bytes]:
        content = value.reveal()
        if not 0 < len(content) <= LARGEST_VALUE:
            raise Refused(
                f"AWS takes no value for {self._words(secret_id)} that is empty or has more than {LARGEST_VALUE} bytes"
            )
        try:
            return {"SecretString": content.decode()}
        except UnicodeDecodeError:
            return {"SecretBinary": content}

    def _failed(self, failure: BotoCoreError | ClientError, doing: str, secret_id: str) -> CountersealError:
        """Say what became of a request that changes something: refused, never sent, or nobody knows."""
        words = f"{doing} {self._words(secret_id)}"
        said = in_our_words(failure, asked_for=self._words(secret_id))
        if isinstance(failure, BotoCoreError):
            unheard = Unsettled(f"AWS did not say whether it did {words} ({type(failure).__name__})")
            return said if isinstance(failure, _NEVER_ASKED) else unheard
        if (failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0) >= _SERVER_FAULT:
            return Unsettled(f"AWS failed, and did not say whether it did {words}")
        return _refused(failure.response.get("Error", {}).get("Code") or "", words, said)

    def _words(self, secret_id: str) -> str:
        return f"secret {secret_id!r} in {self._region}"


def _listed(version: _Answer) -> Listed:
    return Listed(frozenset(version.get("VersionStages", ())), version.get("CreatedDate"))


def _refused(code: str, words: str, said: CountersealError) -> CountersealError:
    """Say it as it is said of writing, and otherwise as `said`."""
    if code == "ResourceExistsException":
        return Conflict(f"{words}: there is one already")
    if code == "EncryptionFailure":
        return Denied(
            f"{words} failed: its KMS key does not encrypt for this caller",
            hint="allow kms:GenerateDataKey and kms:Decrypt on the key, and see that it is enabled",
        )
    if code in _NOT_GRANTED and not isinstance(said, SecretNotFound):
        return Refused(f"AWS refused {words} ({code})", hint=_NOT_GRANTED[code])
    return said


_: type[SecretWriter] = SecretsManagerWriter
