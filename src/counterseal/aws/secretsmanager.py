"""Secrets of one region in AWS Secrets Manager, under one access."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from botocore.exceptions import ClientError

from counterseal.aws.failures import AWS_FAILURES, in_our_words
from counterseal.errors import Refused
from counterseal.hidden import Hidden
from counterseal.secretstore.interface import SecretStore
from counterseal.secretstore.version import SecretRequest, SecretVersion

# Secrets Manager API, BatchGetSecretValue, SecretIdList: at most 20. It takes no version and no stage.
BATCH = 20

_Answer = Mapping[str, Any]


class SecretsManagerClient(Protocol):
    """The two calls that reading needs."""

    def get_secret_value(self, **arguments: str) -> _Answer:
        """Return one value: any version."""
        ...

    def batch_get_secret_value(self, **arguments: Any) -> _Answer:
        """Return up to 20 current values, and an error for each that cannot be had."""
        ...


class SecretsManagerStore:
    """Gives secrets of one region. Current values are asked for in batches, others one by one."""

    def __init__(self, client: SecretsManagerClient, region: str) -> None:
        """Take the client and, for messages, its region."""
        self._client = client
        self._region = region

    def fetch(self, requests: Sequence[SecretRequest]) -> list[SecretVersion]:
        """Return the values asked for, in the order asked; all or nothing.

        Raises:
            SecretNotFound: a secret or the version asked for is not there, or it is scheduled for deletion.
            Denied: AWS refuses; the message names the permission.
            Unreachable: AWS did not answer, is throttling, or failed.
            Refused: AWS does not take the request.
            SettingsError: there are no credentials.
        """
        wanted = list(dict.fromkeys(requests))
        current = [request for request in wanted if request.version_id is None and request.stage is None]
        found: dict[SecretRequest, SecretVersion] = {}
        for start in range(0, len(current), BATCH):
            found |= self._batch(current[start : start + BATCH])
        return [found[it] if it in found else found.setdefault(it, self._single(it)) for it in requests]

    def _batch(self, requests: list[SecretRequest]) -> dict[SecretRequest, SecretVersion]:
        # One alone needs no permission for batches.
        if len(requests) == 1:
            return {}
        try:
            answers, errors = self._batch_answers([request.secret_id for request in requests])
        except ClientError:
            # Not allowed to batch, or beyond its 100 calls a second: single calls have permissions and quotas of their
            # own, and where they fail too they say it of one secret.
            return {}
        except AWS_FAILURES as failure:
            raise in_our_words(failure, asked_for=f"{len(requests)} secrets in {self._region}") from None
        found = {}
        for request in requests:
            error = errors.get(request.secret_id)
            if error is not None:
                raise in_our_words(error, asked_for=self._words(request)) from None
            answer = next((it for it in answers if _is_of(it, request.secret_id)), None)
            if answer is not None:
                found[request] = self._version(request, answer)
        return found

    def _batch_answers(self, secret_ids: list[str]) -> tuple[list[_Answer], dict[str, ClientError]]:
        answers: list[_Answer] = []
        errors: dict[str, ClientError] = {}
        more: dict[str, str] = {}
        while True:
            page = self._client.batch_get_secret_value(SecretIdList=secret_ids, **more)
            answers += page.get("SecretValues", ())
            for error in page.get("Errors", ()):
                answer = {"Error": {"Code": error.get("ErrorCode", ""), "Message": error.get("Message", "")}}
                errors[error.get("SecretId", "")] = ClientError(answer, "GetSecretValue")  # type: ignore[arg-type]  # all that is read of it
            if not page.get("NextToken"):
                return answers, errors
            more = {"NextToken": page["NextToken"]}

    def _single(self, request: SecretRequest) -> SecretVersion:
        which = {"VersionId": request.version_id, "VersionStage": request.stage}
        given = {name: text for name, text in which.items() if text is not None}
        try:
            return self._version(request, self._client.get_secret_value(SecretId=request.secret_id, **given))
        except AWS_FAILURES as failure:
            raise in_our_words(failure, asked_for=self._words(request)) from None

    def _version(self, request: SecretRequest, answer: _Answer) -> SecretVersion:
        return SecretVersion(
            secret_id=request.secret_id,
            version_id=answer["VersionId"],
            value=Hidden(self._exact(request, answer)),
            stages=frozenset(answer.get("VersionStages", ())),
        )

    def _exact(self, request: SecretRequest, answer: _Answer) -> bytes:
        text = answer.get("SecretString")
        if text is None:
            binary: bytes = answer.get("SecretBinary", b"")
            return binary
        try:
            exact: bytes = text.encode()
        except UnicodeEncodeError:
            raise Refused(f"{self._words(request)} is text with half of a surrogate pair, which has no bytes") from None
        return exact

    def _words(self, request: SecretRequest) -> str:
        secret = f"secret {request.secret_id!r} in {self._region}"
        which = request.version_id or request.stage
        return f"version {which!r} of {secret}" if which else secret


def _is_of(answer: _Answer, secret_id: str) -> bool:
    # An ARN may be given without the 6 characters that Secrets Manager puts behind the name.
    arn = answer.get("ARN", "")
    return secret_id in (answer.get("Name"), arn, arn[:-7] if secret_id.startswith("arn:") else None)


_: type[SecretStore] = SecretsManagerStore
