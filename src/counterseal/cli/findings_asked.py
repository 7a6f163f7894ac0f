"""Which findings of the ledger are meant: those about an event, and of a verdict."""

from argparse import Namespace
from datetime import datetime

from counterseal.assembly.recorded import Recorded
from counterseal.errors import NotFound, UsageError
from counterseal.reports.interface import Asked, Cell

Row = dict[str, Cell]


def real(parts: Recorded, report: str, asked: dict[str, Asked]) -> list[Row]:
    """Return the rows of a report without those that are invented."""
    return [row for row in parts.reports.run(report, asked).records() if not row["invented"]]


def of_event(arguments: Namespace, parts: Recorded, as_of: datetime) -> list[Row]:
    """Return what was found about the event that the arguments name.

    Raises:
        NotFound: nothing was.
    """
    rows = real(parts, "findings", {"as_of": as_of, "account": arguments.account})
    found = [row for row in rows if arguments.event_id in (row["event_id"], row["finding"])]
    if not found:
        raise NotFound(
            f"no finding about {arguments.event_id!r} stands in the ledger",
            hint="counterseal findings list --all shows the ids",
        )
    return found


def check_verdict(verdict: str) -> None:
    """Let a verdict pass that there is, or "".

    Raises:
        UsageError: there is none of that name.
    """
    from counterseal.cli.findings_apart import APART
    from counterseal.correlation.judging.finding import Verdict

    known = (*(it.value for it in Verdict), *APART)
    if verdict and verdict not in known:
        raise UsageError(f"there is no verdict {verdict!r}", hint=f"the verdicts are {', '.join(known)}")
