"""The ticket file: what Jira holds, written down (docs/reference/ticket-file.md)."""

import re
from collections.abc import Iterable
from datetime import datetime

from counterseal.correlation.fields import Fields
from counterseal.correlation.records.event import Operation
from counterseal.correlation.tickets.issuance_file import read_issuances
from counterseal.correlation.tickets.ticket import (
    Approval,
    Decision,
    FieldEdit,
    Standing,
    StatusMove,
    Ticket,
    TicketSet,
    Window,
)
from counterseal.errors import CountersealError, MalformedInput

OPERATIONS = frozenset({*Operation, "any"})
TOP_KEYS = ("tickets", "identities", "standing", "issuances", "known_until")
TICKET_KEYS = (
    "id",
    "key",
    "secrets",
    "account",
    "region",
    "operations",
    "status",
    "requester",
    "assignee",
    "executors",
    "approvals",
    "window",
    "emergency",
    "edits",
    "status_history",
    "changed_after_approval",
)
STANDING_KEYS = ("principal", "secrets", "operations", "ticket", "owner", "expires")

# Jira Service Management answers "declined" where a person says "rejected" (Jira Service Management REST, approvals).
DECISIONS = {"approved": Decision.APPROVED, "rejected": Decision.REJECTED, "declined": Decision.REJECTED}

# Secrets Manager, CreateSecret: letters, digits and /_+=.@- ; service-managed names hold "!" as well.
_SECRET_NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}", re.ASCII)
_SECRET_ARN = re.compile(r"arn:[a-z-]+:secretsmanager:[^:]*:[^:]*:secret:.+", re.ASCII)


def read_ticket_file(document: object) -> TicketSet:
    """Read a ticket file that was parsed from JSON.

    Raises:
        MalformedInput: an unknown key (with the nearest right one), a wrong type, a wrong word or time, each with its
            place, such as `tickets[3].aprovals`; or two tickets with one key or one id.
    """
    top = Fields(document, "", TOP_KEYS)
    notes: list[str] = []
    tickets = tuple(_ticket(Fields(item, place, TICKET_KEYS), place, notes) for place, item in top.objects("tickets"))
    refuse_twins(tickets, "tickets")
    # An empty list is no statement that nothing was ever issued: whoever means that gives an empty export.
    issuances = read_issuances(given) if (given := list(top.objects("issuances"))) else None
    return TicketSet(
        tickets=tickets,
        identities=top.lists_by_name("identities"),
        standing=read_standing(top),
        issuances=issuances,
        notes=tuple(notes),
        known_until=top.time("known_until") if top.has("known_until") else None,
    )


def read_standing(fields: Fields, *, error: type[CountersealError] = MalformedInput) -> tuple[Standing, ...]:
    """Read the member `standing`: the ticket file and the policy write it alike.

    Raises:
        CountersealError: of the kind given, naming the place that is wrong.
    """
    standing = []
    for place, item in fields.objects("standing"):
        one = Fields(item, place, STANDING_KEYS, error=error)
        standing.append(
            Standing(
                principal=one.text("principal", required=True),
                secrets=one.texts("secrets"),
                operations=_operations(one),
                issue_key=one.text("ticket", required=True),
                owner=one.text("owner"),
                expires=one.time("expires"),
            )
        )
    return tuple(standing)


def _ticket(fields: Fields, place: str, notes: list[str]) -> Ticket:
    unreadable = [name for name in ("edits", "status_history", "changed_after_approval") if fields.is_null(name)]
    if unreadable:
        notes.append(f"{place}: {', '.join(unreadable)} could not be read, so no approval of it can be relied on")
    return Ticket(
        issue_id=fields.text("id"),
        issue_key=fields.text("key", required=True),
        secrets=_secrets(fields, notes),
        operations=_operations(fields),
        status=fields.text("status"),
        account=fields.text("account"),
        region=fields.text("region"),
        requester=fields.text("requester"),
        assignee=fields.text("assignee"),
        executors=fields.texts("executors"),
        approvals=None if unreadable else _approvals(fields),
        window=_window(fields),
        emergency_declared_at=_emergency(fields),
        edits=_edits(fields),
        # Without all of its history no status counts as an approval either.
        status_history=() if unreadable else _status_history(fields),
        changed_after_approval=fields.flag("changed_after_approval", otherwise=False),
    )


def _secrets(fields: Fields, notes: list[str]) -> tuple[str, ...]:
    names = fields.texts("secrets")
    notes += [
        f"{fields.place('secrets')}: {name!r} is neither a secret's name nor its ARN and matches nothing"
        for name in names
        if not (_SECRET_ARN.fullmatch(name) or _SECRET_NAME.fullmatch(name))
    ]
    return names


def _operations(fields: Fields) -> frozenset[str]:
    operations = fields.texts("operations")
    fields.refuse_unless_known("operations", operations, OPERATIONS)
    return frozenset(operations)


def _approvals(fields: Fields) -> tuple[Approval, ...] | None:
    if not fields.has("approvals"):
        return None
    approvals = []
    for place, item in fields.objects("approvals"):
        one = Fields(item, place, ("by", "at", "decision", "groups"))
        decision = one.text("decision", required=True)
        one.refuse_unless_known("decision", [decision], DECISIONS)
        approvals.append(
            Approval(by=one.text("by"), at=one.time("at"), decision=DECISIONS[decision], groups=_groups(one))
        )
    return tuple(approvals)


def _groups(fields: Fields) -> frozenset[str] | None:
    return frozenset(fields.texts("groups")) if fields.has("groups") else None


def _window(fields: Fields) -> Window | None:
    if not fields.has("window"):
        return None
    place = fields.place("window")
    ends = Fields(fields.table("window"), place, ("from", "to"))
    window = Window(start=ends.time("from"), end=ends.time("to"))
    if window.start > window.end:
        raise MalformedInput(f"{place} ends before it begins", hint="`from` comes first, `to` is the end")
    return window


def _emergency(fields: Fields) -> datetime | None:
    if not fields.has("emergency"):
        return None
    return Fields(fields.table("emergency"), fields.place("emergency"), ("declared_at",)).time("declared_at")


def _edits(fields: Fields) -> tuple[FieldEdit, ...]:
    ones = (Fields(item, place, ("at", "field")) for place, item in fields.objects("edits"))
    return tuple(FieldEdit(at=one.time("at"), field=one.text("field")) for one in ones)


def _status_history(fields: Fields) -> tuple[StatusMove, ...]:
    ones = (Fields(item, place, ("at", "to", "by", "groups")) for place, item in fields.objects("status_history"))
    return tuple(
        StatusMove(at=one.time("at"), to=one.text("to", required=True), by=one.text("by"), groups=_groups(one))
        for one in ones
    )


def refuse_twins(tickets: Iterable[Ticket], place: str) -> None:
    """Refuse tickets of which two have one key, or one id: which of them is right nobody can tell.

    Raises:
        MalformedInput: two do; the message names both.
    """
    seen: dict[tuple[str, str], int] = {}
    for number, ticket in enumerate(tickets):
        for member, name in (("key", ticket.issue_key), ("id", ticket.issue_id)):
            before = seen.setdefault((member, name), number)
            if name and before != number:
                raise MalformedInput(
                    f"{place}[{number}].{member}: {name!r} is also {place}[{before}]",
                    hint="give each ticket once, as it is now",
                )
