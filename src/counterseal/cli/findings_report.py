"""What `findings` prints for people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from counterseal.cli.console import Console
from counterseal.cli.findings_apart import about
from counterseal.cli.rows import for_people, print_rows
from counterseal.cli.visible import visible
from counterseal.clock import format_time
from counterseal.control.recall import Evidence
from counterseal.reports.interface import Cell

Row = Mapping[str, Cell]


def print_list(found: Sequence[Row], as_of: datetime, console: Console) -> None:
    """Print one line a finding, under how many of them count."""
    counting = sum(bool(row["counts"]) for row in found)
    waived = sum(bool(row["waived_by"]) for row in found)
    console.print(console.paint(f"{counting} count, {waived} waived, {len(found)} listed", "bold"))
    console.print(f"As of       {format_time(as_of)}")
    console.print()
    columns = ("time", "verdict", "about", "who", "event id", "state")
    print_rows(console, columns, [_line(row) for row in found])


def print_evidence(found: Sequence[Row], history: Sequence[Row], evidence: Evidence, console: Console) -> None:
    """Print everything about one event: findings, tickets, what AWS recorded, all verdicts, places in the ledger."""
    for row in found:
        _finding(row, console)
    for ticket in evidence.tickets:
        _ticket(ticket, console)
    for event in evidence.events:
        _part("What AWS recorded", {**event, "actor": event["actor"]["arn"]}, console)
    if history:
        _title("Verdicts so far", console)
        columns = ("recorded_at", "verdict", "current", "stream", "position", "entry_digest")
        print_rows(console, columns, [[row[name] for name in columns] for row in history])


def print_waivers(waivers: Sequence[Row], console: Console) -> None:
    """Print who answered for a finding and who ended that early, where anybody did; the newest first."""
    if waivers:
        _title("Waivers so far", console)
        columns = ("recorded_at", "what", "verdict", "said_by", "why", "waived_until", "stream", "position")
        print_rows(console, columns, [[row[name] for name in columns] for row in waivers])


def _line(row: Row) -> list[Cell]:
    state = "counts" if row["counts"] else "no discrepancy"
    if row["discrepancy"] and not row["counts"]:
        state = f"waived by {row['waived_by']} until {for_people(row['waived_until'])}: {row['waived_why']}"
    who = row["actor_name"] or row["actor_arn"]
    return [row["time"], row["verdict"], about(row), who, row["event_id"], state]


def _finding(row: Row, console: Console) -> None:
    _title(f"{row['verdict']}: {about(row) or 'no secret named'}", console)
    console.print(visible(f"  {row['reason']}"))
    names = (
        "time", "time_to", "event", "resource", "object", "effect", "account", "region", "secret",
        "version_id", "actor_name", "actor_arn", "basis",
        "ticket", "witnesses", "signals", "counts", "waived_by", "waived_why", "waived_until", "stream", "position",
        "entry_digest", "recorded_at",
    )  # fmt: skip
    _facts({name: row[name] for name in names if name in row}, console)


def _ticket(ticket: Mapping[str, Any], console: Console) -> None:
    decisions = ticket["approvals"]
    said = "could not be read" if decisions is None else "nobody has decided"
    if decisions:
        said = "; ".join(f"{it['decision']} by {it['by']} at {it['at']}" for it in decisions)
    names = ("status", "requester", "assignee", "executors", "secrets", "operations", "window_from", "window_to")
    _part(f"Ticket {ticket['issue_key']}", {**{name: ticket[name] for name in names}, "decisions": said}, console)


def _part(title: str, facts: Mapping[str, Any], console: Console) -> None:
    _title(title, console)
    _facts(facts, console)


def _title(text: str, console: Console) -> None:
    console.print()
    console.print(console.paint(visible(text), "bold"))


def _facts(facts: Mapping[str, Any], console: Console) -> None:
    width = max(map(len, facts))
    for name, fact in facts.items():
        text = ", ".join(map(str, fact)) if isinstance(fact, list) else fact
        if text not in ("", None):
            console.print(f"  {name:<{width}}  {for_people(text)}")
