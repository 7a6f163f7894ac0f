"""Tickets as Jira holds them, and the approvals that they carry."""

from collections.abc import Mapping
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
    """One decision on a ticket. `by` is a Jira user, `at` is UTC."""

    by: str
    at: datetime
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When the change may happen, both ends included."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEdit:
    """A field of the ticket was edited at that time."""

    at: datetime
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusMove:
    """The ticket moved to that status at that time. `by` is a Jira user, "" where the source does not say."""

    at: datetime
    to: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket. `operations` holds operation names and perhaps "any".

    `approvals` is None where they could not be read: that is unknown, and unknown never passes.
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
    window: Window | None = None
    emergency_declared_at: datetime | None = None
    edits: tuple[FieldEdit, ...] = ()
    status_history: tuple[StatusMove, ...] = ()
    changed_after_approval: bool = False


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
    tickets, None where none did; `notes` says what the source could not carry.
    """

    tickets: tuple[Ticket, ...] = ()
    identities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    standing: tuple[Standing, ...] = ()
    issuances: IssuanceSet | None = None
    notes: tuple[str, ...] = ()
