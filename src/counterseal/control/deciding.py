"""What takes records as they come, and says what all of them together come to."""

from collections.abc import Callable
from typing import Protocol

from counterseal.control.record import Outcome, outcome_of
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.records.gathering import Gathering
from counterseal.correlation.records.population import Population


class Deciding(Protocol):
    """Takes records, and decides: in any order, however often the same comes."""

    def add(self, data: bytes, *, source: str) -> None:
        """Take all that a message holds, or nothing where an error is raised.

        Raises:
            MalformedInput: it is none of what records come in.
        """
        ...

    def decide(self) -> Outcome:
        """Return what is concluded of all that was taken so far.

        Raises:
            CountersealError: what else is needed for it, such as tickets, cannot be read.
        """
        ...


class AuditOfAll:
    """Audits everything that was taken, anew at every decision."""

    def __init__(self, judge: Callable[[Population], AuditResult]) -> None:
        """Take what audits a population as of now."""
        self._gathering = Gathering()
        self._judge = judge

    def add(self, data: bytes, *, source: str) -> None:
        """Take all that a message holds. See `Deciding.add`."""
        self._gathering.add(data, source=source)

    def decide(self) -> Outcome:
        """Return what is concluded now. See `Deciding.decide`."""
        return outcome_of(self._judge(self._gathering.population()))


_: type[Deciding] = AuditOfAll
