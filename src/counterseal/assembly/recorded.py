"""What the ledger of the settings holds, opened to be asked: its reports, its tickets, its events."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from counterseal.assembly.ledgers import RECORDING, ledger_path, open_existing_ledger, open_reports
from counterseal.assembly.settings import Settings
from counterseal.errors import NotFound
from counterseal.ledger.interface import Ledger
from counterseal.reports.interface import QuestionEngine


class Recorded(NamedTuple):
    """An existing ledger, and what answers questions about it."""

    ledger: Ledger
    reports: QuestionEngine


@contextmanager
def recorded(settings: Settings) -> Iterator[Recorded]:
    """Open the ledger for the length of a `with`. One that is not there is not made: silence would read as clean.

    Raises:
        NotFound: there is no ledger, or no audit was ever recorded in it.
        CountersealError: what `open_existing_ledger` and `open_reports` raise.
    """
    ledger = open_existing_ledger(settings)
    try:
        reports = open_reports(ledger)
        if not any(row["what"] == "population" and not row["invented"] for row in reports.run("coverage").records()):
            raise NotFound(f"no audit was recorded in the ledger {str(ledger_path(settings))!r}", hint=RECORDING)
        yield Recorded(ledger, reports)
    finally:
        ledger.close()
