"""Reports in this process: DuckDB in memory, over tables that follow the ledger."""

import threading
from collections.abc import Mapping
from itertools import islice

import duckdb

from counterseal.ledger.interface import Ledger
from counterseal.reports.answering import answer_select, run_report
from counterseal.reports.interface import Asked, QuestionEngine, Table
from counterseal.reports.loading import BATCH, LOCKED, SETTINGS, create_table, create_view, load
from counterseal.reports.tables import TABLES
from counterseal.reports.views import VIEWS


class EmbeddedReports:
    """Runs the reports over one ledger. What was appended since the last report is loaded before the next.

    Everything is held in memory: about two kilobytes an entry, and some thousands of entries a second when it is first
    loaded. A hundred thousand entries are a quarter of a minute and 200 MB; a larger ledger is asked as Parquet.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Take the ledger to report on; it stays the caller's to close."""
        self._ledger = ledger
        self._lock = threading.Lock()
        self._seen: dict[str, int] = {}
        self._connection = duckdb.connect(":memory:")
        for statement in (*SETTINGS, *LOCKED, *map(create_table, TABLES), *map(create_view, VIEWS)):
            self._connection.execute(statement)

    def run(self, report: str, parameters: Mapping[str, Asked] | None = None) -> Table:
        """Run one report. See `ReportEngine.run`."""
        with self._lock:
            self._follow()
            return run_report(self._connection, report, parameters)

    def select(self, statement: str) -> Table:
        """Answer one SELECT over the tables. See `QuestionEngine.select`."""
        with self._lock:
            self._follow()
            return answer_select(self._connection, statement)

    def close(self) -> None:
        """Let go of the memory."""
        with self._lock:
            self._connection.close()

    def _follow(self) -> None:
        for stream in self._ledger.streams():
            entries = self._ledger.read(stream, after=self._seen.get(stream, 0))
            while batch := tuple(islice(entries, BATCH)):
                load(self._connection, batch)
                self._seen[stream] = batch[-1].position


_: type[QuestionEngine] = EmbeddedReports
