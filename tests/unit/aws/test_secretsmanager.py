"""Secrets Manager is asked in batches where it can be, one by one where it must be."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError  # noqa: TID253  # what the fake raises

from counterseal.aws.secretsmanager import SecretsManagerStore
from counterseal.errors import Denied, Refused, SecretNotFound, Unreachable
from counterseal.secretstore import SecretRequest

ARN = "arn:aws:secretsmanager:us-east-2:123456789012:secret:{}-AbCdEf"


class FakeClient:
    """Secrets Manager as a table of names and texts; `calls` is what it was asked."""

    def __init__(self, texts: Mapping[str, str | bytes], *, batch: Exception | None = None, page: int = 20) -> None:
        self.texts = texts
        self.batch = batch
        self.page = page
        self.calls: list[Any] = []

    def get_secret_value(self, **arguments: str) -> dict[str, Any]:
        self.calls.append(arguments)
        name = self._name(arguments["SecretId"])
        if name not in self.texts:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "GetSecretValue")
        return self._answer(name)

    def batch_get_secret_value(self, **arguments: Any) -> dict[str, Any]:
        self.calls.append(len(arguments["SecretIdList"]))
        if self.batch:
            raise self.batch
        start = int(arguments.get("NextToken", 0))
        asked = arguments["SecretIdList"][start : start + self.page]
        answer: dict[str, Any] = {"SecretValues": [], "Errors": []}
        for given in reversed(asked):
            name = self._name(given)
            if name == "denied":
                answer["Errors"].append({"SecretId": given, "ErrorCode": "AccessDeniedException", "Message": "canary"})
            elif name in self.texts:
                answer["SecretValues"].append(self._answer(name))
            else:
                answer["Errors"].append({"SecretId": given, "ErrorCode": "ResourceNotFoundException", "Message": ""})
        more = start + self.page < len(arguments["SecretIdList"])
        return answer | ({"NextToken": str(start + self.page)} if more else {})

    def _name(self, given: str) -> str:
        return given.rpartition(":")[2].removesuffix("-AbCdEf")

    def _answer(self, name: str) -> dict[str, Any]:
        text = self.texts[name]
        kind = "SecretString" if isinstance(text, str) else "SecretBinary"
        return {"ARN": ARN.format(name), "Name": name, "VersionId": "v1", "VersionStages": ["AWSCURRENT"], kind: text}


def fetched(client: FakeClient, *names: str) -> list[bytes]:
    store = SecretsManagerStore(client, "us-east-2")
    return [it.value.reveal() for it in store.fetch([SecretRequest(name) for name in names])]


def test_one_secret_is_one_plain_call() -> None:
    client = FakeClient({"a": "1"})

    assert fetched(client, "a") == [b"1"]
    assert client.calls == [{"SecretId": "a"}]


def test_nothing_is_no_call() -> None:
    client = FakeClient({})

    assert fetched(client) == []
    assert client.calls == []


def test_many_secrets_are_batches_of_twenty() -> None:
    client = FakeClient({f"s{number}": f"{number}" for number in range(45)})

    assert fetched(client, *client.texts) == [f"{number}".encode() for number in range(45)]
    assert client.calls == [20, 20, 5]


def test_an_answer_in_pages_is_read_to_its_end() -> None:
    client = FakeClient({"a": "1", "b": "2", "c": "3"}, page=2)

    assert fetched(client, "a", "b", "c") == [b"1", b"2", b"3"]


def test_answers_are_matched_by_name_and_by_arn() -> None:
    client = FakeClient({"a": "1", "b": b"\xff\x00", "c": "3"})
    bare = ARN.format("c").removesuffix("-AbCdEf")

    assert fetched(client, ARN.format("a"), "b", bare) == [b"1", b"\xff\x00", b"3"]
    assert client.calls == [3]


def test_equal_requests_are_one() -> None:
    client = FakeClient({"a": "1"})

    assert fetched(client, "a", "a") == [b"1", b"1"]
    assert client.calls == [{"SecretId": "a"}]


def test_versions_and_stages_are_asked_one_by_one() -> None:
    client = FakeClient({"a": "1", "b": "2"})
    requests = [
        SecretRequest("a", stage="AWSPREVIOUS"),
        SecretRequest("a"),
        SecretRequest("b"),
        SecretRequest("a", "v"),
    ]

    versions = SecretsManagerStore(client, "us-east-2").fetch(requests)

    assert (versions[0].secret_id, versions[0].version_id) == ("a", "v1")
    assert versions[0].stages == {"AWSCURRENT"}
    assert client.calls == [
        2,
        {"SecretId": "a", "VersionStage": "AWSPREVIOUS"},
        {"SecretId": "a", "VersionId": "v"},
    ]


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_a_refused_batch_is_asked_one_by_one(code: str) -> None:
    client = FakeClient({"a": "1", "b": "2"}, batch=ClientError({"Error": {"Code": code}}, "BatchGetSecretValue"))

    assert fetched(client, "a", "b") == [b"1", b"2"]
    assert client.calls == [2, {"SecretId": "a"}, {"SecretId": "b"}]


def test_an_outage_is_not_asked_again() -> None:
    client = FakeClient({"a": "1", "b": "2"}, batch=EndpointConnectionError(endpoint_url="x"))

    with pytest.raises(Unreachable, match="2 secrets in us-east-2"):
        fetched(client, "a", "b")

    assert client.calls == [2]


def test_a_missing_secret_in_a_batch_is_named() -> None:
    with pytest.raises(SecretNotFound, match="'nope' in us-east-2"):
        fetched(FakeClient({"a": "1"}), "a", "nope")


def test_a_denied_secret_in_a_batch_is_named_with_its_permission() -> None:
    with pytest.raises(Denied, match="'denied' in us-east-2 is denied: secretsmanager:GetSecretValue") as caught:
        fetched(FakeClient({"a": "1"}), "a", "denied")

    assert "canary" not in str(caught.value)


def test_a_missing_version_is_named() -> None:
    with pytest.raises(SecretNotFound, match="version 'AWSPENDING' of secret 'a' in us-east-2"):
        SecretsManagerStore(FakeClient({}), "us-east-2").fetch([SecretRequest("a", stage="AWSPENDING")])


def test_a_secret_that_a_batch_forgets_is_asked_for() -> None:
    class Forgetful(FakeClient):
        def batch_get_secret_value(self, **arguments: Any) -> dict[str, Any]:
            return {}

    assert fetched(Forgetful({"a": "1", "b": "2"}), "a", "b") == [b"1", b"2"]


def test_text_without_bytes_is_refused() -> None:
    with pytest.raises(Refused, match="half of a surrogate pair"):
        fetched(FakeClient({"a": "\ud800"}), "a")
