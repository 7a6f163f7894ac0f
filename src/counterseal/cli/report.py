"""Answer a question about what the ledger holds: a report by its name, a list of them, or a SELECT of your own.

counterseal report list
counterseal report discrepancies --since 2026-03-01 --csv
counterseal report coverage --chart coverage.svg
counterseal report sql 'SELECT verdict, count(*) AS findings FROM current_findings GROUP BY verdict'

With --parquet it asks a folder that `counterseal ledger compact-to-parquet` wrote, and needs no ledger:

counterseal report summary --parquet PARQUET
counterseal report athena s3://BUCKET/PARQUET

`athena` prints the statements that make the same tables and views in Athena, over such a folder in a bucket.

docs/reference/tables.md lists every report and table. `sql` takes one SELECT, which can alter nothing and reads
nothing but these tables. In CSV a text that a spreadsheet would take for a formula begins with an apostrophe.
"""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from counterseal.assembly.parquet import compacted
from counterseal.assembly.recorded import recorded
from counterseal.assembly.settings import load_settings
from counterseal.cli.console import Console
from counterseal.cli.files import write_result
from counterseal.cli.numbers import count_argument
from counterseal.cli.rows import csv_text, for_scripts, print_answer
from counterseal.cli.times import time_argument
from counterseal.clock import SystemClock
from counterseal.errors import SUCCESS, UsageError
from counterseal.reports.catalogue import REPORTS, find_report
from counterseal.reports.charts import chart, refuse_without_chart
from counterseal.reports.interface import Asked, QuestionEngine, Table

# Option and parameter, where somebody gives it.
_ASKED = (
    "account",
    "region",
    "secret_name",
    "verdict",
    "ticket",
    "event_id",
    "since",
    "until",
    "as_of",
    "skip",
    "take",
)


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal report`."""
    parser.add_argument("name", metavar="NAME", help="a report, `list`, `sql`, or `athena`")
    parser.add_argument(
        "statement", type=_text, nargs="?", metavar="SELECT", help="the question of `sql`, or the place for `athena`"
    )
    for name, option, meaning in (
        ("account", "--account", "only of this AWS account"),
        ("region", "--region", "only of this region"),
        ("secret_name", "--secret", "only of the secret of this name"),
        ("verdict", "--verdict", "only of this verdict"),
        ("ticket", "--ticket", "only of this ticket"),
        ("event_id", "--event", "about this event"),
    ):
        parser.add_argument(option, type=_text, dest=name, metavar=name.upper(), help=meaning)
    for name, meaning in (("since", "from then"), ("until", "up to then"), ("as-of", "the time taken for now")):
        parser.add_argument(f"--{name}", type=time_argument, metavar="TIME", help=meaning)
    parser.add_argument("--limit", type=count_argument, dest="take", metavar="N", help="only the first N rows")
    parser.add_argument("--skip", type=count_argument, metavar="N", help="without the first N rows")
    parser.add_argument("--parquet", type=Path, metavar="FOLDER", help="ask this compacted ledger")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--csv", action="store_true", help="print CSV (RFC 4180)")
    shape.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    shape.add_argument(
        "--chart", type=Path, metavar="FILE", help="write a picture (SVG) of it to this file; - prints it"
    )


def run(arguments: Namespace, console: Console) -> int:
    """Print the answer."""
    name = arguments.name.replace("-", "_")
    if (name in {"sql", "athena"}) != (arguments.statement is not None):
        raise UsageError(
            "a SELECT belongs to `report sql`, a place to `report athena`, and neither to any other",
            hint="counterseal report sql 'SELECT …'",
        )
    if name == "athena":
        from counterseal.reports.athena import athena_statements

        console.print(";\n\n".join(athena_statements(arguments.statement)) + ";")
        return SUCCESS
    if arguments.chart:
        refuse_without_chart(name)
    if name == "list":
        table = Table(("report", "question"), tuple((it.name, it.question) for it in REPORTS.values()))
    else:
        # Before the ledger is opened: a name that is none should not be answered with a word about a file.
        asked = _asked(arguments) if name == "sql" else _with_as_of(name, _asked(arguments))
        with _engine(arguments, console) as reports:
            table = _answer(reports, name, asked, arguments)
    _print(table, name, arguments, console)
    return SUCCESS


def _asked(arguments: Namespace) -> dict[str, Asked]:
    return {name: getattr(arguments, name) for name in _ASKED if getattr(arguments, name) is not None}


def _with_as_of(name: str, asked: dict[str, Asked]) -> dict[str, Asked]:
    report = find_report(name)
    if name == "evidence" and "event_id" not in asked:
        raise UsageError(
            "the report 'evidence' is about one event",
            hint="--event ID names it: counterseal findings list shows the ids",
        )
    if any(it.name == "as_of" for it in report.parameters):
        asked.setdefault("as_of", SystemClock().now().replace(microsecond=0))
    report.bind(asked)
    return asked


@contextmanager
def _engine(arguments: Namespace, console: Console) -> Iterator[QuestionEngine]:
    if arguments.parquet is None:
        with recorded(load_settings()) as parts:
            yield parts.reports
        return
    with compacted(arguments.parquet) as copy:
        ends = ", ".join(f"entry {it.position} of {it.stream!r}" for it in copy.heads) or "no entry"
        console.note(f"counterseal: note: a copy of the ledger up to {ends}")
        if copy.pruned_before:
            console.note(f"counterseal: note: what was recorded before {copy.pruned_before} is in the ledger alone")
        yield copy.reports


def _text(text: str) -> str:
    if not text.isprintable() and any("\ud800" <= it <= "\udfff" for it in text):
        raise ArgumentTypeError(f"{text!r} is not UTF-8")
    return text


def _answer(reports: QuestionEngine, name: str, asked: dict[str, Asked], arguments: Namespace) -> Table:
    if name != "sql":
        return _real(reports.run(name, asked))
    if asked:
        raise UsageError("`report sql` takes no filters: say them in the SELECT")
    return reports.select(arguments.statement)


def _real(table: Table) -> Table:
    place = table.columns.index("invented")
    return Table(table.columns, tuple(row for row in table.rows if not row[place]))


def _draw(table: Table, name: str, file: Path, console: Console) -> None:
    write_result(file, chart(name, table.records()).svg().encode(), console)
    console.note(f"counterseal: a picture of it is in {str(file)!r}, rows: {len(table.rows)}")


def _print(table: Table, name: str, arguments: Namespace, console: Console) -> None:
    if arguments.chart:
        _draw(table, name, arguments.chart, console)
    elif arguments.csv:
        console.write_bytes(csv_text(table.columns, table.rows).encode())
    elif arguments.json:
        rows = [for_scripts(row) for row in table.records()]
        console.print_json({"schema": "counterseal/report/v1", "report": name, "rows": rows})
    else:
        print_answer(console, table.columns, table.rows)
