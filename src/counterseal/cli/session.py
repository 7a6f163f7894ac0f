r"""Run a tool in an AWS session that carries an approved ticket, and may do what it approves.

    counterseal session OPS-42 -- terraform apply
    counterseal session OPS-42 --operation delete --secret db/old -- aws secretsmanager delete-secret --secret-id db/old

For what takes no counterseal: deletion, restoring, labels, policies, tags, replication, and tools that pass no token.
The session is granted only if all of it, done now by you, would be `approved`. It is limited to the ticket's secrets
and operations until the approval ends, and the ticket is its source identity, which CloudTrail shows on every call.
The grant is in the ledger first. Of AWS's sign-ins the tool gets the session's and no other; it takes this process's
place, so its exit status and the signals it dies of are its own.
"""

import os
from argparse import ArgumentParser, Namespace
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from counterseal.assembly.settings import Settings
from counterseal.cli.console import Console
from counterseal.cli.gate_arguments import span
from counterseal.hidden import Hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from counterseal.control.session import Grant


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal session`."""
    parser.usage = "counterseal session TICKET [OPTION ...] -- COMMAND [ARGUMENT ...]"
    parser.add_argument("ticket", metavar="TICKET", help="the ticket's key, such as OPS-42")
    parser.add_argument(
        "--secret",
        action="append",
        default=[],
        metavar="NAME|ARN",
        help="only this one of the ticket's secrets, as it names it; may be given several times",
    )
    parser.add_argument(
        "--operation",
        action="append",
        default=[],
        metavar="NAME",
        help="only this one of the ticket's operations; may be given several times",
    )
    parser.add_argument("--role", default="", metavar="ARN", help="the role to assume; without it broker.role_arn")
    parser.add_argument(
        "--principal", default="", metavar="ARN", help="who runs it: the caller, or the role of its session"
    )
    parser.add_argument(
        "--for",
        dest="valid_for",
        type=span,
        default=timedelta(hours=1),
        metavar="SPAN",
        help="such as 30m, 2h; the ticket's window ends it sooner; without it 1h",
    )
    parser.add_argument(
        "--tickets", type=Path, metavar="FILE", help="what the tickets say; without it, the settings' own file"
    )
    parser.add_argument("--policy", type=Path, metavar="FILE", help="TOML with [policy]; without it, the settings' own")
    parser.add_argument("--dry-run", action="store_true", help="print what would be granted; grant and run nothing")
    parser.add_argument("command", nargs="+", metavar="COMMAND", help="the tool and its arguments, after --")


def run(arguments: Namespace, console: Console) -> int:
    """Grant it, record it, open it, and become the tool."""
    from counterseal.assembly.settings import load_settings
    from counterseal.delivery.execute import find_program

    settings = load_settings()
    find_program(arguments.command[0], os.environ.get("PATH"))
    grant = _granted(arguments, settings)
    if not arguments.dry_run:
        _become(arguments.command, grant, settings, console)
    console.print_json({**grant.body(), "policy": grant.policy.document()})
    return 0


def _become(command: list[str], grant: "Grant", settings: Settings, console: Console) -> "NoReturn":
    from counterseal.assembly.ledgers import open_ledger
    from counterseal.assembly.sessions import credentials_for
    from counterseal.clock import format_time
    from counterseal.control.session import record_grant
    from counterseal.delivery.execute import execute

    with closing(open_ledger(settings)) as ledger:
        record_grant(grant, ledger)
    child = _environment(settings, credentials_for(grant, settings))
    what = f"{', '.join(grant.operations)} of {', '.join(grant.secrets)}"
    until = f"until {format_time(grant.expires)}; the session is {grant.session_name}"
    console.note(f"counterseal: note: {grant.issue_key} allows {what} {until}")
    execute(command, child, os.environ.get("PATH"))


def _granted(arguments: Namespace, settings: Settings) -> "Grant":
    from counterseal.assembly.identities import policy_here
    from counterseal.assembly.sessions import role_of, who_runs
    from counterseal.assembly.tickets import open_tickets
    from counterseal.control.session import SessionRequest, grant_session
    from counterseal.correlation.judging.judge import Rules

    policy = policy_here(settings, arguments.policy)
    tickets = open_tickets(settings, policy, file=arguments.tickets).ticket(arguments.ticket)
    role_arn = role_of(settings, arguments.role)
    runner = who_runs(settings, arguments.principal)
    request = SessionRequest(
        issue_key=arguments.ticket,
        role_arn=role_arn,
        principal=runner.principal,
        secrets=tuple(arguments.secret),
        operations=tuple(arguments.operation),
        valid_for=arguments.valid_for,
    )
    now = runner.clock.now().replace(microsecond=0)
    return grant_session(request, tickets, Rules(policy=policy, as_of=now))


def _environment(settings: Settings, credentials: dict[bytes, Hidden]) -> dict[bytes, bytes]:
    from counterseal.assembly.delivering import withheld_names
    from counterseal.assembly.sessions import SIGN_INS
    from counterseal.delivery.environment import child_environment

    environment = dict(os.environb)
    region = settings.access(settings.broker_access).region
    if region and not {b"AWS_REGION", b"AWS_DEFAULT_REGION"} & environment.keys():
        environment |= {b"AWS_REGION": region.encode(), b"AWS_DEFAULT_REGION": region.encode()}
    return child_environment(environment, credentials, withheld=(*withheld_names(settings), *SIGN_INS))
