"""Rows of a report written as a Parquet file, with the types of its columns."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from counterseal.errors import Denied
from counterseal.reports.described import Column
from counterseal.reports.interface import Cell


def write_parquet(file: Path, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
    """Write the file anew.

    Raises:
        Denied: the file cannot be written there.
    """
    named = ", ".join(f'"{column.name}" {column.type}' for column in columns)
    places = ", ".join("?" for _ in columns)
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE exported ({named})")
        if rows:
            connection.executemany(f"INSERT INTO exported VALUES ({places})", [list(row) for row in rows])  # noqa: S608  # names of the catalogue
        try:
            # COPY takes no parameter for the name: the quotation mark is doubled, as in any SQL text.
            name = str(file).replace("'", "''")
            connection.execute(f"COPY exported TO '{name}' (FORMAT parquet)")
        except duckdb.IOException as failure:
            raise Denied(f"the file {str(file)!r} cannot be written") from failure
