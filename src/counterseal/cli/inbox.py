"""List, show, retry or quarantine messages: the inbox keeps every one of them as it came.

counterseal inbox list --state quarantined
counterseal inbox show 12 --body
counterseal inbox retry 12
counterseal inbox quarantine 12 --why "sent by the test account"

A message is new until it is processed. One that cannot be used is quarantined, whole, with the reason; once its cause
is gone, `retry` has it processed again.
"""

from argparse import ArgumentParser, Namespace
from contextlib import closing
from pathlib import Path

from counterseal.cli.console import Console
from counterseal.cli.numbers import count_argument
from counterseal.cli.visible import visible
from counterseal.errors import NotFound, Refused, UsageError
from counterseal.inbox.interface import Inbox
from counterseal.inbox.letter import State

_STATES = tuple(it.value for it in State)


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal inbox`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|retry|quarantine")
    shape = parser.formatter_class
    listing = actions.add_parser("list", help="list messages, newest last", formatter_class=shape)
    listing.add_argument("--state", default="", metavar="STATE", help=f"only those that are {', '.join(_STATES)}")
    listing.add_argument(
        "--limit", type=count_argument, default=50, metavar="N", help="how many, the newest; 50 unless given"
    )
    listing.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    show = actions.add_parser("show", help="show one message", formatter_class=shape)
    show.add_argument("number", type=int, metavar="NUMBER", help="its number, as `inbox list` prints it")
    show.add_argument("--body", action="store_true", help="print the exact body alone")
    retry = actions.add_parser(
        "retry", help="process quarantined messages again, and all new ones", formatter_class=shape
    )
    retry.add_argument("number", type=int, nargs="*", metavar="NUMBER", help="their numbers")
    retry.add_argument("--all", action="store_true", help="all that are quarantined")
    retry.add_argument("--tickets", type=Path, metavar="FILE", help="what the tickets say; unset: tickets.file")
    retry.add_argument("--policy", type=Path, metavar="FILE", help="TOML with [policy]; unset: the settings' own")
    quarantine = actions.add_parser("quarantine", help="have a message count no more", formatter_class=shape)
    quarantine.add_argument("number", type=int, metavar="NUMBER", help="its number")
    quarantine.add_argument("--why", required=True, metavar="TEXT", help="the reason, which stays with it")
    for one in (listing, show, retry, quarantine):
        one.allow_abbrev = False


def run(arguments: Namespace, console: Console) -> int:
    """Do what was asked of the inbox of the settings."""
    actions = {"list": _list, "show": _show, "retry": _retry, "quarantine": _quarantine}
    actions[arguments.action](arguments, console)
    return 0


def _list(arguments: Namespace, console: Console) -> None:
    if arguments.state and arguments.state not in _STATES:
        raise UsageError(f"there is no state {arguments.state!r}", hint=f"the states are {', '.join(_STATES)}")
    state = State(arguments.state) if arguments.state else None
    with closing(_inbox()) as inbox:
        counts = inbox.counts()
        letters = inbox.newest(state, limit=arguments.limit)
    if arguments.json:
        said = {"schema": "counterseal/inbox/v1", "counts": {str(it): count for it, count in counts.items()}}
        console.print_json({**said, "messages": [letter.as_json() for letter in letters]})
        return
    rows = [
        [str(it.number), it.received_at, it.channel, str(it.size_bytes), it.state, visible(it.reason)] for it in letters
    ]
    if rows:
        console.table(["number", "received", "channel", "bytes", "state", "reason"], rows)
    console.note("counterseal: " + ", ".join(f"{count} {it}" for it, count in counts.items()))


def _show(arguments: Namespace, console: Console) -> None:
    with closing(_inbox()) as inbox:
        letter = inbox.letter(arguments.number)
        if arguments.body:
            console.write_bytes(inbox.body(arguments.number))
            return
    for name, value in letter.as_json().items():
        console.print(f"{name:<12} {visible(str(value))}".rstrip())


def _retry(arguments: Namespace, console: Console) -> None:
    from counterseal.assembly.embedded import Reading
    from counterseal.assembly.inboxes import House, open_existing_inbox, processing
    from counterseal.assembly.jira_mirror import following
    from counterseal.assembly.ledgers import open_ledger
    from counterseal.assembly.listening import sentence
    from counterseal.assembly.settings import load_settings
    from counterseal.clock import SystemClock

    if bool(arguments.number) == arguments.all:
        raise UsageError("either numbers or --all", hint="counterseal inbox list --state quarantined shows the numbers")
    settings, clock = load_settings(), SystemClock()
    reading = Reading((), arguments.tickets or settings.tickets_file, arguments.policy)
    with (
        closing(open_existing_inbox(settings, clock)) as inbox,
        closing(open_ledger(settings)) as ledger,
        following(reading, settings, clock) as jira,
    ):
        work = processing(inbox, House(ledger, jira), reading, settings, clock)
        waiting = inbox.counts()[State.QUARANTINED]
        numbers = arguments.number or [it.number for it in inbox.newest(State.QUARANTINED, limit=waiting)]
        freed = inbox.settle(numbers, State.NEW, "retried", only=State.QUARANTINED)
        if not freed and arguments.number:
            raise NotFound("none of these is quarantined", hint="counterseal inbox list --state quarantined")
        if jira:
            jira.catch_up()
        done = work.run()
    console.print(f"{len(freed)} messages freed; {done.processed} processed, {done.quarantined} back in quarantine")
    if done.delayed:
        console.note(sentence(done))


def _quarantine(arguments: Namespace, console: Console) -> None:
    why = arguments.why.strip()
    if not why:
        raise Refused("a quarantine has a reason", hint="give --why some words")
    with closing(_inbox()) as inbox:
        letter = inbox.letter(arguments.number)
        if letter.state is State.QUARANTINED:
            raise Refused(f"message {letter.number} is quarantined already", hint="counterseal inbox show says why")
        inbox.settle([letter.number], State.QUARANTINED, why)
    console.print(f"message {letter.number} is quarantined; the next processing takes back what it came to")


def _inbox() -> Inbox:
    from counterseal.assembly.inboxes import open_existing_inbox
    from counterseal.assembly.settings import load_settings
    from counterseal.clock import SystemClock

    return open_existing_inbox(load_settings(), SystemClock())
