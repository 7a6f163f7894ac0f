"""What an audit found, as one value and as one JSON object (docs/reference/audit-json.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from counterseal.clock import format_time
from counterseal.correlation.digests.completeness import Completeness, Fault
from counterseal.correlation.judging.aside import UnusedApproval
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.records.event import Actor, Event
from counterseal.correlation.records.interval import BlindInterval
from counterseal.correlation.records.population import Population
from counterseal.correlation.tickets.policy import Basis, Policy
from counterseal.correlation.tickets.ticket import Ticket

SCHEMA = "counterseal/audit/v1"

DISCREPANCIES = frozenset(
    {
        Verdict.APPROVED_LATE,
        Verdict.APPROVAL_UNKNOWN,
        Verdict.UNATTRIBUTED,
        Verdict.MISMATCHED,
        Verdict.UNAPPROVED,
        Verdict.EMERGENCY_PENDING,
        Verdict.EMERGENCY_OVERDUE,
        Verdict.SILENT_ROLLBACK,
        Verdict.ORPHAN_DELETION,
        Verdict.UNRECORDED_VERSION,
        Verdict.UNCLASSIFIED,
        Verdict.UNTRACKED_VERSION,
        Verdict.UNRECORDED_DELETION,
        Verdict.STALE_LABEL,
    }
)
"""The verdicts that set the exit status (design part 5); blind intervals do as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """Everything that one audit has to say. `notes` are for people: what the sources could not carry.

    `completeness` is None where the files were not held against digests.
    `tickets` are those that it was given: they are recorded with it, and not printed.
    `unseen` says what the way in which the records were had cannot show, and what no digest can prove.
    `counterseals_unchecked` says what was missing for checking counterseals, "" where nothing was.
    """

    as_of: datetime
    policy: Policy
    population: Population
    findings: tuple[Finding, ...]
    guard_events: tuple[Event, ...] = ()
    blind_intervals: tuple[BlindInterval, ...] = ()
    unused_approvals: tuple[UnusedApproval, ...] = ()
    notes: tuple[str, ...] = ()
    completeness: Completeness | None = None
    tickets: tuple[Ticket, ...] = ()
    counterseals_unchecked: str = ""
    unseen: tuple[str, ...] = ()

    def is_discrepancy(self, finding: Finding) -> bool:
        """Say whether a finding counts: its verdict does, and it is not older than the baseline."""
        if self.policy.baseline and finding.time < self.policy.baseline:
            return False
        if finding.verdict is Verdict.UNATTRIBUTED and self.policy.minimum_basis is Basis.WINDOW:
            return False
        return finding.verdict in DISCREPANCIES

    def discrepancies(self) -> tuple[Finding, ...]:
        """Return the findings that count, in order."""
        return tuple(it for it in self.findings if self.is_discrepancy(it))

    def blind_discrepancies(self) -> tuple[BlindInterval, ...]:
        """Return the blind intervals that count: those that reach past the baseline."""
        baseline = self.policy.baseline
        return tuple(it for it in self.blind_intervals if not baseline or not it.end or it.end >= baseline)

    def completeness_discrepancies(self) -> tuple[Fault, ...]:
        """Return what is wrong with the files that were read: none where they were not held against digests."""
        return self.completeness.discrepancies(self.policy.baseline) if self.completeness else ()

    def is_clean(self, *, strict: bool = False) -> bool:
        """Say whether there is no discrepancy; strictly: no attempt, signal, guard event, unused approval, conflict."""
        if self.discrepancies() or self.blind_discrepancies() or self.completeness_discrepancies():
            return False
        if not strict:
            return True
        beside = (self.guard_events, self.unused_approvals, self.population.conflicts)
        marked = any(it.signals or it.verdict is Verdict.ATTEMPT for it in self.findings)
        return not marked and not any(beside)

    def as_json(self) -> dict[str, object]:
        """Return what `audit --json` prints."""
        return {
            "schema": SCHEMA,
            "as_of": format_time(self.as_of),
            "population": self.population.counts(),
            "findings": [finding_json(it) for it in self.findings],
            "guard_events": [guard_json(it) for it in self.guard_events],
            "blind_intervals": [it.as_json() for it in self.blind_intervals],
            "unused_approvals": [it.as_json() for it in self.unused_approvals],
            "completeness": self.completeness.as_json() if self.completeness else None,
            "unseen": list(self.unseen),
        }


def finding_json(finding: Finding) -> Mapping[str, object]:
    """Return a finding as `audit --json` prints it."""
    return {
        "verdict": str(finding.verdict),
        "basis": str(finding.basis),
        "reason": finding.reason,
        "signals": list(finding.signals),
        "service": finding.service,
        "event": finding.event,
        "event_id": finding.event_id,
        "time": format_time(finding.time),
        "account": finding.account,
        "region": finding.region,
        "secret": finding.secret or None,
        "secret_name": finding.secret_name,
        "version_id": finding.version_id,
        "actor": actor_json(finding.actor),
        "ticket": finding.ticket or None,
        "witnesses": list(finding.witnesses),
    }


def guard_json(event: Event) -> Mapping[str, object]:
    """Return a guard event as `audit --json` prints it."""
    return {
        "service": event.service,
        "event": event.name,
        "event_id": event.event_id,
        "time": format_time(event.time),
        "account": event.account,
        "region": event.region,
        "guards": event.facts.get("guards", ""),
        "resource": event.facts.get("resource", ""),
        "object": event.facts.get("object", ""),
        "effect": event.facts.get("effect", ""),
        "error_code": event.error_code,
        "actor": actor_json(event.actor),
    }


def actor_json(actor: Actor) -> Mapping[str, str]:
    """Return an actor as `audit --json` prints it."""
    return {"type": actor.type, "arn": actor.arn, "name": actor.name, "via": actor.via}
