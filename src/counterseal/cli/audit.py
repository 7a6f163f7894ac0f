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

from argparse import ArgumentParser, Namespace
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from counterseal.cli.audit_sources import add_source_arguments, drawn, open_sources
from counterseal.cli.console import Console
from counterseal.cli.times import time_argument
from counterseal.cli.trail import add_completeness_arguments, checked
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.tickets.policy import Policy, read_policy
from counterseal.errors import DISCREPANCY, SUCCESS, UsageError


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal audit`."""
    add_source_arguments(parser)
    parser.add_argument(
        "--tickets", type=Path, metavar="FILE", help="what the tickets say; without it nothing is approved"
    )
    parser.add_argument(
        "--issuances", type=Path, metavar="FILE", help="what the notary issued: `counterseal notary export` prints it"
    )
    parser.add_argument(
        "--notary-key", type=Path, metavar="FILE", help="the right to verify: `counterseal notary keys` prints it"
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a signed checkpoint that was kept elsewhere: what it covers of the issuances is anchored",
    )
    parser.add_argument("--checkpoint-key", type=Path, metavar="FILE", help="the key that must have signed it")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="TOML with [policy]; without it, the settings' own")
    parser.add_argument(
        "--as-of", type=time_argument, metavar="TIME", help="the time taken for now, such as 2026-01-31T12:00:00Z"
    )
    parser.add_argument(
        "--baseline", type=time_argument, metavar="DATE", help="list older changes, and count none of them"
    )
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
    result = _audited(arguments)
    if arguments.record:
        # Before anything is printed: a reader who leaves early must not keep it out of the ledger.
        _record(result, console)
    if arguments.json:
        console.print_json(result.as_json())
    else:
        from counterseal.cli.audit_report import print_report

        print_report(result, console, tickets_given=arguments.tickets is not None, strict=arguments.strict)
    for note in result.notes:
        console.note(f"counterseal: note: {note}")
    if arguments.json and arguments.tickets is None:
        console.note("counterseal: note: no tickets were given, so no change is approved (--tickets FILE)")
    return SUCCESS if result.is_clean(strict=arguments.strict) else DISCREPANCY


def _audited(arguments: Namespace) -> AuditResult:
    from counterseal.clock import SystemClock
    from counterseal.control.audit import Sources, audit_files, read_policy_file, with_baseline
    from counterseal.control.completeness import joined
    from counterseal.correlation.judging.judge import Rules

    now = SystemClock().now()
    policy = read_policy_file(arguments.policy) if arguments.policy else _policy_of_settings()
    rules = Rules(
        policy=with_baseline(policy, arguments.baseline), as_of=(arguments.as_of or now).replace(microsecond=0)
    )
    with open_sources(arguments, now) as opened:
        parts = [it for it in [checked(arguments, opened.paths)] if it]
        sources = Sources(opened.paths, arguments.tickets, _evidence(arguments), opened.beside, opened.period)
        result = audit_files(sources, rules=rules, progress=drawn("reading {done} of {total} files"))
        parts += opened.verify()
    return replace(result, completeness=joined(parts) if parts else None)


def _record(result: AuditResult, console: Console) -> None:
    from counterseal.assembly.ledgers import ledger_path, open_ledger
    from counterseal.assembly.settings import load_settings
    from counterseal.control.record import outcome_of, record_audit

    settings = load_settings()
    with closing(open_ledger(settings)) as ledger:
        added, known, conflicts = record_audit(ledger, outcome_of(result))
    said = f"{added} entries added, {known} known already, {conflicts} that contradict one"
    console.note(f"counterseal: recorded in {str(ledger_path(settings))!r}: {said}")


def _policy_of_settings() -> Policy:
    from counterseal.assembly.settings import load_settings

    return read_policy(load_settings().policy)


def _evidence(arguments: Namespace) -> Evidence:
    """Return what counterseals are checked against: what was given; with --record, what the ledger holds as well."""
    from counterseal.assembly.notaries import read_notary_keys
    from counterseal.control.audit import read_issuances_of

    if bool(arguments.checkpoint) != bool(arguments.checkpoint_key) or (
        arguments.checkpoint and not arguments.issuances
    ):
        raise UsageError(
            "--checkpoint and --checkpoint-key go together, and with --issuances",
            hint="a checkpoint proves the age of issuances, and nothing without the key that must have signed it",
        )
    given = Evidence(
        issuances=read_issuances_of(arguments.issuances) if arguments.issuances else None,
        keys=read_notary_keys(arguments.notary_key) if arguments.notary_key else None,
    )
    if arguments.checkpoint:
        from counterseal.assembly.anchors import anchored_by
        from counterseal.assembly.checkpoints import Kept

        given = anchored_by(given, Kept(arguments.checkpoint, arguments.checkpoint_key))
    return _with_ledger(given) if arguments.record else given


def _with_ledger(given: Evidence) -> Evidence:
    from counterseal.assembly.anchors import evidence_here
    from counterseal.assembly.ledgers import ledger_path, open_ledger
    from counterseal.assembly.settings import load_settings

    settings = load_settings()
    if not ledger_path(settings).exists():  # it is made once there is something to record
        return given
    with closing(open_ledger(settings)) as ledger:
        return evidence_here(ledger, settings, given)
