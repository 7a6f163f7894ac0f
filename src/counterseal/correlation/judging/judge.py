"""What one ticket says about one change: a verdict, on what basis, and for which causes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from counterseal.correlation.judging.approvals import Cause, Weighed, weigh
from counterseal.correlation.judging.candidates import names_secret
from counterseal.correlation.judging.change import Change
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.proof import SealCheck
from counterseal.correlation.records.delivery import Place, Read
from counterseal.correlation.records.event import Event
from counterseal.correlation.records.guarded import Guarded
from counterseal.correlation.tickets.policy import Basis, Freeze, Policy
from counterseal.correlation.tickets.ticket import Ticket

STRENGTH = {basis: number for number, basis in enumerate(Basis)}
"""Bases as they are written down, strongest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One ticket's answer. `basis` is None where the actor was not matched.

    `seal` is what became of the counterseal for this ticket, None where the change carries none.
    """

    verdict: Verdict
    ticket: Ticket
    weighed: Weighed
    basis: Basis | None = None
    causes: tuple[Cause, ...] = ()
    seal: SealCheck | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The policy, and the time at which it is asked; `read` are the places in buckets that records were read from."""

    policy: Policy
    as_of: datetime
    read: tuple[Place, ...] = ()

    def trails_read(self) -> Read:
        """Return where trails' files are read from."""
        return Read(self.policy.trail_buckets, self.read)

    def guarded(self, events: Iterable[Event]) -> Guarded:
        """Return what is guarded where these events were read; what trails deliver by need not be registered."""
        policy = self.policy
        buckets = {*policy.guarded_buckets, *self.trails_read().buckets()}
        return Guarded(buckets, policy.guarded_keys, policy.guarded_tables).with_trails(events)

    def as_known(self, known_until: datetime | None) -> "Rules":
        """Return the rules asked at the last time of which all tickets are known."""
        return replace(self, as_of=min(self.as_of, known_until)) if known_until else self


def judge(change: Change, ticket: Ticket, rules: Rules) -> Judgement:
    """Say what a candidate ticket makes of a change, in the order of design part 5."""
    weighed = weigh(ticket, change.time, _possible_actors(change, ticket), rules.policy)
    basis = _basis(change, ticket)
    misfits = misfits_of(change, ticket, weighed, rules.policy)
    verdict, causes = Verdict.UNAPPROVED, misfits
    if misfits and not weighed.waits:
        verdict, causes = Verdict.MISMATCHED, [*misfits, *weighed.causes]
    elif weighed.unknown and not weighed.late:
        verdict = Verdict.APPROVAL_UNKNOWN
    elif weighed.timely:
        verdict = _attributed(Verdict.APPROVED, basis, rules.policy)
    elif is_emergency(change, ticket, rules.policy) and not misfits:
        verdict, causes = _emergency(change, weighed, basis, rules)
    elif weighed.late:
        verdict = Verdict.APPROVED_LATE
    elif not weighed.waits:
        verdict, causes = Verdict.MISMATCHED, [*weighed.causes]
    return Judgement(verdict=verdict, ticket=ticket, weighed=weighed, basis=basis, causes=tuple(causes))


def with_seal(judged: Judgement, change: Change, seal: SealCheck | None) -> Judgement:
    """Let the counterseal speak: one that holds proves what is approved, one that does not is a mismatch.

    It speaks of the ticket that it names alone: what another ticket approves stays approved.
    """
    if seal is None or not change.cited.sealed_for(judged.ticket):
        return judged
    check = seal.for_ticket(judged.ticket, change.time)
    if check.faults:
        causes = {*judged.causes, *(it.cause for it in check.faults)}
        worst_first = tuple(it for it in Cause if it in causes)
        return replace(judged, verdict=Verdict.MISMATCHED, causes=worst_first, seal=check)
    proved = check.holds and judged.verdict is Verdict.APPROVED
    return replace(judged, verdict=Verdict.PROVED if proved else judged.verdict, seal=check)


def _emergency(change: Change, weighed: Weighed, basis: Basis | None, rules: Rules) -> tuple[Verdict, list[Cause]]:
    """Say what became of an emergency that was declared before the change and not approved before it."""
    limit = change.time + rules.policy.emergency_limit
    if weighed.late:
        if approved_by(weighed, rules.policy) > limit:
            return Verdict.APPROVED_LATE, []
        if weighed.unknown:
            return Verdict.APPROVAL_UNKNOWN, []
        return _attributed(Verdict.EMERGENCY, basis, rules.policy), []
    if set(weighed.causes) <= {Cause.TOO_FEW_APPROVALS}:
        return (Verdict.EMERGENCY_OVERDUE if rules.as_of > limit else Verdict.EMERGENCY_PENDING), []
    return Verdict.MISMATCHED, [*weighed.causes]


def is_emergency(change: Change, ticket: Ticket, policy: Policy) -> bool:
    """Say whether the ticket had been declared an emergency when the change was made, and not too long before.

    The window bounds it; without one, the default time after the declaration.
    """
    declared = ticket.emergency_declared_at
    if declared is None or declared > change.time:
        return False
    return ticket.window is not None or change.time <= declared + policy.default_window


def approved_by(weighed: Weighed, policy: Policy) -> datetime:
    """Return when the approvals became enough: with the last of the people needed."""
    first_of: dict[str, datetime] = {}
    for approval in weighed.timely or weighed.late:
        first_of.setdefault(approval.by, approval.at)
    return sorted(first_of.values())[policy.approvers_needed - 1]


def allowed_people(ticket: Ticket) -> frozenset[str]:
    """Return the Jira users whom the ticket lets make the change."""
    return frozenset({ticket.assignee, *ticket.executors} - {""})


def _possible_actors(change: Change, ticket: Ticket) -> frozenset[str]:
    """Return who may have made the change: the actor, else, where it only cites the ticket, anybody it allows."""
    cited = ticket.goes_by(change.cited.source_identity, change.cited.session_name)
    return change.people or (allowed_people(ticket) if cited else frozenset())


def _basis(change: Change, ticket: Ticket) -> Basis | None:
    """Return how strongly the actor is tied to whom the ticket is for; the map must not say that it is another."""
    allowed = allowed_people(ticket)
    if not allowed or (change.people and not change.people & allowed):
        return None
    if ticket.goes_by(change.cited.source_identity):
        return Basis.SOURCE_IDENTITY
    if ticket.goes_by(change.cited.session_name):
        return Basis.SESSION_NAME
    return Basis.MAPPED_ACTOR if change.people else None


def _attributed(verdict: Verdict, basis: Basis | None, policy: Policy) -> Verdict:
    """Give the verdict to a change whose actor is tied strongly enough; anything else is unattributed."""
    least = min(STRENGTH[policy.minimum_basis], STRENGTH[Basis.MAPPED_ACTOR])
    return verdict if basis and STRENGTH[basis] <= least else Verdict.UNATTRIBUTED


def misfits_of(change: Change, ticket: Ticket, weighed: Weighed, policy: Policy) -> list[Cause]:
    """Return what about the change the ticket does not cover, whoever approved it and when."""
    allowed = allowed_people(ticket)
    tests = {
        Cause.OUTSIDE_WINDOW: not _in_window(change, ticket, weighed, policy),
        Cause.OTHER_SECRET: not names_secret(ticket, change),
        Cause.OTHER_OPERATION: not {"any", change.operation} & ticket.operations,
        Cause.OTHER_ACTOR: bool(change.people and allowed and not change.people & allowed),
    }
    return [cause for cause, fails in tests.items() if fails]


def _in_window(change: Change, ticket: Ticket, weighed: Weighed, policy: Policy) -> bool:
    """Say whether the change lies in the ticket's window, both ends included, and in no freeze.

    Without a window it covers the default time after the approval; the window bounds the change and never an approval
    given afterwards.
    """
    if frozen(change, policy) and not is_emergency(change, ticket, policy):
        return False
    if ticket.window:
        return ticket.window.start <= change.time <= ticket.window.end
    return not weighed.timely or change.time <= max(it.at for it in weighed.timely) + policy.default_window


def frozen(change: Change, policy: Policy) -> Freeze | None:
    """Return the freeze in which the change was made, if any."""
    return next((it for it in policy.freezes if it.start <= change.time <= it.end), None)
