"""From the settings to the ledger, and to what reports on it."""

from pathlib import Path

from counterseal.assembly.settings import Settings
from counterseal.assembly.state import kept, made_for
from counterseal.clock import Clock, SystemClock
from counterseal.errors import NotFound, NotInstalled
from counterseal.ledger.interface import Ledger
from counterseal.reports.interface import QuestionEngine

_NAME = "ledger.sqlite"

RECORDING = "counterseal audit PATH --tickets FILE --record records an audit; ledger.path names the ledger"
"""What to do where nothing was recorded."""


def ledger_path(settings: Settings) -> Path:
    """Return where the ledger is: what is set, or ledger.sqlite in the state directory."""
    return kept(settings, settings.ledger_path, _NAME)


def open_ledger(settings: Settings, clock: Clock | None = None) -> Ledger:
    """Open the ledger that the settings name: `ledger.path`, else ledger.sqlite in the state directory.

    Raises:
        Denied: the file or its folder may not be read or written.
        MalformedInput: the file is something else, or is damaged.
        Refused: a newer Counterseal wrote it, or the folder of `ledger.path` is not there.
        Unreachable: it is busy, or the disk is full or failing.
    """
    from counterseal.ledger.sqlite import SqliteLedger

    return SqliteLedger.at(made_for(settings, settings.ledger_path, _NAME), clock or SystemClock())


def open_existing_ledger(settings: Settings, clock: Clock | None = None) -> Ledger:
    """Open the ledger that is there, also where it can only be read, and never make one.

    A wrong path must not look like an empty ledger.

    Raises:
        NotFound: there is no ledger.
        Denied: it may not be read, or only together with what was written last.
        MalformedInput, Refused, Unreachable: as `open_ledger`.
    """
    from counterseal.ledger.sqlite import SqliteLedger

    path = ledger_path(settings)
    if not path.exists():
        raise NotFound(f"there is no ledger at {str(path)!r}", hint=RECORDING)
    return SqliteLedger.to_read(path, clock or SystemClock())


def open_reports(ledger: Ledger) -> QuestionEngine:
    """Return what answers questions about a ledger.

    Raises:
        NotInstalled: DuckDB is not part of this installation.
    """
    try:
        from counterseal.reports.embedded import EmbeddedReports
    except ImportError as failure:
        raise NotInstalled(
            "the reports need DuckDB, which is not installed", hint="install counterseal with its extra [reports]"
        ) from failure
    return EmbeddedReports(ledger)
