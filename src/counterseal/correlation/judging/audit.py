"""The audit: a population, the tickets and the rules in; findings out. Pure, and the same in whatever order."""

from counterseal.correlation.judging.aside import unused_approvals
from counterseal.correlation.judging.candidates import TicketIndex
from counterseal.correlation.judging.deciding import Deciding, Grounds
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.proof import Evidence, Given
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.records.blindness import blind_intervals
from counterseal.correlation.records.guarded import guard_events
from counterseal.correlation.records.population import Population
from counterseal.correlation.records.validation import without_validation
from counterseal.correlation.tickets.people import People
from counterseal.correlation.tickets.ticket import TicketSet


def audit(population: Population, tickets: TicketSet, rules: Rules, evidence: Evidence | None = None) -> AuditResult:
    """Join every change with the tickets that could explain it, and say what stands beside.

    `evidence` is what counterseals are checked against, beside the issuances that came with the tickets.
    """
    grounds = grounds_of(population, tickets, rules, evidence)
    findings = Deciding(population, grounds).findings()
    return AuditResult(
        as_of=rules.as_of,
        policy=rules.policy,
        population=population,
        findings=tuple(findings),
        guard_events=guard_events(population.events, rules.guarded(population.events)),
        blind_intervals=grounds.blind,
        unused_approvals=tuple(
            unused_approvals(tickets.tickets, findings, population, rules.as_known(tickets.known_until))
        ),
        notes=tickets.notes,
        tickets=tuple(tickets.tickets),
        counterseals_unchecked=grounds.counterseals.evidence.lacks,
        unseen=without_validation(population.events),
    )


def grounds_of(population: Population, tickets: TicketSet, rules: Rules, evidence: Evidence | None = None) -> Grounds:
    """Return what the changes of a population are judged on."""
    return Grounds(
        rules=rules,
        tickets=TicketIndex(rules.policy, tickets.tickets),
        people=People(tickets.identities, rules.policy.identities),
        standing=(*tickets.standing, *rules.policy.standing),
        counterseals=Given((evidence or Evidence()).with_issuances(tickets.issuances)),
        blind=blind_intervals(population.events, rules.trails_read()),
        known_until=tickets.known_until,
    )
