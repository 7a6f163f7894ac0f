"""docs/reference/tables.md, made of the code: the tables, the views and the reports."""

from collections.abc import Iterable

from counterseal.reports.catalogue import REPORTS
from counterseal.reports.described import Column, Parameter, Report
from counterseal.reports.tables import TABLES
from counterseal.reports.views import VIEWS

_INTRODUCTION = """\
<!-- Made from the code by `make golden`; a test compares. -->

Reports are SQL over tables that are loaded from the [ledger](../formats/ledger-entry.md). The statements stand in
`counterseal/reports/sql/`, one file a report, and keep to what DuckDB and Athena (Trino) share. A parameter is bound,
never spliced. Every time is UTC; a `TIMESTAMP` carries no zone because it needs none.

What is invented (demo data) says so in the column `invented`, in every table and every report, and is never counted
together with what is real.

## How large

The embedded engine holds the tables in memory, about two kilobytes an entry, and loads some thousands of entries a
second when it starts; after that it loads only what is new. A hundred thousand entries are a quarter of a minute and
200 MB. A larger ledger is copied to [Parquet](../formats/ledger-parquet.md) and asked there with the same statements:
`report NAME --parquet FOLDER`. `report athena s3://BUCKET/PREFIX` prints what makes the tables and views in Athena.
"""


def tables_page() -> str:
    """Return docs/reference/tables.md."""
    parts = ["# Tables and reports\n", _INTRODUCTION, "## Reports\n"]
    parts += [_report(report) for report in REPORTS.values()]
    parts.append("## Tables\n")
    for table in TABLES:
        holds = f"{table.holds[0].upper()}{table.holds[1:]}"
        parts.append(f"### {table.name}\n\n{holds}: entries of the kind `{table.kind}`.\n")
        parts.append(_columns(table.columns))
    parts.append("## Views\n")
    parts += [f"* `{name}`: {holds}. See `sql/{name}.sql`." for name, holds in VIEWS.items()]
    return "\n".join(parts) + "\n"


def _report(report: Report) -> str:
    parts = [f"### {report.name}\n\n{report.question}\n", "| Parameter | Default | Meaning |\n|---|---|---|"]
    parts += [f"| `{it.name}` | {_default(it)} | {it.meaning} |" for it in report.parameters]
    return "\n".join([*parts, "", _columns(report.columns)])


def _default(parameter: Parameter) -> str:
    match parameter.name, parameter.default:
        case _, None:
            return "must be given"
        case "take", _:
            return "all"
        case _, "":
            return '`""`'
        case _, default:
            return f"`{default}`"


def _columns(columns: Iterable[Column]) -> str:
    rows = [f"| `{column.name}` | {column.type} | {column.meaning} |" for column in columns]
    return "\n".join(["| Column | Type | Meaning |\n|---|---|---|", *rows, ""])
