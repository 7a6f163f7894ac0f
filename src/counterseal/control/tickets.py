"""Tickets as a file holds them: a ticket file, or a saved search response of Jira."""

import hashlib
import os
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from counterseal.clock import Clock
from counterseal.control.audit import read_tickets, tickets_in
from counterseal.control.intake import read_file
from counterseal.control.walk import status_of
from counterseal.correlation.tickets.interface import Tickets
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.errors import NotFound


class FileTickets:
    """Reads the file anew at every question: who waits for an approval sees it once it is there."""

    def __init__(self, file: Path, policy: Policy) -> None:
        """Take the file, and the policy that says which fields of Jira hold what."""
        self._file = file
        self._policy = policy

    def ticket(self, issue_key: str) -> TicketSet:
        """Return the one ticket of that key.

        Raises:
            NotFound: the file, or the ticket in it, is not there.
            Denied: the file may not be read.
            MalformedInput: it is no file of tickets.
        """
        held = read_tickets(self._file, self._policy)
        found = tuple(it for it in held.tickets if it.goes_by({issue_key}))
        if not found:
            raise NotFound(f"no ticket {issue_key!r} is in {str(self._file)!r}", hint="it must hold what Jira says now")
        return replace(held, tickets=found)

    def concerning(self, secrets: Collection[str], *, since: datetime, until: datetime) -> TicketSet:  # noqa: ARG002  # a file is read whole
        """Return all tickets of the file.

        Raises:
            NotFound, Denied, MalformedInput: as `ticket`.
        """
        return read_tickets(self._file, self._policy)


# What is written twice within so long may look the same from outside: some file systems tell times no closer.
_SETTLED = timedelta(seconds=2)


class _Kept(NamedTuple):
    file: Path
    policy: Policy
    status: tuple[int, int, int] | None
    digest: bytes
    tickets: TicketSet


class KeptTickets:
    """Reads a file again only where it looks another than the last time, and parses it only where it is."""

    def __init__(self, clock: Clock) -> None:
        """Take the clock by which a file was written just now, or a while ago."""
        self._clock = clock
        self._kept: _Kept | None = None

    def read(self, file: Path, policy: Policy) -> TicketSet:
        """Return what `read_tickets` would.

        Raises:
            NotFound, Denied, MalformedInput: as `read_tickets`.
        """
        # Before the content: what is written after this look is seen at the next.
        status = self._settled_status(file)
        kept = self._kept if self._kept and (self._kept.file, self._kept.policy) == (file, policy) else None
        if kept and status and status == kept.status:
            return kept.tickets
        content = read_file(file)
        digest = hashlib.sha256(content).digest()
        tickets = kept.tickets if kept and kept.digest == digest else tickets_in(content, file, policy)
        self._kept = _Kept(file, policy, status, digest, tickets)
        return tickets

    def _settled_status(self, file: Path) -> tuple[int, int, int] | None:
        """Return how the file looks from outside; None where that would not tell it from what is written next."""
        found: os.stat_result = status_of(file)
        is_settled = found.st_mtime < (self._clock.now() - _SETTLED).timestamp()
        return (found.st_size, found.st_mtime_ns, found.st_ino) if is_settled else None


_: type[Tickets] = FileTickets
