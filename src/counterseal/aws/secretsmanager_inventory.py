"""Which secrets and versions a region holds: names, labels and times, never a value."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from counterseal.aws.failures import AWS_FAILURES, in_our_words
from counterseal.control.sweep import Inventory
from counterseal.correlation.judging.sweep import SeenSecret, SeenVersion

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_PAGE = 100


class SecretsManagerInventory:
    """The secrets of one account and region."""

    def __init__(self, client: Any, region: str) -> None:
        """Take a Secrets Manager client, and its region for messages."""
        self._client = client
        self._region = region

    def secrets(self, token: str) -> tuple[list[SeenSecret], str]:
        """Return one page of the secrets, those scheduled for deletion too, without their versions.

        Raises:
            Denied: the caller may not list them.
            Unreachable: Secrets Manager did not answer, or is throttling.
        """
        more = {"NextToken": token} if token else {}
        try:
            page = self._client.list_secrets(IncludePlannedDeletion=True, MaxResults=_PAGE, **more)
        except AWS_FAILURES as failure:
            raise in_our_words(failure, asked_for=f"list of secrets in {self._region}") from failure
        return [_secret(it) for it in page["SecretList"]], page.get("NextToken") or ""

    def versions(self, arn: str, token: str) -> tuple[list[SeenVersion], str]:
        """Return one page of a secret's versions, those without a label too.

        Raises:
            SecretNotFound: the secret is not there.
            Denied, Unreachable: as `secrets`.
        """
        more = {"NextToken": token} if token else {}
        try:
            page = self._client.list_secret_version_ids(SecretId=arn, IncludeDeprecated=True, MaxResults=_PAGE, **more)
        except AWS_FAILURES as failure:
            raise in_our_words(failure, asked_for=f"versions of secret {arn!r}") from failure
        return [_version(it) for it in page.get("Versions", ())], page.get("NextToken") or ""

    def describe(self, arn: str) -> SeenSecret:
        """Return one secret without its versions; what it lists lags behind, this does not.

        Raises:
            SecretNotFound: the secret is not there.
            Denied, Unreachable: as `secrets`.
        """
        try:
            return _secret(self._client.describe_secret(SecretId=arn))
        except AWS_FAILURES as failure:
            raise in_our_words(failure, asked_for=f"secret {arn!r}") from failure


def _secret(it: Mapping[str, Any]) -> SeenSecret:
    created = it.get("CreatedDate") or _LONG_AGO
    return SeenSecret(it["ARN"], it["Name"], created, it.get("LastChangedDate") or created, it.get("DeletedDate"))


def _version(it: Mapping[str, Any]) -> SeenVersion:
    return SeenVersion(it["VersionId"], tuple(it.get("VersionStages", ())), it.get("CreatedDate") or _LONG_AGO)


_: type[Inventory] = SecretsManagerInventory
