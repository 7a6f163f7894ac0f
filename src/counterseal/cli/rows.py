"""The rows of a report, for people and for scripts."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.clock import format_time
from counterseal.reports.interface import Cell


def for_scripts(row: Mapping[str, Cell]) -> dict[str, object]:
    """Return a row whose times are written as everywhere in our JSON."""
    return {name: format_time(cell) if isinstance(cell, datetime) else cell for name, cell in row.items()}


def for_people(cell: Cell) -> str:
    """Return a cell as text on one line; what is absent is a dash."""
    match cell:
        case None | "":
            return "-"
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return format_time(cell)
        case _:
            return visible(str(cell))


def print_rows(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Print a table, or say that it is empty."""
    if rows:
        console.table(list(columns), [[for_people(cell) for cell in row] for row in rows])
    else:
        console.note("counterseal: note: nothing was found")
