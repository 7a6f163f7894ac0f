"""Reports over a folder of Parquet that `ledger compact-to-parquet` wrote: DuckDB, and no ledger."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import duckdb

from counterseal.errors import MalformedInput, Unreachable
from counterseal.reports.answering import answer_select, run_report
from counterseal.reports.compaction import quoted, reading
from counterseal.reports.interface import Asked, QuestionEngine, Table
from counterseal.reports.loading import LOCKED, SETTINGS, create_view
from counterseal.reports.manifest import Manifest, read_manifest
from counterseal.reports.tables import TABLES
from counterseal.reports.views import VIEWS, WRITTEN

# A file is never altered: what its end says of its groups need not be read for each question.
_CACHED = "SET parquet_metadata_cache = true"


class CompactedReports:
    """Runs the reports over the files that the manifest lists, and no others. Opening it reads no row."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Take a folder and its manifest; `at` reads the latter."""
        self._folder = folder.absolute()
        self._lock = threading.Lock()
        self._connection = duckdb.connect(":memory:")
        self.manifest = manifest
        # The folder may be read, and nothing else.
        within = f"SET allowed_directories = [{quoted(self._folder)}]"
        with self._translated():
            for statement in (*SETTINGS, _CACHED, within, *LOCKED, *self._made()):
                self._connection.execute(statement)

    @classmethod
    def at(cls, folder: Path) -> Self:
        """Open the folder.

        Raises:
            NotFound: it holds no compacted ledger.
            MalformedInput: its manifest is damaged, or lists files that are not there or cannot be read.
            Unreachable: it cannot be read.
        """
        return cls(folder, read_manifest(folder))

    def run(self, report: str, parameters: Mapping[str, Asked] | None = None) -> Table:
        """Run one report. See `ReportEngine.run`."""
        with self._lock, self._translated():
            return run_report(self._connection, report, parameters)

    def select(self, statement: str) -> Table:
        """Answer one SELECT over the tables. See `QuestionEngine.select`."""
        with self._lock, self._translated():
            return answer_select(self._connection, statement)

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._connection.close()

    def _made(self) -> Iterator[str]:
        for table in TABLES:
            yield reading(table.name, self.manifest.files(table.name), self._folder)
        for view in VIEWS:
            files = self.manifest.files(view) if view in WRITTEN else []
            yield reading(view, files, self._folder) if files else create_view(view)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except duckdb.IOException as failure:
            raise Unreachable(
                f"a file of {str(self._folder)!r} cannot be read", hint="was it compacted anew meanwhile? ask again"
            ) from failure
        except duckdb.InvalidInputException as failure:
            raise MalformedInput(f"a file of {str(self._folder)!r} is damaged") from failure


_: type[QuestionEngine] = CompactedReports
