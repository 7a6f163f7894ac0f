"""What keeps messages before they are acknowledged, and never lets one go."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from counterseal.inbox.letter import Arrival, Letter, State, Stored


class Inbox(Protocol):
    """Messages in the order in which they were stored. There is no method that alters a body or removes one."""

    def store(self, arrivals: Sequence[Arrival], *, quarantine: str = "") -> Stored:
        """Store what is not here yet, all of it or nothing. Returned is durable.

        A body that comes under the id of another is stored in quarantine: neither is dropped. `quarantine` is the
        reason for which all of them go there.

        Raises:
            Denied: the inbox may not be written.
            Unreachable: it is busy, full or does not answer; nothing was stored, and the same call may succeed later.
            MalformedInput: it is damaged.
        """
        ...

    def letters(self, state: State | None = None, *, after: int = 0, limit: int = 1000) -> Sequence[Letter]:
        """Return messages in the order of their numbers, from the one after that number; only those of one state.

        Raises:
            Unreachable: it does not answer; the same call may succeed later.
            MalformedInput: it is damaged.
        """
        ...

    def newest(self, state: State | None = None, *, limit: int) -> Sequence[Letter]:
        """Return the newest messages, the newest last; only those of one state.

        Raises:
            Unreachable, MalformedInput: as `letters`.
        """
        ...

    def settled(
        self, state: State, *, out_of: State | None = None, after_mark: int = 0, limit: int = 1000
    ) -> Sequence[Letter]:
        """Return messages of a state, in the order in which they came into it, from the one after that mark.

        With `out_of` only those whose step before that brought them into that state.

        Raises:
            Unreachable, MalformedInput: as `letters`.
        """
        ...

    def letter(self, number: int) -> Letter:
        """Return one message.

        Raises:
            NotFound: no message has that number.
            Unreachable, MalformedInput: as `letters`.
        """
        ...

    def body(self, number: int) -> bytes:
        """Return the exact bytes that came.

        Raises:
            NotFound, Unreachable, MalformedInput: as `letter`.
        """
        ...

    def settle(
        self, numbers: Collection[int], state: State, reason: str = "", *, only: State | None = None
    ) -> Sequence[int]:
        """Put messages into a state, those alone that are in `only` where it is given, and return which they were.

        Raises:
            Denied, Unreachable, MalformedInput: as `store`.
        """
        ...

    def counts(self) -> Mapping[State, int]:
        """Return how many messages are in each state.

        Raises:
            Unreachable, MalformedInput: as `letters`.
        """
        ...

    def count_of(self, channel: str, origin: str) -> int:
        """Return how many messages ever came from there.

        Raises:
            Unreachable, MalformedInput: as `letters`.
        """
        ...

    def close(self) -> None:
        """Let go of it. Closing twice does nothing."""
        ...
