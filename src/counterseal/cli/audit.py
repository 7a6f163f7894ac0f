"""Join the changes in CloudTrail files with the tickets that approve them, and report every discrepancy.

PATH is a file or a folder of CloudTrail records: {"Records":[...]}, bare arrays, EventBridge and SNS envelopes,
.json and .json.gz, mixed; or s3://bucket/prefix, the bucket that a trail delivers to. FILE with the tickets is
described in docs/reference/ticket-file.md; a saved Jira search response is taken too. With --aws nothing need be
deployed: the event history of the account is looked up, and the result says what that cannot show. Nothing is stored
unless --record is given, which puts what was found into the ledger of the settings.

With --public-keys the files are held against CloudTrail's digests among them, and with --verify-digests those in a
bucket against the digests there: what was altered or is missing is a discrepancy (`counterseal trail verify` does that
alone).

The exit status is 0 where every change is explained, and 10 where one is not.
"""

import gc
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from counterseal.cli.audit_rules import add_judging_arguments, asked_of, evidence_of, rules_of
from counterseal.cli.audit_sources import add_source_arguments, open_sources
from counterseal.cli.console import Console
from counterseal.cli.progress import drawn, show_stage, wiped_at_the_end
from counterseal.cli.trail import add_completeness_arguments, checked
from counterseal.correlation.judging.result import AuditResult
from counterseal.errors import DISCREPANCY, SUCCESS


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal audit`."""
    add_source_arguments(parser)
    add_judging_arguments(parser)
    parser.add_argument(
        "--strict",
        action="store_true",
        help="let attempts, guard events, signals, unused approvals and conflicts count as well",
    )
    add_completeness_arguments(parser)
    parser.add_argument(
        "--record", action="store_true", help="record what was found in the ledger; the same again adds nothing"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object (docs/reference/audit-json.md)")


def run(arguments: Namespace, console: Console) -> int:
    """Audit, print, and say by the exit status whether there is a discrepancy."""
    with _without_garbage_collection(), wiped_at_the_end():
        return _run(arguments, console)


def _run(arguments: Namespace, console: Console) -> int:
    result = _audited(arguments)
    if arguments.record:
        # Before anything is printed: a reader who leaves early must not keep it out of the ledger.
        _record(result, console)
    # On one screen with the result it would stand in its first line.
    show_stage("" if console.is_terminal else "writing the result")
    if arguments.json:
        console.print_json(result.as_json())
    else:
        from counterseal.cli.audit_report import print_report

        print_report(result, console, tickets_given=_has_tickets(arguments), strict=arguments.strict)
    show_stage("")
    for note in result.notes:
        console.note(f"counterseal: note: {note}")
    if arguments.json and not _has_tickets(arguments):
        console.note("counterseal: note: no tickets were given, so no change is approved (--tickets FILE, or --jira)")
    return SUCCESS if result.is_clean(strict=arguments.strict) else DISCREPANCY


def _has_tickets(arguments: Namespace) -> bool:
    return arguments.tickets is not None or arguments.jira


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Look for no circles among events and findings: they hold none, and there are more of them all the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _audited(arguments: Namespace) -> AuditResult:
    from counterseal.clock import SystemClock
    from counterseal.control.audit import Sources, audit_files
    from counterseal.control.completeness import joined

    now = SystemClock().now()
    rules = rules_of(arguments, now, with_ledger=arguments.record)
    asked = asked_of(arguments, rules.policy)
    with open_sources(arguments, now) as opened:
        parts = [it for it in [checked(arguments, opened.paths)] if it]
        sources = Sources(
            opened.paths,
            arguments.tickets,
            evidence_of(arguments, with_ledger=arguments.record),
            opened.beside,
            opened.period,
            arguments.jobs,
            asked,
        )
        reading = drawn("reading {done} of {total} files")
        result = audit_files(sources, rules=rules, progress=reading, stage=show_stage)
        parts += opened.verify()
    return replace(result, completeness=joined(parts) if parts else None)


def _record(result: AuditResult, console: Console) -> None:
    from counterseal.assembly.ledgers import ledger_path, open_ledger
    from counterseal.assembly.settings import load_settings
    from counterseal.control.record import outcome_of, record_audit

    settings = load_settings()
    with closing(open_ledger(settings)) as ledger:
        recording = drawn("recording {done} of {total} entries")
        added, known, conflicts = record_audit(ledger, outcome_of(result), progress=recording)
    said = f"{added} entries added, {known} known already, {conflicts} that contradict one"
    console.note(f"counterseal: recorded in {str(ledger_path(settings))!r}: {said}")
