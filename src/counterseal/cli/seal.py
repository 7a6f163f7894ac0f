r"""Issue a counterseal for an approved ticket, and print the token to pass to AWS as ClientRequestToken.

    counterseal seal OPS-42 --secret db/password --account 111122223333 --region eu-west-1 \
        --operation value --principal arn:aws:iam::111122223333:user/ana --tickets tickets.json

It is issued only if a change made now would be `approved`: approvals, window, edits, separation of duties, and
the principal as the person whom the ticket is for. It holds for one use, on this secret, by this principal.
Counterseal records the issuance in its ledger, and never the value. `counterseal notary init` makes the key once.
"""

from argparse import ArgumentParser, Namespace
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from counterseal.cli.console import Console
from counterseal.cli.gate_arguments import span


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal seal`."""
    parser.add_argument("ticket", metavar="TICKET", help="the ticket's key, such as OPS-42")
    parser.add_argument("--secret", required=True, metavar="NAME|ARN", help="the secret: its name, or its full ARN")
    parser.add_argument("--account", default="", metavar="ID", help="the secret's account; an ARN says it")
    parser.add_argument("--region", default="", metavar="CODE", help="the secret's region; an ARN says it")
    parser.add_argument(
        "--operation", required=True, choices=("create", "rotation", "value"), help="what will be done to it"
    )
    parser.add_argument(
        "--principal", required=True, metavar="ARN", help="who will do it: a user, a role, or a session"
    )
    parser.add_argument(
        "--tickets", type=Path, metavar="FILE", help="what the tickets say; without it, the settings' own file"
    )
    parser.add_argument("--policy", type=Path, metavar="FILE", help="TOML with [policy]; without it, the settings' own")
    parser.add_argument(
        "--expires",
        type=span,
        default=timedelta(hours=24),
        metavar="SPAN",
        help="such as 30m, 24h, 2d; the ticket's window ends it sooner; without it 24h",
    )
    parser.add_argument("--json", action="store_true", help="print the issuance as one JSON object")


def run(arguments: Namespace, console: Console) -> int:
    """Issue it and print the token."""
    from counterseal.assembly.identities import policy_here
    from counterseal.assembly.ledgers import open_ledger
    from counterseal.assembly.notaries import open_notary
    from counterseal.assembly.settings import load_settings
    from counterseal.assembly.tickets import open_tickets
    from counterseal.clock import SystemClock, format_time
    from counterseal.control.notary import Office, Request, issue
    from counterseal.correlation.judging.judge import Rules
    from counterseal.correlation.records.event import Operation

    settings = load_settings()
    policy = policy_here(settings, arguments.policy)
    tickets = open_tickets(settings, policy, file=arguments.tickets).ticket(arguments.ticket)
    request = Request(
        issue_key=arguments.ticket,
        secret=arguments.secret,
        account=arguments.account,
        region=arguments.region,
        operation=Operation(arguments.operation),
        principal=arguments.principal,
        valid_for=arguments.expires,
    )
    notary = open_notary(settings)
    with closing(open_ledger(settings)) as ledger:
        now = SystemClock().now().replace(microsecond=0)
        issued = issue(request, tickets, Rules(policy=policy, as_of=now), Office(notary, ledger))
    if arguments.json:
        console.print_json({"token": issued.token, **issued.issuance.entry()})
    else:
        console.print(issued.token)
    console.note(f"counterseal: note: it holds until {format_time(issued.issuance.expires)}, for one use")
    return 0
