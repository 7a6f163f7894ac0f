"""Reports in this process: DuckDB in memory, over tables that follow the ledger."""

import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from math import isfinite

import duckdb

from counterseal.errors import UsageError
from counterseal.ledger.entry import Entry
from counterseal.ledger.interface import Ledger
from counterseal.reports.catalogue import find_report
from counterseal.reports.described import read_sql
from counterseal.reports.interface import Asked, Cell, QuestionEngine, Table
from counterseal.reports.tables import BY_KIND, TABLES, VIEWS, LedgerTable, Row

# Entries loaded at once: a list a column is bound, which is fast and needs neither Arrow nor a file.
_BATCH = 5000

_WHERE_TABLES_ARE = "docs/reference/tables.md lists the tables, their columns and the views"

_SETTINGS = (
    "SET TimeZone = 'UTC'",
    # A report reads the ledger's tables: no file, no network, no extension, and no statement that allows them again.
    "SET enable_external_access = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    # Else a name that is no table would be looked for among the variables of this program.
    "SET python_enable_replacements = false",
    "SET lock_configuration = true",
)


class EmbeddedReports:
    """Runs the reports over one ledger. What was appended since the last report is loaded before the next.

    Everything is held in memory: about two kilobytes an entry, and some thousands of entries a second when it is first
    loaded. A hundred thousand entries are a quarter of a minute and 200 MB; beyond a million the ledger belongs in AWS.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Take the ledger to report on; it stays the caller's to close."""
        self._ledger = ledger
        self._lock = threading.Lock()
        self._seen: dict[str, int] = {}
        self._connection = duckdb.connect(":memory:")
        for statement in (*_SETTINGS, *map(_create_table, TABLES), *map(_create_view, VIEWS)):
            self._connection.execute(statement)

    def run(self, report: str, parameters: Mapping[str, Asked] | None = None) -> Table:
        """Run one report. See `ReportEngine.run`."""
        asked = find_report(report)
        values = asked.bind(parameters or {})
        with self._lock:
            self._follow()
            rows = self._connection.execute(asked.sql(), values).fetchall()
        return Table(tuple(column.name for column in asked.columns), tuple(tuple(map(_cell, row)) for row in rows))

    def select(self, statement: str) -> Table:
        """Answer one SELECT over the tables. See `QuestionEngine.select`."""
        with self._lock:
            self._follow()
            try:
                columns, rows = self._select(statement)
            except duckdb.Error as failure:
                said = str(failure).split("\n", 1)[0]
                raise UsageError(f"the SELECT cannot be answered: {said}", hint=_WHERE_TABLES_ARE) from failure
        if len(set(columns)) < len(columns):
            raise UsageError("two columns of the answer have one name", hint="name them apart with AS")
        return Table(columns, tuple(tuple(map(_plain, row)) for row in rows))

    def _select(self, statement: str) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
        parsed = self._connection.extract_statements(statement)
        if len(parsed) != 1 or parsed[0].type != duckdb.StatementType.SELECT:
            raise UsageError("a question is one SELECT, and nothing else", hint=_WHERE_TABLES_ARE)
        # What is not a SELECT was refused by its kind; that it alters nothing is what the transaction is for.
        self._connection.execute("BEGIN TRANSACTION READ ONLY")
        try:
            found = self._connection.execute(parsed[0])
            return tuple(it[0] for it in found.description or ()), found.fetchall()
        finally:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the memory."""
        with self._lock:
            self._connection.close()

    def _follow(self) -> None:
        for stream in self._ledger.streams():
            entries = self._ledger.read(stream, after=self._seen.get(stream, 0))
            while batch := tuple(islice(entries, _BATCH)):
                self._load(batch)
                self._seen[stream] = batch[-1].position

    def _load(self, entries: Iterable[Entry]) -> None:
        rows: dict[str, list[Row]] = {table.name: [] for table in TABLES}
        for entry in entries:
            for table in BY_KIND[entry.kind]:
                rows[table.name].extend(table.rows(entry, entry.body()))
        self._connection.execute("BEGIN TRANSACTION")
        try:
            for table in TABLES:
                if rows[table.name]:
                    self._connection.execute(
                        _insert(table), [list(column) for column in zip(*rows[table.name], strict=True)]
                    )
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise


def _create_table(table: LedgerTable) -> str:
    columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
    return f"CREATE TABLE {table.name} ({columns})"


def _create_view(name: str) -> str:
    return f"CREATE VIEW {name} AS {read_sql(name)}"


def _insert(table: LedgerTable) -> str:
    # Names and types are constants of tables.py; values are bound.
    columns = ", ".join(f"unnest(CAST(? AS {column.type}[]))" for column in table.columns)
    return f"INSERT INTO {table.name} SELECT {columns}"


def _plain(value: object) -> Cell:
    """Return what a SELECT may give as a cell: what has no place in JSON is written as text."""
    match value:
        case datetime():
            return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        case float() if not isfinite(value):
            return str(value)
        case None | str() | int() | float():
            return value
        case _:
            return str(value)


def _cell(value: Cell) -> Cell:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


_: type[QuestionEngine] = EmbeddedReports
