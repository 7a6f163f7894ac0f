"""Which tickets could explain a change."""

from collections import defaultdict
from collections.abc import Iterable

from counterseal.correlation.judging.approvals import approvals_of, rejections_of
from counterseal.correlation.judging.change import Change
from counterseal.correlation.records.secret_names import full_arn_parts, names_event, secret_name
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Ticket, Window


class TicketIndex:
    """The tickets, found by what a change can name them by, so that a year of tickets is not read for each change."""

    def __init__(self, tickets: Iterable[Ticket]) -> None:
        """Take the tickets, in any order."""
        self._tickets = sorted(tickets, key=lambda it: (it.issue_key, it.issue_id))
        self._by_secret: defaultdict[object, set[int]] = defaultdict(set)
        self._by_key: defaultdict[str, set[int]] = defaultdict(set)
        for number, ticket in enumerate(self._tickets):
            self._by_key[ticket.issue_key].add(number)
            if ticket.issue_id:
                self._by_key[f"#{ticket.issue_id}"].add(number)
            for written in ticket.secrets:
                self._by_secret[written].add(number)
                self._by_secret[full_arn_parts(written)].add(number)

    def candidates(self, change: Change, policy: Policy) -> list[Ticket]:
        """Return the tickets that could explain a change, by key."""
        event = change.event
        name = secret_name(event)
        # As written: the ARN, the ARN without its suffix (a hyphen and six characters), the name.
        written = [event.secret_arn, event.secret_arn[:-7], name, (event.region, event.account, name)]
        found: set[int] = set()
        for entry in written:
            found |= self._by_secret.get(entry, set())
        for issue_key in change.cited.all():
            found |= self._by_key.get(issue_key, set())
        near = (self._tickets[number] for number in sorted(found))
        return [it for it in near if is_candidate(it, change, policy)]


def is_candidate(ticket: Ticket, change: Change, policy: Policy) -> bool:
    """Say whether a ticket names the secret with a window near the change, or is cited by it (design part 5)."""
    if change.cited.name(ticket):
        return True
    if not names_secret(ticket, change):
        return False
    span = considered(ticket, policy)
    near = policy.candidate_span
    return span is None or span.start - near <= change.time <= span.end + near


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
