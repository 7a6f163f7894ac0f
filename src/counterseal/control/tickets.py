"""Tickets as a file holds them: a ticket file, or a saved search response of Jira."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from counterseal.control.audit import read_tickets
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


_: type[Tickets] = FileTickets
