"""Takes messages from a queue that is a folder, and processes them: run by tests, and killed where they say.

A message is a file; deleting it is what SQS calls deleting. Whoever reads does not take it away from others.
"""

import sys
import threading
from collections.abc import Collection, Sequence
from pathlib import Path

from counterseal.assembly.embedded import Reading
from counterseal.assembly.inboxes import House, inbox_path, processing
from counterseal.assembly.ledgers import open_ledger
from counterseal.assembly.settings import Settings
from counterseal.clock import SystemClock
from counterseal.control.consume import Consumer, Received
from counterseal.inbox.letter import State
from counterseal.inbox.sqlite import SqliteInbox


class FolderQueue:
    """A queue in a folder; the worst of queues, that gives everybody everything until it is deleted."""

    name = "folder"

    def __init__(self, folder: Path, stop_at: str) -> None:
        self._folder = folder
        self._stop_at = stop_at

    def receive(self, *, wait_seconds: int, hidden_seconds: int) -> Sequence[Received]:
        files = sorted(self._folder.iterdir())[:10]
        return [Received(file.name, str(file), body) for file in files if (body := _read(file)) is not None]

    def extend(self, messages: Sequence[Received], *, hidden_seconds: int) -> None:
        """Do nothing: nothing is hidden."""

    def delete(self, messages: Sequence[Received]) -> None:
        if self._stop_at == "delete":
            wait_to_be_killed()
        for message in messages:
            Path(message.handle).unlink(missing_ok=True)


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None  # another process was faster


def wait_to_be_killed() -> None:
    sys.stdout.write("here\n")
    sys.stdout.flush()
    threading.Event().wait()


def main(folder: str, stop_at: str) -> None:
    """Work until the queue is empty and everything is processed."""
    place, clock = Path(folder), SystemClock()
    settings = Settings(state_directory=place / "state")
    ledger = open_ledger(settings)
    inbox = _Watched.at(inbox_path(settings), clock)
    inbox.stop_at = stop_at
    consumer = Consumer(FolderQueue(place / "queue", stop_at), inbox, threading.Event())
    work = processing(inbox, House(ledger), Reading(()), settings, clock)
    while consumer.take() is not None:
        if stop_at == "process":
            wait_to_be_killed()
        work.run()
    work.run()
    sys.stdout.write("done\n")


class _Watched(SqliteInbox):
    """An inbox, at which a process can be killed between recording and settling."""

    stop_at = ""

    def settle(
        self, numbers: Collection[int], state: State, reason: str = "", *, only: State | None = None
    ) -> Sequence[int]:
        if self.stop_at == "settle":
            wait_to_be_killed()
        return super().settle(numbers, state, reason, only=only)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
