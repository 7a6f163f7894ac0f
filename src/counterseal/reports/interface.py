"""What answers questions about the ledger: one method, the same on DuckDB and on Athena."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

Cell = str | int | float | bool | datetime | None
"""What may stand in a table. Times are UTC and say so."""

Asked = str | int | datetime
"""What may be asked with: a parameter's value."""


class Table(NamedTuple):
    """The answer: the columns that the catalogue names, in that order, and the rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def records(self) -> list[dict[str, Cell]]:
        """Return each row as an object, column by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class ReportEngine(Protocol):
    """Whatever runs the reports of `catalogue.py`. Names, parameters and columns: docs/reference/tables.md."""

    def run(self, report: str, parameters: Mapping[str, Asked] | None = None) -> Table:
        """Run one report over all that the ledger holds now; an empty ledger gives a table without rows.

        Args:
            report: a name in `catalogue.REPORTS`.
            parameters: values by name; what is left out takes its default. They are bound, never spliced into SQL.

        Raises:
            NotFound: there is no report of that name; the hint lists those there are.
            UsageError: a parameter is unknown, missing, or of the wrong kind; it is named.
            Unreachable: what holds the ledger did not answer; the same call may succeed later.
            MalformedInput: the ledger is damaged, or was altered; `Ledger.verify` names the place.
        """
        ...


class QuestionEngine(ReportEngine, Protocol):
    """A report engine that answers questions of one's own as well."""

    def select(self, statement: str) -> Table:
        """Answer one SELECT over the tables and views of docs/reference/tables.md. It alters and reaches nothing else.

        Raises:
            UsageError: it is not one SELECT, or cannot be answered; or two columns of the answer have one name.
            Unreachable: what holds the ledger did not answer; the same call may succeed later.
            MalformedInput: the ledger is damaged, or was altered; `Ledger.verify` names the place.
        """
        ...
