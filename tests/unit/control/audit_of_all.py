"""The plain way to decide on messages: one audit of all, each time. What the shipped way must come to."""

from dataclasses import replace

from counterseal.control.deciding import Asking, Deciding
from counterseal.control.record import Outcome, outcome_of, verdict_draft
from counterseal.correlation.judging.audit import audit
from counterseal.correlation.judging.finding import Finding
from counterseal.correlation.records.gathering import Gathering


class AuditOfAll:
    """Audits everything that was taken, anew at every decision."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask
        self._gathering = Gathering()
        self._ever: dict[bytes, Finding] = {}

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
        return replace(outcome_of(result), withdrawn=gone)


_: type[Deciding] = AuditOfAll
