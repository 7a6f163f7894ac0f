"""What Secrets Manager is asked by a sweep, and its answers in our words."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError  # noqa: TID253  # what the fake raises

from counterseal.aws.secretsmanager_inventory import SecretsManagerInventory
from counterseal.correlation.judging.sweep import SeenSecret, SeenVersion
from counterseal.errors import Denied, SecretNotFound, Unreachable

T = datetime(2026, 3, 10, tzinfo=UTC)
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"


class FakeClient:
    """Answers in order, or fails; `asked` is every question."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def list_secrets(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    list_secret_version_ids = list_secrets
    describe_secret = list_secrets


def refused(code: str, operation: str = "ListSecrets") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "canary"}}, operation)


def test_secrets_are_listed_with_those_scheduled_for_deletion() -> None:
    whole = {"ARN": ARN, "Name": "db", "CreatedDate": T, "LastChangedDate": T, "DeletedDate": T}
    client = FakeClient({"SecretList": [whole], "NextToken": "n"}, {"SecretList": [{"ARN": ARN, "Name": "db"}]})
    inventory = SecretsManagerInventory(client, "eu-west-1")

    assert inventory.secrets("") == ([SeenSecret(ARN, "db", T, T, T)], "n")
    secrets, token = inventory.secrets("n")
    assert (secrets[0].created.year, secrets[0].deleted, token) == (1970, None, "")
    asked = {"IncludePlannedDeletion": True, "MaxResults": 100}
    assert client.asked == [asked, {**asked, "NextToken": "n"}]


def test_versions_are_listed_with_those_without_a_label() -> None:
    labelled = {"VersionId": "v1", "VersionStages": ["AWSCURRENT"], "CreatedDate": T}
    client = FakeClient({"Versions": [labelled, {"VersionId": "v0"}], "NextToken": "n"}, {})
    inventory = SecretsManagerInventory(client, "eu-west-1")

    versions, token = inventory.versions(ARN, "")

    assert versions[0] == SeenVersion("v1", ("AWSCURRENT",), T)
    assert (versions[1].stages, token) == ((), "n")
    assert inventory.versions(ARN, "n") == ([], "")
    assert client.asked[1] == {"SecretId": ARN, "IncludeDeprecated": True, "MaxResults": 100, "NextToken": "n"}


def test_one_secret_is_described() -> None:
    client = FakeClient({"ARN": ARN, "Name": "db", "CreatedDate": T})

    assert SecretsManagerInventory(client, "eu-west-1").describe(ARN) == SeenSecret(ARN, "db", T, T)


def test_refusals_name_the_permission_and_never_quote_the_answer() -> None:
    def asking(code: str, operation: str) -> SecretsManagerInventory:
        return SecretsManagerInventory(FakeClient(refused(code, operation)), "eu-west-1")

    with pytest.raises(Denied, match=r"secrets in eu-west-1 is denied: secretsmanager:ListSecrets") as told:
        asking("AccessDeniedException", "ListSecrets").secrets("")
    with pytest.raises(Denied, match="secretsmanager:ListSecretVersionIds"):
        asking("AccessDeniedException", "ListSecretVersionIds").versions(ARN, "")
    with pytest.raises(SecretNotFound, match="db-AbCdEf"):
        asking("ResourceNotFoundException", "DescribeSecret").describe(ARN)
    with pytest.raises(Unreachable, match="throttling"):
        asking("ThrottlingException", "ListSecrets").secrets("")
    assert "canary" not in str(told.value)
