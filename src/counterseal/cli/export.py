"""Write the population to a file: every change that the ledger holds, with the finding that holds now.

counterseal export population --csv population.csv
counterseal export population --csv sample.csv --sample 25 --seed 20260331

The rows are ordered by time, then account and event. A sample depends on the population and the seed alone, so that
whoever has both draws the same one again; it says on stderr how large the population was. In CSV a text that a
spreadsheet would take for a formula begins with an apostrophe; JSON and Parquet are exact.
"""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from counterseal.assembly.recorded import recorded
from counterseal.assembly.settings import load_settings
from counterseal.cli.console import Console
from counterseal.cli.files import write_result
from counterseal.cli.rows import csv_text, for_scripts
from counterseal.cli.times import time_argument
from counterseal.errors import SUCCESS, UsageError
from counterseal.reports.catalogue import find_report
from counterseal.reports.interface import Asked, Cell
from counterseal.reports.sampling import draw


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal export`."""
    parser.add_argument("what", choices=["population"], help="what to write")
    shape = parser.add_mutually_exclusive_group(required=True)
    for name in ("csv", "json", "parquet"):
        shape.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"write {name} to this file; - prints it")
    parser.add_argument("--since", type=time_argument, metavar="TIME", help="only changes at or after it")
    parser.add_argument("--until", type=time_argument, metavar="TIME", help="only changes at or before it")
    parser.add_argument("--sample", type=int, metavar="N", help="only so many, drawn by --seed")
    parser.add_argument("--seed", type=int, metavar="N", help="the number that the sample is drawn by")


def run(arguments: Namespace, console: Console) -> int:
    """Write the file, and say what is in it."""
    if (arguments.sample is None) != (arguments.seed is None):
        raise UsageError("--sample and --seed go together", hint="--sample 25 --seed 20260331")
    asked: dict[str, Asked] = {
        name: getattr(arguments, name) for name in ("since", "until") if getattr(arguments, name) is not None
    }
    with recorded(load_settings()) as parts:
        rows = [row for row in parts.reports.run("changes", asked).records() if not row["invented"]]
    rows.sort(key=lambda row: tuple(str(row[name]) for name in ("time", "account", "event_id")))
    chosen = rows if arguments.sample is None else draw(rows, size=arguments.sample, seed=arguments.seed)
    content = _content(arguments, [dict(row) for row in chosen], len(rows))
    write_result(arguments.parquet or arguments.csv or arguments.json, content, console)
    drawn = "" if arguments.sample is None else f", drawn by the seed {arguments.seed}"
    console.note(f"counterseal: {len(chosen)} of {len(rows)} changes written{drawn}")
    return SUCCESS


def _content(arguments: Namespace, rows: list[dict[str, Cell]], population: int) -> bytes:
    columns = find_report("changes").columns
    cells = [tuple(row.values()) for row in rows]
    if arguments.parquet:
        from counterseal.reports.parquet import write_parquet

        with TemporaryDirectory() as folder:
            unfinished = Path(folder) / "population.parquet"
            write_parquet(unfinished, columns, cells)
            return unfinished.read_bytes()
    if arguments.csv:
        return csv_text([column.name for column in columns], cells).encode()
    said = {"schema": "counterseal/population/v1", "population": population, "seed": arguments.seed}
    document = {**said, "rows": [for_scripts(row) for row in rows]}
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
