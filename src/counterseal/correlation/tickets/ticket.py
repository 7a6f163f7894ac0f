"""Tickets as Jira holds them, and the approvals that they carry."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from counterseal.correlation.tickets.counterseal import IssuanceSet


class Decision(StrEnum):
    """What an approver decided."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One decision on a ticket. `by` is a Jira user, `at` is UTC.

    `groups` are those that the user was in when the ticket was read, None where that is not known.
    """

    by: str
    at: datetime
    decision: Decision
    groups: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """From then on Jira asked for a decision, until it was given; `end` is None where it has not been."""

    start: datetime
    end: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Say whether the decision was still asked for at that moment."""
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When the change may happen, both ends included."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEdit:
    """A field of the ticket was edited at that time: by the name that people see, and its id where it is known.

    `former_key` is the key that the ticket had before, where this is its move to another project; no other value is
    kept.
    """

    at: datetime
    field: str
    field_id: str = ""
    former_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusMove:
    """The ticket moved to that status at that time. `by` is a Jira user, "" where the source does not say.

    `groups` are those of the user, as in `Approval`.
    """

    at: datetime
    to: str
    by: str = ""
    groups: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket. `operations` holds operation names and perhaps "any".

    `approvals` is None where they could not be read: that is unknown, and unknown never passes. `waits` are the times
    in which Jira asked for a decision: no approval counts in them.
    """

    issue_id: str
    issue_key: str
    secrets: tuple[str, ...]
    operations: frozenset[str]
    status: str = ""
    account: str = ""
    region: str = ""
    requester: str = ""
    assignee: str = ""
    executors: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] | None = ()
    waits: tuple[Wait, ...] = ()
    window: Window | None = None
    emergency_declared_at: datetime | None = None
    edits: tuple[FieldEdit, ...] = ()
    status_history: tuple[StatusMove, ...] = ()
    changed_after_approval: bool = False

    def goes_by(self, *keys: Collection[str]) -> bool:
        """Say whether one of these is its key, or one that it had before it moved."""
        return any(self.issue_key in them or not self.former_keys().isdisjoint(them) for them in keys if them)

    def former_keys(self) -> frozenset[str]:
        """Return the keys that it had before it moved."""
        return frozenset(it.former_key for it in self.edits if it.former_key)

    def key_at(self, moment: datetime) -> str:
        """Return the key that it had at that moment."""
        later = [it for it in self.edits if it.former_key and it.at > moment]
        return min(later, key=lambda it: it.at).former_key if later else self.issue_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A standing approval: this principal may do these operations to these secrets until it expires."""

    principal: str
    secrets: tuple[str, ...]
    operations: frozenset[str]
    issue_key: str
    owner: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSet:
    """All that was said about approvals: tickets, who is who, and standing approvals.

    `identities` maps a Jira user to AWS principal ARNs and session names. `issuances` are those that came with the
    tickets, None where none did; `notes` says what the source could not carry. `known_until` is up to when the source
    was read, None where that has no end: of what was decided later nothing is known. `names` are those that people see
    of users whom Jira tells apart by ids; no rule rests on them.
    """

    tickets: tuple[Ticket, ...] = ()
    identities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    standing: tuple[Standing, ...] = ()
    issuances: IssuanceSet | None = None
    notes: tuple[str, ...] = ()
    known_until: datetime | None = None
    names: Mapping[str, str] = field(default_factory=dict)
