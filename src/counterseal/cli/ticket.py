r"""Show a ticket as Counterseal reads it, or ask whether it approves a change that would be made now.

    counterseal ticket show OPS-42
    counterseal ticket check OPS-42 --secret shop/database --principal arn:aws:iam::111122223333:user/ana

`show` says in words what the ticket covers, who asked, which decisions count and why others do not, what was edited
since, and what is missing. `check` asks the rules that an audit will judge by, and gives exit status 0 or 10.
The ticket is read from Jira ([jira] in the settings), or from a file.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path

from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.clock import SystemClock, format_time
from counterseal.control.ticket_check import Question, check
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.ticket_story import Line, Story, tell
from counterseal.correlation.records.event import Operation
from counterseal.correlation.tickets.ticket import Ticket, TicketSet
from counterseal.errors import DISCREPANCY, SUCCESS

SHOWN_SCHEMA = "counterseal/ticket/v1"
CHECKED_SCHEMA = "counterseal/ticket-check/v1"
_SIGNS = {True: ("✓", "green"), False: ("✗", "red"), None: ("?", "yellow")}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal ticket`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="show|check")
    show = actions.add_parser("show", help="say what a ticket covers, what counts, and what is missing")
    asked = actions.add_parser("check", help="say whether it approves a change that would be made now")
    for one in (show, asked):
        one.add_argument("ticket", metavar="TICKET", help="the ticket's key, such as OPS-42")
        one.add_argument("--tickets", type=Path, metavar="FILE", help="what the tickets say; without it, the settings")
        one.add_argument(
            "--policy", type=Path, metavar="FILE", help="TOML with [policy]; without it, the settings' own"
        )
        one.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    asked.add_argument("--secret", required=True, metavar="NAME|ARN", help="the secret: its name, or its full ARN")
    asked.add_argument("--account", default="", metavar="ID", help="the secret's account; unset: the ticket's")
    asked.add_argument("--region", default="", metavar="CODE", help="the secret's region; unset: the ticket's")
    asked.add_argument(
        "--operation", default="value", choices=[it.value for it in Operation], help="what would be done; unset: value"
    )
    asked.add_argument(
        "--principal", default="", metavar="ARN", help="who would do it; unset: a session that cites the ticket"
    )


def run(arguments: Namespace, console: Console) -> int:
    """Show a ticket, or ask it."""
    rules, tickets = _read(arguments)
    (ticket,) = tickets.tickets
    for note in tickets.notes:
        console.note(visible(f"counterseal: note: {note}"))
    if arguments.action == "check":
        return _check(arguments, ticket, tickets, rules, console)
    story = tell(ticket, rules)
    if arguments.json:
        console.print_json(
            {"schema": SHOWN_SCHEMA, **story.as_json(), "names": dict(tickets.names), "notes": list(tickets.notes)}
        )
    else:
        _Page(tickets.names, console).print(story)
    return SUCCESS


def _read(arguments: Namespace) -> tuple[Rules, TicketSet]:
    from counterseal.assembly.identities import policy_here
    from counterseal.assembly.settings import load_settings
    from counterseal.assembly.tickets import open_tickets

    settings = load_settings()
    policy = policy_here(settings, arguments.policy)
    tickets = open_tickets(settings, policy, file=arguments.tickets).ticket(arguments.ticket)
    return Rules(policy=policy, as_of=SystemClock().now().replace(microsecond=0)), tickets


def _check(arguments: Namespace, ticket: Ticket, tickets: TicketSet, rules: Rules, console: Console) -> int:
    question = Question(
        secret=arguments.secret,
        operation=Operation(arguments.operation),
        principal=arguments.principal,
        account=arguments.account,
        region=arguments.region,
    )
    found = check(question, ticket, tickets, rules)
    approves = found.verdict is Verdict.APPROVED
    if arguments.json:
        console.print_json(
            {
                "schema": CHECKED_SCHEMA,
                "key": ticket.issue_key,
                "as_of": format_time(rules.as_of),
                "approves": approves,
                "verdict": found.verdict.value,
                "reason": found.reason,
            }
        )
    else:
        sign, colour = _SIGNS[approves]
        does = "approves" if approves else "does not approve"
        console.print(console.paint(f"{sign} {ticket.issue_key} {does} this change now", colour))
        console.print(_Page(tickets.names, console).named(f"  It would be {found.verdict}: {found.reason}"))
    if not arguments.principal:
        console.note("counterseal: note: asked for a session that cites the ticket; --principal asks for somebody")
    return SUCCESS if approves else DISCREPANCY


class _Page:
    """Prints a story, with users by the names that people see; whose they are stands at the end."""

    def __init__(self, names: Mapping[str, str], console: Console) -> None:
        self._names = names
        self._console = console

    def print(self, story: Story) -> None:
        ticket, console = story.ticket, self._console
        former = ", ".join(sorted(ticket.former_keys()))
        title = f"{ticket.issue_key}{f' (before: {former})' if former else ''}: {ticket.status or 'no status'}"
        console.print(console.paint(visible(title), "bold"))
        sign, colour = _SIGNS[story.approves]
        console.print(console.paint(f"{sign} {ticket.issue_key} {story.says}", colour))
        for part, sentences in (("Missing", story.lacking), ("Covers", story.covers), ("People", story.people)):
            self._part(part, map(self.named, sentences))
        decisions = [self._line(it) for it in story.decisions]
        if ticket.approvals is None:
            decisions.append(f"{console.paint(*_SIGNS[None])} the approvals could not be read")
        self._part("Decisions", decisions or ["nobody has decided"])
        self._part("Edits since the first approval", map(self._dated, story.edits))
        self._part("Status", map(self._dated, story.moves))
        told = _told(story)
        self._part("Users", (visible(f"{name}: {it}") for it, name in sorted(self._names.items()) if it in told))
        console.print()
        console.print(f"As of {format_time(story.as_of)}")

    def named(self, text: str) -> str:
        """Return a sentence with names in the place of ids, as a terminal may show it."""
        for user, name in self._names.items():
            text = text.replace(user, name)
        return visible(text)

    def _part(self, title: str, sentences: Iterable[str]) -> None:
        lines = [f"  {it}" for it in sentences]
        if lines:
            self._console.print("\n".join(["", self._console.paint(title, "bold"), *lines]))

    def _dated(self, line: Line) -> str:
        return f"{format_time(line.at)}  {self.named(line.said)}"

    def _line(self, line: Line) -> str:
        return f"{self._console.paint(*_SIGNS[line.counts])} {self._dated(line)}"


def _told(story: Story) -> str:
    lines = (*story.decisions, *story.edits, *story.moves)
    return " ".join([*story.people, *story.lacking, *(it.said for it in lines)])
