"""The reasons of findings: sentences a manager can follow, with the ticket and the times in them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from counterseal.clock import format_time
from counterseal.correlation.judging.approvals import (
    Cause,
    approvals_of,
    edits_that_void,
    is_outside,
    moves_that_void,
    rejected_without_date,
    rejections_of,
)
from counterseal.correlation.judging.change import Change
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Judgement, allowed_people, approved_by, frozen
from counterseal.correlation.records.event import Actor
from counterseal.correlation.tickets.counterseal import Issuance
from counterseal.correlation.tickets.policy import Basis, Policy
from counterseal.correlation.tickets.ticket import Approval, Ticket

HOW = {
    Basis.SOURCE_IDENTITY: "its source identity cites the ticket",
    Basis.SESSION_NAME: "its session name cites the ticket",
    Basis.MAPPED_ACTOR: "the identity map names the actor",
}


def reason_of(change: Change, judged: Judgement, policy: Policy) -> str:
    """Return why a ticket gives the verdict that it gives."""
    return _SENTENCES[judged.verdict](change, judged, policy)


def unread(change: Change, known_until: datetime) -> str:
    """Return why nothing is known of a change that was made after tickets were read."""
    return (
        f"Jira was last read on {format_time(known_until)}, before the change of {_at(change)}: a ticket that approves "
        f"it, or takes an approval back, may not have been seen"
    )


def described(actor: Actor) -> str:
    """Return the actor in words: the ARN where there is one."""
    return actor.arn or actor.name or actor.via or "an actor that was not recorded"


def people(names: Iterable[str]) -> str:
    """Return users as a list in words."""
    return " and ".join(sorted(set(names))) or "nobody"


def hours(span: timedelta) -> str:
    """Return a span in whole hours."""
    return f"{span // timedelta(hours=1)} hours"


def _approved(change: Change, judged: Judgement, policy: Policy) -> str:
    how = HOW.get(judged.basis, "") if judged.basis else ""
    return f"{_who_approved(judged, policy)}, before the change of {_at(change)}; {how}"


def _proved(change: Change, judged: Judgement, policy: Policy) -> str:
    approved = _approved(change, judged, policy)
    issued = judged.seal.issuance if judged.seal else None
    return f"{approved}; {_sealed(issued)}" if issued else approved


def _sealed(issued: Issuance) -> str:
    held = f"issued on {format_time(issued.not_before)} to {issued.principal}, until {format_time(issued.expires)}"
    return f"its counterseal, {held}, was verified with the notary key {issued.notary_key}"


def _emergency(change: Change, judged: Judgement, policy: Policy) -> str:
    limit = f"within {hours(policy.emergency_limit)} after the change of {_at(change)}"
    return f"{_declared(judged)}, and {_who_approved(judged, policy)}: {limit}"


def _emergency_pending(change: Change, judged: Judgement, policy: Policy) -> str:
    limit = format_time(change.time + policy.emergency_limit)
    return f"{_declared(judged)}; it is not approved yet and must be by {limit}"


def _emergency_overdue(change: Change, judged: Judgement, policy: Policy) -> str:
    limit = format_time(change.time + policy.emergency_limit)
    return f"{_declared(judged)}; it was not approved by {limit}, the limit of {hours(policy.emergency_limit)}"


def _late(change: Change, judged: Judgement, policy: Policy) -> str:
    said = f"{_who_approved(judged, policy)}, after the change of {_at(change)}"
    if judged.ticket.emergency_declared_at and judged.ticket.emergency_declared_at <= change.time:
        said += f" and past the limit of {hours(policy.emergency_limit)} for an emergency"
    return said


def _unknown(_change: Change, judged: Judgement, _policy: Policy) -> str:
    return f"{judged.ticket.issue_key} names this secret, and {judged.weighed.unknown}: it may or may not be approved"


def _unattributed(change: Change, judged: Judgement, policy: Policy) -> str:
    actor = described(change.event.actor)
    if judged.basis:
        why = f"{judged.basis} is weaker than the {policy.minimum_basis} that the policy asks for"
    elif not allowed_people(judged.ticket):
        who = people(change.people) if change.people else actor
        why = f"the ticket names nobody to make the change, which {who} made"
    else:
        why = f"{actor} is nobody that the identity map knows"
    return f"{_who_approved(judged, policy)}, and covers the secret, the operation and the time; but {why}"


def _awaiting(_change: Change, judged: Judgement, _policy: Policy) -> str:
    said = f"awaiting-approval: {judged.ticket.issue_key} names this secret, and"
    asked = [it.start for it in judged.ticket.waits if it.end is None]
    if asked:
        return f"{said} the decision that was asked for on {format_time(min(asked))} has not been given yet"
    return f"{said} nobody has decided on it yet"


def caused(cause: Cause, change: Change, judged: Judgement, policy: Policy) -> str:
    """Return why a ticket fails for one cause."""
    faults = {it.cause: it.said for it in judged.seal.faults} if judged.seal else {}
    return faults.get(cause) or _CAUSES[cause](change, judged, policy)


def _mismatched(change: Change, judged: Judgement, policy: Policy) -> str:
    return "; ".join(f"{it}: {caused(it, change, judged, policy)}" for it in judged.causes)


def _rejected(_change: Change, judged: Judgement, policy: Policy) -> str:
    rejections = rejections_of(judged.ticket, policy)
    key = judged.ticket.issue_key
    if rejected_without_date(judged.ticket, policy):
        return f"{key} stands in the status {judged.ticket.status!r}, and since when is not recorded"
    last = rejections[-1]
    return f"{key} was rejected{_by([last])} on {format_time(last.at)}"


def _reopened(change: Change, judged: Judgement, policy: Policy) -> str:
    ticket = judged.ticket
    moves = [
        (approval, move)
        for approval in approvals_of(ticket, policy)
        for move in moves_that_void(ticket, approval, change.time, policy)
    ]
    approval, move = max(moves, key=lambda it: (it[1].at, it[0].at))
    moved = f"moved to {move.to!r} on {format_time(move.at)}, before the change of {_at(change)}"
    return f"{_once_approved(ticket, approval)} and {moved}"


def _edited(change: Change, judged: Judgement, policy: Policy) -> str:
    ticket = judged.ticket
    if ticket.changed_after_approval:
        return f"{ticket.issue_key} was edited after its approval, and when is not recorded"
    edits = [
        (approval, edit)
        for approval in approvals_of(ticket, policy)
        for edit in edits_that_void(ticket, approval, change.time, policy)
    ]
    approval, edit = max(edits, key=lambda it: (it[1].at, it[0].at))
    edited = f"its field {edit.field!r} was edited on {format_time(edit.at)}, before the change of {_at(change)}"
    return f"{_once_approved(ticket, approval)} and {edited}"


def _outside_window(change: Change, judged: Judgement, policy: Policy) -> str:
    key, window, freeze = judged.ticket.issue_key, judged.ticket.window, frozen(change, policy)
    made = f"the change was made on {_at(change)}"
    if freeze:
        why = f" ({freeze.reason})" if freeze.reason else ""
        period = f"{format_time(freeze.start)} to {format_time(freeze.end)}"
        return f"{made}, in the freeze of {period}{why}, and no window of {key} covers that"
    if window:
        return f"{made}, and the window of {key} is {format_time(window.start)} to {format_time(window.end)}"
    last = max(it.at for it in judged.weighed.timely)
    return (
        f"{made}, and {key} has no window of its own: it covers {hours(policy.default_window)} after its approval of "
        f"{format_time(last)}"
    )


def _other_secret(_change: Change, judged: Judgement, _policy: Policy) -> str:
    named = ", ".join(judged.ticket.secrets)
    return f"the change cites {judged.ticket.issue_key}, which names {named or 'no secret'} and not this secret"


def _other_operation(change: Change, judged: Judgement, _policy: Policy) -> str:
    allowed = ", ".join(sorted(judged.ticket.operations)) or "none"
    return f"the operation is {change.operation}, and {judged.ticket.issue_key} allows {allowed}"


def _other_actor(change: Change, judged: Judgement, _policy: Policy) -> str:
    allowed = people(allowed_people(judged.ticket))
    actor = f"the actor {described(change.event.actor)} is {people(change.people)}"
    return f"{actor}, and {judged.ticket.issue_key} is for {allowed}"


def _self_approved(change: Change, judged: Judgement, policy: Policy) -> str:
    approvers = {it.by for it in approvals_of(judged.ticket, policy)}
    own = approvers & {judged.ticket.requester, *change.people}
    why = "asked for it or made the change" if own else "may have made the change"
    return (
        f"{judged.ticket.issue_key} was approved by {people(own or approvers)}, who {why}; somebody else must approve"
    )


def _too_few(_change: Change, judged: Judgement, policy: Policy) -> str:
    approvals = approvals_of(judged.ticket, policy)
    said = f"{judged.ticket.issue_key} has approvals by {people(it.by for it in approvals)}"
    outside = {it.by for it in approvals if is_outside(it, policy)}
    if outside:
        said += f", of whom {people(outside)} is in none of the groups whose approvals count"
    return f"{said}, and {policy.approvers_needed} people must approve"


def _once_approved(ticket: Ticket, approval: Approval) -> str:
    return f"{ticket.issue_key} was approved{_by([approval])} on {format_time(approval.at)}"


def _who_approved(judged: Judgement, policy: Policy) -> str:
    approvals = judged.weighed.timely or judged.weighed.late
    return (
        f"{judged.ticket.issue_key} was approved{_by(approvals)} on {format_time(approved_by(judged.weighed, policy))}"
    )


def _declared(judged: Judgement) -> str:
    declared = judged.ticket.emergency_declared_at
    return f"{judged.ticket.issue_key} was declared an emergency on {format_time(declared) if declared else ''}"


def _by(approvals: Iterable[Approval]) -> str:
    names = people(it.by for it in approvals if it.by)
    return f" by {names}" if names != "nobody" else ""


def _at(change: Change) -> str:
    return format_time(change.time)


_Sentence = Callable[[Change, Judgement, Policy], str]

_SENTENCES: dict[Verdict, _Sentence] = {
    Verdict.PROVED: _proved,
    Verdict.APPROVED: _approved,
    Verdict.EMERGENCY: _emergency,
    Verdict.EMERGENCY_PENDING: _emergency_pending,
    Verdict.EMERGENCY_OVERDUE: _emergency_overdue,
    Verdict.APPROVED_LATE: _late,
    Verdict.APPROVAL_UNKNOWN: _unknown,
    Verdict.UNATTRIBUTED: _unattributed,
    Verdict.MISMATCHED: _mismatched,
    Verdict.UNAPPROVED: _awaiting,
}

_CAUSES: dict[Cause, _Sentence] = {
    Cause.REJECTED: _rejected,
    Cause.REOPENED: _reopened,
    Cause.EDITED: _edited,
    Cause.OUTSIDE_WINDOW: _outside_window,
    Cause.OTHER_SECRET: _other_secret,
    Cause.OTHER_OPERATION: _other_operation,
    Cause.OTHER_ACTOR: _other_actor,
    Cause.SELF_APPROVED: _self_approved,
    Cause.TOO_FEW_APPROVALS: _too_few,
}
