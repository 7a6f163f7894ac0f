"""Messages of a queue: stored before they are deleted, whatever fails in between."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.sns import NOW

from counterseal.clock import FixedClock
from counterseal.control.consume import HIDDEN_SECONDS, Consumer, Received, queue_region
from counterseal.errors import Denied, SettingsError, Unreachable
from counterseal.inbox.sqlite import SqliteInbox

URL = "https://sqs.us-east-2.amazonaws.com/111122223333/secrets"


class FakeQueue:
    """Gives a batch at each call until there is none, and writes down what is done."""

    def __init__(self, *batches: Sequence[Received] | Exception) -> None:
        self.batches = list(batches)
        self.log: list[Any] = []
        self.name = URL

    def receive(self, *, wait_seconds: int, hidden_seconds: int) -> Sequence[Received]:
        self.log.append(("receive", wait_seconds, hidden_seconds))
        batch = self.batches.pop(0) if self.batches else []
        if isinstance(batch, Exception):
            raise batch
        return batch

    def extend(self, messages: Sequence[Received], *, hidden_seconds: int) -> None:
        self.log.append(("extend", [it.message_id for it in messages], hidden_seconds))

    def delete(self, messages: Sequence[Received]) -> None:
        self.log.append(("delete", [it.message_id for it in messages]))

    def done(self) -> list[Any]:
        return [it for it in self.log if it[0] != "receive"]


class Stopping:
    """Says to end once it was asked often enough; never waits."""

    def __init__(self, after: int = 1000) -> None:
        self.left = after
        self.waits: list[float] = []

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return self.is_set()


class Busy:
    """An inbox that cannot be written so often, and can after that."""

    def __init__(self, inbox: SqliteInbox, times: int) -> None:
        self.inbox = inbox
        self.times = times

    def store(self, arrivals: Any) -> Any:
        if self.times:
            self.times -= 1
            raise Unreachable("the disk is full")
        return self.inbox.store(arrivals)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[SqliteInbox]:
    with closing(SqliteInbox.at(tmp_path / "inbox", FixedClock(NOW))) as opened:
        yield opened


def message(name: str) -> Received:
    return Received(name, f"handle of {name}", f'{{"id": "{name}"}}'.encode())


def test_a_batch_is_stored_and_then_deleted(inbox: SqliteInbox) -> None:
    queue = FakeQueue([message("a"), message("b")])
    told: list[int] = []
    consumer = Consumer(queue, inbox, Stopping(), announce=lambda: told.append(len(inbox.letters())))

    assert consumer.take() == 2
    assert consumer.take() is None

    assert queue.log == [("receive", 20, HIDDEN_SECONDS), ("delete", ["a", "b"]), ("receive", 20, HIDDEN_SECONDS)]
    assert told == [2]
    assert inbox.body(1) == b'{"id": "a"}'


def test_what_comes_again_is_deleted_and_kept_once(inbox: SqliteInbox) -> None:
    queue = FakeQueue([message("a")], [message("a")._replace(handle="another")])
    told: list[str] = []
    consumer = Consumer(queue, inbox, Stopping(), announce=lambda: told.append("news"))

    assert [consumer.take(), consumer.take()] == [1, 0]

    assert queue.done() == [("delete", ["a"]), ("delete", ["a"])]
    assert len(inbox.letters()) == 1
    assert told == ["news"]


def test_nothing_is_deleted_that_could_not_be_stored(inbox: SqliteInbox) -> None:
    class Closed:
        """An inbox that may not be written."""

        def store(self, _: object) -> None:
            raise Denied("the inbox may not be written")

    queue = FakeQueue([message("a")])

    with pytest.raises(Denied):
        Consumer(queue, Closed(), Stopping()).take()  # type: ignore[arg-type]

    assert queue.done() == []


def test_while_storing_takes_long_the_messages_stay_hidden(inbox: SqliteInbox) -> None:
    queue, stopping = FakeQueue([message("a")]), Stopping()
    seconds = iter(range(0, 1000, 20))
    consumer = Consumer(queue, Busy(inbox, 4), stopping, seconds=lambda: next(seconds))  # type: ignore[arg-type]

    assert consumer.take() == 1

    assert queue.done() == [("extend", ["a"], 60), ("extend", ["a"], 60), ("delete", ["a"])]
    assert stopping.waits == [1.0, 2.0, 4.0, 8.0]


def test_whoever_must_end_before_storing_gives_the_messages_back(inbox: SqliteInbox) -> None:
    queue = FakeQueue([message("a")])

    assert Consumer(queue, Busy(inbox, 9), Stopping(after=2)).take() == 0  # type: ignore[arg-type]

    assert queue.done() == [("extend", ["a"], 0)]
    assert inbox.letters() == []


def test_a_queue_is_drained_until_it_gives_nothing(inbox: SqliteInbox) -> None:
    queue = FakeQueue([message("a")], [message("b")])

    assert Consumer(queue, inbox, Stopping()).drain() == 2

    assert [it for it in queue.log if it[0] == "receive"] == [("receive", 1, HIDDEN_SECONDS)] * 3


def test_draining_ends_when_it_is_time(inbox: SqliteInbox) -> None:
    queue = FakeQueue([message("a")], [message("b")])

    assert Consumer(queue, inbox, Stopping(after=1)).drain() == 1


def test_a_queue_that_does_not_answer_is_asked_again_ever_less_often(inbox: SqliteInbox) -> None:
    silent = [Unreachable(f"no answer {number}") for number in range(8)]
    queue, stopping = FakeQueue(*silent, [message("a")], Unreachable("again")), Stopping(after=20)
    complaints: list[str] = []

    Consumer(queue, inbox, stopping).run(lambda failure: complaints.append(str(failure)))

    assert stopping.waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 1.0]
    assert complaints[-1] == "again"
    assert len(inbox.letters()) == 1


@pytest.mark.parametrize(
    ("url", "region"),
    [
        (URL, "us-east-2"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/111122223333/a.fifo", "cn-north-1"),
        ("https://eu-west-1.queue.amazonaws.com/111122223333/old", "eu-west-1"),
    ],
)
def test_the_address_of_a_queue_says_its_region(url: str, region: str) -> None:
    assert queue_region(url, on_double=False) == region


@pytest.mark.parametrize(
    "url",
    [
        "",
        "secrets",
        "http://sqs.us-east-2.amazonaws.com/111122223333/secrets",
        "https://sqs.us-east-2.amazonaws.com.evil.example/111122223333/secrets",
        "https://sqs.us-east-2.amazonaws.com/111122223333/secrets?x=1",
        "http://127.0.0.1:4566/111122223333/secrets",
    ],
)
def test_what_is_no_queue_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="not the address of an SQS queue"):
        queue_region(url, on_double=False)


def test_a_double_has_queues_on_this_machine() -> None:
    assert queue_region("http://127.0.0.1:4566/000000000000/secrets", on_double=True) == ""
