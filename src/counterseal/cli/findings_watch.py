"""Follows the ledger and prints findings as they come: `findings watch`."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from counterseal.assembly.recorded import Recorded
from counterseal.cli.console import Console
from counterseal.cli.findings_apart import about
from counterseal.cli.rows import for_people, for_scripts
from counterseal.cli.visible import visible
from counterseal.clock import Clock, format_time
from counterseal.errors import DISCREPANCY, UsageError
from counterseal.reports.following import Change, Follower, What

_LONGEST_PAUSE = 3600.0


class Pace(NamedTuple):
    """What time it is, and how long is waited between two looks: `wait` takes seconds."""

    clock: Clock
    wait: Callable[[float], object]


def add_watch_arguments(watch: ArgumentParser) -> None:
    """Add the arguments of `findings watch`."""
    watch.add_argument("--all", action="store_true", help="print what is no discrepancy as well")
    watch.add_argument("--existing", action="store_true", help="print first what is there already")
    watch.add_argument("--exit-on-discrepancy", action="store_true", help="end with 10 at the first one that counts")
    watch.add_argument(
        "--interval", type=float, default=2.0, metavar="SECONDS", help="how long to wait between two looks; 2 seconds"
    )
    watch.add_argument("--json", action="store_true", help="print one JSON document a line for scripts")


def watch_findings(arguments: Namespace, parts: Recorded, pace: Pace, console: Console) -> int:
    """Print what changes until somebody stops it, or until a discrepancy comes where that is asked for.

    Raises:
        UsageError: the interval is none.
    """
    if not 0 < arguments.interval <= _LONGEST_PAUSE:
        raise UsageError(f"--interval must be above 0 and at most {_LONGEST_PAUSE:.0f} seconds")
    follower = Follower(parts.ledger, parts.reports)
    there = follower.look(_now(pace))
    news = there if arguments.existing else []
    if not arguments.json:
        counting = sum(bool(it.row["counts"]) for it in there)
        console.note(f"counterseal: {counting} findings count now; watching, Ctrl+C stops it")
    while True:
        wanted = [it for it in news if _is_wanted(it, arguments)]
        for change in wanted:
            _print(change, pace, console, as_json=arguments.json)
        console.flush()
        if arguments.exit_on_discrepancy and any(_counts(it) for it in wanted):
            return DISCREPANCY
        pace.wait(arguments.interval)
        news = follower.look(_now(pace))


def _now(pace: Pace) -> datetime:
    return pace.clock.now().replace(microsecond=0)


def _is_wanted(change: Change, arguments: Namespace) -> bool:
    row = change.row
    fits = arguments.verdict in ("", row["verdict"]) and arguments.secret in ("", row["secret_name"], row["secret"])
    return fits and (arguments.all or change.matters)


def _counts(change: Change) -> bool:
    return change.what is not What.SETTLED and bool(change.row["counts"])


def _print(change: Change, pace: Pace, console: Console, *, as_json: bool) -> None:
    before = change.before["verdict"] if change.before else None
    if as_json:
        said = {"schema": "counterseal/finding-seen/v1", "seen_at": format_time(pace.clock.now())}
        line = {**said, "what": change.what.value, "verdict_before": before, "finding": for_scripts(change.row)}
        console.print_json(line, indent=None)
        return
    row = change.row
    colour = "red" if _counts(change) else "green" if change.what is What.SETTLED else "dim"
    was = f" (was {before})" if before not in (None, row["verdict"]) else ""
    head = f"{change.what:<12}  {row['verdict']}{was}"
    who = row["actor_name"] or row["actor_arn"]
    by = f"by {for_people(who)}  " if who else ""
    named = for_people(about(row) or row["event_id"])
    console.print(f"{console.paint(head, colour)}  {named}  {by}{for_people(row['time'])}")
    console.print(visible(f"              {row['reason']}"))
    if change.what is What.WAIVED:
        until = for_people(row["waived_until"])
        console.print(visible(f"              by {row['waived_by']} until {until}: {row['waived_why']}"))
    console.print(console.paint(visible(f"              event {row['event_id']}"), "dim"))
