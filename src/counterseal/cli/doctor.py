"""Look at each thing that is needed, and say what mends it. Nothing is changed.

    counterseal doctor jira          the Jira of the settings: address, token, projects, fields, webhook, answers

✓ is right, ✗ is wrong, and ? could not be seen from here, which is no fault. Exit status 10 where something is wrong.
"""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.errors import DISCREPANCY, SUCCESS

if TYPE_CHECKING:
    from counterseal.assembly.jira_doctor import Check

_SIGNS = {"good": ("✓", "green"), "bad": ("✗", "red"), "unknown": ("?", "yellow")}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal doctor`."""
    topics = parser.add_subparsers(dest="topic", required=True, metavar="jira")
    jira = topics.add_parser("jira", help="the Jira of the settings", allow_abbrev=False)
    jira.add_argument("--json", action="store_true", help="print one JSON document for scripts")


def run(arguments: Namespace, console: Console) -> int:
    """Look, and say what was found."""
    from counterseal.assembly.jira_doctor import State, examine
    from counterseal.assembly.settings import load_settings
    from counterseal.clock import SystemClock

    checks = []
    for check in examine(load_settings(), SystemClock()):
        checks.append(check)
        if not arguments.json:
            _print(check, console)
    wrong = sum(it.state is State.BAD for it in checks)
    if arguments.json:
        console.print_json({"schema": "counterseal/doctor-jira/v1", "checks": [it._asdict() for it in checks]})
    else:
        console.print()
        console.print(f"Wrong: {wrong} of {len(checks)}." if wrong else "Nothing is wrong.")
    return DISCREPANCY if wrong else SUCCESS


def _print(check: "Check", console: Console) -> None:
    sign, colour = _SIGNS[check.state]
    console.print(visible(f"{sign} {check.about}: {check.said}").replace(sign, console.paint(sign, colour), 1))
    if check.mending:
        console.print(visible(f"    to mend it: {check.mending}"))
    console.flush()
