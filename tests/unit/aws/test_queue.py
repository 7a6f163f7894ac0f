"""SQS and SNS as far as messages need them, on clients that only write down what they are asked."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError  # noqa: TID253  # its failures are what this is about

from counterseal.aws.queue import SqsQueue
from counterseal.aws.subscriptions import SnsSubscriptions
from counterseal.control.consume import Received
from counterseal.errors import CountersealError, Denied, NotFound, Unreachable

URL = "https://sqs.us-east-2.amazonaws.com/111122223333/secrets"
TOPIC = "arn:aws:sns:us-east-2:111122223333:secret-changes"
MESSAGES = [Received("a", "ha", b"1"), Received("b", "hb", b"2")]


class FakeClient:
    """Answers each call with the same, or fails; keeps what it was asked."""

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer or {}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, operation: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.asked.append((operation, arguments))
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

        return call


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "x"}}, "ReceiveMessage")


def test_messages_are_waited_for_ten_at_a_time() -> None:
    client = FakeClient({"Messages": [{"MessageId": "a", "ReceiptHandle": "h", "Body": "é\ud800", "MD5OfBody": ""}]})

    (received,) = SqsQueue(client, URL).receive(wait_seconds=20, hidden_seconds=60)

    assert received == Received("a", "h", "é\ud800".encode("utf-8", "surrogatepass"))
    said = {"QueueUrl": URL, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 20, "VisibilityTimeout": 60}
    assert client.asked == [("receive_message", said)]


def test_an_empty_answer_is_no_message() -> None:
    assert SqsQueue(FakeClient({}), URL).receive(wait_seconds=1, hidden_seconds=60) == []


def test_messages_are_deleted_by_their_handles() -> None:
    client = FakeClient({"Failed": [{"Id": "1"}]})

    SqsQueue(client, URL).delete(MESSAGES)

    entries = [{"Id": "0", "ReceiptHandle": "ha"}, {"Id": "1", "ReceiptHandle": "hb"}]
    assert client.asked == [("delete_message_batch", {"QueueUrl": URL, "Entries": entries})]


def test_messages_stay_hidden_for_longer() -> None:
    client = FakeClient()
    queue = SqsQueue(client, URL)

    queue.extend(MESSAGES[:1], hidden_seconds=60)

    entries = [{"Id": "0", "ReceiptHandle": "ha", "VisibilityTimeout": 60}]
    assert client.asked == [("change_message_visibility_batch", {"QueueUrl": URL, "Entries": entries})]
    assert queue.name == URL


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (refusal("AWS.SimpleQueueService.NonExistentQueue"), NotFound),
        (refusal("QueueDoesNotExist"), NotFound),
        (refusal("AccessDenied"), Denied),
        (refusal("ThrottlingException"), Unreachable),
        (ConnectTimeoutError(endpoint_url=URL), Unreachable),
    ],
)
def test_what_aws_refuses_is_said_in_our_words(failure: Exception, error: type[CountersealError]) -> None:
    queue = SqsQueue(FakeClient(failure), URL)

    with pytest.raises(error, match="queue"):
        queue.receive(wait_seconds=1, hidden_seconds=60)
    with pytest.raises(error):
        queue.delete(MESSAGES)
    with pytest.raises(error):
        queue.extend(MESSAGES, hidden_seconds=0)


def test_a_subscription_is_confirmed_by_a_call_in_the_region_of_its_topic() -> None:
    client = FakeClient({"SubscriptionArn": "x"})
    clients = {"us-east-2": client}

    SnsSubscriptions(clients.__getitem__).confirm(TOPIC, "token")

    said = {"TopicArn": TOPIC, "Token": "token", "AuthenticateOnUnsubscribe": "true"}
    assert client.asked == [("confirm_subscription", said)]


def test_a_subscription_that_aws_refuses_is_said_in_our_words() -> None:
    with pytest.raises(Denied, match="subscription to"):
        SnsSubscriptions(lambda _: FakeClient(refusal("AuthorizationError"))).confirm(TOPIC, "token")
