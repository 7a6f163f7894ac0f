"""Which tickets could explain a change."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from counterseal.correlation.judging.approvals import approvals_of, rejections_of
from counterseal.correlation.judging.change import Change
from counterseal.correlation.records.event import Event
from counterseal.correlation.records.secret_names import full_arn_parts, names_event, secret_name
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Ticket, Window

Entry = str | tuple[str, ...]
"""How a ticket is found by what it names: a full ARN by its parts, a name and any other ARN as written."""

_ALWAYS = Window(start=datetime.min.replace(tzinfo=UTC), end=datetime.max.replace(tzinfo=UTC))


class TicketIndex:
    """Tickets, found by what a change can name them by and by its time, so that a million of them are not read."""

    def __init__(self, policy: Policy, tickets: Iterable[Ticket] = ()) -> None:
        """Take the policy, which says how near a window must lie, and tickets in any order."""
        self._policy = policy
        self._by_entry: dict[Entry, _Spans] = {}
        self._by_citation: dict[str, tuple[Ticket, ...]] = {}
        for ticket in tickets:
            self.put(ticket)

    def put(self, ticket: Ticket) -> None:
        """Take one more ticket."""
        alone = (ticket,)
        for cited in cited_as(ticket):
            others = self._by_citation.get(cited)
            self._by_citation[cited] = others + alone if others else alone
        span = considered(ticket, self._policy) or _ALWAYS
        for entry in entries_of(ticket):
            spans = self._by_entry.get(entry)
            if spans is None:
                spans = self._by_entry[entry] = _Spans()
            spans.put(span, ticket)

    def drop(self, ticket: Ticket) -> None:
        """Forget a ticket: this very one, and no other that says the same."""
        for cited in cited_as(ticket):
            self._by_citation[cited] = tuple(it for it in self._by_citation[cited] if it is not ticket)
        for entry in entries_of(ticket):
            self._by_entry[entry].drop(ticket)

    def named(self, names: Iterable[str]) -> set[Ticket]:
        """Return the tickets that have one of these keys or ids."""
        found = ((name, ticket) for name in names for ticket in self._by_citation.get(name, ()))
        return {ticket for name, ticket in found if name in names_of(ticket)}

    def candidates(self, change: Change) -> list[Ticket]:
        """Return the tickets that name the secret with a window near the change, or are cited by it (design part 5)."""
        found: dict[int, Ticket] = {}
        for entry in entries_asked(change.event):
            if spans := self._by_entry.get(entry):
                for ticket in spans.near(change.time, self._policy.candidate_span):
                    if id(ticket) not in found and names_secret(ticket, change):
                        found[id(ticket)] = ticket
        for cited in change.cited.all():
            for ticket in self._by_citation.get(cited.removeprefix("#"), ()):
                if change.cited.name(ticket):
                    found[id(ticket)] = ticket
        return sorted(found.values(), key=lambda it: (it.issue_key, it.issue_id))


class _Spans:
    """The tickets of one entry, by when their time begins; with each the latest end of it and those before."""

    __slots__ = ("_ends", "_held", "_starts")

    def __init__(self) -> None:
        self._held: list[tuple[Window, Ticket]] = []
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []

    def put(self, span: Window, ticket: Ticket) -> None:
        self._held.append((span, ticket))
        self._starts = []  # put in order when somebody asks: many tickets come at once

    def drop(self, ticket: Ticket) -> None:
        self._held = [it for it in self._held if it[1] is not ticket]
        self._starts = []

    def near(self, time: datetime, margin: timedelta) -> Iterable[Ticket]:
        """Yield the tickets whose time lies within the margin of that time."""
        if not self._starts:
            self._held.sort(key=lambda it: it[0].start)
            self._starts = [span.start for span, _ in self._held]
            self._ends = list(accumulate((span.end for span, _ in self._held), max))
        first = time - margin
        for number in reversed(range(bisect_right(self._starts, time + margin))):
            if self._ends[number] < first:
                return
            span, ticket = self._held[number]
            if span.end >= first:
                yield ticket


def entries_of(ticket: Ticket) -> set[Entry]:
    """Return what a ticket is found by, of the secrets that it names."""
    return {_entry(written) for written in ticket.secrets}


def names_of(ticket: Ticket) -> set[str]:
    """Return what tells a ticket from others: its key, and its id."""
    return {ticket.issue_key, ticket.issue_id} - {""}


def cited_as(ticket: Ticket) -> set[str]:
    """Return what a change may cite a ticket by: a key it has or had, or its id, which a token writes after a "#"."""
    return names_of(ticket) | ticket.former_keys()


def entries_asked(event: Event) -> set[Entry]:
    """Return every entry under which a ticket for the secret of an event may stand.

    A ticket may name the ARN, the ARN without its suffix (a hyphen and six characters), or the name.
    """
    name = secret_name(event)
    return {_entry(event.secret_arn), _entry(event.secret_arn[:-7]), name, (event.region, event.account, name)} - {""}


def names_secret(ticket: Ticket, change: Change) -> bool:
    """Say whether a ticket names the secret that was changed."""
    here = {"account": ticket.account, "region": ticket.region}
    return any(names_event(written, change.event, **here) for written in ticket.secrets)


def considered(ticket: Ticket, policy: Policy) -> Window | None:
    """Return the period a ticket speaks of: its window, else from its first date to the default after its last.

    None where it has no date at all: then it speaks of any time.
    """
    if ticket.window:
        return ticket.window
    dates = [it.at for it in (*approvals_of(ticket, policy), *rejections_of(ticket, policy))]
    if ticket.emergency_declared_at:
        dates.append(ticket.emergency_declared_at)
    return Window(start=min(dates), end=max(dates) + policy.default_window) if dates else None


def _entry(written: str) -> Entry:
    return full_arn_parts(written) or written
