"""The interface of whatever changes secrets in AWS Secrets Manager, and what it is asked and answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from counterseal.hidden import Hidden

CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"

# Secrets Manager API, PutSecretValue: SecretString and SecretBinary have at most 65,536 bytes.
LARGEST_VALUE = 65_536


class SecretDescription(NamedTuple):
    """What is known of a secret without its value. `stages` are the labels of each version that has any.

    `managed_by` is the AWS service that owns it, `primary_region` the region it is copied from; "" for neither.
    """

    arn: str
    name: str
    stages: Mapping[str, frozenset[str]]
    deletion_scheduled: bool = False
    managed_by: str = ""
    primary_region: str = ""
    rotates: bool = False

    def version_with(self, stage: str) -> str:
        """Return the version that has a label, "" where none has it."""
        return next((version for version, stages in self.stages.items() if stage in stages), "")


class Listed(NamedTuple):
    """One version as it is listed, without its value: its labels, and when it was made, where that is told."""

    stages: frozenset[str]
    made_at: datetime | None = None


class NewSecret(NamedTuple):
    """A secret that is to be made. Without a KMS key it is under the one that AWS manages."""

    name: str
    description: str = ""
    kms_key_id: str = ""
    tags: Mapping[str, str] = {}  # never written


class SecretWriter(Protocol):
    """Changes secrets of one region under one access.

    Every call sends one request and no more: who calls decides on a second one, with the same token, which AWS takes
    for the same request. The token of a call that makes a version becomes the version's id.
    """

    def describe(self, secret_id: str) -> SecretDescription:
        """Return what is known of a secret without its value.

        Raises:
            SecretNotFound: there is no such secret.
            Denied: AWS refuses; the message names the permission.
            Unreachable: AWS did not answer; the same call may succeed later.
            Refused: AWS does not take the request.
            SettingsError: there are no credentials.
        """
        ...

    def versions(self, secret_id: str) -> Mapping[str, Listed]:
        """Return every version, those as well that have no label any more.

        Raises:
            SecretNotFound, Denied, Unreachable, Refused, SettingsError: as `describe`.
        """
        ...

    def create(self, new: NewSecret, value: Hidden, token: str) -> str:
        """Make a secret with its first version, and return its full ARN.

        Raises:
            Conflict: a secret of that name is there, or another value under that token.
            Denied, Refused, SettingsError: AWS refuses; nothing was made.
            Unreachable: AWS could not be asked or took no request now; nothing was made.
            Unsettled: AWS did not say whether it did it.
        """
        ...

    def put(self, secret_id: str, value: Hidden, token: str, *, stage: str) -> None:
        """Make a new version with one label. The same token and value again change nothing.

        Raises:
            Conflict: another value is there under that token.
            SecretNotFound: there is no such secret, or it is scheduled for deletion.
            Denied, Refused, SettingsError, Unreachable, Unsettled: as `create`.
        """
        ...

    def move_stage(self, secret_id: str, stage: str, *, to: str = "", away_from: str = "") -> None:
        """Move a label from one version to another; without `to` it is taken off.

        Raises:
            Conflict: the label is not on the version that it should be moved away from.
            SecretNotFound: there is no such secret or version, or it is scheduled for deletion.
            Denied, Refused, SettingsError, Unreachable, Unsettled: as `create`.
        """
        ...

    def rotate(self, secret_id: str, token: str) -> None:
        """Let AWS rotate the secret now, by what it was set up to rotate with.

        Raises:
            SecretNotFound: there is no such secret, or it is scheduled for deletion.
            Conflict, Denied, Refused, SettingsError, Unreachable, Unsettled: as `create`.
        """
        ...
