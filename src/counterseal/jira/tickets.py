"""Tickets as Jira holds them now: each is read whole, with its history and its approvals, or said to be unknown."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from counterseal.clock import Clock, parse_time
from counterseal.correlation.tickets.interface import Tickets
from counterseal.correlation.tickets.jira_fields import FieldNames
from counterseal.correlation.tickets.jira_issue import (
    IssueParts,
    decided_within,
    deciders_of,
    names_in,
    read_in_doubt,
    read_issue,
)
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Ticket, TicketSet
from counterseal.errors import (
    Denied,
    Gone,
    MalformedInput,
    NotFound,
    NotSignedIn,
    OtherAnswer,
    SettingsError,
)
from counterseal.jira.interface import Issue, Jira, Json

OpenJira = Callable[[], AbstractContextManager[Jira]]
Warn = Callable[[], tuple[str, ...]]
"""Says what people should see to soon, such as a token that is about to expire."""

# A search finds tickets by when they were touched last: an approval that is older than this is not found by it.
REACH = timedelta(days=366)

# What was changed just now may be missing in a search (docs/decisions/0033-the-jira-wing.md).
_INDEX_LAG = timedelta(minutes=1)
_READINGS = 3


class Read(NamedTuple):
    """One issue as it was read, and what is unknown of it, in sentences."""

    parts: IssueParts
    notes: tuple[str, ...] = ()


class JiraTickets:
    """Asks Jira anew at every question."""

    def __init__(
        self, open_jira: OpenJira, policy: Policy, *, projects: Collection[str], clock: Clock, warn: Warn = tuple
    ) -> None:
        """Take what opens Jira, the policy, the projects whose tickets approve changes, and this machine's clock.

        `warn` is asked at every question, and what it says goes into the notes.
        """
        self._open = open_jira
        self._policy = policy
        self._projects = tuple(projects)
        self._clock = clock
        self._warn = warn

    def probe(self) -> None:
        """Ask what can be asked before any ticket is: whether we are known, and whether the fields are there.

        Raises:
            SettingsError: no project is set, or the policy names a field that Jira does not have, or none for secrets.
            Errors as in `Jira`.
        """
        with self._open() as jira:
            jira.myself()
            self._searched(self._names(jira))

    def ticket(self, issue_key: str) -> TicketSet:
        """Return the one ticket of that key, or of a key that it had: Jira follows moves.

        Raises:
            NotFound: there is no such ticket, we may not see it, or it is in no project whose tickets approve changes.
            SettingsError: no project is set, or the policy names a field that Jira does not have.
            Errors as in `Jira`.
        """
        with self._open() as jira:
            names = self._names(jira)
            read = read_parts(jira, issue_key)
            self._refuse_elsewhere(read.parts)
            groups = Groups(jira) if self._policy.approver_groups else None
            ticket = decided_within(_with_groups(read.parts, names, groups), self._projects)
            notes = (*self._warn(), *read.notes, *_unmapped(names), *(groups.notes if groups else ()))
            return TicketSet(tickets=(ticket,), notes=notes, names=names_in(read.parts))

    def concerning(self, secrets: Collection[str], *, since: datetime, until: datetime) -> TicketSet:  # noqa: ARG002  # what applies is judged
        """Return the tickets of the projects that were touched from a year before `since` on and name any secret.

        Raises:
            SettingsError: no project is set, or the policy names a field that Jira does not have, or none for secrets.
            Errors as in `Jira`: a reading that fails says nothing, and never that there is no ticket.
        """
        with self._open() as jira:
            names = self._names(jira)
            began = (jira.server().time or self._clock.now()).replace(microsecond=0)
            groups = Groups(jira) if self._policy.approver_groups else None
            tickets: list[Ticket] = []
            notes = [
                *self._warn(),
                *_unmapped(names),
                f"tickets last touched before {since - REACH:%Y-%m-%d} are not read",
            ]
            for found in self._found(jira, names, began - (since - REACH)):
                ticket, said = self._one_of_many(jira, found, names, groups)
                tickets += ticket
                notes += said
            notes += groups.notes if groups else ()
            return TicketSet(tickets=tuple(tickets), notes=tuple(notes), known_until=began - _INDEX_LAG)

    def _names(self, jira: Jira) -> FieldNames:
        return FieldNames(self._policy.jira_fields, [(it.field_id, it.name) for it in jira.fields()])

    def _refuse_elsewhere(self, parts: IssueParts) -> None:
        if project_of(parts) not in self._known_projects():
            raise NotFound(
                f"{parts.issue_key} is in none of the projects whose tickets approve changes",
                hint=f"jira.projects names {', '.join(self._projects)}",
            )

    def _known_projects(self) -> Sequence[str]:
        if not self._projects:
            raise SettingsError("jira.projects names no project", hint="name those whose tickets approve changes")
        return self._projects

    def _found(self, jira: Jira, names: FieldNames, span: timedelta) -> Iterator[Issue]:
        """Yield what names a secret. Times in a query are in the time zone of the user: minutes from now are not."""
        secrets = self._searched(names)
        projects = ", ".join(f'"{it}"' for it in self._known_projects())
        minutes = ceil(span / timedelta(minutes=1)) + 1
        query = f"project in ({projects}) AND updated >= -{minutes}m ORDER BY key ASC"
        seen = set()
        for issue in jira.search(query, fields=("updated", secrets)):
            if issue.issue_id not in seen and issue.fields.get(secrets):
                seen.add(issue.issue_id)
                yield issue

    def _searched(self, names: FieldNames) -> str:
        """Return the field by which tickets are searched."""
        self._known_projects()
        secrets = names.id_of("secrets")
        if not secrets:
            raise SettingsError("policy.jira_fields names no field for secrets", hint="tickets are found by it")
        return secrets

    def _one_of_many(
        self, jira: Jira, found: Issue, names: FieldNames, groups: "Groups | None"
    ) -> tuple[Sequence[Ticket], Sequence[str]]:
        try:
            read = read_parts(jira, found.issue_id)
        except NotFound:
            return [], [f"{found.issue_key} was found, and cannot be read: it was deleted, or is not shown to us"]
        if project_of(read.parts) not in self._projects:
            return [], [f"{read.parts.issue_key} has moved to a project whose tickets approve no change"]
        try:
            ticket = _with_groups(read.parts, names, groups)
            return [decided_within(ticket, self._projects)], read.notes
        except MalformedInput as failure:
            said = f"{failure}: whether {read.parts.issue_key} approves anything is not known"
            return [read_in_doubt(read.parts, names)], [*read.notes, said]


class Groups:
    """Who is in which groups, each asked once; `notes` says whose could not be read."""

    def __init__(self, jira: Jira) -> None:
        """Take the Jira to ask."""
        self._jira = jira
        self._known: dict[str, frozenset[str] | None] = {}
        self.notes: list[str] = []

    def of(self, users: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Return the groups of those users of whom they are known.

        Raises:
            Errors as in `Jira`, but for those that concern one user.
        """
        for user in sorted(set(users) - set(self._known)):
            self._known[user] = self._asked(user)
        return {it: known for it in users if (known := self._known[it]) is not None}

    def _asked(self, user: str) -> frozenset[str] | None:
        try:
            return self._jira.groups(user)
        except NotSignedIn:
            raise
        except (Denied, NotFound, Gone, OtherAnswer, MalformedInput) as failure:
            self.notes.append(f"in which groups {user} is could not be read: {failure}")
            return None


def read_parts(jira: Jira, id_or_key: str) -> Read:
    """Read one issue whole: as long as nobody edits it meanwhile, its parts belong together.

    Raises:
        Errors as in `Jira`; approvals that may not be read are unknown, and say why.
    """
    before = None
    read = _read_once(jira, id_or_key)
    # The history is read last: what it knows, and the fields do not, was done while we were reading.
    for _ in range(_READINGS):
        if not _is_torn(read.parts) or read.parts == before:
            return read
        before, read = read.parts, _read_once(jira, id_or_key)
    said = f"{read.parts.issue_key} was edited each time while it was read, so its approvals are unknown"
    return Read(read.parts._replace(history=None), (*read.notes, said))


def _read_once(jira: Jira, id_or_key: str) -> Read:
    issue = jira.issue(id_or_key)
    rounds, notes = _rounds(jira, issue)
    history = jira.history(issue.issue_id)
    if rounds is None and not notes and not _has_moved(history):
        rounds = ()
    elif rounds is None and not notes:
        # What was a service request before it moved may have been approved there.
        notes = (f"{issue.issue_key} has moved and is no service request: its approvals from before are unknown",)
    return Read(IssueParts(issue.issue_id, issue.issue_key, issue.fields, history, rounds), notes)


def _has_moved(history: Sequence[Json]) -> bool:
    items = [it for entry in history if isinstance(found := entry.get("items"), list) for it in found]
    return any(isinstance(it, Mapping) and it.get("field") == "Key" for it in items)


def project_of(parts: IssueParts) -> str:
    """Return the key of the project that an issue is in."""
    return parts.issue_key.rpartition("-")[0]


def _rounds(jira: Jira, issue: Issue) -> tuple[Sequence[Json] | None, tuple[str, ...]]:
    """Return the rounds, None where there are none to be read; the notes say so where there may be some."""
    try:
        return jira.approvals(issue.issue_id), ()
    except NotSignedIn:
        raise
    except (Denied, NotFound, Gone, OtherAnswer, MalformedInput) as failure:
        return None, (f"{issue.issue_key}: its approvals could not be read, so they are unknown: {failure}",)


def _is_torn(parts: IssueParts) -> bool:
    touched = parts.fields.get("updated")
    if not isinstance(touched, str):
        return False
    last = parse_time(touched)
    return any(parse_time(str(it.get("created") or "")) > last for it in parts.history or ())


def _with_groups(parts: IssueParts, names: FieldNames, groups: Groups | None) -> Ticket:
    ticket = read_issue(parts, names)
    return read_issue(parts, names, groups.of(deciders_of(ticket))) if groups else ticket


def _unmapped(names: FieldNames) -> Iterator[str]:
    absent = names.lacks("secrets", "operations")
    if absent:
        yield f"policy.jira_fields names no field for {' and '.join(absent)}: without these a ticket covers no change"


_: type[Tickets] = JiraTickets
