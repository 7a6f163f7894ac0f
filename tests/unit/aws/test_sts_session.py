"""How a session is asked for, and what STS's refusals become."""

from datetime import timedelta
from typing import Any

import pytest

from counterseal.aws.sts_session import Opening, open_session
from counterseal.errors import CountersealError, Denied, Refused, Unreachable

ROLE = "arn:aws:iam::111122223333:role/sessions"
OPENING = Opening(ROLE, "counterseal-1", "OPS-42", "{}", timedelta(hours=1))
GIVEN = {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "canary-secret", "SessionToken": "canary-token"}


class FakeSts:
    """Answers one thing, and remembers what it was asked."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer = answer
        self.asked: dict[str, Any] = {}

    def assume_role(self, **arguments: Any) -> dict[str, Any]:
        self.asked = arguments
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def refusal(code: str) -> Exception:
    from botocore.exceptions import ClientError

    return ClientError({"Error": {"Code": code, "Message": "canary-text"}}, "AssumeRole")


def no_connection() -> Exception:
    from botocore.exceptions import EndpointConnectionError

    return EndpointConnectionError(endpoint_url="x")


def test_it_asks_for_the_ticket_as_source_identity_and_for_the_policy() -> None:
    sts = FakeSts({"Credentials": GIVEN})
    given = open_session(sts, OPENING)

    assert sts.asked == {
        "RoleArn": ROLE,
        "RoleSessionName": "counterseal-1",
        "SourceIdentity": "OPS-42",
        "Policy": "{}",
        "DurationSeconds": 3600,
    }
    assert {name.decode(): it.reveal().decode() for name, it in given.variables.items()} == {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "canary-secret",
        "AWS_SESSION_TOKEN": "canary-token",
    }


def test_credentials_show_themselves_nowhere() -> None:
    assert "canary" not in repr(open_session(FakeSts({"Credentials": GIVEN}), OPENING))


@pytest.mark.parametrize(
    ("lasts", "seconds"),
    [(timedelta(minutes=5), 900), (timedelta(minutes=15), 900), (timedelta(hours=2), 7200), (timedelta(days=2), 43200)],
)
def test_it_asks_for_no_shorter_and_no_longer_than_aws_gives(lasts: timedelta, seconds: int) -> None:
    sts = FakeSts({"Credentials": GIVEN})
    open_session(sts, OPENING._replace(lasts=lasts))

    assert sts.asked["DurationSeconds"] == seconds


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (refusal("AccessDenied"), Denied, "sts:AssumeRole is not allowed"),
        (refusal("PackedPolicyTooLarge"), Refused, "its policy is too large"),
        (refusal("ValidationError"), Refused, "AWS refused"),
        (no_connection(), Unreachable, "cannot be reached"),
    ],
)
def test_a_refusal_is_said_in_our_words(answer: Exception, error: type[CountersealError], said: str) -> None:
    with pytest.raises(error, match=said) as refused:
        open_session(FakeSts(answer), OPENING)

    assert ROLE in str(refused.value)
    assert "canary" not in f"{refused.value} {refused.value.hint}"
