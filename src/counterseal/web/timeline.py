"""One change in the order of time: what was asked, decided, allowed and done."""

from datetime import datetime
from typing import NamedTuple

from counterseal.correlation.tickets.ticket import Decision, Ticket

# What Jira's history calls a link to another page: the one that we set is among them.
_LINKS = frozenset({"RemoteIssueLink", "RemoteWorkItemLink"})


class Moment(NamedTuple):
    """One point of the story. `icon` is a drawing of `icons.html`; `is_change` marks what AWS recorded."""

    at: datetime
    title: str
    icon: str
    detail: str = ""
    is_change: bool = False


def timeline(changed_at: datetime, what: str, actor: str, ticket: Ticket | None) -> list[Moment]:
    """Return what is known around a change, earliest first; at the same second the approval stands first.

    Design part 5 counts an approval at the second of the change as before it, and so does this order.
    """
    moments = _of_ticket(ticket) if ticket else []
    moments.append(Moment(changed_at, what, "pen", f"by {actor}" if actor else "", is_change=True))
    return sorted(moments, key=lambda moment: (moment.at, moment.is_change))


def _of_ticket(ticket: Ticket) -> list[Moment]:
    moments = [Moment(move.at, f"Ticket moved to {move.to}", "ticket") for move in ticket.status_history]
    moments += [Moment(edit.at, _edited(edit.field), "pen") for edit in ticket.edits]
    for approval in ticket.approvals or ():
        word, icon = ("Approved", "check") if approval.decision is Decision.APPROVED else ("Rejected", "cross")
        moments.append(Moment(approval.at, f"{word} by {approval.by}", icon))
    if ticket.emergency_declared_at:
        moments.append(Moment(ticket.emergency_declared_at, "Declared as an emergency", "clock"))
    if ticket.window:
        moments.append(Moment(ticket.window.start, "The window opens", "window"))
        moments.append(Moment(ticket.window.end, "The window closes", "window"))
    return moments


def _edited(field: str) -> str:
    return "A link on the ticket was set" if field in _LINKS else f"The field {field} was edited"
