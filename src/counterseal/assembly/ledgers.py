"""From the settings to the ledger, and to what reports on it."""

from pathlib import Path

from counterseal.assembly.settings import Settings
from counterseal.clock import Clock, SystemClock
from counterseal.errors import Denied, NotFound, NotInstalled
from counterseal.ledger.interface import Ledger
from counterseal.reports.interface import QuestionEngine


def ledger_path(settings: Settings) -> Path:
    """Return where the ledger is: what is set, or ledger.sqlite in the state directory."""
    return settings.ledger_path or settings.state_directory / "ledger.sqlite"


def open_ledger(settings: Settings, clock: Clock | None = None) -> Ledger:
    """Open the ledger that the settings name: `ledger.path`, else ledger.sqlite in the state directory.

    Raises:
        Denied: the file or its folder may not be read or written.
        MalformedInput: the file is something else, or is damaged.
        Refused: a newer Counterseal wrote it, or the folder of `ledger.path` is not there.
        Unreachable: it is busy, or the disk is full or failing.
    """
    from counterseal.ledger.sqlite import SqliteLedger

    if settings.ledger_path is None:
        folder = settings.state_directory
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as failure:
            raise Denied(
                f"the state directory {str(folder)!r} cannot be made: {failure.strerror}",
                hint="state.directory in counterseal.toml names another",
            ) from failure
    return SqliteLedger.at(ledger_path(settings), clock or SystemClock())


def open_existing_ledger(settings: Settings, clock: Clock | None = None) -> Ledger:
    """Open the ledger as `open_ledger` does, and never make one: a wrong path must not look like an empty ledger.

    Raises:
        NotFound: there is no ledger; and what `open_ledger` raises.
    """
    path = ledger_path(settings)
    if not path.exists():
        raise NotFound(f"there is no ledger {str(path)!r}", hint="ledger.path in counterseal.toml names the ledger")
    return open_ledger(settings, clock)


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
