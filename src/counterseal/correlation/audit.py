"""The audit: a population, the tickets and the rules in; findings out. Pure, and the same in whatever order."""

from collections.abc import Iterable
from dataclasses import replace

from counterseal.clock import format_time
from counterseal.correlation.actors import People
from counterseal.correlation.aside import (
    attempts,
    finding_of,
    managed_rotations,
    orphan_deletions,
    unclassified,
    unrecorded_versions,
    unused_approvals,
)
from counterseal.correlation.approvals import Cause
from counterseal.correlation.blindness import BlindInterval
from counterseal.correlation.candidates import TicketIndex
from counterseal.correlation.change import Change, look_at
from counterseal.correlation.event import Event, Kind
from counterseal.correlation.finding import Finding, Verdict
from counterseal.correlation.judge import Judgement, Rules, judge
from counterseal.correlation.labels import Labels
from counterseal.correlation.policy import Basis
from counterseal.correlation.population import Population, guard_events
from counterseal.correlation.reasons import described, reason_of
from counterseal.correlation.result import AuditResult
from counterseal.correlation.rotation import Inheritance, Rotations
from counterseal.correlation.standing import covering
from counterseal.correlation.ticket import Standing, TicketSet
from counterseal.correlation.witnesses import Witnesses

RANK = {verdict: number for number, verdict in enumerate(Verdict)}
"""Best first: the order of design part 5, which is the order in which the verdicts are written down."""

_BASES = {basis: number for number, basis in enumerate(Basis)}


def audit(
    population: Population, tickets: TicketSet, rules: Rules, *, blind_intervals: Iterable[BlindInterval] = ()
) -> AuditResult:
    """Join every change with the tickets that could explain it, and say what stands beside."""
    blind = tuple(blind_intervals)
    findings = _Audit(population, tickets, rules, blind).findings()
    policy = rules.policy
    guards = guard_events(
        population, buckets=policy.guarded_buckets, key_arns=policy.guarded_keys, tables=policy.guarded_tables
    )
    return AuditResult(
        as_of=rules.as_of,
        policy=policy,
        population=population,
        findings=tuple(findings),
        guard_events=guards,
        blind_intervals=blind,
        unused_approvals=tuple(unused_approvals(tickets.tickets, findings, population, rules)),
        notes=tickets.notes,
    )


class _Audit:
    """The parts of one audit, put together once."""

    def __init__(
        self, population: Population, tickets: TicketSet, rules: Rules, blind: tuple[BlindInterval, ...]
    ) -> None:
        self._population = population
        self._rules = rules
        self._blind = blind
        self._index = TicketIndex(tickets.tickets)
        self._standing: tuple[Standing, ...] = (*tickets.standing, *rules.policy.standing)
        self._people = People(tickets.identities, rules.policy.identities)
        self._witnesses = Witnesses(population)
        self._rotations = Rotations(population, self._by_ticket, dict(rules.policy.rotation_roles))
        self._labels = Labels(population, self._witnesses, self._rotations)

    def findings(self) -> list[Finding]:
        """Return every finding, by time and id."""
        found = [self._of_change(event) for event in self._population.of_kind(Kind.CHANGE)]
        found += attempts(self._population)
        found += unclassified(self._population)
        found += orphan_deletions(self._population)
        found += unrecorded_versions(self._witnesses, managed_rotations(self._population))
        marked = [self._with_surroundings(it) for it in found]
        return sorted(marked, key=lambda it: (it.time, it.event_id, it.account, it.verdict, it.version_id))

    def _of_change(self, event: Event) -> Finding:
        finding = self._by_ticket(event)
        inherited = self._rotations.inherited_by(event)
        if inherited and RANK[finding.verdict] > RANK[Verdict.INHERITED]:
            finding = _as_inherited(finding, inherited)
        if self._labels.is_silent_rollback(event):
            finding = _as_silent_rollback(finding)
        if self._witnesses.is_missing(event):
            finding = replace(finding, signals=(*finding.signals, "witness-missing"))
        if self._witnesses.is_repeat(event):
            finding = replace(finding, signals=(*finding.signals, "repeat"))
        return finding

    def _by_ticket(self, event: Event) -> Finding:
        """Return what tickets and standing approvals make of a change, the best of them winning."""
        change = look_at(event, self._people, self._witnesses)
        witnesses = ("cloudtrail", *self._witnesses.of(event))
        bare = finding_of(event, Verdict.UNAPPROVED, "", witnesses=witnesses)
        judged = [judge(change, it, self._rules) for it in self._index.candidates(change, self._rules.policy)]
        best = min(judged, key=_order, default=None)
        standing = covering(change, self._standing)
        if standing and standing[0].expires >= change.time and (not best or best.verdict != Verdict.APPROVED):
            return replace(_by_standing(bare, standing[0]), reason=self._finish(_standing_reason(standing[0]), change))
        if best:
            reason = self._finish(reason_of(change, best, self._rules.policy), change)
            return replace(bare, verdict=best.verdict, basis=_basis(best), reason=reason, ticket=best.ticket.issue_key)
        return replace(bare, reason=self._finish(self._nothing_found(change, standing), change))

    def _nothing_found(self, change: Change, expired: list[Standing]) -> str:
        name = change.event.secret_arn or change.event.secret_given or "a secret that was not recorded"
        said = f"no ticket names {name} near {format_time(change.time)}"
        missing = change.cited.all()
        if missing:
            said += f"; it cites {', '.join(missing)}, which the tickets given do not hold"
        if expired:
            said += f"; the standing approval of {expired[0].issue_key} expired on {format_time(expired[0].expires)}"
        return said

    def _finish(self, reason: str, change: Change) -> str:
        """Add to a reason what a reader must know of the change itself."""
        parts = [reason]
        if change.doubt:
            parts.append(change.doubt)
        if change.cited.counterseal:
            parts.append(
                f"the version id has the form of a counterseal for {change.cited.counterseal}: counterseal not checked"
            )
        return "; ".join(parts)

    def _with_surroundings(self, finding: Finding) -> Finding:
        """Mark what lies in a blind interval or before the baseline."""
        if any(it.covers(finding.account, finding.region, finding.time) for it in self._blind):
            finding = replace(finding, signals=(*finding.signals, "in-blind-interval"))
        baseline = self._rules.policy.baseline
        if baseline and finding.time < baseline:
            reason = f"{finding.reason}; before the baseline of {format_time(baseline)}, so it is no discrepancy"
            finding = replace(finding, reason=reason)
        return finding


def _order(judged: Judgement) -> tuple[object, ...]:
    basis = _BASES[judged.basis] if judged.basis else len(_BASES)
    ticket = judged.ticket
    return (RANK[judged.verdict], basis, len(judged.causes), ticket.issue_key, ticket.issue_id)


def _basis(judged: Judgement) -> str:
    """Return the basis to report: what ties the actor, else the window alone, else nothing."""
    if judged.verdict is Verdict.UNATTRIBUTED and not judged.basis:
        return Basis.WINDOW
    return judged.basis or ""


def _by_standing(bare: Finding, standing: Standing) -> Finding:
    return replace(bare, verdict=Verdict.APPROVED, basis=Basis.STANDING, ticket=standing.issue_key)


def _standing_reason(standing: Standing) -> str:
    owner = f", owned by {standing.owner}," if standing.owner else ""
    return (
        f"the standing approval of {standing.issue_key}{owner} lets {standing.principal} do this until "
        f"{format_time(standing.expires)}"
    )


def _as_inherited(finding: Finding, inherited: Inheritance) -> Finding:
    return replace(
        finding,
        verdict=Verdict.INHERITED,
        basis=Basis.ROTATION,
        reason=inherited.reason,
        ticket=inherited.issue_key,
    )


def _as_silent_rollback(finding: Finding) -> Finding:
    """Signal the rollback, and make it the verdict where no approval covers moving a label."""
    signals = (*finding.signals, "silent-rollback")
    names_label = finding.verdict is Verdict.MISMATCHED and f"{Cause.OTHER_OPERATION}:" not in finding.reason
    if finding.verdict not in (Verdict.UNAPPROVED, Verdict.MISMATCHED) or names_label:
        return replace(finding, signals=signals)
    reason = f"{described(finding.actor)} moved a label to the older version {finding.version_id}, with no new value and no approval for it; {finding.reason}"
    return replace(finding, verdict=Verdict.SILENT_ROLLBACK, reason=reason, signals=signals)
