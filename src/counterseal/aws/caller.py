"""Who an access is signed in as, and what time it is at AWS."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, Protocol

from counterseal.aws.failures import AWS_FAILURES, in_our_words


class StsClient(Protocol):
    """The one call that is needed."""

    def get_caller_identity(self) -> Mapping[str, Any]:
        """Return who signed the request. AWS lets everybody ask."""
        ...


class Caller(NamedTuple):
    """Who calls AWS. `told_at` is when AWS said so, by its own clock: the one by which CloudTrail dates changes."""

    arn: str
    account: str
    told_at: datetime | None = None


def caller_of(client: StsClient) -> Caller:
    """Return who the client is signed in as.

    Raises:
        Denied: AWS does not accept the credentials.
        Unreachable: STS did not answer.
        SettingsError: there are no credentials.
    """
    try:
        answer = client.get_caller_identity()
    except AWS_FAILURES as failure:
        raise in_our_words(failure, asked_for="the identity of the caller") from None
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return Caller(arn=answer["Arn"], account=answer["Account"], told_at=_time(headers.get("date", "")))


def _time(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
