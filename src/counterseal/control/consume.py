"""Takes messages out of a queue: each stored before it is deleted there."""

import re
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from counterseal.errors import SettingsError, Unreachable
from counterseal.inbox.interface import Inbox
from counterseal.inbox.letter import Arrival

SQS = "sqs"

# Amazon SQS API Reference, ReceiveMessage: at most 20 seconds of waiting.
WAIT_SECONDS = 20

HIDDEN_SECONDS = 60
"""How long a message that we hold is hidden from other consumers. It is extended at half of that (INBOX-5.1)."""

# Amazon SQS Developer Guide, "Queue and message identifiers"; the second form is the one of before 2015.
_ADDRESS = re.compile(
    r"https://(?:sqs\.(?P<region>[a-z0-9-]+)|(?P<old_region>[a-z0-9-]+)\.queue)\.amazonaws\.com(?:\.cn)?"
    r"/\d{12}/[A-Za-z0-9_-]{1,80}(?:\.fifo)?",
    re.ASCII,
)
_DOUBLE = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::\d+)?/\d{12}/[A-Za-z0-9_-]{1,80}(?:\.fifo)?", re.ASCII)

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0


def queue_region(url: str, *, on_double: bool) -> str:
    """Return the region in a queue's address; "" on a double.

    Raises:
        SettingsError: this is no address of SQS.
    """
    found = _ADDRESS.fullmatch(url)
    if found:
        return found["region"] or found["old_region"]
    if on_double and _DOUBLE.fullmatch(url):
        return ""
    raise SettingsError(
        "intake.queue is not the address of an SQS queue",
        hint="it looks like https://sqs.us-east-2.amazonaws.com/111122223333/secrets: aws sqs get-queue-url prints it",
    )


class Received(NamedTuple):
    """One message of a queue. `handle` is of this delivery alone; the id is the same at every one."""

    message_id: str
    handle: str
    body: bytes


class Queue(Protocol):
    """A queue that gives every message at least once, and again unless it is deleted in time."""

    @property
    def name(self) -> str:
        """Return what the queue is called, which says where its messages come from."""
        ...

    def receive(self, *, wait_seconds: int, hidden_seconds: int) -> Sequence[Received]:
        """Wait for messages, and return up to ten of them, hidden from others for so long.

        Raises:
            NotFound: there is no such queue.
            Denied: it may not be read.
            Unreachable: it did not answer; the same call may succeed later.
        """
        ...

    def extend(self, messages: Sequence[Received], *, hidden_seconds: int) -> None:
        """Keep messages hidden for so long from now; with 0 others get them at once.

        Raises:
            NotFound, Denied, Unreachable: as `receive`.
        """
        ...

    def delete(self, messages: Sequence[Received]) -> None:
        """Delete messages; one that could not be deleted comes again.

        Raises:
            NotFound, Denied, Unreachable: as `receive`.
        """
        ...


class Stopping(Protocol):
    """Says when to end: `threading.Event` does."""

    def is_set(self) -> bool:
        """Say whether to end now."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait so long, or until it is time to end; say whether it is."""
        ...


class Consumer:
    """Moves messages from a queue into the inbox."""

    def __init__(
        self,
        queue: Queue,
        inbox: Inbox,
        stopping: Stopping,
        *,
        announce: Callable[[], None] = lambda: None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the queue, the inbox, what says when to end, whom to tell of messages, and a clock that only runs on."""
        self._queue = queue
        self._inbox = inbox
        self._stopping = stopping
        self._announce = announce
        self._seconds = seconds

    def take(self, *, wait_seconds: int = WAIT_SECONDS) -> int | None:
        """Take up to ten messages, and return how many were new; None where the queue gave none.

        Raises:
            NotFound, Denied, Unreachable: what the queue raises. What was stored stays, and comes again as known.
            Denied, MalformedInput: what the inbox raises; the messages come again.
        """
        messages = self._queue.receive(wait_seconds=wait_seconds, hidden_seconds=HIDDEN_SECONDS)
        if not messages:
            return None
        added = self._store(messages)
        if added is None:
            return 0
        # Only now: what is deleted is gone from AWS. INBOX-5.2
        self._queue.delete(messages)
        if added:
            self._announce()
        return added

    def drain(self) -> int:
        """Take messages until the queue gives none, or it is time to end; return how many were new.

        Raises:
            NotFound, Denied, Unreachable, MalformedInput: as `take`.
        """
        total = 0
        while not self._stopping.is_set():
            added = self.take(wait_seconds=1)
            if added is None:
                break
            total += added
        return total

    def run(self, complain: Callable[[Unreachable], None]) -> None:
        """Take messages until it is time to end. While the queue does not answer, ask again, ever less often.

        Raises:
            NotFound, Denied, MalformedInput: as `take`.
        """
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                self.take()
            except Unreachable as failure:
                complain(failure)
                self._stopping.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                pause = _FIRST_PAUSE

    def _store(self, messages: Sequence[Received]) -> int | None:
        """Store messages, however long that takes; None where it was time to end before."""
        arrivals = [Arrival(SQS, self._queue.name, it.message_id, it.body) for it in messages]
        held_since, pause = self._seconds(), _FIRST_PAUSE
        while True:
            try:
                return self._inbox.store(arrivals).added
            except Unreachable:
                if self._stopping.wait(pause):
                    self._queue.extend(messages, hidden_seconds=0)
                    return None
            pause = min(2 * pause, HIDDEN_SECONDS / 4)
            if self._seconds() - held_since > HIDDEN_SECONDS / 2:
                self._queue.extend(messages, hidden_seconds=HIDDEN_SECONDS)
                held_since = self._seconds()
