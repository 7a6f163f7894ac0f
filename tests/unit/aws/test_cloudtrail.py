"""What CloudTrail is asked, word for word, and its answers in our words."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError  # noqa: TID253  # what the fake raises
from tests.trail import key_der, public_keys

from counterseal.aws.account import account_of
from counterseal.aws.cloudtrail import CloudTrailHistory, list_public_keys
from counterseal.control.event_history import Lookup, Page
from counterseal.correlation.digests.saved_keys import read_public_keys
from counterseal.errors import Denied, SettingsError, Unreachable
from counterseal.seal.rsa_signatures import RsaSha256Verifier

START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
LOOKUP = Lookup("EventSource", "secretsmanager.amazonaws.com", START, END)


def refused(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "canary"}}, operation)


class FakeCloudTrail:
    """Answers in order, or fails; `asked` is every question."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def lookup_events(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    list_public_keys = lookup_events
    get_caller_identity = lookup_events


def test_one_attribute_is_asked_for_fifty_at_a_time() -> None:
    client = FakeCloudTrail({"Events": [{"CloudTrailEvent": "{}"}], "NextToken": "more"}, {"Events": []})
    history = CloudTrailHistory(client, "eu-west-1")

    assert history.look_up(LOOKUP) == Page(("{}",), "more")
    assert history.look_up(LOOKUP, "more") == Page((), "")
    attributes = [{"AttributeKey": "EventSource", "AttributeValue": "secretsmanager.amazonaws.com"}]
    whole = {"LookupAttributes": attributes, "StartTime": START, "EndTime": END, "MaxResults": 50}
    assert client.asked == [whole, {**whole, "NextToken": "more"}]


@pytest.mark.parametrize(("code", "error"), [("AccessDeniedException", Denied), ("ThrottlingException", Unreachable)])
def test_a_refusal_names_the_region_and_the_permission(code: str, error: type[Exception]) -> None:
    history = CloudTrailHistory(FakeCloudTrail(refused(code, "LookupEvents")), "eu-west-1")

    with pytest.raises(error, match="event history in eu-west-1") as told:
        history.look_up(LOOKUP)

    assert "canary" not in str(told.value)
    assert error is not Denied or "cloudtrail:LookupEvents" in str(told.value)


def key(**changed: Any) -> dict[str, Any]:
    whole = {"Value": key_der(), "ValidityStartTime": START, "ValidityEndTime": END, "Fingerprint": "f"}
    return whole | changed


def test_public_keys_are_read_page_by_page_in_the_form_of_the_cli() -> None:
    client = FakeCloudTrail({"PublicKeyList": [key()], "NextToken": "n"}, {"PublicKeyList": [key(Fingerprint="g")]})

    answer = list_public_keys(client, START, END, region="eu-west-1")

    assert client.asked == [
        {"StartTime": START, "EndTime": END},
        {"StartTime": START, "EndTime": END, "NextToken": "n"},
    ]
    assert answer["PublicKeyList"][0]["Value"] == public_keys()["PublicKeyList"][0]["Value"]
    assert base64.b64decode(answer["PublicKeyList"][1]["Value"]) == key_der()
    read = list(read_public_keys(answer, RsaSha256Verifier))
    assert [(it.fingerprint, it.start, it.end) for it in read] == [("f", START, END), ("g", START, END)]


def test_keys_that_may_not_be_listed_are_named() -> None:
    client = FakeCloudTrail(refused("AccessDeniedException", "ListPublicKeys"))

    with pytest.raises(Denied, match="cloudtrail:ListPublicKeys"):
        list_public_keys(client, START, END, region="eu-west-1")


def test_the_account_is_the_one_that_sts_says() -> None:
    assert account_of(FakeCloudTrail({"Account": "111122223333"}), "prod") == "111122223333"


def test_without_credentials_no_account_is_known() -> None:
    with pytest.raises(SettingsError, match="access 'prod'"):
        account_of(FakeCloudTrail(NoCredentialsError()), "prod")
