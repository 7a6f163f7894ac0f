"""Answers for a finding until a day, and ends that early: `findings waive` and `findings unwaive`."""

from argparse import ArgumentParser, Namespace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from counterseal.assembly.recorded import Recorded
from counterseal.assembly.settings import load_settings
from counterseal.cli.console import Console
from counterseal.cli.findings_asked import Row, check_verdict, of_event
from counterseal.cli.times import time_argument
from counterseal.clock import SystemClock, format_time
from counterseal.control.waive import Bounds, Ending, Waived, Waiver, record_end, record_waiver
from counterseal.errors import SUCCESS, NotFound, Refused, UsageError


def add_waive_arguments(waive: ArgumentParser, unwaive: ArgumentParser) -> None:
    """Add the arguments of `findings waive` and `findings unwaive`."""
    waive.add_argument("--by", required=True, metavar="WHO", help="who answers for it")
    waive.add_argument("--why", required=True, metavar="TEXT", help="why it need not be looked into")
    waive.add_argument(
        "--until", required=True, type=time_argument, metavar="DATE", help="when it counts again; a date: 00:00 UTC"
    )
    waive.add_argument("--policy", type=Path, metavar="FILE", help="TOML with [policy]; without it, the settings' own")
    unwaive.add_argument("--by", required=True, metavar="WHO", help="who ends the waiver")
    unwaive.add_argument("--why", required=True, metavar="TEXT", help="why it counts again")
    for one in (waive, unwaive):
        one.add_argument("--verdict", default="", help="which finding, where the event has several")


def waive(arguments: Namespace, parts: Recorded, as_of: datetime, console: Console) -> int:
    """Record who answers for one finding.

    Raises:
        NotFound, UsageError: the finding is not there, or there are several.
        Refused: nothing counts there, or `record_waiver` refuses.
    """
    check_verdict(arguments.verdict)
    discrepancies = [row for row in of_event(arguments, parts, as_of) if row["discrepancy"]]
    if not discrepancies:
        raise Refused(
            f"no discrepancy is about {arguments.event_id!r}, so there is nothing to waive",
            hint="counterseal findings show EVENT_ID says what was concluded",
        )
    row = _one_of(arguments, discrepancies, "discrepancy about")
    bounds = Bounds(as_of, SystemClock().now().replace(microsecond=0), _longest(arguments.policy))
    waiver = Waiver(arguments.by, arguments.why, arguments.until)
    added = record_waiver(parts.ledger, _waived(row), waiver, bounds=bounds)
    until = format_time(arguments.until)
    console.print(f"{row['verdict']} of {row['event_id']} is waived until {until}" + ("" if added else " already"))
    return SUCCESS


def unwaive(arguments: Namespace, parts: Recorded, as_of: datetime, console: Console) -> int:
    """Record that a waiver ended early.

    Raises:
        NotFound, UsageError: the finding is not there, or there are several.
        Refused: no waiver holds for it, or `record_end` refuses.
    """
    check_verdict(arguments.verdict)
    waived = [row for row in of_event(arguments, parts, as_of) if row["waived_by"]]
    if not waived:
        raise Refused(
            f"no waiver holds for {arguments.event_id!r} on {format_time(as_of)}, so there is none to end",
            hint="counterseal report waivers --event EVENT_ID lists those there were",
        )
    row = _one_of(arguments, waived, "waiver of")
    until = cast("datetime", row["waived_until"])
    waiver = Waiver(str(row["waived_by"]), str(row["waived_why"]), until)
    record_end(parts.ledger, _waived(row), waiver, Ending(arguments.by, arguments.why, as_of))
    console.print(f"{row['verdict']} of {row['event_id']} counts again; it was waived until {format_time(until)}")
    return SUCCESS


def _one_of(arguments: Namespace, rows: list[Row], what: str) -> Row:
    """Return the one that is meant; `what` they are, for errors."""
    meant = [row for row in rows if arguments.verdict in ("", row["verdict"])]
    if not meant:
        there = ", ".join(sorted({str(row["verdict"]) for row in rows}))
        raise NotFound(f"no {what} {arguments.event_id!r} is {arguments.verdict}", hint=f"--verdict may name: {there}")
    if len(meant) > 1:
        several = ", ".join(f"{row['verdict']} in {row['account']}" for row in meant)
        raise UsageError(
            f"{arguments.event_id!r} has several findings: {several}", hint="--verdict and --account name one of them"
        )
    return meant[0]


def _waived(row: Row) -> Waived:
    return Waived(str(row["finding"]), str(row["event_id"]), str(row["account"]), str(row["verdict"]))


def _longest(file: Path | None) -> timedelta:
    from counterseal.control.audit import read_policy_file
    from counterseal.correlation.tickets.policy import read_policy

    policy = read_policy_file(file) if file else read_policy(load_settings().policy)
    return policy.longest_waiver
