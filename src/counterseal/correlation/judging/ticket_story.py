"""One ticket in words: what it would approve, which decisions count and why not, and what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from counterseal.clock import format_time
from counterseal.correlation.judging.approvals import (
    approvals_of,
    approved_until,
    edits_that_void,
    is_outside,
    moves_that_void,
    rejected_without_date,
    rejections_of,
    weigh,
)
from counterseal.correlation.judging.judge import Rules, allowed_people
from counterseal.correlation.judging.reasons import hours, people
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Approval, Ticket

_SOMEBODY = "somebody who is not recorded"
_SAYS = {
    True: "approves changes that it covers, if they are made now",
    False: "approves no change now",
    None: "may or may not approve a change now: that is not known",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence about something that happened. `counts` is None where that is not known, or not the question."""

    at: datetime
    said: str
    counts: bool | None = None

    def as_json(self) -> dict[str, object]:
        """Return it as one object."""
        return {"at": format_time(self.at), "said": self.said, "counts": self.counts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is to be told of a ticket. `approves` is None where it is not known; `lacking` says what is missing.

    `until` is when its approval ends, or has ended; None where it is not approved.
    """

    ticket: Ticket
    as_of: datetime
    approves: bool | None
    until: datetime | None
    covers: tuple[str, ...]
    people: tuple[str, ...]
    decisions: tuple[Line, ...]
    edits: tuple[Line, ...]
    moves: tuple[Line, ...]
    lacking: tuple[str, ...]

    @property
    def says(self) -> str:
        """Return what it comes to, after the name of the ticket."""
        return _SAYS[self.approves]

    def as_json(self) -> dict[str, object]:
        """Return what `ticket show --json` prints."""
        return {
            "id": self.ticket.issue_id,
            "key": self.ticket.issue_key,
            "former_keys": sorted(self.ticket.former_keys()),
            "status": self.ticket.status,
            "as_of": format_time(self.as_of),
            "approves": self.approves,
            "covers": list(self.covers),
            "people": list(self.people),
            "decisions": [it.as_json() for it in self.decisions],
            "edits": [it.as_json() for it in self.edits],
            "moves": [it.as_json() for it in self.moves],
            "lacking": list(self.lacking),
        }


def tell(ticket: Ticket, rules: Rules) -> Story:
    """Tell what a ticket comes to at the time of the rules, whoever would make the change."""
    policy, now = rules.policy, rules.as_of
    lacking = tuple(_lacking(ticket, rules))
    weighed = weigh(ticket, now, frozenset(), policy)
    return Story(
        ticket=ticket,
        as_of=now,
        approves=None if weighed.unknown else not lacking,
        until=approved_until(ticket, weighed.timely, policy) if weighed.timely else None,
        covers=tuple(_covers(ticket, policy)),
        people=tuple(_people(ticket, policy)),
        decisions=tuple(_decisions(ticket, rules)),
        edits=tuple(_edits(ticket, rules)),
        moves=tuple(_moves(ticket)),
        lacking=lacking,
    )


def _covers(ticket: Ticket, policy: Policy) -> Iterator[str]:
    where = " ".join(filter(None, [ticket.account, ticket.region]))
    for secret in ticket.secrets:
        yield f"the secret {secret}" + (f" in {where}" if where and not secret.startswith("arn:") else "")
    if ticket.operations:
        yield f"the operations {', '.join(sorted(ticket.operations))}"
    if ticket.window:
        yield f"changes from {format_time(ticket.window.start)} to {format_time(ticket.window.end)}"
    else:
        yield f"changes within {hours(policy.default_window)} of its approval: it has no window of its own"
    if ticket.emergency_declared_at:
        yield f"an emergency, declared on {format_time(ticket.emergency_declared_at)}"


def _people(ticket: Ticket, policy: Policy) -> Iterator[str]:
    yield f"{ticket.requester or _SOMEBODY} asked for it"
    yield f"{people(allowed_people(ticket))} may make the change"
    others = " who neither asked for it nor makes the change" if policy.separation_of_duties else ""
    members = f", of {' or '.join(sorted(policy.approver_groups))}" if policy.approver_groups else ""
    needed = policy.approvers_needed
    yield f"{needed} {'person' if needed == 1 else 'people'}{others}{members} must approve it"


def _decisions(ticket: Ticket, rules: Rules) -> Iterator[Line]:
    by_status = {(it.at, it.by) for it in ticket.status_history}
    found = []
    for approval in approvals_of(ticket, rules.policy):
        counts, why = _counts(approval, ticket, rules)
        how = " by moving the ticket" if approval not in (ticket.approvals or ()) else ""
        verb = "counts" if counts else "does not count" if counts is False else "is not known to count"
        found.append(Line(at=approval.at, said=f"{approval.by or _SOMEBODY} approved{how}: {verb}{why}", counts=counts))
    for no in rejections_of(ticket, rules.policy):
        how = " by moving the ticket" if (no.at, no.by) in by_status else ""
        found.append(Line(at=no.at, said=f"{no.by or 'the round as a whole'} declined{how}", counts=False))
    yield from sorted(found, key=lambda it: it.at)


def _counts(approval: Approval, ticket: Ticket, rules: Rules) -> tuple[bool | None, str]:
    """Return whether an approval counts now, and why not."""
    return next(_doubts(approval, ticket, rules), (True, ""))


def _doubts(approval: Approval, ticket: Ticket, rules: Rules) -> Iterator[tuple[bool | None, str]]:
    policy = rules.policy
    yield from ((False, f", {it}") for it in _takes_back(approval, ticket, rules))
    if policy.separation_of_duties and approval.by and approval.by == ticket.requester:
        yield False, ", for whoever asks cannot approve"
    if is_outside(approval, policy):
        yield False, ", for they are in none of the approver groups"
    if any(it.holds(rules.as_of) for it in ticket.waits):
        yield False, " while another decision is asked for"
    if policy.approver_groups and approval.groups is None:
        yield None, ", for in which groups they are could not be read"
    if policy.separation_of_duties and not (approval.by and ticket.requester):
        yield None, ", for who asked, or who approved, is not recorded"


def _takes_back(approval: Approval, ticket: Ticket, rules: Rules) -> Iterator[str]:
    """Yield what took an approval back, or keeps it from counting yet."""
    policy, now = rules.policy, rules.as_of
    if approval.at > now:
        yield f"for it was given after {format_time(now)}"
    for no in rejections_of(ticket, policy):
        if approval.at <= no.at <= now:
            yield f"for it was declined on {format_time(no.at)}"
    for edit in edits_that_void(ticket, approval, now, policy):
        yield f"for {edit.field or 'a field'} was edited on {format_time(edit.at)}"
    for move in moves_that_void(ticket, approval, now, policy):
        yield f"for it moved to {move.to!r} on {format_time(move.at)}"
    if ticket.changed_after_approval:
        yield "for the ticket was edited afterwards, and when is not recorded"
    if rejected_without_date(ticket, policy):
        yield f"for it stands in the status {ticket.status!r}"


def _edits(ticket: Ticket, rules: Rules) -> Iterator[Line]:
    """Yield the edits since the first approval: those before it are what was approved."""
    first = min((it.at for it in approvals_of(ticket, rules.policy)), default=None)
    for edit in sorted(ticket.edits, key=lambda it: it.at):
        if first and edit.at >= first:
            voids = rules.policy.covers(edit)
            said = ": it takes back the approvals before it" if voids else ", which takes no approval back"
            moved = f" (it was {edit.former_key} before)" if edit.former_key else ""
            yield Line(at=edit.at, said=f"{edit.field or 'a field'} was edited{moved}{said}")


def _moves(ticket: Ticket) -> Iterator[Line]:
    for move in sorted(ticket.status_history, key=lambda it: it.at):
        yield Line(at=move.at, said=f"{move.by or _SOMEBODY} moved it to {move.to!r}")


def _lacking(ticket: Ticket, rules: Rules) -> Iterator[str]:
    """Yield what stands between the ticket and an approved change at this time."""
    policy, now = rules.policy, rules.as_of
    if not ticket.secrets:
        yield "it names no secret, so it covers no change"
    if not ticket.operations:
        yield "it names no operation, so it covers no change"
    if not allowed_people(ticket):
        yield "it names nobody to make the change: assign it to somebody"
    weighed = weigh(ticket, now, frozenset(), policy)
    if weighed.unknown:
        yield weighed.unknown
    elif not weighed.timely:
        yield from _not_approved(ticket, rules)
    yield from _not_now(ticket, rules)


def _not_approved(ticket: Ticket, rules: Rules) -> Iterator[str]:
    asked = [it.start for it in ticket.waits if it.holds(rules.as_of)]
    if asked:
        yield f"the decision that was asked for on {format_time(min(asked))} has not been given yet"
        return
    approvals = approvals_of(ticket, rules.policy)
    counting = {it.by for it in approvals if _counts(it, ticket, rules)[0]}
    more = rules.policy.approvers_needed - len(counting)
    again = " again" if approvals and not counting else ""
    yield f"{more} {'person' if more == 1 else 'people'} must approve it{again}"


def _not_now(ticket: Ticket, rules: Rules) -> Iterator[str]:
    policy, now, window = rules.policy, rules.as_of, ticket.window
    if window and now < window.start:
        yield f"its window opens on {format_time(window.start)}"
    if window and now > window.end:
        yield f"its window ended on {format_time(window.end)}"
    timely = weigh(ticket, now, frozenset(), policy).timely
    if not window and timely and now > approved_until(ticket, timely, policy):
        yield f"it was approved more than {hours(policy.default_window)} ago, and has no window of its own"
    for freeze in policy.freezes:
        if freeze.start <= now <= freeze.end:
            yield f"there is a freeze until {format_time(freeze.end)} {freeze.reason}".rstrip()
