"""Sessions of a role that carry a ticket as their source identity."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple, Protocol

from botocore.exceptions import ClientError

from counterseal.aws.failures import AWS_FAILURES, in_our_words
from counterseal.errors import Refused
from counterseal.hidden import Hidden

# STS API reference, AssumeRole: DurationSeconds.
SHORTEST = timedelta(seconds=900)
LONGEST = timedelta(hours=12)

_TOO_LARGE = "PackedPolicyTooLarge"


class StsClient(Protocol):
    """The one call that a broker needs."""

    def assume_role(self, **arguments: Any) -> Mapping[str, Any]:
        """Return the credentials of a new session."""
        ...


class Opening(NamedTuple):
    """A session as it is asked for. `policy` is the JSON text that limits it."""

    role_arn: str
    session_name: str
    source_identity: str
    policy: str
    lasts: timedelta


class SessionCredentials(NamedTuple):
    """The credentials of one session."""

    access_key_id: Hidden
    secret_access_key: Hidden
    session_token: Hidden

    @property
    def variables(self) -> dict[bytes, Hidden]:
        """Return them under the names by which AWS's tools and libraries read them from the environment."""
        return {
            b"AWS_ACCESS_KEY_ID": self.access_key_id,
            b"AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            b"AWS_SESSION_TOKEN": self.session_token,
        }


def open_session(client: StsClient, opening: Opening) -> SessionCredentials:
    """Assume the role for as long as is asked, 15 minutes at least: the policy says when its rights end.

    Raises:
        Denied, Unreachable, SettingsError: STS refuses, or did not answer.
        Refused: the policy is too large once AWS has packed it, or STS does not take something else of it.
    """
    lasts = min(max(opening.lasts, SHORTEST), LONGEST)
    asked_for = f"a session of {opening.role_arn}"
    try:
        answer = client.assume_role(
            RoleArn=opening.role_arn,
            RoleSessionName=opening.session_name,
            SourceIdentity=opening.source_identity,
            Policy=opening.policy,
            DurationSeconds=int(lasts.total_seconds()),
        )
    except AWS_FAILURES as failure:
        if isinstance(failure, ClientError) and _TOO_LARGE in failure.response["Error"].get("Code", ""):
            raise Refused(
                f"{asked_for} is more than AWS can pack into one: its policy is too large",
                hint="name fewer secrets with --secret, or fewer operations with --operation",
            ) from None
        raise in_our_words(failure, asked_for=asked_for) from None
    given = answer["Credentials"]
    return SessionCredentials(
        *(Hidden(given[it].encode()) for it in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    )
