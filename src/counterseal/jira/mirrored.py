"""Tickets out of the mirror: as they were read last, and said to be unknown from then on."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

import msgspec

from counterseal.correlation.tickets.interface import Tickets
from counterseal.correlation.tickets.jira_fields import FieldNames
from counterseal.correlation.tickets.jira_issue import (
    IssueParts,
    decided_within,
    deciders_of,
    read_in_doubt,
    read_issue,
)
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Ticket, TicketSet
from counterseal.errors import MalformedInput
from counterseal.jira.interface import Json
from counterseal.jira.tickets import Groups, Read, project_of
from counterseal.mirror.interface import Held, Mirror

# What of the history says what happened; of all other fields only that they were edited: a value may be a secret.
_NAMING = ("field", "fieldId", "fieldtype")
_TELLING = (*_NAMING, "from", "fromString", "to", "toString")
_TOLD = frozenset({"status", "Key"})

# What reading a ticket needs beside the fields that the policy names. Nothing else is kept: texts may hold anything.
KEPT = frozenset({"assignee", "created", "creator", "project", "reporter", "status", "updated"})

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class _Content(msgspec.Struct):
    """One ticket as the mirror keeps it."""

    fields: dict[str, object]
    history: list[dict[str, object]] | None
    rounds: list[dict[str, object]] | None
    groups: dict[str, list[str]]
    notes: list[str]


_ENCODER = msgspec.json.Encoder(order="sorted")
_Kept = TypeVar("_Kept")


def encode(value: object) -> bytes:
    """Return JSON whose letters depend on what it says alone."""
    return _ENCODER.encode(value)


def content_of(read: Read, names: FieldNames, groups: Groups | None) -> bytes:
    """Return a ticket as the mirror keeps it: the fields that count, and none of the values they had before.

    Raises:
        Errors as in `Jira`: groups are asked for here.
    """
    parts, kept = read.parts, KEPT | names.ids()
    fields = {name: value for name, value in parts.fields.items() if name in kept}
    content = _Content(
        fields=fields,
        history=None if parts.history is None else [_without_values(it) for it in parts.history],
        rounds=None if parts.rounds is None else [dict(it) for it in parts.rounds],
        groups={user: sorted(them) for user, them in _groups(parts, groups).items()},
        notes=[*read.notes, *(groups.notes if groups else ())],
    )
    return encode(content)


def _groups(parts: IssueParts, groups: Groups | None) -> Mapping[str, frozenset[str]]:
    # Of the fields none says who decided, and one that cannot be read must not keep the ticket out of the mirror.
    return groups.of(deciders_of(read_issue(parts._replace(fields={}), FieldNames({})))) if groups else {}


def updated_of(held: Held) -> object:
    """Return when Jira says that a ticket in the mirror was changed last, in Jira's words."""
    return _decoded(held.content, _Content).fields.get("updated")


class _Held(NamedTuple):
    """A ticket as it was read out of the mirror, none where it approves nothing; and what is unknown of it."""

    tickets: tuple[Ticket, ...]
    notes: Sequence[str]


class MirroredTickets:
    """Answers out of the mirror, and asks nobody: `ticket` alone has it read anew."""

    def __init__(
        self, mirror: Mirror, policy: Policy, projects: Collection[str], reread: Callable[[str], TicketSet]
    ) -> None:
        """Take the mirror, the policy, the projects whose tickets approve changes, and what reads a ticket now."""
        self._mirror = mirror
        self._policy = policy
        self._projects = frozenset(projects)
        self._reread = reread
        self._revision = 0
        self._described = b""
        self._read: dict[str, _Held] = {}

    def ticket(self, issue_key: str) -> TicketSet:
        """Return one ticket as Jira holds it now. See `Tickets.ticket`."""
        return self._reread(issue_key)

    def concerning(self, secrets: Collection[str], *, since: datetime, until: datetime) -> TicketSet:  # noqa: ARG002  # what applies is judged
        """Return every ticket of the mirror. See `Tickets.concerning`.

        Raises:
            SettingsError: the policy names a field that Jira does not have.
            Denied, Unreachable, MalformedInput: the mirror cannot be read.
        """
        reached = self._mirror.reached()
        self._follow()
        read = [self._read[it] for it in sorted(self._read)]
        return TicketSet(
            tickets=tuple(ticket for it in read for ticket in it.tickets),
            notes=tuple(note for it in read for note in it.notes),
            known_until=reached.known_until or _NEVER,
        )

    def _follow(self) -> None:
        described = self._mirror.description()
        if described != self._described:
            self._read, self._revision, self._described = {}, 0, described
        if not described:
            return
        names = FieldNames(self._policy.jira_fields, _decoded(described, list[tuple[str, str]]))
        for held in self._mirror.held(after_revision=self._revision):
            self._revision = held.revision
            self._read[held.issue_id] = self._one(held, names)

    def _one(self, held: Held, names: FieldNames) -> _Held:
        content = _decoded(held.content, _Content)
        parts = IssueParts(held.issue_id, held.issue_key, content.fields, content.history, content.rounds)
        notes = list(content.notes)
        if project_of(parts) not in self._projects:
            notes.append(f"{held.issue_key} has moved to a project whose tickets approve no change")
            return _Held((), notes)
        if held.missing_since:
            notes.append(f"{held.issue_key} is shown by Jira no more: what it approves is not known")
            return _Held((read_in_doubt(parts, names),), notes)
        groups = {user: frozenset(names) for user, names in content.groups.items()}
        try:
            ticket = read_issue(parts, names, groups if self._policy.approver_groups else None)
        except MalformedInput as failure:
            notes.append(f"{failure}: whether {held.issue_key} approves anything is not known")
            ticket = read_in_doubt(parts, names)
        return _Held((decided_within(ticket, self._projects),), notes)


def _decoded(content: bytes, kind: type[_Kept]) -> _Kept:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as failure:
        raise MalformedInput(
            f"the mirror of tickets holds what nobody wrote there: {failure}", hint="remove it: Jira is read again"
        ) from failure


def _without_values(history: Json) -> dict[str, object]:
    items = history.get("items")
    kept = [_kept(it) for it in items if isinstance(it, Mapping)] if isinstance(items, list) else items
    return {**{name: history[name] for name in ("id", "created", "author") if name in history}, "items": kept}


def _kept(item: Json) -> Json:
    names = _TELLING if item.get("field") in _TOLD else _NAMING
    return {name: item[name] for name in names if name in item}


_: type[Tickets] = MirroredTickets
