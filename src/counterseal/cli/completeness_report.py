"""What `trail verify` and `audit` print for people about the completeness of a trail."""

from collections.abc import Iterable, Iterator

from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.clock import format_time
from counterseal.correlation.digests.completeness import (
    Completeness,
    Fault,
    Hour,
    Outcome,
    meaning_of,
    to_do_about,
)


def print_completeness(found: Completeness, console: Console) -> None:
    """Print the whole of `trail verify`."""
    number = len(found.faults)
    headline = f"{number} {'discrepancy' if number == 1 else 'discrepancies'}" if number else "No discrepancy"
    console.print(console.paint(headline, "bold"))
    console.print()
    for line in completeness_lines(found):
        console.print(line)
    print_faults(found.faults, console)


def completeness_lines(found: Completeness) -> Iterator[str]:
    """Say hour by hour, runs of like hours as one, what is proved and what is not; then what no digest lists."""
    for it in found.ranges():
        span = f"{format_time(it.start)} to {format_time(it.end)}"
        chain = f"trail {it.trail} of {it.home_region}{', backfill' if it.backfill else ''}"
        yield visible(f"{_heading(it):<11} {it.account} {it.region}  {span}  {_said(it)} ({chain})")
    if found.uncovered:
        are = "file is" if found.uncovered == 1 else "files are"
        yield f"Not proved  {found.uncovered} {are} here that no proved digest lists; none here had to, by their names"


def print_faults(faults: Iterable[Fault], console: Console) -> None:
    """Print what is wrong, group by group, with what to do about it."""
    groups: dict[Outcome, list[Fault]] = {}
    for fault in faults:
        groups.setdefault(fault.outcome, []).append(fault)
    for outcome, group in groups.items():
        console.print()
        console.print(f"{console.paint(f'{outcome} ({len(group)})', 'red')}  {meaning_of(outcome)}")
        console.print(f"  To do: {to_do_about(outcome)}")
        for it in group:
            span = f"{format_time(it.start)} to {format_time(it.end)}  " if it.start and it.end else ""
            console.print()
            console.print(visible(f"  {span}{it.account} {it.region}"))
            if it.object_name:
                console.print(visible(f"    {it.object_name}"))
            console.print(visible(f"    {it.reason}"))


def _heading(hour: Hour) -> str:
    return "Complete" if hour.outcome is Outcome.PROVED else "Not proved"


def _said(hour: Hour) -> str:
    if hour.outcome is Outcome.PROVED:
        return f"{hour.files} log {'file' if hour.files == 1 else 'files'}, all as delivered"
    return f"{hour.outcome}: {hour.reason}"
