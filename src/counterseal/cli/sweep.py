"""Compare the secrets that AWS holds now with what the ledger recorded, and report what no record explains.

Versions that no recorded change made, secrets deleted without a record, labels that stand where nothing put them: what
a monitor missed shows here. It reads names, labels and times, never a value. What is younger than 15 minutes is too
young to tell, and so for a day is what is newer than every record; what the caller may not see is said, with the
statement that would show it.

The exit status is 0 where nothing was found, and 10 where something was. With --record it is kept in the ledger, and
what earlier sweeps found and is so no longer is settled there.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import closing

from counterseal.cli.console import Console
from counterseal.cli.times import time_argument
from counterseal.cli.visible import visible
from counterseal.clock import format_time
from counterseal.control.sweep import Swept
from counterseal.errors import DISCREPANCY, SUCCESS


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal sweep`."""
    parser.add_argument("--access", default="default", metavar="NAME", help="the access whose account is swept")
    parser.add_argument("--regions", nargs="+", default=[], metavar="REGION", help="these, or all; else the access's")
    parser.add_argument(
        "--since", type=time_argument, metavar="TIME", help="when records began, where that is after the first of them"
    )
    parser.add_argument("--record", action="store_true", help="record what was found in the ledger")
    parser.add_argument("--json", action="store_true", help="print one JSON object (docs/reference/sweep-json.md)")


def run(arguments: Namespace, console: Console) -> int:
    """Sweep, print, and say by the exit status whether something was found."""
    from counterseal.assembly.ledgers import open_existing_ledger
    from counterseal.assembly.live import swept
    from counterseal.assembly.settings import load_settings
    from counterseal.clock import SystemClock
    from counterseal.control.sweep_ledger import record_sweep, recorded_secrets

    settings = load_settings()
    with closing(open_existing_ledger(settings)) as ledger:
        recorded = recorded_secrets(ledger, arguments.since)
        now = SystemClock().now().replace(microsecond=0)
        show = _progress()
        found = swept(settings, arguments, recorded, now=now, progress=show)
        show("")
        if arguments.record:
            added = record_sweep(ledger, found).added
            console.note(f"counterseal: recorded: {added} entries added")
    if arguments.json:
        console.print_json(found.as_json())
    else:
        _print(found, console)
    return DISCREPANCY if found.findings else SUCCESS


def _print(found: Swept, console: Console) -> None:
    from counterseal.cli.audit_report import print_findings

    number = len(found.findings)
    headline = f"{number} {'discrepancy' if number == 1 else 'discrepancies'}" if number else "No discrepancy"
    console.print(console.paint(headline, "bold"))
    console.print()
    console.print(f"Account     {found.account}, {', '.join(found.regions)}")
    console.print(f"Swept       {len(found.secrets)} secrets with {found.versions} versions at {format_time(found.at)}")
    console.print(f"Records     {format_time(found.start)} to {format_time(found.end)}")
    for count, said in (
        (found.young, "are too young to tell: made in the last 15 minutes, or in the last day and after every record"),
        (found.older, "are older than the records"),
    ):
        if count:
            console.print(f"Not judged  {count} versions or secrets {said}")
    if found.never_seen:
        console.print(f"Not tracked {len(found.never_seen)} secrets that no record names: --json lists them")
    for it in found.not_visible:
        import json

        console.print(visible(f"Not seen    {it.what}: {it.why}; this would show it: {json.dumps(it.statement)}"))
    print_findings(found.findings, console)


def _progress() -> Callable[[str], None]:
    """Return what shows a person the secret that is looked at; nothing anywhere else."""
    if not sys.stderr.isatty():
        return lambda _: None

    def show(name: str) -> None:
        sys.stderr.write(f"\r\x1b[Klooking at {visible(name)[:60]}\r" if name else "\r\x1b[K")
        sys.stderr.flush()

    return show
