"""Why a change got its verdict: each ticket and each check, the settings that decided, and what would have helped."""

from collections.abc import Iterator
from dataclasses import dataclass

from counterseal.clock import format_time
from counterseal.correlation.judging.change import Change
from counterseal.correlation.judging.checks import Check, checks_of, remedy_of
from counterseal.correlation.judging.deciding import Considered, Deciding, standing_reason
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.judge import Judgement, frozen
from counterseal.correlation.judging.reasons import described, hours, people, reason_of
from counterseal.correlation.judging.result import finding_json
from counterseal.correlation.judging.rotation import step_token
from counterseal.correlation.judging.verdicts import EXPLAINED, SIGNALS
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.tickets.policy import Basis, Policy

_FINE = frozenset({Verdict.PROVED, Verdict.APPROVED, Verdict.INHERITED, Verdict.EMERGENCY})


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketExplained:
    """What one ticket makes of the change. `remedy` is "" where it approves it."""

    issue_key: str
    verdict: Verdict
    said: str
    checks: tuple[Check, ...]
    remedy: str

    def as_json(self) -> dict[str, object]:
        """Return it as one object; what is not known passes neither nor fails: null."""
        return {
            "ticket": self.issue_key,
            "verdict": self.verdict.value,
            "said": self.said,
            "checks": [
                {"name": it.name, "passes": it.passes, "said": it.said, "remedy": it.remedy} for it in self.checks
            ],
            "remedy": self.remedy,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a finding is what it is. Every item is a sentence, or a ticket with its checks, the best first.

    `remedies` say what would have made it approved: none where nothing is amiss.
    """

    finding: Finding
    means: str
    change: tuple[str, ...] = ()
    tickets: tuple[TicketExplained, ...] = ()
    beside: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return what `policy explain --json` prints in `explanations`."""
        return {
            "finding": finding_json(self.finding),
            "means": self.means,
            "change": list(self.change),
            "tickets": [it.as_json() for it in self.tickets],
            "beside": list(self.beside),
            "settings": list(self.settings),
            "remedies": list(self.remedies),
        }


def explain(finding: Finding, event: Event, deciding: Deciding, policy: Policy) -> Explanation:
    """Explain a finding about an event; what is no change has no ticket and no check."""
    means = EXPLAINED[finding.verdict].meaning
    if event.kind is not Kind.CHANGE:
        return Explanation(finding=finding, means=means, change=(f"{event.name} on {format_time(event.time)}",))
    considered = deciding.considered(event)
    tickets = tuple(_ticket(it, considered.change, policy) for it in considered.judged)
    return Explanation(
        finding=finding,
        means=means,
        change=tuple(_change(considered)),
        tickets=tickets,
        beside=tuple(_beside(finding, considered)),
        settings=tuple(_settings(finding, considered, policy)),
        remedies=() if finding.verdict in _FINE else tuple(_remedies(considered, tickets, policy)),
    )


def _ticket(judged: Judgement, change: Change, policy: Policy) -> TicketExplained:
    checks = checks_of(change, judged, policy)
    return TicketExplained(
        issue_key=judged.ticket.issue_key,
        verdict=judged.verdict,
        said=reason_of(change, judged, policy),
        checks=tuple(checks),
        remedy=remedy_of(checks, judged),
    )


def _change(considered: Considered) -> Iterator[str]:
    change = considered.change
    event = change.event
    secret = event.secret_arn or event.secret_name or event.secret_given or "a secret that was not recorded"
    yield f"{event.name} of {secret} on {format_time(change.time)}, in {event.account} {event.region}"
    doubt = f" ({change.doubt})" if change.doubt else ""
    yield f"as an operation it is {change.operation or 'none that is known'}{doubt}"
    who = f"who is {people(change.people)}" if change.people else "whom the identity map does not know"
    yield f"made by {described(event.actor)}, {who}"
    cited = change.cited.all()
    yield f"it cites {', '.join(cited)}" if cited else "it cites no ticket"
    if considered.unread:
        yield considered.unread


def _beside(finding: Finding, considered: Considered) -> Iterator[str]:
    """Say what spoke besides tickets: standing approvals, rotation, counterseal, signals."""
    change = considered.change
    for it in considered.standing:
        expired = "" if it.expires >= change.time else ", which is before the change: it had expired"
        yield f"{standing_reason(it)}{expired}"
    if not considered.standing:
        yield "no standing approval names this actor, secret and operation"
    if finding.verdict is Verdict.INHERITED:
        yield finding.reason
    elif step_token(change.event):
        yield "no approved rotation was seen of which this change is a step, with every link of the chain"
    if considered.seal is None:
        yield "it carries no counterseal"
    elif considered.seal.unchecked:
        yield f"it carries a counterseal that was not checked: {considered.seal.unchecked}"
    for fault in considered.seal.faults if considered.seal else ():
        yield f"it carries a counterseal that does not hold ({fault.cause}): {fault.said}"
    yield from (f"signal {it}: {SIGNALS[it]}" for it in finding.signals)


def _settings(finding: Finding, considered: Considered, policy: Policy) -> Iterator[str]:
    """Say which settings of the policy decided here; those that would have changed nothing are left out."""
    yield f"candidate_days = {policy.candidate_span.days}: tickets with a window farther away are not considered"
    if considered.judged:
        yield f"approvers_needed = {policy.approvers_needed}"
        yield f"separation_of_duties = {str(policy.separation_of_duties).lower()}"
        yield f"minimum_basis = {policy.minimum_basis.value!r}"
    if any(it.ticket.window is None for it in considered.judged):
        yield f"default_window_hours: a ticket without a window covers {hours(policy.default_window)} from its approval"
    if any(it.ticket.emergency_declared_at for it in considered.judged):
        yield f"emergency_limit_hours: an emergency must be approved within {hours(policy.emergency_limit)}"
    if any(it.ticket.status_history for it in considered.judged):
        yield "approved_statuses, statuses_after_approval, rejected_statuses: they say what each move of a status means"
    if any(it.ticket.edits for it in considered.judged):
        yield f"uncovered_fields: edits of {', '.join(sorted(policy.uncovered_fields))} take no approval back"
    if freeze := frozen(considered.change, policy):
        yield f"freeze: {format_time(freeze.start)} to {format_time(freeze.end)} {freeze.reason}".rstrip()
    if finding.basis == Basis.STANDING:
        yield "standing: [[policy.standing]], or the standing approvals that came with the tickets"
    if policy.baseline and finding.time < policy.baseline:
        yield f"baseline = {format_time(policy.baseline)}: what is older is listed and does not count"


def _remedies(considered: Considered, tickets: tuple[TicketExplained, ...], policy: Policy) -> Iterator[str]:
    if considered.unread:
        yield f"Jira could be read up to {format_time(considered.change.time)}: then it is judged again"
    found = [it.remedy for it in tickets if it.remedy]
    yield from found
    if not found and not (considered.unread and considered.judged):
        change, needed = considered.change, policy.approvers_needed
        who = "somebody else" if needed == 1 else f"{needed} other people"
        yield (
            f"a ticket would approve it that names the secret, allows {change.operation}, is for whoever made the "
            f"change, and was approved by {who} by {format_time(change.time)}"
        )
