import json
from typing import Any

import pytest
from tests.journeys.story import record
from tests.unit.correlation.making import as_bytes, event_bridge, gather, label_update, service_event

from counterseal.correlation.records.envelopes import MAX_WRAPPINGS
from counterseal.errors import MalformedInput

RECORD = record()


def lambda_sns(message: object) -> dict[str, Any]:
    sns = {"Type": "Notification", "Message": json.dumps(message), "Subject": None, "SigningCertUrl": "https://x"}
    return {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": sns}]}


def http_sns(message: object, *, kind: str = "Notification") -> dict[str, Any]:
    return {"Type": kind, "MessageId": "m", "Message": json.dumps(message), "SigningCertURL": "https://x"}


def lambda_sqs(body: object) -> dict[str, Any]:
    return {"Records": [{"messageId": "m", "body": json.dumps(body), "eventSource": "aws:sqs", "awsRegion": "x"}]}


DELIVERIES: dict[str, object] = {
    "a file of CloudTrail": {"Records": [RECORD]},
    "the same, indented": json.dumps({"Records": [RECORD]}, indent=3).encode(),
    "with a byte order mark": b"\xef\xbb\xbf" + as_bytes({"Records": [RECORD]}),
    "more keys beside the records": {"Records": [RECORD], "more": 1},
    "a bare array": [RECORD],
    "one record alone": RECORD,
    "one EventBridge event": event_bridge(RECORD),
    "EventBridge events in an array": [event_bridge(RECORD)],
    "a service event of EventBridge": event_bridge(RECORD, kind="AWS Service Event via CloudTrail"),
    "SNS to Lambda": lambda_sns(event_bridge(RECORD)),
    "SNS to HTTP or SQS": http_sns(event_bridge(RECORD)),
    "SQS to Lambda": lambda_sqs(event_bridge(RECORD)),
    "SNS in SQS to Lambda": lambda_sqs(http_sns(event_bridge(RECORD))),
    "SQS as received": {"Messages": [{"MessageId": "m", "Body": json.dumps(event_bridge(RECORD))}]},
    "LookupEvents": {"Events": [{"EventId": "e-1", "CloudTrailEvent": json.dumps(RECORD)}]},
    "JSON lines": as_bytes(RECORD) + b"\n\n" + as_bytes({"Records": []}) + b"\r\n",
    "Firehose, nothing between": as_bytes({"Records": []}) + as_bytes(event_bridge(RECORD)),
    "indented, one after another": json.dumps({"Records": []}, indent=1).encode() + b"\n" + as_bytes(RECORD),
    "white space around": b" \n" + as_bytes(RECORD) + b"\n ",
}


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_a_record_is_the_same_event_through_every_envelope(delivery: str) -> None:
    [event] = gather(DELIVERIES[delivery]).events

    [alone] = gather(RECORD).events
    assert event == alone


def test_several_shapes_mix_in_one_array() -> None:
    mixed = [record(number=1), event_bridge(record(number=2)), {"Records": [record(number=3)]}, label_update("v")]

    assert gather(mixed).records == 4


@pytest.mark.parametrize("message", [lambda_sns, http_sns, lambda_sqs])
def test_a_message_of_jira_automation_is_a_hint_and_never_an_approval(message: Any) -> None:
    population = gather(
        message({"automationData": {"jira-key": "KAN-13", "jira-timestamp": "2024-04-30T19:27:35.7+0000"}})
    )

    assert (population.ticket_hints, population.records, population.events) == (1, 0, ())


def test_a_digest_file_is_counted_and_is_no_record() -> None:
    digest = {"awsAccountId": "1", "digestS3Object": "o", "digestPublicKeyFingerprint": "f", "logFiles": []}

    population = gather(digest, [digest])

    assert (population.digest_files, population.records) == (2, 0)


NOTICES: dict[str, object] = {
    "a subscription to confirm": {"Type": "SubscriptionConfirmation", "Message": "You have …", "SubscribeURL": "x"},
    "plain text in a queue": {"Records": [{"messageId": "m", "body": "hello", "eventSource": "aws:sqs"}]},
    "a new log file is announced": {"s3Bucket": "b", "s3ObjectKey": ["k"]},
    "S3 announces an object": {
        "Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "x", "s3": {}}]
    },
    "notifications of S3 begin": {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b", "RequestId": "r"},
    "another event of EventBridge": event_bridge({}, kind="Scheduled Event"),
    "an insight": {"eventVersion": "1.08", "eventTime": "x", "eventID": "i", "eventCategory": "Insight"},
}


@pytest.mark.parametrize("notice", NOTICES)
def test_what_comes_along_is_counted_as_a_notice(notice: str) -> None:
    population = gather(NOTICES[notice])

    assert (population.notices, population.records) == (1, 0)


REFUSED: dict[str, tuple[object, str]] = {
    "nothing": (b"", "is empty"),
    "only blanks": (b" \n", "is empty"),
    "no JSON": (b"<html>", "is not JSON"),
    "cut off": (as_bytes({"Records": [RECORD]})[:-9], "is not JSON"),
    "a bad second document": (as_bytes(RECORD) + b"{]", "is not JSON"),
    "not UTF-8 after a document": (b"{}\xff", "is not JSON"),
    "a number": (b"42", "neither an object nor a list"),
    "a list of numbers": (b"[42]", "neither an object nor a list"),
    "another object": ({"b": 1, "a": 2}, "keys 'a', 'b'"),
    "many keys": (dict.fromkeys("abcdefgh", 1), "'f', …"),
    "an object of nothing": ({}, "an object with no key"),
    "records that are no list": ({"Records": {}}, "no list"),
    "a record without an id": ({"Records": [{k: v for k, v in RECORD.items() if k != "eventID"}]}, "eventID"),
    "a record with a number for a name": ({"Records": [RECORD | {"eventName": 7}]}, "$.eventName"),
    "an EventBridge event without detail": ({"detail-type": "x"}, "detail"),
    "a notification without a message": ({"Type": "Notification"}, "without Message"),
    "a message that is no text": ({"Type": "Notification", "Message": {}}, "no text"),
    "a message that is cut off": ({"Type": "Notification", "Message": '{"a":'}, "cut off"),
    "a message of something else": (http_sns({"hello": 1}), "'hello'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_holds_no_records_is_refused_by_name(case: str) -> None:
    document, words = REFUSED[case]

    with pytest.raises(MalformedInput, match=r"0\.json") as refused:
        gather(document)

    assert words in str(refused.value)


def test_messages_in_messages_end_somewhere() -> None:
    message: object = RECORD
    for _ in range(MAX_WRAPPINGS + 1):
        message = http_sns(message)

    with pytest.raises(MalformedInput, match="deep"):
        gather(message)


@pytest.mark.parametrize("bomb", [b"[" * 100_000 + b"]" * 100_000, b'{"Records":[' + b'{"a":' * 100_000])
def test_a_bomb_of_brackets_is_an_error_and_no_crash(bomb: bytes) -> None:
    with pytest.raises(MalformedInput, match="nests deeper"):
        gather(bomb)


def test_deep_nesting_inside_a_record_is_an_error_and_no_crash() -> None:
    deep: Any = "ä"
    for _ in range(600):
        deep = {"a": deep}

    with pytest.raises(MalformedInput, match="nests deeper"):
        gather(record(requestParameters=deep))


def test_what_was_around_a_record_fills_in_what_it_does_not_say() -> None:
    bare = {k: v for k, v in service_event("RotationStarted").items() if k not in ("awsRegion", "recipientAccountId")}
    wrapped = event_bridge(bare) | {"account": "999999999999", "region": "eu-north-1"}

    [event] = gather(wrapped).events

    assert (event.account, event.region) == ("999999999999", "eu-north-1")


def test_an_event_bridge_event_around_a_digest_is_told_apart() -> None:
    assert gather(event_bridge({"digestS3Object": "o"})).digest_files == 1
