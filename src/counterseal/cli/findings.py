"""List what audits found and the ledger holds, show the evidence of one, answer for one, or watch them come.

counterseal findings list
counterseal findings show EVENT_ID --html evidence.html
counterseal findings watch --exit-on-discrepancy
counterseal findings waive EVENT_ID --by ana --why "the vendor's rotation, see OPS-9" --until 2026-06-30
counterseal findings unwaive EVENT_ID --by cleo --why "the vendor says it was not them"

`counterseal audit … --record` puts findings into the ledger. A waived finding stays listed, with who answers for it
and why; it does not count until its waiver ends, or its verdict becomes another. `unwaive` ends a waiver early.
"""

import time
from argparse import ArgumentParser, Namespace
from datetime import datetime
from pathlib import Path

from counterseal.assembly.recorded import Recorded, recorded
from counterseal.assembly.settings import load_settings
from counterseal.cli.console import Console
from counterseal.cli.findings_asked import check_verdict, of_event, real
from counterseal.cli.findings_waive import add_waive_arguments, unwaive, waive
from counterseal.cli.findings_watch import Pace, add_watch_arguments, watch_findings
from counterseal.cli.rows import for_scripts
from counterseal.cli.times import time_argument
from counterseal.clock import SystemClock, format_time
from counterseal.control.evidence import Dossier
from counterseal.errors import DISCREPANCY, SUCCESS, NotInstalled
from counterseal.reports.interface import Asked, Cell

Row = dict[str, Cell]

_AS_PAGE = "write it as one HTML file that loads nothing; - prints it"
_FOR_SCRIPTS = "print one JSON document for scripts"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal findings`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|waive|unwaive|watch")
    shape = parser.formatter_class
    listing = actions.add_parser("list", help="list the discrepancies, newest first", formatter_class=shape)
    listing.add_argument("--since", type=time_argument, metavar="TIME", help="only what happened at or after it")
    listing.add_argument("--all", action="store_true", help="list what is no discrepancy as well")
    listing.add_argument("--exit-status", action="store_true", help="end with 10 while anything listed counts")
    show = actions.add_parser("show", help="show the evidence of one finding", formatter_class=shape)
    watch = actions.add_parser("watch", help="print findings as they come", formatter_class=shape)
    add_watch_arguments(watch)
    for one in (listing, watch):
        one.add_argument("--verdict", default="", help="only those of this verdict")
        one.add_argument("--secret", default="", metavar="NAME", help="only those of this secret, by name or ARN")
    waive = actions.add_parser("waive", help="do not count one finding until a day", formatter_class=shape)
    unwaive = actions.add_parser("unwaive", help="count a waived finding again from now on", formatter_class=shape)
    for one in (show, waive, unwaive):
        one.add_argument("event_id", metavar="EVENT_ID", help="the event's id, as `findings list` prints it")
        one.add_argument("--account", default="", help="its account, where several have that id")
    add_waive_arguments(waive, unwaive)
    shown_as = show.add_mutually_exclusive_group()
    shown_as.add_argument("--html", type=Path, metavar="FILE", help=_AS_PAGE)
    shown_as.add_argument("--json", action="store_true", help=_FOR_SCRIPTS)
    listing.add_argument("--json", action="store_true", help=_FOR_SCRIPTS)
    for one in (listing, show, waive, unwaive):
        one.add_argument("--as-of", type=time_argument, metavar="TIME", help="the time taken for now")


def run(arguments: Namespace, console: Console) -> int:
    """Do what was asked of the ledger of the settings."""
    if arguments.action == "watch":
        check_verdict(arguments.verdict)
        with recorded(load_settings()) as parts:
            return watch_findings(arguments, parts, Pace(SystemClock(), time.sleep), console)
    as_of = (arguments.as_of or SystemClock().now()).replace(microsecond=0)
    with recorded(load_settings()) as parts:
        match arguments.action:
            case "list":
                return _list(arguments, parts, as_of, console)
            case "show":
                return _show(arguments, parts, as_of, console)
            case "waive":
                return waive(arguments, parts, as_of, console)
            case _:
                return unwaive(arguments, parts, as_of, console)


def _list(arguments: Namespace, parts: Recorded, as_of: datetime, console: Console) -> int:
    check_verdict(arguments.verdict)
    asked: dict[str, Asked] = {"verdict": arguments.verdict, "as_of": as_of}
    if arguments.since:
        asked["since"] = arguments.since
    found = [
        row
        for row in real(parts, "findings" if arguments.all else "discrepancies", asked)
        if arguments.secret in ("", row["secret_name"], row["secret"])
    ]
    counting = sum(bool(row["counts"]) for row in found)
    if arguments.json:
        findings = [for_scripts(row) for row in found]
        said = {"schema": "counterseal/findings/v1", "as_of": format_time(as_of), "counting": counting}
        console.print_json({**said, "findings": findings})
    else:
        from counterseal.cli.findings_report import print_list

        print_list(found, as_of, console)
    return DISCREPANCY if arguments.exit_status and counting else SUCCESS


def _show(arguments: Namespace, parts: Recorded, as_of: datetime, console: Console) -> int:
    from counterseal.cli.findings_apart import completed
    from counterseal.cli.findings_evidence import dossier_json, print_dossier
    from counterseal.cli.findings_report import print_evidence, print_waivers
    from counterseal.control.recall import Evidence, recall_evidence

    found = of_event(arguments, parts, as_of)
    evidence: Evidence = recall_evidence(parts.ledger, arguments.event_id, {str(row["ticket"]) for row in found})
    coverage = real(parts, "coverage", {})
    found = [completed(row, evidence.events, coverage) for row in found]
    asked: dict[str, Asked] = {"event_id": arguments.event_id, "account": arguments.account}
    history, waivers = real(parts, "evidence", asked), real(parts, "waivers", asked)
    dossier = _dossier(parts, found[0])
    if arguments.html:
        _write_html(arguments.html, (found[0], history, waivers), dossier, console)
        if len(found) > 1:
            others = ", ".join(f"{row['verdict']} in {row['account']}" for row in found[1:])
            console.note(f"counterseal: note: that page leaves out what else is found of it: {others}")
        return SUCCESS
    if arguments.json:
        console.print_json(
            {
                "schema": "counterseal/evidence/v1",
                "as_of": format_time(as_of),
                "findings": [for_scripts(row) for row in found],
                "history": [for_scripts(row) for row in history],
                "waivers": [for_scripts(row) for row in waivers],
                "tickets": evidence.tickets,
                "events": evidence.events,
                **dossier_json(dossier),
            }
        )
    else:
        print_evidence(found, history, evidence, console)
        print_waivers(waivers, console)
        print_dossier(dossier, console)
    return SUCCESS


def _dossier(parts: Recorded, row: Row) -> Dossier:
    from counterseal.control.evidence import Asked as About
    from counterseal.control.evidence import Dossiers
    from counterseal.control.recall import RecordedTickets

    about = About(str(row["ticket"]), str(row["version_id"]), str(row["stream"]), int(str(row["position"])))
    return Dossiers(parts.ledger, RecordedTickets(parts.ledger).find, largest=None).about(about)


def _write_html(file: Path, told: tuple[Row, list[Row], list[Row]], dossier: Dossier, console: Console) -> None:
    from counterseal.cli.files import write_result

    try:
        from counterseal.web.evidence import evidence_document, evidence_of
    except ModuleNotFoundError as failure:
        raise NotInstalled(
            f"a page needs {failure.name}, which is not installed", hint="install counterseal with its extra [web]"
        ) from failure
    row, history, waivers = told
    page = evidence_of(row, history, dossier, row if row["waived_by"] else None, waivers)
    write_result(file, evidence_document(page, written_at=SystemClock().now()).encode(), console)
    console.note(f"counterseal: the evidence of {row['event_id']} is in {str(file)!r}")
