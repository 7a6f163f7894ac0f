"""Every check that a ticket passes or fails for a change, in sentences, and what would have made it pass."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from counterseal.clock import format_time
from counterseal.correlation.judging.approvals import Cause, approvals_of, is_outside
from counterseal.correlation.judging.change import Change
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Judgement, allowed_people, approved_by, is_emergency, misfits_of
from counterseal.correlation.judging.reasons import HOW, caused, described, hours, people
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Approval, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question that was put to a ticket. `passes` is None where the answer is not known.

    `remedy` says what would have made it pass, "" where it does.
    """

    name: str
    passes: bool | None
    said: str
    remedy: str = ""


def checks_of(change: Change, judged: Judgement, policy: Policy) -> list[Check]:
    """Return the checks in the order in which a person asks them; the verdict rests on these and no others."""
    asked = _Asked(change, judged, policy)
    checks = [
        asked.of("secret", {Cause.OTHER_SECRET}, lambda: f"it names the secret: {', '.join(judged.ticket.secrets)}"),
        asked.of("operation", {Cause.OTHER_OPERATION}, asked.operation),
        asked.of("window", {Cause.OUTSIDE_WINDOW}, asked.window),
        asked.approvals(),
        asked.of("separation of duties", {Cause.SELF_APPROVED}, asked.duties),
        asked.of("rejection", {Cause.REJECTED}, lambda: "nobody's last word on it was a rejection"),
        asked.of("status", {Cause.REOPENED}, lambda: "no move of its status took an approval back"),
        asked.of("edits", {Cause.EDITED}, lambda: "no edit of a covered field took an approval back"),
        asked.actor(),
    ]
    if judged.ticket.emergency_declared_at:
        checks.append(asked.emergency())
    if change.cited.sealed_for(judged.ticket):
        checks.append(asked.counterseal())
    return checks


class _Asked:
    """One change held against one ticket."""

    def __init__(self, change: Change, judged: Judgement, policy: Policy) -> None:
        self._change = change
        self._judged = judged
        self._ticket = judged.ticket
        self._policy = policy
        misfits = misfits_of(change, judged.ticket, judged.weighed, policy)
        self._causes = {*misfits, *judged.weighed.causes, *judged.causes}

    def of(self, name: str, causes: set[Cause], passing: Callable[[], str]) -> Check:
        """Return a check that fails for these causes."""
        failing = [it for it in Cause if it in causes & self._causes]
        if not failing:
            return Check(name=name, passes=True, said=passing())
        said = "; ".join(caused(it, self._change, self._judged, self._policy) for it in failing)
        return Check(name=name, passes=False, said=said, remedy=self._remedy(failing[0]))

    def operation(self) -> str:
        return f"the operation is {self._change.operation}, and it allows {', '.join(sorted(self._ticket.operations))}"

    def window(self) -> str:
        made = f"the change was made on {format_time(self._change.time)}"
        if window := self._ticket.window:
            return f"{made}, and its window is {format_time(window.start)} to {format_time(window.end)}"
        if timely := self._judged.weighed.timely:
            last = format_time(max(it.at for it in timely))
            return f"{made}, and without a window it covers {hours(self._policy.default_window)} after {last}"
        return f"{made}; it has no window, and no approval before the change from which one could be reckoned"

    def approvals(self) -> Check:
        """Return whether enough people approved it in time, and what became of each approval."""
        weighed, needed = self._judged.weighed, self._policy.approvers_needed
        each = "; ".join(self._became(it) for it in approvals_of(self._ticket, self._policy))
        said = f"{needed} must approve before the change; {each or 'nobody approved it'}"
        by = format_time(self._change.time)
        wanted = f"{needed} {'person' if needed == 1 else 'people'} who may approve it had done so by {by}"
        if weighed.unknown and not weighed.late:
            remedy = "what could not be read could be read, and said that it was approved in time"
            return Check(name="approvals", passes=None, said=f"{said}; {weighed.unknown}", remedy=remedy)
        if weighed.timely:
            since = format_time(approved_by(weighed, self._policy))
            return Check(name="approvals", passes=True, said=f"{said}; that is enough since {since}")
        return Check(name="approvals", passes=False, said=said, remedy=wanted)

    def duties(self) -> str:
        if not self._policy.separation_of_duties:
            return "the policy does not ask that approver, requester and actor be different people"
        return f"{people(filter(None, [self._ticket.requester]))} asked for it; whoever asked or acted does not count"

    def actor(self) -> Check:
        allowed, actor = people(allowed_people(self._ticket)), described(self._change.event.actor)
        check = self.of("actor", {Cause.OTHER_ACTOR}, lambda: "")
        if not check.passes:
            return check
        basis = self._judged.basis
        if basis and self._judged.verdict is not Verdict.UNATTRIBUTED:
            return Check(name="actor", passes=True, said=f"it is for {allowed}, and {actor} was matched: {HOW[basis]}")
        # Somebody may be tied too weakly for the policy, or not at all: either way nobody knows that it was not them.
        said = f"it is for {allowed}, and {actor} is nobody that the identity map knows and cites no ticket"
        if basis:
            said = f"{actor} was matched: {HOW[basis]}; that is weaker than the policy's {self._policy.minimum_basis}"
        elif not allowed_people(self._ticket):
            who = people(self._change.people) if self._change.people else actor
            said = f"the actor is {who}, and the ticket is for nobody"
        remedy = "it were known that somebody whom the ticket is for made the change (identities, or a cited ticket)"
        return Check(name="actor", passes=None, said=said, remedy=remedy)

    def emergency(self) -> Check:
        declared = self._ticket.emergency_declared_at
        when = f"it was declared an emergency on {format_time(declared)}" if declared else ""
        if is_emergency(self._change, self._ticket, self._policy):
            limit = format_time(self._change.time + self._policy.emergency_limit)
            return Check(name="emergency", passes=True, said=f"{when}; it could be approved until {limit}")
        remedy = "it had been declared before the change, and not too long before"
        return Check(name="emergency", passes=False, said=f"{when}, which does not cover this change", remedy=remedy)

    def counterseal(self) -> Check:
        seal = self._judged.seal
        if seal is None or seal.unchecked:
            why = seal.unchecked if seal else "nothing to check it against was given"
            remedy = "its counterseal could be checked"
            return Check(name="counterseal", passes=None, said=f"it was not checked: {why}", remedy=remedy)
        if seal.faults:
            said = "; ".join(f"{it.cause}: {it.said}" for it in seal.faults)
            return Check(name="counterseal", passes=False, said=said, remedy="its counterseal held, or there were none")
        anchored = "" if seal.anchored else "; no checkpoint older than the change covers its issuance"
        return Check(name="counterseal", passes=True, said=f"it was issued for this change and verified{anchored}")

    def _became(self, approval: Approval) -> str:
        """Return what became of one approval."""
        who, when = approval.by or "somebody who is not recorded", format_time(approval.at)
        weighed = self._judged.weighed
        if approval in weighed.timely:
            return f"{who} approved on {when}"
        if approval.at > self._change.time:
            return f"{who} approved on {when}, after the change"
        own = {self._ticket.requester, *self._change.people}
        if self._policy.separation_of_duties and approval.by in own:
            return f"{who} approved on {when} and does not count: the approval is one's own"
        if is_outside(approval, self._policy):
            return f"{who} approved on {when} and does not count: {who} is in none of the approver groups"
        if self._policy.approver_groups and approval.groups is None:
            return f"{who} approved on {when} and does not count: in which groups {who} is could not be read"
        return f"{who} approved on {when}, which does not count or was not enough"

    def _remedy(self, cause: Cause) -> str:
        made, ticket = format_time(self._change.time), self._ticket
        return {
            Cause.OTHER_SECRET: "it had named this secret",
            Cause.OTHER_OPERATION: f"it had allowed {self._change.operation}",
            Cause.OUTSIDE_WINDOW: f"its window had held {made}, and no freeze had",
            Cause.REJECTED: "it had been approved again after the rejection, and before the change",
            Cause.REOPENED: "it had been approved again after its status moved, and before the change",
            Cause.EDITED: "it had been approved again after the edit, and before the change",
            Cause.SELF_APPROVED: f"somebody other than {_own(ticket, self._change)} had approved it by {made}",
            Cause.OTHER_ACTOR: f"{people(allowed_people(ticket))} had made the change, or it were for whoever did",
        }[cause]


def remedy_of(checks: Iterable[Check], judged: Judgement) -> str:
    """Return what would have made the change approved by this ticket; "" where it is."""
    if judged.verdict in (Verdict.PROVED, Verdict.APPROVED):
        return ""
    # Whoever may approve and had not done so: an approval of one's own is one remedy, not two.
    failing = [it for it in checks if it.remedy and it.name != "emergency"]
    own = any(it.name == "separation of duties" for it in failing)
    wanted = [it.remedy for it in failing if not (own and it.name == "approvals")]
    if not wanted:
        return ""
    return f"{judged.ticket.issue_key} would approve it if {', and if '.join(wanted)}"


def _own(ticket: Ticket, change: Change) -> str:
    return people({ticket.requester, *change.people} - {""})
