"""What somebody at the bakery answers for: one finding of the story is waived."""

from datetime import timedelta

from counterseal.assembly.embedded import Embedded
from counterseal.clock import Clock
from counterseal.control.waive import Bounds, Waived, Waiver, record_waiver
from counterseal.correlation.judging.finding import Verdict
from counterseal.reports.interface import Asked

_WHY = "approved by telephone at the time, and written down when the shop was quiet; see OPS-105"
_FOR = timedelta(days=21)


def waive(parts: Embedded, clock: Clock) -> None:
    """Waive the change that was approved late, for three weeks."""
    now = clock.now().replace(microsecond=0)
    late: dict[str, Asked] = {"verdict": Verdict.APPROVED_LATE.value, "as_of": now}
    for row in parts.reports.run("discrepancies", late).records():
        waived = Waived(str(row["finding"]), str(row["event_id"]), str(row["account"]), str(row["verdict"]))
        waiver, bounds = Waiver("priya", _WHY, now + _FOR), Bounds(now, now, _FOR)
        record_waiver(parts.ledger, waived, waiver, bounds=bounds, invented=True)
