"""What an approval covers, as one digest: what a counterseal binds of its ticket."""

from datetime import datetime

from counterseal.canonical import canonical_digest
from counterseal.clock import format_time
from counterseal.correlation.tickets.ticket import Ticket

SCHEMA = "counterseal/approval/v1"


def approval_digest(ticket: Ticket, moment: datetime) -> str:
    """Return the digest of what an approval covered at that moment. COUNTER-2.3.

    Status and history are left out: they move while a ticket is worked on, and edits are judged by their times.
    """
    window = ticket.window
    decisions = [it for it in ticket.approvals or () if it.at <= moment]
    return canonical_digest(
        {
            "schema": SCHEMA,
            "issue_id": ticket.issue_id,
            "issue_key": ticket.key_at(moment),
            "secrets": sorted(ticket.secrets),
            "operations": sorted(ticket.operations),
            "account": ticket.account,
            "region": ticket.region,
            "requester": ticket.requester,
            "assignee": ticket.assignee,
            "executors": sorted(ticket.executors),
            "window": [format_time(window.start), format_time(window.end)] if window else [],
            "decisions": sorted([format_time(it.at), it.by, it.decision.value] for it in decisions),
        }
    )
