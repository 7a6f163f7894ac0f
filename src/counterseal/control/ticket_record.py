"""What the ledger holds of one ticket: its newest reading, told in words, and the counterseals issued for it."""

import threading
from datetime import datetime
from typing import NamedTuple

from counterseal.control.notary import STREAM, issuances_in
from counterseal.control.recall import RecordedTickets
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.ticket_story import Story, tell
from counterseal.correlation.tickets.counterseal import Issued, Revocation
from counterseal.correlation.tickets.policy import Policy
from counterseal.ledger.interface import Ledger


class TicketSeal(NamedTuple):
    """A counterseal as it was issued, and its revocation, if it was revoked."""

    issued: Issued
    revocation: Revocation | None = None


class TicketRecord(NamedTuple):
    """A ticket in the ledger: the keys it is known by, the one of now first, and what it comes to.

    `story` and `recorded_at` are None where the ledger holds no reading of it.
    """

    keys: tuple[str, ...]
    story: Story | None = None
    recorded_at: datetime | None = None
    seals: tuple[TicketSeal, ...] = ()


class RecordedSeals:
    """Every counterseal of the notary's stream. What was appended since the last question is read before the next."""

    def __init__(self, ledger: Ledger, *, invented: bool = False) -> None:
        """Take the ledger to read, and whether invented counterseals are wanted: then they alone."""
        self._ledger = ledger
        self._invented = invented
        self._lock = threading.Lock()
        self._position = 0
        self._of: dict[str, dict[str, Issued]] = {}
        self._revoked: dict[str, Revocation] = {}

    def under(self, *names: str) -> tuple[TicketSeal, ...]:
        """Return those of the ticket with one of these ids or keys, the newest first.

        Raises:
            Unreachable: the ledger does not answer; the same call may succeed later.
            MalformedInput: the ledger is damaged.
        """
        with self._lock:
            self._follow()
            found = {key: it for name in names for key, it in self._of.get(name, {}).items()}
            newest = sorted(found.values(), key=lambda it: (it.issuance.not_before, it.token), reverse=True)
            return tuple(TicketSeal(it, self._revoked.get(it.issuance.issuance_id)) for it in newest)

    def _follow(self) -> None:
        end = self._ledger.head(STREAM).position
        if end == self._position:
            return
        held = issuances_in(self._ledger, invented=self._invented, after=self._position)
        # By their ids: what was appended while this was read is read again.
        for one in held.issued:
            for name in (one.issuance.issue_id, one.issuance.issue_key):
                self._of.setdefault(name, {})[one.issuance.issuance_id] = one
        for it in held.revoked:
            self._revoked.setdefault(it.revocation.issuance_id, it.revocation)
        self._position = end


class TicketRecords:
    """Puts such records together, from one ledger, by one policy."""

    def __init__(self, tickets: RecordedTickets, seals: RecordedSeals, policy: Policy) -> None:
        """Take what recalls tickets and counterseals, and the policy that says which approvals count."""
        self._tickets = tickets
        self._seals = seals
        self._policy = policy

    def about(self, issue_key: str, as_of: datetime) -> TicketRecord:
        """Return what the ledger holds of the ticket with that key, or that had it before it moved.

        Raises:
            Unreachable: the ledger does not answer; the same call may succeed later.
            MalformedInput: the ledger is damaged.
        """
        found = self._tickets.recall(issue_key)
        if found is None:
            return TicketRecord((issue_key,), seals=self._seals.under(issue_key))
        ticket = found.ticket
        story = tell(ticket, Rules(policy=self._policy, as_of=as_of))
        names = filter(None, (ticket.issue_id, *found.keys))
        return TicketRecord(found.keys, story, found.recorded_at, self._seals.under(*names))
