"""The interface of whatever tickets are read from: a file today, Jira itself through its wing."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from counterseal.correlation.tickets.ticket import TicketSet


class Tickets(Protocol):
    """Reads tickets, with the people and standing approvals that belong to them, as they stand now.

    A ticket whose decisions could not be read has `approvals` None: unknown is never the same as none.
    """

    def ticket(self, issue_key: str) -> TicketSet:
        """Return the one ticket of that key.

        Raises:
            NotFound: there is no such ticket, or this reader may not see it.
            Denied: the reader is not let in.
            Unreachable: the source did not answer; the same call may succeed later.
            MalformedInput: what the source said is not what it should be; the message names it.
        """
        ...

    def concerning(self, secrets: Collection[str], *, since: datetime, until: datetime) -> TicketSet:
        """Return all tickets that could explain a change of these secrets (names or ARNs) between the two times.

        It may return more: judging leaves alone what does not apply.

        Raises:
            Denied, Unreachable, MalformedInput: as `ticket`.
        """
        ...
