"""The arguments of commands that change a secret in AWS: under which ticket, and as whom."""

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import timedelta
from pathlib import Path

from counterseal.cli.console import Console
from counterseal.clock import format_time
from counterseal.errors import UsageError
from counterseal.references.grammar import parse_reference
from counterseal.references.reference import Reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.assembly.gating import Asked
    from counterseal.control.gated import Done

_SCHEMA = "counterseal/gated-change/v1"
_SPAN = re.compile(r"([1-9][0-9]{0,5})([mhd])", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def add_gate_arguments(parser: ArgumentParser) -> None:
    """Add what says under which ticket a change is made."""
    group = parser.add_argument_group("the gate, for aws-sm://")
    group.add_argument("--ticket", default="", metavar="KEY", help="the ticket that approves the change: OPS-42")
    group.add_argument(
        "--tickets", type=Path, metavar="FILE", help="what the tickets say; without it, the settings' own file"
    )
    group.add_argument("--policy", type=Path, metavar="FILE", help="TOML with [policy]; without it, the settings' own")
    group.add_argument(
        "--principal", default="", metavar="ARN", help="who makes the change: the caller, or the role of its session"
    )
    group.add_argument(
        "--expires", type=span, default=timedelta(hours=1), metavar="SPAN", help="how long it holds: 30m, 1h (default)"
    )
    group.add_argument(
        "--check",
        "--dry-run",
        action="store_true",
        help="say what would be done and whether the ticket approves it, and do nothing",
    )
    group.add_argument("--json", action="store_true", help="print what was done as one JSON object")


def asked_of(arguments: Namespace, *, token: str = "") -> "Asked":
    """Return what was given of the gate."""
    from counterseal.assembly.gating import Asked

    return Asked(
        ticket=arguments.ticket,
        token=token,
        principal=arguments.principal,
        tickets_file=arguments.tickets,
        policy_file=arguments.policy,
        valid_for=arguments.expires,
    )


def span(text: str) -> timedelta:
    """Read a span of time.

    Raises:
        ArgumentTypeError: it is none.
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not a span of time: write it like 30m, 24h or 2d")
    return int(found[1]) * _UNITS[found[2]]


def whole_aws_secret(text: str) -> Reference:
    """Read a reference to a secret in AWS, or to a field of it, and to its current value.

    Raises:
        MalformedReference: it is no reference.
        UsageError: it names something that is not in AWS, or a version.
    """
    reference = parse_reference(text)
    if reference.scheme != "aws-sm":
        raise UsageError(f"{text!r} is not in AWS Secrets Manager", hint="write aws-sm://REGION/SECRET")
    if reference.version_id is not None or reference.stage is not None or reference.default is not None:
        raise UsageError(f"{text!r} names a version: a new one is made", hint="leave out what stands behind ?")
    return reference


def show_done(console: Console, arguments: Namespace, done: "Done", principal: str) -> None:
    """Print what was done, and tell what CloudTrail will show of it."""
    token = done.permit.token
    stages = ", ".join(done.stages) or "no label"
    if arguments.json:
        console.print_json(
            {
                "schema": _SCHEMA,
                "outcome": done.outcome,
                "secret": done.secret,
                "name": done.name,
                "version_id": token,
                "stages": list(done.stages),
                "ticket": done.permit.issuance.issue_key if done.permit.issuance else "",
                "principal": principal,
                "expires": format_time(done.permit.issuance.expires) if done.permit.issuance else "",
                "cloudtrail": list(done.calls),
            }
        )
    else:
        console.print(f"{done.name} {done.outcome}: version {token} ({stages})")
    by = f" by {principal}" if principal else ""
    console.note(f"counterseal: note: CloudTrail will show {_in_words(done.calls)} of version {token}{by}")


def show_looked(console: Console, arguments: Namespace, said: str) -> None:
    """Print what `--check` found: what would be done, and by which approval."""
    if arguments.json:
        console.print_json({"schema": _SCHEMA, "outcome": "checked", "said": said})
    else:
        console.print(said)


def _in_words(calls: "Sequence[str]") -> str:
    counted = {call: calls.count(call) for call in calls}
    return ", ".join(call if count == 1 else f"{call} ({count} times)" for call, count in counted.items())
