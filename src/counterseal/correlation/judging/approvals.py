"""What the decisions on a ticket amounted to when a change was made."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from counterseal.clock import format_time
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Approval, Decision, FieldEdit, StatusMove, Ticket


class Cause(StrEnum):
    """Why a ticket does not cover a change (design part 5, mismatched), worst first."""

    COUNTERSEAL_FORGED = "counterseal-forged"
    COUNTERSEAL_REUSED = "counterseal-reused"
    COUNTERSEAL_REVOKED = "counterseal-revoked"
    COUNTERSEAL_EXPIRED = "counterseal-expired"
    REJECTED = "rejected"
    REOPENED = "reopened"
    EDITED = "edited"
    OUTSIDE_WINDOW = "outside-window"
    OTHER_SECRET = "other-secret"  # noqa: S105 - a word of the report
    OTHER_OPERATION = "other-operation"
    OTHER_ACTOR = "other-actor"
    SELF_APPROVED = "self-approved"
    TOO_FEW_APPROVALS = "too-few-approvals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The decisions on one ticket, weighed for one moment.

    `timely` are the approvals that count and stood at that moment, empty where they were not enough; `late` those that
    were enough only afterwards. Otherwise `causes` say why not, or `unknown` says what could not be read: beside
    `timely` or `late`, what the ticket said then. Nothing at all means that the ticket still waits.
    """

    timely: tuple[Approval, ...] = ()
    late: tuple[Approval, ...] = ()
    causes: tuple[Cause, ...] = ()
    unknown: str = ""

    @property
    def waits(self) -> bool:
        """Say whether nobody has decided anything."""
        return not (self.timely or self.late or self.causes or self.unknown)


def weigh(ticket: Ticket, moment: datetime, actors: frozenset[str], policy: Policy) -> Weighed:
    """Weigh the decisions on a ticket for a change that these Jira users may have made at that moment."""
    approvals = approvals_of(ticket, policy)
    count = _Count(ticket, actors, policy)
    stood = [it for it in approvals if it.at <= moment and _stands(it, ticket, moment, policy, until=moment)]
    if count.enough(stood) and not any(it.holds(moment) for it in ticket.waits):
        return Weighed(timely=count.that_count(stood), unknown=_edited_since(ticket, moment, policy))
    asked = any(it.end is None for it in ticket.waits)
    stand = [it for it in approvals if not asked and _stands(it, ticket, moment, policy, until=None)]
    if count.enough(stand):
        seen = [it for it in stand if not _edits_since(ticket, moment, policy, approval=it)]
        late = count.that_count(seen if count.enough(seen) else stand)
        lost = "" if count.enough(seen) else _edited_since(ticket, moment, policy)
        return Weighed(late=tuple(_given(it, ticket, moment) for it in late), unknown=lost)
    rejected = rejected_without_date(ticket, policy) or _last_decision_is_no(ticket, policy)
    if ticket.approvals is None and not rejected:
        return Weighed(unknown="its decisions could not be read")
    if count.enough(stand, with_unnamed=True):
        return Weighed(unknown=count.doubt(stand))
    causes = _causes(ticket, approvals, stand, moment, policy)
    if stand and not causes:
        causes = (Cause.SELF_APPROVED if count.enough_but_own(stand) else Cause.TOO_FEW_APPROVALS,)
    return Weighed(causes=(Cause.REJECTED, *causes) if rejected else causes)


def approvals_of(ticket: Ticket, policy: Policy) -> list[Approval]:
    """Return the approvals, and the moves to a status that the policy takes for one, in order."""
    given = [it for it in ticket.approvals or () if it.decision is Decision.APPROVED]
    moved = [
        Approval(by=it.by, at=it.at, decision=Decision.APPROVED, groups=it.groups)
        for it in ticket.status_history
        if it.to.casefold() in policy.approved_statuses
    ]
    return sorted([*given, *moved], key=lambda it: (it.at, it.by))


def rejections_of(ticket: Ticket, policy: Policy) -> list[Approval]:
    """Return the rejections, and the moves to a status that rejects, in order."""
    given = [it for it in ticket.approvals or () if it.decision is Decision.REJECTED]
    moved = [
        Approval(by=it.by, at=it.at, decision=Decision.REJECTED)
        for it in ticket.status_history
        if it.to.casefold() in policy.rejected_statuses
    ]
    return sorted([*given, *moved], key=lambda it: (it.at, it.by))


def approved_until(ticket: Ticket, approvals: Iterable[Approval], policy: Policy) -> datetime:
    """Return until when approvals that count let changes be made: to the end of the window, if there is one."""
    if ticket.window:
        return ticket.window.end
    return max(it.at for it in approvals) + policy.default_window


def rejected_without_date(ticket: Ticket, policy: Policy) -> bool:
    """Say whether the ticket's status rejects it and nothing says since when: then for good (unknown is never fine).

    What says so is the last move, into that status, or a rejection that no approval overruled.
    """
    status = ticket.status.casefold()
    last = max((it.at for it in ticket.status_history), default=None)
    moved = any(it.at == last and it.to.casefold() == status for it in ticket.status_history)
    return status in policy.rejected_statuses and not moved and not _last_decision_is_no(ticket, policy)


def edits_that_void(ticket: Ticket, approval: Approval, moment: datetime, policy: Policy) -> list[FieldEdit]:
    """Return the edits from the approval to the change; order inside a second is unknown: it counts as between."""
    moves = {it.at for it in ticket.status_history}
    return [
        it
        for it in ticket.edits
        if approval.at <= it.at <= moment
        and policy.covers(it)
        and not (it.field.casefold() == "status" and it.at in moves)
    ]


def moves_that_void(ticket: Ticket, approval: Approval, moment: datetime, policy: Policy) -> list[StatusMove]:
    """Return the moves from the approval to the change to a status that no approved ticket has, either second's too."""
    fine = policy.statuses_after_approval | policy.approved_statuses | policy.rejected_statuses
    return [it for it in ticket.status_history if approval.at <= it.at <= moment and it.to.casefold() not in fine]


def _stands(approval: Approval, ticket: Ticket, moment: datetime, policy: Policy, *, until: datetime | None) -> bool:
    """Say whether nothing before the change took an approval back, and no rejection up to `until` (None: ever)."""
    if ticket.changed_after_approval or rejected_without_date(ticket, policy):
        return False
    later = [it.at for it in rejections_of(ticket, policy) if it.at >= approval.at]
    rejected = any(until is None or at <= until for at in later)
    voided = edits_that_void(ticket, approval, moment, policy) or moves_that_void(ticket, approval, moment, policy)
    return not rejected and not voided


def _edits_since(ticket: Ticket, moment: datetime, policy: Policy, approval: Approval | None = None) -> list[FieldEdit]:
    """Return the edits after the change, and not before an approval, of what the ticket is judged by.

    Of who asked for it, those before an approval as well.

    Jira tells the text as it is now. Of a ticket file, which tells no ids, somebody answers for what it says.
    """
    edits = [it for it in ticket.edits if it.at > moment and it.field_id]
    told = [it for it in edits if policy.judges_by(it) and (approval is None or it.at >= approval.at)]
    # An approver sees what a ticket says; that it was the approver who had asked for it, a later reporter hides.
    return [*told, *(it for it in edits if policy.hides_who_asked(it))]


def _edited_since(ticket: Ticket, moment: datetime, policy: Policy) -> str:
    """Say that what the ticket is judged by was edited after the change, "" where it was not."""
    edits = _edits_since(ticket, moment, policy)
    if not edits:
        return ""
    first = min(edits, key=lambda it: (it.at, it.field))
    when = format_time(first.at)
    return f"its field {first.field!r} was edited on {when}, so what it said at the change is not known"


def _given(approval: Approval, ticket: Ticket, moment: datetime) -> Approval:
    """Return an approval as of when it counted after that moment: not while another decision was asked for."""
    from_then_on = at = max(approval.at, moment)
    for wait in sorted(ticket.waits, key=lambda it: it.start):
        if wait.end and wait.holds(at):
            at = wait.end
    return replace(approval, at=at) if at > from_then_on else approval


def _last_decision_is_no(ticket: Ticket, policy: Policy) -> bool:
    given, rejections = approvals_of(ticket, policy), rejections_of(ticket, policy)
    return bool(rejections) and (not given or rejections[-1].at >= given[-1].at)


def _causes(
    ticket: Ticket, approvals: list[Approval], stand: list[Approval], moment: datetime, policy: Policy
) -> tuple[Cause, ...]:
    fallen = [it for it in approvals if it not in stand]
    causes = []
    if any(moves_that_void(ticket, it, moment, policy) for it in fallen):
        causes.append(Cause.REOPENED)
    if (ticket.changed_after_approval and approvals) or any(
        edits_that_void(ticket, it, moment, policy) for it in fallen
    ):
        causes.append(Cause.EDITED)
    return tuple(causes)


def is_outside(approval: Approval, policy: Policy) -> bool:
    """Say whether whoever approved is known to be in none of the groups whose approvals count."""
    groups = policy.approver_groups
    return bool(groups) and approval.groups is not None and groups.isdisjoint(map(str.casefold, approval.groups))


class _Count:
    """Whose approvals count: of the right groups, and not one's own, where duties are separated."""

    def __init__(self, ticket: Ticket, actors: frozenset[str], policy: Policy) -> None:
        self._policy = policy
        self._needed = policy.approvers_needed
        self._separated = policy.separation_of_duties
        self._requester = ticket.requester
        self._own = actors | {ticket.requester}

    def that_count(self, approvals: Iterable[Approval]) -> tuple[Approval, ...]:
        if self._policy.approver_groups:
            approvals = [it for it in approvals if it.groups is not None and not is_outside(it, self._policy)]
        if not self._separated:
            # One who is not named may be any of the others.
            return tuple(it for it in approvals if it.by or self._needed == 1)
        # Where it is not known who approved or who asked, nobody can say that they are two people.
        return tuple(it for it in approvals if it.by and self._requester and it.by not in self._own)

    def enough(self, approvals: list[Approval], *, with_unnamed: bool = False) -> bool:
        able = list(self.that_count(approvals))
        if with_unnamed:
            able += self._unknown(approvals, tuple(able))
        # Those who are not named may be as many people as there are approvals.
        return len({it.by for it in able if it.by}) + sum(not it.by for it in able) >= self._needed

    def enough_but_own(self, approvals: list[Approval]) -> bool:
        inside = [it for it in approvals if not is_outside(it, self._policy)]
        return len({it.by for it in inside}) >= self._needed and any(self._is_own(it) for it in inside)

    def doubt(self, approvals: list[Approval]) -> str:
        if self._policy.approver_groups:
            strangers = [it.by for it in self._unknown(approvals, ()) if it.by and it.groups is None]
            if strangers:
                return f"in which groups {' and '.join(sorted(set(strangers)))} is could not be read"
        known = self._requester or not self._separated
        return "who approved it is not recorded" if known else "who asked for it is not recorded"

    def _unknown(self, approvals: list[Approval], counted: tuple[Approval, ...]) -> list[Approval]:
        """Return the approvals of which nobody can say whether they count."""
        return [
            it for it in approvals if it not in counted and not self._is_own(it) and not is_outside(it, self._policy)
        ]

    def _is_own(self, approval: Approval) -> bool:
        return self._separated and bool(approval.by) and approval.by in self._own
