"""Where log files come from: folders on this machine, a bucket, a live account; each puts them on this machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from counterseal.correlation.records.delivery import Place


class SourceFile(NamedTuple):
    """One file to read: where it lies on this machine, and the name by which people know it."""

    path: Path
    name: str

    def __str__(self) -> str:
        """Return the name: errors speak of files by it."""
        return self.name


class LogSource(Protocol):
    """Gives log files, one by one. What is fetched is on this machine by the time it is given."""

    @property
    def skipped(self) -> int:
        """Return how many files were left alone for their names, once all were given."""
        ...

    def total(self) -> int:
        """Return how many files there are to read: for people who wait.

        Raises:
            NotFound, Denied, Unreachable: as `files`.
        """
        ...

    def files(self) -> Iterator[SourceFile]:
        """Give every file, always in the same order.

        Raises:
            NotFound: what was named is not there, or holds no file of records: silence would read as a clean audit.
            Denied: it may not be read.
            Unreachable: the other side did not answer; the same call may succeed later.
            MalformedInput: a file is broken; the message names it.
        """
        ...

    def places(self) -> tuple[Place, ...]:
        """Return the places in buckets that it reads what trails deliver from: none where it reads copies."""
        ...

    def unseen(self) -> tuple[str, ...]:
        """Say what this source cannot show, once all of it was read."""
        ...
