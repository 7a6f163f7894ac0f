"""`python -m bench [SUBJECT ...]`: measure ours against the peers, side by side."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version

from bench.harness import FULL, QUICK, Effort, Table
from bench.machine import describe
from bench.report import document, missed, text

SUBJECTS = {
    "startup": "start-up of the command line (goal 1a)",
    "sealing": "seal and open one secret (goals 5a and 5b)",
    "reports": "the shipped reports over ten million rows of Parquet",
    "join": "changes against approved windows (goals 7a and 7b)",
    "sns": "one message of SNS, checked (goal 8a)",
    "webhooks": "webhooks of Jira taken in under load (goal 8b)",
    "cloudtrail": "CloudTrail files to events (goals 6a and 6c)",
    "recording": "CloudTrail files into a ledger (goal 6b)",
    "ledger": "entries appended to a ledger (goal 6d)",
    "incremental": "new changes against a million tickets (goal 7c)",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for; return 1 only where goals are judged and one was missed."""
    given = _parser().parse_args(arguments)
    effort = QUICK if given.quick else FULL
    if given.events:
        effort = replace(effort, events=given.events)
    machine = describe() | {"product": f"counterseal {version('counterseal')}"}
    made: list[Table] = []
    for name in SUBJECTS if given.subject in (None, "all") else [given.subject]:
        measured = _tables(name)(effort)
        made += measured
        if not given.json:
            print("\n".join(text(table, machine) for table in measured), flush=True)
    if given.json:
        print(json.dumps(document(made, machine), ensure_ascii=False, indent=2))
    return _verdict(made) if given.judge else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, allow_abbrev=False)
    what = ["all:", *(f"{name}: {meaning};" for name, meaning in SUBJECTS.items())]
    parser.add_argument("subject", nargs="?", choices=["all", *SUBJECTS], help=" ".join(what))
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of tables")
    parser.add_argument("--events", type=_count, help="how many records the CloudTrail files hold (default 20000)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--quick", action="store_true", help="few rounds: to see that it runs, not to conclude from")
    how.add_argument("--judge", action="store_true", help="end with 1 if a goal is missed")
    return parser


def _count(text: str) -> int:
    count = int(text)
    if count < 100:
        raise argparse.ArgumentTypeError("at least 100, so that every kind of record is among them")
    return count


def _tables(name: str) -> Callable[[Effort], list[Table]]:
    made: Callable[[Effort], list[Table]] = import_module(f"bench.{name}").tables
    return made


def _verdict(made: Sequence[Table]) -> int:
    for it in (failures := missed(made)):
        print(f"goal {it.goal or '–'} missed: {it.what}: {it.figure}, wanted {it.wanted}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
