"""What takes records as they come, and says what all of them together come to."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import NamedTuple, Protocol

from counterseal.control.record import BlindInterval, Outcome, outcome_of, verdict_draft
from counterseal.correlation.judging.aside import unused_approvals
from counterseal.correlation.judging.docket import Decided, Docket
from counterseal.correlation.judging.finding import Finding
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.records.gathering import Gathering
from counterseal.correlation.records.held import EventId
from counterseal.correlation.records.reading import read_whole
from counterseal.correlation.tickets.ticket import TicketSet


class Deciding(Protocol):
    """Takes records, and decides: in any order, however often the same comes."""

    @property
    def is_outdated(self) -> bool:
        """Say whether the policy has come to ask for records that were left out before: somebody must begin anew."""
        ...

    def add(self, data: bytes, *, source: str) -> None:
        """Take all that a message holds, or nothing where an error is raised.

        Raises:
            MalformedInput: it is none of what records come in.
        """
        ...

    def forget(self) -> None:
        """Forget all that was taken, and not what was concluded: what is concluded no more is taken back."""
        ...

    def decide(self, *, is_whole: bool) -> Outcome:
        """Return what is concluded of all that was taken so far.

        Unless `is_whole`, what was told before and has not changed may be left out.

        Raises:
            CountersealError: what else is needed for it, such as tickets, cannot be read.
        """
        ...


class Asked(NamedTuple):
    """What is asked for at every decision: it may have changed."""

    rules: Rules
    tickets: TicketSet = TicketSet()
    evidence: Evidence = Evidence()


Asking = Callable[[], Asked]


class _Standing:
    """Findings as they were concluded last, and those that were concluded once and are none any more."""

    def __init__(self) -> None:
        self._told: dict[EventId, tuple[bytes, Finding]] = {}
        self._withdrawn: dict[bytes, Finding] = {}

    @property
    def withdrawn(self) -> tuple[Finding, ...]:
        """Return what was concluded once and is not any more."""
        return tuple(self._withdrawn.values())

    def alter(self, findings: Iterable[Finding], gone: Iterable[Finding]) -> None:
        """Take what is new or says something else, and what is no more."""
        for finding in gone:
            self._withdrawn.update([self._told.pop(_identity(finding))])
        for finding in findings:
            identity, subject = _identity(finding), verdict_draft(finding, discrepancy=False).subject
            before = self._told.get(identity)
            if before and before[0] != subject:
                # To the ledger it is another finding: a trace of a secret that is known better now.
                self._withdrawn.update([before])
            self._told[identity] = (subject, finding)
            self._withdrawn.pop(subject, None)

    def renew(self, findings: Iterable[Finding]) -> None:
        """Take all that there is."""
        found = {_identity(it): it for it in findings}
        self.alter(found.values(), [it for identity, (_, it) in self._told.items() if identity not in found])


class PieceByPiece:
    """Decides again only what is touched by what came, by tickets that changed, and by time."""

    def __init__(self, ask: Asking, *, guarded_buckets: Collection[str] = (), invented: bool = False) -> None:
        """Take what says by which rules, tickets and evidence to decide now, and whether the records are invented.

        What was done to objects in S3 is taken of the guarded buckets only.
        """
        self.is_outdated = False
        self._ask = ask
        self._buckets = frozenset(guarded_buckets)
        self._invented = invented
        self._gathering = Gathering()
        self._standing = _Standing()
        self._docket: Docket | None = None
        self._tickets = TicketSet()
        self._blind: dict[bytes, BlindInterval] = {}

    def add(self, data: bytes, *, source: str) -> None:
        """Take all that a message holds. See `Deciding.add`."""
        tally = read_whole(data, source=source, guarded_buckets=self._buckets)
        self._gathering.take(tally)
        if self._docket:
            self._docket.add(tally.events, kms_hours=tally.covered_hours())

    def forget(self) -> None:
        """Forget all that was taken. See `Deciding.forget`."""
        self._gathering = Gathering()
        self._docket = None

    def decide(self, *, is_whole: bool) -> Outcome:
        """Return what is concluded now. See `Deciding.decide`."""
        asked = self._ask()
        self.is_outdated = not self._buckets.issuperset(asked.rules.policy.guarded_buckets)
        # One that failed half-way is not asked again; another begins with all that was taken.
        docket, self._docket = self._docket, None
        if docket is None or docket.policy != asked.rules.policy:
            docket, is_whole = self._begun(asked), True
        docket.know(asked.evidence.with_issuances(asked.tickets.issuances))
        docket.hold_tickets(asked.tickets)
        decided = docket.decide(as_of=asked.rules.as_of)
        if is_whole:
            decided = decided._replace(findings=docket.findings(), events=docket.events())
            self._standing.renew(decided.findings)
        else:
            self._standing.alter(decided.findings, decided.withdrawn)
        outcome = self._outcome(docket, decided, asked)
        self._docket = docket
        if asked.tickets == self._tickets and not is_whole:
            return replace(outcome, tickets=())
        self._tickets = asked.tickets
        return outcome

    def _begun(self, asked: Asked) -> Docket:
        docket = Docket(asked.rules, asked.evidence)
        docket.add(self._gathering.standing(), kms_hours=self._gathering.kms_hours())
        return docket

    def _outcome(self, docket: Docket, decided: Decided, asked: Asked) -> Outcome:
        tickets = asked.tickets.tickets
        rules = asked.rules.as_known(asked.tickets.known_until)
        population = self._gathering.population_of(docket.events())
        result = AuditResult(
            as_of=asked.rules.as_of,
            policy=asked.rules.policy,
            population=population,
            findings=decided.findings,
            guard_events=docket.guard_events(decided.events),
            blind_intervals=docket.blind_intervals(),
            unused_approvals=tuple(unused_approvals(tickets, docket.findings(), population, rules)),
            tickets=tickets,
        )
        outcome = outcome_of(result, invented=self._invented)
        return replace(
            outcome,
            events=decided.events,
            withdrawn=self._standing.withdrawn,
            blind_intervals=self._with_taken_back(outcome.blind_intervals),
        )

    def _with_taken_back(self, intervals: Iterable[BlindInterval]) -> list[BlindInterval]:
        """Add those that were told once and are none any more: one whose reach is known better now is another."""
        standing = {it.subject: it for it in intervals}
        gone = [it.taken_back() for subject, it in self._blind.items() if subject not in standing]
        self._blind |= standing
        return [*standing.values(), *gone]


def _identity(finding: Finding) -> EventId:
    return EventId(finding.event_id, finding.account)


_: type[Deciding] = PieceByPiece
