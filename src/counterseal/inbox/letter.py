"""One message, as it arrives and as it lies in the inbox."""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """What became of a message: nothing is ever dropped (docs/formats/inbox.md, INBOX-2.1)."""

    NEW = "new"
    PROCESSED = "processed"
    QUARANTINED = "quarantined"


class Arrival(NamedTuple):
    """One message at the door.

    `channel` says how it came ("sqs", "sns", "event-bridge", "s3"), `origin` from which queue, topic, address or
    bucket. The same `message_id` of one origin with the same body is one message, however often it comes. `sameness`
    are the bytes that say whether it is the same, where the body may differ in what does not matter; without it, the
    body.
    """

    channel: str
    origin: str
    message_id: str
    body: bytes
    sameness: bytes = b""


class Letter(NamedTuple):
    """One message in the inbox, without its body.

    `settled_at` is when it came into its present state, for `reason`; `mark` numbers all such steps of all messages.
    """

    number: int
    channel: str
    origin: str
    message_id: str
    digest: str
    received_at: str
    size_bytes: int
    state: State
    reason: str
    settled_at: str
    mark: int

    @property
    def source(self) -> str:
        """Return where its records are said to come from."""
        return f"{self.channel}:{self.origin}#{self.message_id}"

    def as_json(self) -> dict[str, object]:
        """Return what `counterseal inbox` prints."""
        return {
            "number": self.number,
            "channel": self.channel,
            "origin": self.origin,
            "message_id": self.message_id,
            "received_at": self.received_at,
            "size_bytes": self.size_bytes,
            "digest": self.digest,
            "state": self.state.value,
            "reason": self.reason,
            "settled_at": self.settled_at,
        }


class Stored(NamedTuple):
    """What became of arrivals: stored, known before, and stored in quarantine for contradicting one known before."""

    added: int
    known: int
    contradicting: int = 0
