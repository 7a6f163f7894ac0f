"""A queue of Amazon SQS."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from botocore.exceptions import ClientError

from counterseal.aws.failures import AWS_FAILURES, in_our_words
from counterseal.control.consume import Queue, Received
from counterseal.errors import CountersealError, NotFound

# Amazon SQS API Reference: at most ten entries of a batch.
BATCH = 10

_MISSING = {"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"}


class QueueClient(Protocol):
    """The three calls that consuming needs."""

    def receive_message(self, **arguments: Any) -> Any:
        """Return up to ten messages."""
        ...

    def delete_message_batch(self, **arguments: Any) -> Any:
        """Delete up to ten messages."""
        ...

    def change_message_visibility_batch(self, **arguments: Any) -> Any:
        """Hide up to ten messages for another while."""
        ...


class SqsQueue:
    """Gives and deletes messages of one queue."""

    def __init__(self, client: QueueClient, url: str) -> None:
        """Take the client and the queue's address."""
        self._client = client
        self._url = url

    @property
    def name(self) -> str:
        """Return the queue's address."""
        return self._url

    def receive(self, *, wait_seconds: int, hidden_seconds: int) -> Sequence[Received]:
        """Wait for messages. See `Queue.receive`."""
        try:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=BATCH,
                WaitTimeSeconds=wait_seconds,
                VisibilityTimeout=hidden_seconds,
            )
        except AWS_FAILURES as failure:
            raise self._in_our_words(failure) from None
        return [_received(it) for it in answer.get("Messages", ())]

    def extend(self, messages: Sequence[Received], *, hidden_seconds: int) -> None:
        """Keep messages hidden. See `Queue.extend`."""
        entries = [
            {"Id": str(number), "ReceiptHandle": it.handle, "VisibilityTimeout": hidden_seconds}
            for number, it in enumerate(messages)
        ]
        try:
            self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)
        except AWS_FAILURES as failure:
            raise self._in_our_words(failure) from None

    def delete(self, messages: Sequence[Received]) -> None:
        """Delete messages. See `Queue.delete`."""
        entries = [{"Id": str(number), "ReceiptHandle": it.handle} for number, it in enumerate(messages)]
        try:
            # One that could not be deleted (its handle has expired) comes again, and is known then.
            self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)
        except AWS_FAILURES as failure:
            raise self._in_our_words(failure) from None

    def _in_our_words(self, failure: BaseException) -> CountersealError:
        code = failure.response.get("Error", {}).get("Code") if isinstance(failure, ClientError) else ""
        if code in _MISSING:
            return NotFound(f"there is no queue {self._url!r}", hint="aws sqs list-queues prints the addresses")
        return in_our_words(failure, asked_for=f"queue {self._url!r}")


def _received(message: Mapping[str, str]) -> Received:
    # Half of a character is no UTF-8, and is kept all the same: what the body is worth is decided once it is stored.
    return Received(message["MessageId"], message["ReceiptHandle"], message["Body"].encode(errors="surrogatepass"))


_: type[Queue] = SqsQueue
