"""Messages of SNS: every vector, and what is asked before anything is fetched."""

import json
import re

import pytest
from tests.sns import ACCEPTED, CASES, REFUSED, TOPIC, AnyAddress, body, check

from counterseal.control.sns import SnsType, checked_certificate_url, looks_like_sns, read_sns, topic_region
from counterseal.errors import CountersealError, MalformedInput, Refused


@pytest.mark.parametrize("name", ACCEPTED)
def test_trap_22_what_sns_signed_is_accepted(name: str) -> None:
    message = check().check(body(name), is_fresh=True)

    assert message.message == json.loads(body(name))["Message"]


@pytest.mark.parametrize("name", REFUSED)
def test_trap_22_what_it_did_not_is_refused_for_its_own_reason(name: str) -> None:
    files = AnyAddress(CASES[name]["certificate"])

    with pytest.raises(CountersealError, match=f"^{re.escape(CASES[name]['expect'])}"):
        check(files).check(body(name), is_fresh=True)


@pytest.mark.parametrize("name", [name for name in REFUSED if name.startswith("certificate: ")])
def test_trap_22_no_address_but_that_of_sns_is_ever_asked(name: str) -> None:
    files = AnyAddress()

    with pytest.raises(Refused):
        check(files).check(body(name), is_fresh=True)

    assert files.asked == []


def test_nothing_is_fetched_for_a_message_that_is_not_for_us() -> None:
    files = AnyAddress()

    for name in ("another topic", "an hour and a second old", "version 3"):
        with pytest.raises(Refused):
            check(files).check(body(name), is_fresh=True)

    assert files.asked == []


def test_the_age_of_a_message_from_a_queue_says_nothing() -> None:
    message = check().check(body("an hour and a second old"), is_fresh=False)

    assert message.type is SnsType.NOTIFICATION


def test_version_1_can_be_ruled_out() -> None:
    strict = check(versions=("2",))

    assert strict.check(body("version 2"), is_fresh=True).version == "2"
    with pytest.raises(Refused, match="version of the signature"):
        strict.check(body("version 1"), is_fresh=True)


def test_a_region_that_aws_does_not_list_has_no_certificate() -> None:
    with pytest.raises(Refused, match="region that AWS does not list"):
        checked_certificate_url(
            "https://sns.s3-us-west-2.amazonaws.com/x.pem", "arn:aws:sns:s3-us-west-2:111122223333:x"
        )


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "arn:aws:sns:us-east-2:1111:x",
        "arn:aws:sqs:us-east-2:111122223333:x",
        "arn:aws:sns:us-east-2:111122223333:a:b",
    ],
)
def test_what_is_no_topic_is_said_to_be_none(arn: str) -> None:
    with pytest.raises(MalformedInput, match="not the ARN of an SNS topic"):
        topic_region(arn)


def test_what_else_stands_in_a_message_changes_nothing_that_is_read() -> None:
    said = json.loads(body("version 2"))

    smuggled = read_sns(json.dumps(said | {"Records": [{"eventID": "forged"}], "body": "{}"}).encode())

    assert smuggled == read_sns(body("version 2"))


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        (b'{"Type": "Notification", "TopicArn": "x"}', True),
        (b'{"Type": 1, "TopicArn": 2}', True),
        (b'{"Type": "Notification", "Message": "x"}', False),
        (b'{"detail-type": "x"}', False),
        (b"[1]", False),
        (b"\xff", False),
        (b"plain", False),
        (b'{"Type": "Notification", "TopicArn": ' + b"[" * 5000, False),
    ],
)
def test_a_body_that_says_it_is_of_sns_is_known_by_that(content: bytes, *, looks: bool) -> None:
    assert looks_like_sns(content) is looks


def test_the_topics_are_those_that_were_named() -> None:
    assert check().knows(TOPIC)
    assert not check().knows(TOPIC + "x")
