"""A real queue, topic and bus of the double: what is delivered there is stored, deleted there, and judged."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.doubles.aws_double import REGION, AwsDouble, Key
from tests.journeys.command import counterseal
from tests.unit.control.test_process import event

from counterseal.aws import AwsAccess
from counterseal.aws.session import client
from counterseal.aws.subscriptions import SnsSubscriptions

pytestmark = [pytest.mark.enable_socket, pytest.mark.double]

READ = {"Effect": "Allow", "Resource": "*"}
# The stars are for the double alone: on AWS the permission for one message is the permission for a batch.
CONSUME = READ | {"Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage*", "sqs:ChangeMessageVisibility*"]}


class Queue:
    """One new queue of the double."""

    def __init__(self, double: AwsDouble) -> None:
        self.client = double.client("sqs")
        self.url: str = self.client.create_queue(QueueName=f"test-{uuid4()}")["QueueUrl"]
        said = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        self.arn: str = said["Attributes"]["QueueArn"]

    def left(self) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        said = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return sum(int(said[name]) for name in names)


@pytest.fixture
def queue(aws_double: AwsDouble) -> Queue:
    return Queue(aws_double)


def take(
    double: AwsDouble, queue: Queue, folder: Path, key: Key | None = None, **intake: str
) -> tuple[int, str, list[dict[str, Any]]]:
    """Run the command once, and return its status, what it said, and what lies in the inbox."""
    environment = double.environment(key or double.user(CONSUME)) | {
        "AWS_DEFAULT_REGION": REGION,
        **{f"COUNTERSEAL_INTAKE_{name.upper()}": value for name, value in intake.items()},
    }
    done = counterseal("intake", "queue", queue.url, "--once", folder=folder, environment=environment)
    listed = counterseal("inbox", "list", "--json", folder=folder)
    messages = json.loads(listed.stdout)["messages"] if listed.returncode == 0 else []
    return done.returncode, (done.stdout + done.stderr).decode(), messages


def test_messages_are_stored_judged_and_deleted(aws_double: AwsDouble, queue: Queue, tmp_path: Path) -> None:
    for number in range(23):
        queue.client.send_message(QueueUrl=queue.url, MessageBody=event(f"e-{number}").decode())
    queue.client.send_message(QueueUrl=queue.url, MessageBody="poison")

    status, said, messages = take(aws_double, queue, tmp_path)

    assert (status, queue.left()) == (0, 0), said
    assert "24 new messages" in said
    assert sorted(it["state"] for it in messages) == ["processed"] * 23 + ["quarantined"]
    findings = counterseal("findings", "list", "--json", folder=tmp_path)
    assert len(json.loads(findings.stdout)["findings"]) == 23
    assert take(aws_double, queue, tmp_path)[1].startswith("0 new messages")


def test_what_may_not_be_deleted_stays_in_the_queue_and_is_kept_once(
    aws_double: AwsDouble, queue: Queue, tmp_path: Path
) -> None:
    queue.client.send_message(QueueUrl=queue.url, MessageBody=event("e-1").decode())
    reader = aws_double.user(READ | {"Action": "sqs:ReceiveMessage"})

    status, said, messages = take(aws_double, queue, tmp_path, reader)

    assert status == 6
    assert "sqs:DeleteMessage" in said
    assert [it["state"] for it in messages] == ["new"]
    assert queue.left() == 1


def test_a_queue_that_may_not_be_read_or_is_not_there_is_said_so(
    aws_double: AwsDouble, queue: Queue, tmp_path: Path
) -> None:
    status, said, _ = take(aws_double, queue, tmp_path, aws_double.user())
    assert (status, "sqs:ReceiveMessage is not allowed" in said) == (6, True)

    queue.url += "-other"
    status, said, _ = take(aws_double, queue, tmp_path, aws_double.administrator)
    assert (status, "there is no queue" in said) == (4, True)


def topic_to(double: AwsDouble, queue: Queue, **attributes: str) -> str:
    """Return a new topic that delivers to the queue."""
    sns = double.client("sns")
    arn: str = sns.create_topic(Name=f"test-{uuid4()}")["TopicArn"]
    allow = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [allow | {"Resource": queue.arn}]}
    queue.client.set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": json.dumps(policy)})
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue.arn, Attributes=attributes)
    return arn


def test_raw_messages_of_a_topic_are_trusted_as_the_queue_is(
    aws_double: AwsDouble, queue: Queue, tmp_path: Path
) -> None:
    arn = topic_to(aws_double, queue, RawMessageDelivery="true")
    aws_double.client("sns").publish(TopicArn=arn, Message=event("e-1").decode())

    status, said, messages = take(aws_double, queue, tmp_path)

    assert (status, [it["state"] for it in messages]) == (0, ["processed"]), said


def test_a_message_of_a_topic_whose_signature_is_none_is_quarantined(
    aws_double: AwsDouble, queue: Queue, tmp_path: Path
) -> None:
    # The double signs with the word FAKE: what a real signature looks like is in tests/vectors/sns.
    arn = topic_to(aws_double, queue)
    aws_double.client("sns").publish(TopicArn=arn, Message=event("e-1").decode())

    status, said, messages = take(aws_double, queue, tmp_path, sns_topics=arn)

    assert (status, [it["state"] for it in messages]) == (0, ["quarantined"]), said
    assert queue.left() == 0
    body = counterseal("inbox", "show", "1", "--body", folder=tmp_path).stdout
    assert json.loads(json.loads(body)["Message"])["id"] == "e-1"


def test_events_of_a_bus_come_through_a_rule(aws_double: AwsDouble, queue: Queue, tmp_path: Path) -> None:
    events = aws_double.client("events")
    name = f"test-{uuid4()}"
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue.arn}])
    detail = json.loads(event("e-1"))["detail"]
    entry = {"Source": name, "DetailType": "AWS API Call via CloudTrail", "Detail": json.dumps(detail)}
    assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0

    status, said, messages = take(aws_double, queue, tmp_path)

    assert (status, [it["state"] for it in messages]) == (0, ["processed"]), said
    findings = json.loads(counterseal("findings", "list", "--json", folder=tmp_path).stdout)["findings"]
    assert [it["event_id"] for it in findings] == ["e-1"]


def test_log_files_are_read_with_the_rights_that_are_printed_and_no_more(
    aws_double: AwsDouble, queue: Queue, tmp_path: Path
) -> None:
    bucket, name = f"trail-{uuid4()}", "AWSLogs/111122223333/CloudTrail/us-east-2/2026/03/10/a.json.gz"
    s3 = aws_double.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    content = json.dumps({"Records": [json.loads(event("e-1"))["detail"]]}).encode()
    s3.put_object(Bucket=bucket, Key=name, Body=gzip.compress(content))
    queue.client.send_message(
        QueueUrl=queue.url, MessageBody=json.dumps({"s3Bucket": bucket, "s3ObjectKey": [name, f"{name}-gone"]})
    )
    printed = counterseal("policy", "show", "log-files", "--trail-bucket", bucket, folder=tmp_path).stdout

    status, said, messages = take(
        aws_double,
        queue,
        tmp_path,
        aws_double.user(CONSUME, *json.loads(printed)["Statement"]),
        log_folders=f"s3://{bucket}/AWSLogs/111122223333",
    )

    assert status == 0, said
    assert [(it["channel"], it["state"]) for it in messages] == [("sqs", "quarantined"), ("s3", "processed")]
    assert messages[0]["reason"].startswith(f"there is no 's3://{bucket}/{name}-gone'")
    findings = json.loads(counterseal("findings", "list", "--json", folder=tmp_path).stdout)["findings"]
    assert [it["event_id"] for it in findings] == ["e-1"]

    queue.client.send_message(QueueUrl=queue.url, MessageBody=json.dumps({"s3Bucket": bucket, "s3ObjectKey": [name]}))
    _, said, messages = take(aws_double, queue, tmp_path, log_folders=f"s3://{bucket}")
    assert messages[-1]["reason"].startswith(f"access to bucket '{bucket}' is denied: s3:ListBucket is not allowed")


@contextmanager
def endpoint() -> Iterator[tuple[str, list[dict[str, Any]], threading.Event]]:
    """Answer on loopback, and keep what is posted."""
    posted: list[dict[str, Any]] = []
    arrived = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        """Takes what SNS posts."""

        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            arrived.set()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hooks/sns", posted, arrived
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_subscription_is_confirmed_by_its_token_alone(aws_double: AwsDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    sns = aws_double.client("sns")
    arn = sns.create_topic(Name=f"test-{uuid4()}")["TopicArn"]
    for name, value in aws_double.user(READ | {"Action": "sns:ConfirmSubscription"}).environment.items():
        monkeypatch.setenv(name, value)
    with endpoint() as (address, posted, arrived):
        sns.subscribe(TopicArn=arn, Protocol="http", Endpoint=address)
        assert arrived.wait(10)

        subscriptions = SnsSubscriptions(
            lambda region: client("sns", AwsAccess(region=region), endpoint=aws_double.endpoint)
        )
        subscriptions.confirm(arn, posted[0]["Token"])

    (held,) = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    assert held["SubscriptionArn"].startswith(arn)
