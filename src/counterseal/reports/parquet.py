"""Rows of a report written as a Parquet file, with the types of its columns."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from counterseal.errors import Denied
from counterseal.reports.described import Column
from counterseal.reports.interface import Cell


def write_parquet(file: Path, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
    """Write the file: complete under its name, or the old one untouched.

    Raises:
        Denied: the file cannot be written there.
    """
    unfinished = file.with_name(f".unfinished-{file.name}")
    named = ", ".join(f'"{column.name}" {column.type}' for column in columns)
    places = ", ".join("?" for _ in columns)
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE exported ({named})")
        if rows:
            connection.executemany(f"INSERT INTO exported VALUES ({places})", [list(row) for row in rows])  # noqa: S608  # names of the catalogue
        try:
            # COPY takes no parameter for the name: the quotation mark is doubled, as in any SQL text.
            name = str(unfinished).replace("'", "''")
            connection.execute(f"COPY exported TO '{name}' (FORMAT parquet)")
            unfinished.replace(file)
        except (duckdb.IOException, OSError) as failure:
            unfinished.unlink(missing_ok=True)
            raise Denied(f"the file {str(file)!r} cannot be written") from failure
