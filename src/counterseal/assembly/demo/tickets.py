"""The tickets of the story, as values: one source for the ticket file and for the Jira that they are played into."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from counterseal.assembly.demo.people import Person
from counterseal.clock import format_time

WAITING = "Waiting for approval"
_STATUSES = {"approved": "Approved", "rejected": "Declined"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When the change may be made."""

    start: datetime
    hours: float

    @property
    def end(self) -> datetime:
        """Return its end."""
        return self.start + timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the approver decided, and when."""

    at: datetime
    decision: str = "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTicket:
    """One ticket: who asked for what, when, of whom, and what became of it. `decided` is None while it waits.

    `assignee` is None where who asked is who does it; `declared` is when it was called an emergency.
    """

    number: int
    summary: str
    secret: str
    asked: datetime
    by: Person
    window: Window
    approver: Person
    operations: tuple[str, ...] = ("value",)
    assignee: Person | None = None
    decided: Decided | None = None
    declared: datetime | None = None

    @property
    def issue_id(self) -> str:
        """Return the id that it has wherever it is told of."""
        return str(10000 + self.number)

    @property
    def done_by(self) -> Person:
        """Return who is to make the change."""
        return self.assignee or self.by

    def written(self) -> dict[str, Any]:
        """Return it as a ticket file has it (docs/reference/ticket-file.md)."""
        moves = [(self.asked, WAITING, self.by)]
        if self.decided:
            moves.append((self.decided.at, _STATUSES[self.decided.decision], self.approver))
        return {
            "id": self.issue_id,
            "key": f"OPS-{self.number}",
            "secrets": [self.secret],
            "operations": list(self.operations),
            "status": moves[-1][1],
            "requester": self.by.user,
            "assignee": self.done_by.user,
            "approvals": [self._approval(self.decided)] if self.decided else [],
            "window": {"from": format_time(self.window.start), "to": format_time(self.window.end)},
            "status_history": [{"at": format_time(at), "to": to, "by": by.user} for at, to, by in moves],
            **({"emergency": {"declared_at": format_time(self.declared)}} if self.declared else {}),
        }

    def _approval(self, decided: Decided) -> dict[str, str]:
        return {"by": self.approver.user, "at": format_time(decided.at), "decision": decided.decision}
