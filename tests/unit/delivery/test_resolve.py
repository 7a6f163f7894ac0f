"""Resolution asks each place once, gives all or nothing, and hides no refusal behind a default."""

from collections.abc import Mapping, Sequence

import pytest

from counterseal.delivery.resolve import resolve
from counterseal.errors import Denied, FieldNotFound, SecretNotFound, Unreachable
from counterseal.hidden import Hidden
from counterseal.references.grammar import parse_reference
from counterseal.references.reference import Reference
from counterseal.secretstore import SecretRequest, SecretStore, SecretVersion


class Secrets:
    """Stores of every place, from one table, that remember what they were asked."""

    def __init__(self, values: Mapping[str, str], failure: Exception | None = None) -> None:
        self.values = values
        self.failure = failure
        self.opened: list[str] = []
        self.asked: list[list[SecretRequest]] = []

    def open(self, reference: Reference) -> SecretStore:
        self.opened.append(f"{reference.scheme}://{reference.access or ''}@{reference.place}")
        return self

    def fetch(self, requests: Sequence[SecretRequest]) -> list[SecretVersion]:
        self.asked.append(list(requests))
        if self.failure:
            raise self.failure
        return [self._version(request) for request in requests]

    def _version(self, request: SecretRequest) -> SecretVersion:
        name = f"{request.secret_id}@{request.stage or request.version_id or 'current'}"
        if name not in self.values:
            raise SecretNotFound(f"there is no {name}")
        return SecretVersion(request.secret_id, "1", Hidden(self.values[name].encode()))


def resolved(secrets: Secrets, *uris: str) -> list[str]:
    """Resolve URIs and reveal the values."""
    return [value.reveal().decode() for value in resolve([parse_reference(uri) for uri in uris], secrets.open)]


A = "aws-sm://us-east-2/a"
B = "aws-sm://us-east-2/b"
TABLE = {"a@current": '{"x":1.10,"y":"why"}', "a@AWSPREVIOUS": "old", "b@current": "bee"}


def test_nothing_asked_is_nobody_asked() -> None:
    secrets = Secrets({})

    assert resolved(secrets) == []
    assert secrets.opened == []


def test_one_call_gives_every_field_of_every_secret_of_a_place() -> None:
    secrets = Secrets(TABLE)

    assert resolved(secrets, f"{A}#/y", B, f"{A}#/x", A) == ["why", "bee", "1.10", '{"x":1.10,"y":"why"}']
    assert secrets.asked == [[SecretRequest("a"), SecretRequest("b")]]


def test_stage_and_version_are_requests_of_their_own() -> None:
    secrets = Secrets(TABLE | {f"a@{'v' * 32}": "named"})

    assert resolved(secrets, f"{A}?stage=AWSPREVIOUS", A, f"{A}?version={'v' * 32}")[::2] == ["old", "named"]
    assert secrets.asked == [
        [SecretRequest("a", stage="AWSPREVIOUS"), SecretRequest("a"), SecretRequest("a", "v" * 32)]
    ]


def test_each_place_is_opened_once() -> None:
    secrets = Secrets(TABLE)

    resolved(secrets, B, "aws-sm://us-west-2/b", "aws-sm://prod@us-east-2/b", "safe://s/b", B)

    assert secrets.opened == [
        "aws-sm://@us-east-2",
        "aws-sm://@us-west-2",
        "aws-sm://prod@us-east-2",
        "safe://@s",
    ]


def test_a_missing_secret_fails_the_whole() -> None:
    with pytest.raises(SecretNotFound, match="c@current"):
        resolved(Secrets(TABLE), B, "aws-sm://us-east-2/c")


def test_a_default_stands_in_for_a_missing_secret() -> None:
    secrets = Secrets(TABLE)

    assert resolved(secrets, "aws-sm://us-east-2/c?default=none", B, f"{A}?default=z#/y") == ["none", "bee", "why"]


def test_a_default_stands_in_for_a_missing_field() -> None:
    assert resolved(Secrets(TABLE), f"{A}?default=#/z") == [""]


def test_a_missing_secret_without_default_fails_beside_one_with() -> None:
    with pytest.raises(SecretNotFound, match="d@current"):
        resolved(Secrets(TABLE), "aws-sm://us-east-2/c?default=none", "aws-sm://us-east-2/d")


def test_a_secret_that_one_reference_needs_is_needed() -> None:
    with pytest.raises(SecretNotFound, match="c@current"):
        resolved(Secrets(TABLE), "aws-sm://us-east-2/c?default=none", "aws-sm://us-east-2/c")


def test_a_missing_field_names_the_secret_and_the_pointer() -> None:
    with pytest.raises(FieldNotFound, match=r"'/z' in 'a'"):
        resolved(Secrets(TABLE), f"{A}#/z")


@pytest.mark.parametrize("failure", [Denied("no"), Unreachable("silence")])
def test_a_default_hides_neither_refusal_nor_outage(failure: Exception) -> None:
    with pytest.raises(type(failure)):
        resolved(Secrets(TABLE, failure), f"{A}?default=x")
