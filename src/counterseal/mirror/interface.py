"""What a mirror is: whole tickets as Jira gave them, and how far the reading of them came."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol


class Held(NamedTuple):
    """One ticket as it was last read.

    `content` is JSON for whoever wrote it. `missing_since` is "" while Jira shows the ticket; the content stays what it
    was before. `revision` grows with every change of any ticket.
    """

    issue_id: str
    issue_key: str
    content: bytes
    read_at: str
    missing_since: str
    revision: int


class Reached(NamedTuple):
    """How far the reading came: what changed before `watermark` was read, and nothing is missing up to `known_until`.

    The watermark is a time of this machine's clock, `known_until` one of Jira's; both None before the first reading.
    """

    watermark: datetime | None = None
    known_until: datetime | None = None


class Mirror(Protocol):
    """Keeps tickets; it may be thrown away, for Jira has all of it.

    Every method may raise Denied, MalformedInput and Unreachable.
    """

    def begin(self, scope: str) -> Reached:
        """Say what is mirrored (which Jira, which projects) and return how far that was read.

        Where it is another scope than before, everything is forgotten: what was read of another Jira says nothing here.
        """
        ...

    def put(self, issue_id: str, issue_key: str, content: bytes, at: datetime) -> bool:
        """Keep a ticket as it was read at that time, and say whether it is another than before.

        What was read before what is held changes nothing.
        """
        ...

    def miss(self, issue_id: str, at: datetime) -> bool:
        """Note that Jira shows a ticket no more, and say whether that is new; what was read of it is kept."""
        ...

    def find(self, id_or_key: str) -> Held | None:
        """Return the ticket of that id, or the one that has, or had when it was read last, that key."""
        ...

    def reach(self, reached: Reached) -> None:
        """Note how far the reading came. It never goes back."""
        ...

    def set_back(self, now: datetime) -> None:
        """Take nothing for read or reached after that time: a clock that was ahead said so. It is read anew."""
        ...

    def reached(self) -> Reached:
        """Return how far the reading came."""
        ...

    def describe(self, content: bytes) -> None:
        """Keep what the Jira says of its fields, as JSON for whoever wrote it."""
        ...

    def description(self) -> bytes:
        """Return what the Jira said of its fields when it was read last, b"" where it never was."""
        ...

    def held(self, *, after_revision: int = 0) -> Sequence[Held]:
        """Return tickets in the order of their revisions, from the one after that."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
