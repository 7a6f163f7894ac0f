"""Questions put to DuckDB: a report, or a SELECT of one's own; and what may stand in an answer."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from math import isfinite

import duckdb

from counterseal.errors import UsageError
from counterseal.reports.catalogue import find_report
from counterseal.reports.interface import Asked, Cell, Table

_WHERE_TABLES_ARE = "docs/reference/tables.md lists the tables, their columns and the views"


def run_report(
    connection: duckdb.DuckDBPyConnection, report: str, parameters: Mapping[str, Asked] | None = None
) -> Table:
    """Run one report. See `ReportEngine.run`."""
    asked = find_report(report)
    with _interruptible():
        rows = connection.execute(asked.sql(), asked.bind(parameters or {})).fetchall()
    return Table(tuple(column.name for column in asked.columns), tuple(tuple(map(_cell, row)) for row in rows))


def answer_select(connection: duckdb.DuckDBPyConnection, statement: str) -> Table:
    """Answer one SELECT over the tables. See `QuestionEngine.select`."""
    try:
        with _interruptible():
            columns, rows = _select(connection, statement)
    except duckdb.Error as failure:
        # What went wrong and what may have been meant; behind an empty line the question itself comes again.
        said = " ".join(str(failure).partition("\n\n")[0].split())
        raise UsageError(f"the SELECT cannot be answered: {said}", hint=_WHERE_TABLES_ARE) from failure
    if len(set(columns)) < len(columns):
        raise UsageError("two columns of the answer have one name", hint="name them apart with AS")
    return Table(columns, tuple(tuple(map(_plain, row)) for row in rows))


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl+C be what it is everywhere: DuckDB stops at it, and raises a RuntimeError of its own."""
    try:
        yield
    except RuntimeError as failure:
        if "interrupted" not in str(failure):
            raise
        raise KeyboardInterrupt from failure


def _select(connection: duckdb.DuckDBPyConnection, statement: str) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    parsed = connection.extract_statements(statement)
    if len(parsed) != 1 or parsed[0].type != duckdb.StatementType.SELECT:
        raise UsageError("a question is one SELECT, and nothing else", hint=_WHERE_TABLES_ARE)
    # What is not a SELECT was refused by its kind; that it alters nothing is what the transaction is for.
    connection.execute("BEGIN TRANSACTION READ ONLY")
    try:
        found = connection.execute(parsed[0])
        return tuple(it[0] for it in found.description or ()), found.fetchall()
    finally:
        connection.execute("ROLLBACK")


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
