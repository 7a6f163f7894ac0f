"""The rows of a report, for people, for scripts, and for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from counterseal.cli.console import Console
from counterseal.cli.parser import terminal_columns
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


def print_answer(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Print the answer to a question: as a table, or a row after the other where the terminal is narrower than that."""
    told = [[for_people(cell) for cell in row] for row in rows]
    widest = sum(max(map(len, column)) + 2 for column in zip(columns, *told, strict=True)) - 2
    if not (rows and console.is_terminal and widest > terminal_columns()):
        print_rows(console, columns, rows)
        return
    wide = max(map(len, columns))
    for number, row in enumerate(told, 1):
        console.print(console.paint(f"{number} of {len(told)}", "bold"))
        for name, cell in zip(columns, row, strict=True):
            if cell != "-":
                console.print(f"  {name:<{wide}}  {cell}")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return the rows as CSV (RFC 4180): true and false as words, nothing for what is absent.

    A text that a spreadsheet would run as a formula begins with an apostrophe: names in records are whatever their
    makers typed (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([_for_spreadsheets(cell) for cell in row] for row in rows)
    return written.getvalue()


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _for_spreadsheets(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case datetime():
            return format_time(cell)
        case str():
            return f"'{cell}" if cell.startswith(_FORMULA) else cell
        case _:
            return str(cell)
