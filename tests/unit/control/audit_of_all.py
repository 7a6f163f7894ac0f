"""The plain way to decide on messages: one audit of all, each time. What the shipped way must come to."""

from dataclasses import replace

from counterseal.control.deciding import Asking, Deciding
from counterseal.control.record import BlindInterval, Outcome, outcome_of, verdict_draft
from counterseal.correlation.judging.audit import audit
from counterseal.correlation.judging.finding import Finding
from counterseal.correlation.records.gathering import Gathering


class AuditOfAll:
    """Audits everything that was taken, anew at every decision."""

    is_outdated = False

    def __init__(self, ask: Asking) -> None:
        self._ask = ask
        self._gathering = Gathering()
        self._ever: dict[bytes, Finding] = {}
        self._blind: dict[bytes, BlindInterval] = {}

    def add(self, data: bytes, *, source: str) -> None:
        self._gathering.add(data, source=source)

    def forget(self) -> None:
        self._gathering = Gathering()

    def decide(self, *, is_whole: bool) -> Outcome:  # it is always the whole
        rules, tickets, evidence = self._ask()
        result = audit(self._gathering.population(), tickets, rules, evidence)
        found = {verdict_draft(it, discrepancy=True).subject: it for it in result.findings}
        gone = [it for subject, it in self._ever.items() if subject not in found]
        self._ever |= found
        outcome = outcome_of(result)
        blind = {it.subject: it for it in outcome.blind_intervals}
        seen = [it._replace(end=it.start, discrepancy=False) for at, it in self._blind.items() if at not in blind]
        self._blind |= blind
        return replace(outcome, withdrawn=gone, blind_intervals=[*blind.values(), *seen])


_: type[Deciding] = AuditOfAll
