"""From the settings to the ledger's copy in Parquet: written, held against the ledger, and asked."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from counterseal.assembly.ledgers import open_existing_ledger
from counterseal.assembly.settings import Settings
from counterseal.clock import Clock, SystemClock
from counterseal.errors import NotInstalled, SettingsError
from counterseal.ledger.chain import Head
from counterseal.reports.interface import QuestionEngine
from counterseal.reports.retention import first_month_kept, read_retention

_NO_DUCKDB = "Parquet needs DuckDB, which is not installed"
_INSTALL = "install counterseal with its extra [reports]"


class Copied(NamedTuple):
    """A folder after it was written or compared: what was counted, and up to where it is a copy of which months."""

    counted: str
    heads: tuple[Head, ...]
    pruned_before: str


class Copy(NamedTuple):
    """A folder that is open to be asked."""

    reports: QuestionEngine
    heads: tuple[Head, ...]
    pruned_before: str


def compact_here(
    settings: Settings, folder: Path, *, prune: bool = False, force: bool = False, clock: Clock | None = None
) -> Copied:
    """Bring the folder up to where the ledger of the settings ends now. See `compact`.

    Raises:
        SettingsError: pruning was asked for, and no `ledger.retention` says how long partitions are kept.
        Refused: it keeps them for less than auditors ask for, and nobody forced it.
        NotInstalled: DuckDB is not part of this installation.
        CountersealError: what `open_existing_ledger` and `compact` raise.
    """
    keep_from = _keep_from(settings, clock or SystemClock(), force=force) if prune else ""
    try:
        from counterseal.reports.compaction import compact
    except ImportError as failure:
        raise NotInstalled(_NO_DUCKDB, hint=_INSTALL) from failure
    with closing(open_existing_ledger(settings)) as ledger:
        done = compact(ledger, folder, keep_from=keep_from)
    said = f"{done.entries} entries read, {done.rows} rows and {done.files} files written, {done.removed} files removed"
    return Copied(said, done.manifest.heads, done.manifest.pruned_before)


def compare_here(settings: Settings, folder: Path) -> Copied:
    """Hold a folder against the ledger of the settings. See `compare`.

    Raises:
        NotInstalled: DuckDB is not part of this installation.
        CountersealError: what `open_existing_ledger` and `compare` raise.
    """
    try:
        from counterseal.reports.comparing import compare
    except ImportError as failure:
        raise NotInstalled(_NO_DUCKDB, hint=_INSTALL) from failure
    with closing(open_existing_ledger(settings)) as ledger:
        done = compare(ledger, folder)
    return Copied(f"{done.files} files and {done.rows} rows compared", done.manifest.heads, done.manifest.pruned_before)


@contextmanager
def compacted(folder: Path) -> Iterator[Copy]:
    """Open a folder for the length of a `with`; neither settings nor a ledger are needed.

    Raises:
        NotInstalled: DuckDB is not part of this installation.
        CountersealError: what `CompactedReports.at` raises.
    """
    try:
        from counterseal.reports.compacted import CompactedReports
    except ImportError as failure:
        raise NotInstalled(_NO_DUCKDB, hint=_INSTALL) from failure
    with closing(CompactedReports.at(folder)) as reports:
        yield Copy(reports, reports.manifest.heads, reports.manifest.pruned_before)


def _keep_from(settings: Settings, clock: Clock, *, force: bool) -> str:
    if not settings.ledger_retention:
        raise SettingsError(
            "nothing says how long partitions are kept", hint='ledger.retention = "13 months" in counterseal.toml does'
        )
    return first_month_kept(clock.now(), read_retention(settings.ledger_retention), forced=force)
