"""Explain why a change got its verdict: which tickets were candidates, every check, and what would have helped.

EVENT_ID is the id that `audit` and `findings list` print. The records and tickets are those of the audit; all of them
are read, since a witness or a rotation anywhere may have decided. Without PATH or --aws, what the ledger of the
settings holds is told: the verdict, its reason and what to do, but no checks, for the ledger keeps nothing that a
caller sent.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from datetime import datetime

from counterseal.cli.audit_rules import add_judging_arguments, asked_of, evidence_of, rules_of
from counterseal.cli.audit_sources import add_source_arguments, open_sources
from counterseal.cli.console import Console
from counterseal.cli.progress import drawn
from counterseal.cli.rows import for_scripts
from counterseal.cli.visible import visible
from counterseal.clock import SystemClock
from counterseal.correlation.judging.explaining import Explanation
from counterseal.errors import SUCCESS, NotFound

_SCHEMA = "counterseal/explanation/v1"
_SIGNS = {True: "passes ", False: "FAILS  ", None: "unknown"}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal policy explain`."""
    parser.add_argument("event_id", metavar="EVENT_ID", help="the event's id, as `audit` prints it")
    add_source_arguments(parser)
    add_judging_arguments(parser)
    parser.add_argument("--account", default="", help="its account, where several have that id")
    parser.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    parser.set_defaults(public_keys=[], signatures=None)  # digests prove files, and explain no verdict


def run(arguments: Namespace, console: Console) -> int:
    """Explain one event, from records or from the ledger."""
    now = SystemClock().now()
    if not arguments.paths and not arguments.aws:
        return _recorded(arguments, now, console)
    explained = [it for it in _explained(arguments, now) if arguments.account in ("", it.finding.account)]
    if not explained:
        raise NotFound(f"{arguments.event_id!r} was not recorded in {arguments.account}", hint="leave --account out")
    if arguments.json:
        console.print_json({"schema": _SCHEMA, "explanations": [it.as_json() for it in explained]})
    else:
        for it in explained:
            _print(it, console)
    return SUCCESS


def _explained(arguments: Namespace, now: datetime) -> list[Explanation]:
    from counterseal.control.audit import Sources
    from counterseal.control.explain import explain_event

    rules = rules_of(arguments, now, with_ledger=True)
    asked = asked_of(arguments, rules.policy)
    with open_sources(arguments, now) as opened:
        evidence = evidence_of(arguments, with_ledger=False)
        sources = Sources(
            opened.paths, arguments.tickets, evidence, opened.beside, opened.period, arguments.jobs, asked
        )
        progress = drawn("reading {done} of {total} files")
        return explain_event(sources, arguments.event_id, rules=rules, progress=progress)


def _print(explained: Explanation, console: Console) -> None:
    finding = explained.finding
    console.print(console.paint(f"{finding.verdict}: {explained.means}", "bold"))
    _say("Why", [finding.reason], console)
    _say("The change", explained.change, console)
    for ticket in explained.tickets:
        checks = (f"{_SIGNS[it.passes]}  {it.name}: {it.said}" for it in ticket.checks)
        _say(f"{ticket.issue_key} makes it {ticket.verdict}", checks, console)
    if explained.beside and not explained.tickets:
        _say("Tickets", ["none names this secret with a window near the change, and none is cited"], console)
    _say("Besides tickets", explained.beside, console)
    _say("Settings of the policy that decided", explained.settings, console)
    _say("What would have made it approved", explained.remedies, console)
    console.print()


def _say(title: str, sentences: Iterable[str], console: Console) -> None:
    """Print a title with sentences under it; nothing where there are none."""
    lines = [visible(f"  {it}") for it in sentences]
    if lines:
        console.print("\n".join(["", console.paint(visible(title), "bold"), *lines]))


def _recorded(arguments: Namespace, now: datetime, console: Console) -> int:
    """Tell what the ledger of the settings holds about the event."""
    from counterseal.assembly.recorded import recorded
    from counterseal.assembly.settings import load_settings
    from counterseal.correlation.judging.finding import Verdict
    from counterseal.correlation.judging.verdicts import EXPLAINED

    as_of = (arguments.as_of or now).replace(microsecond=0)
    with recorded(load_settings()) as parts:
        rows = parts.reports.run("findings", {"as_of": as_of, "account": arguments.account}).records()
        found = [row for row in rows if row["event_id"] == arguments.event_id and not row["invented"]]
    if not found:
        raise NotFound(
            f"no finding about {arguments.event_id!r} stands in the ledger",
            hint="give the PATH of the records, and --tickets, to explain what was not recorded",
        )
    if arguments.json:
        console.print_json({"schema": _SCHEMA, "explanations": [], "recorded": [for_scripts(row) for row in found]})
        return SUCCESS
    for row in found:
        known = EXPLAINED[Verdict(str(row["verdict"]))]
        console.print(console.paint(f"{row['verdict']}: {known.meaning}", "bold"))
        _say("Why", [str(row["reason"])], console)
        _say("What to do", [known.to_do], console)
    console.note("counterseal: note: give the PATH of the records, and --tickets, to see every ticket and every check")
    return SUCCESS
