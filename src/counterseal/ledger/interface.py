"""What keeps entries, and never lets one go."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from counterseal.ledger.chain import Break, Head, TreeHead
from counterseal.ledger.entry import Draft, Entry


class Appended(NamedTuple):
    """What became of the drafts.

    `added` counts new entries without the conflict entries, `known` drafts that the ledger already held, `conflicts`
    events that it held with another content. `head` is where the stream ends now.
    """

    added: int
    known: int
    conflicts: int
    head: Head


class Ledger(Protocol):
    """An append-only record in streams. There is no method that alters or removes an entry."""

    def append(self, stream: str, drafts: Sequence[Draft]) -> Appended:
        """Append the drafts that the ledger does not hold yet, all of them or none. Acknowledged is durable.

        Raises:
            Refused: the stream's name is not one.
            Denied: the ledger may not be written.
            Unreachable: it is busy, full or does not answer; nothing was appended, and the same call may succeed later.
            MalformedInput: it is damaged.
        """
        ...

    def read(self, stream: str, *, after: int = 0) -> Iterator[Entry]:
        """Return the entries of a stream in order, from the one after that position.

        Raises:
            Unreachable: it does not answer; the same call may succeed later.
            MalformedInput: it is damaged, or an entry cannot be read; `verify` names the place.
        """
        ...

    def streams(self) -> Sequence[str]:
        """Return the names of the streams that have entries, sorted.

        Raises:
            Unreachable: it does not answer; the same call may succeed later.
            MalformedInput: it is damaged.
        """
        ...

    def head(self, stream: str) -> Head:
        """Return where a stream ends; position 0 where it has no entries.

        Raises:
            Unreachable: it does not answer; the same call may succeed later.
            MalformedInput: it is damaged.
        """
        ...

    def verify(self, known: Sequence[Head] = (), trees: Sequence[TreeHead] = ()) -> Break | None:
        """Check every stream, and return the first place that does not hold; None where all of them hold.

        `known` are heads, and `trees` the tree heads of checkpoints, that were kept elsewhere: without one, entries cut
        off at the end of a stream, and a stream written anew, leave no trace.

        Raises:
            Unreachable: it does not answer; the same call may succeed later.
            MalformedInput: it is damaged beyond reading.
        """
        ...

    def close(self) -> None:
        """Let go of it. Closing twice does nothing."""
        ...
