"""List what audits found and the ledger holds, show the evidence of one, waive one, or watch them come.

counterseal findings list
counterseal findings show EVENT_ID --html evidence.html
counterseal findings watch --exit-on-discrepancy
counterseal findings waive EVENT_ID --by ana --why "the vendor's rotation, see OPS-9" --until 2026-06-30

`counterseal audit … --record` puts findings into the ledger. A waived finding stays listed, with who answers for it
and why; it does not count until its waiver ends, or its verdict becomes another.
"""

import time
from argparse import ArgumentParser, Namespace
from datetime import datetime
from pathlib import Path

from counterseal.assembly.recorded import Recorded, recorded
from counterseal.assembly.settings import load_settings
from counterseal.cli.console import Console
from counterseal.cli.findings_watch import Pace, add_watch_arguments, watch_findings
from counterseal.cli.rows import for_scripts
from counterseal.cli.times import time_argument
from counterseal.clock import SystemClock, format_time
from counterseal.control.evidence import Dossier
from counterseal.errors import DISCREPANCY, SUCCESS, NotFound, NotInstalled, Refused, UsageError
from counterseal.reports.interface import Asked, Cell

Row = dict[str, Cell]

_AS_PAGE = "write it as one HTML file that loads nothing; - prints it"
_FOR_SCRIPTS = "print one JSON document for scripts"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal findings`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|waive|watch")
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
    waive.add_argument("--by", required=True, metavar="WHO", help="who answers for it")
    waive.add_argument("--why", required=True, metavar="TEXT", help="why it need not be looked into")
    waive.add_argument(
        "--until", required=True, type=time_argument, metavar="DATE", help="when it counts again; a date: 00:00 UTC"
    )
    for one in (show, waive):
        one.add_argument("event_id", metavar="EVENT_ID", help="the event's id, as `findings list` prints it")
        one.add_argument("--account", default="", help="its account, where several have that id")
    waive.add_argument("--verdict", default="", help="which finding, where the event has several")
    shown_as = show.add_mutually_exclusive_group()
    shown_as.add_argument("--html", type=Path, metavar="FILE", help=_AS_PAGE)
    shown_as.add_argument("--json", action="store_true", help=_FOR_SCRIPTS)
    listing.add_argument("--json", action="store_true", help=_FOR_SCRIPTS)
    for one in (listing, show, waive):
        one.add_argument("--as-of", type=time_argument, metavar="TIME", help="the time taken for now")


def run(arguments: Namespace, console: Console) -> int:
    """Do what was asked of the ledger of the settings."""
    if arguments.action == "watch":
        _check_verdict(arguments.verdict)
        with recorded(load_settings()) as parts:
            return watch_findings(arguments, parts, Pace(SystemClock(), time.sleep), console)
    as_of = (arguments.as_of or SystemClock().now()).replace(microsecond=0)
    with recorded(load_settings()) as parts:
        match arguments.action:
            case "list":
                return _list(arguments, parts, as_of, console)
            case "show":
                return _show(arguments, parts, as_of, console)
            case _:
                return _waive(arguments, parts, as_of, console)


def _list(arguments: Namespace, parts: Recorded, as_of: datetime, console: Console) -> int:
    _check_verdict(arguments.verdict)
    asked: dict[str, Asked] = {"verdict": arguments.verdict, "as_of": as_of}
    if arguments.since:
        asked["since"] = arguments.since
    found = [
        row
        for row in _real(parts, "findings" if arguments.all else "discrepancies", asked)
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
    from counterseal.cli.findings_report import print_evidence
    from counterseal.control.recall import Evidence, recall_evidence

    found = _of_event(arguments, parts, as_of)
    evidence: Evidence = recall_evidence(parts.ledger, arguments.event_id, {str(row["ticket"]) for row in found})
    coverage = _real(parts, "coverage", {})
    found = [completed(row, evidence.events, coverage) for row in found]
    asked: dict[str, Asked] = {"event_id": arguments.event_id, "account": arguments.account}
    history = _real(parts, "evidence", asked)
    dossier = _dossier(parts, found[0])
    if arguments.html:
        _write_html(arguments.html, (found[0], history), dossier, console)
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
                "tickets": evidence.tickets,
                "events": evidence.events,
                **dossier_json(dossier),
            }
        )
    else:
        print_evidence(found, history, evidence, console)
        print_dossier(dossier, console)
    return SUCCESS


def _dossier(parts: Recorded, row: Row) -> Dossier:
    from counterseal.control.evidence import Asked as About
    from counterseal.control.evidence import Dossiers
    from counterseal.control.recall import RecordedTickets

    about = About(str(row["ticket"]), str(row["version_id"]), str(row["stream"]), int(str(row["position"])))
    return Dossiers(parts.ledger, RecordedTickets(parts.ledger).find, largest=None).about(about)


def _write_html(file: Path, told: tuple[Row, list[Row]], dossier: Dossier, console: Console) -> None:
    from counterseal.cli.files import write_result

    try:
        from counterseal.web.evidence import evidence_document, evidence_of
    except ModuleNotFoundError as failure:
        raise NotInstalled(
            f"a page needs {failure.name}, which is not installed", hint="install counterseal with its extra [web]"
        ) from failure
    row, history = told
    page = evidence_of(row, history, dossier, row if row["waived_by"] else None)
    write_result(file, evidence_document(page, written_at=SystemClock().now()).encode(), console)
    console.note(f"counterseal: the evidence of {row['event_id']} is in {str(file)!r}")


def _waive(arguments: Namespace, parts: Recorded, as_of: datetime, console: Console) -> int:
    from counterseal.control.waive import Waived, Waiver, record_waiver

    _check_verdict(arguments.verdict)
    discrepancies = [row for row in _of_event(arguments, parts, as_of) if row["discrepancy"]]
    open_ones = [row for row in discrepancies if arguments.verdict in ("", row["verdict"])]
    if discrepancies and not open_ones:
        there = ", ".join(sorted({str(row["verdict"]) for row in discrepancies}))
        raise NotFound(
            f"no discrepancy about {arguments.event_id!r} is {arguments.verdict}", hint=f"--verdict may name: {there}"
        )
    if not open_ones:
        raise Refused(
            f"no discrepancy is about {arguments.event_id!r}, so there is nothing to waive",
            hint="counterseal findings show EVENT_ID says what was concluded",
        )
    if len(open_ones) > 1:
        several = ", ".join(f"{row['verdict']} in {row['account']}" for row in open_ones)
        raise UsageError(
            f"{arguments.event_id!r} has several findings: {several}", hint="--verdict and --account name one of them"
        )
    row = open_ones[0]
    waived = Waived(str(row["finding"]), str(row["event_id"]), str(row["account"]), str(row["verdict"]))
    waiver = Waiver(arguments.by, arguments.why, arguments.until)
    added = record_waiver(parts.ledger, waived, waiver, as_of=as_of)
    until = format_time(arguments.until)
    console.print(f"{row['verdict']} of {row['event_id']} is waived until {until}" + ("" if added else " already"))
    return SUCCESS


def _of_event(arguments: Namespace, parts: Recorded, as_of: datetime) -> list[Row]:
    rows = _real(parts, "findings", {"as_of": as_of, "account": arguments.account})
    found = [row for row in rows if arguments.event_id in (row["event_id"], row["finding"])]
    if not found:
        raise NotFound(
            f"no finding about {arguments.event_id!r} stands in the ledger",
            hint="counterseal findings list --all shows the ids",
        )
    return found


def _real(parts: Recorded, report: str, asked: dict[str, Asked]) -> list[Row]:
    return [row for row in parts.reports.run(report, asked).records() if not row["invented"]]


def _check_verdict(verdict: str) -> None:
    from counterseal.cli.findings_apart import APART
    from counterseal.correlation.judging.finding import Verdict

    known = (*(it.value for it in Verdict), *APART)
    if verdict and verdict not in known:
        raise UsageError(f"there is no verdict {verdict!r}", hint=f"the verdicts are {', '.join(known)}")
