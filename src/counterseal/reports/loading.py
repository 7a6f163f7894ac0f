"""Entries of the ledger on their way into DuckDB: the tables, and the rows that entries become."""

from collections.abc import Iterable

import duckdb

from counterseal.ledger.entry import Entry
from counterseal.reports.described import read_sql
from counterseal.reports.tables import BY_KIND, TABLES, LedgerTable, Row

# Entries loaded at once: a list a column is bound, which is fast and needs neither Arrow nor a file.
BATCH = 5000

SETTINGS = (
    "SET TimeZone = 'UTC'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    # Else a name that is no table would be looked for among the variables of this program.
    "SET python_enable_replacements = false",
)

# No file, no network, and no statement that allows them again.
LOCKED = ("SET enable_external_access = false", "SET lock_configuration = true")


def create_table(table: LedgerTable) -> str:
    """Return the statement that makes a table of the ledger."""
    columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
    return f"CREATE TABLE {table.name} ({columns})"


def create_view(name: str) -> str:
    """Return the statement that makes a view over the tables."""
    return f"CREATE VIEW {name} AS {read_sql(name)}"


def load(connection: duckdb.DuckDBPyConnection, entries: Iterable[Entry]) -> None:
    """Put the rows of these entries into the tables: all of them or none."""
    rows: dict[str, list[Row]] = {table.name: [] for table in TABLES}
    for entry in entries:
        for table in BY_KIND[entry.kind]:
            rows[table.name].extend(table.rows(entry, entry.body()))
    connection.execute("BEGIN TRANSACTION")
    try:
        for table in TABLES:
            if rows[table.name]:
                connection.execute(_insert(table), [list(column) for column in zip(*rows[table.name], strict=True)])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _insert(table: LedgerTable) -> str:
    # Names and types are constants of tables.py; values are bound.
    columns = ", ".join(f"unnest(CAST(? AS {column.type}[]))" for column in table.columns)
    return f"INSERT INTO {table.name} SELECT {columns}"
