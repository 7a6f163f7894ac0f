"""Tell people and programs what became of findings: new discrepancies, changed ones, and those that are settled.

counterseal alert send             one pass: write alerts for what is new, and hand over all that is due
counterseal alert run              the same again and again, until it is stopped
counterseal alert list             what waits, and why
counterseal alert test NAME        send an invented alert to one receiver

Receivers stand in the settings as [alerts.NAME]: docs/how-to/send-alerts.md. The first pass takes stock and tells
nothing; --existing tells what is there already. An alert waits until it is taken, however long that takes, and is the
same whenever it comes again. It names the secret and the actor, and never holds a value or a full ARN.
"""

import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.errors import SUCCESS, NotFound, Unreachable, UsageError

if TYPE_CHECKING:
    from counterseal.assembly.alerts import Passed

_LONGEST_PAUSE = 3600.0


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal alert`."""
    steps = parser.add_subparsers(dest="step", required=True, metavar="send|run|list|test")
    for name, meaning in (("send", "one pass"), ("run", "passes until it is stopped")):
        step = steps.add_parser(name, help=meaning)
        step.add_argument("--existing", action="store_true", help="at the first pass tell what is there already")
    steps.choices["run"].add_argument(
        "--interval",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="how long to wait between two passes; 10 seconds",
    )
    listing = steps.add_parser("list", help="what waits, and why")
    listing.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    test = steps.add_parser("test", help="send an invented alert")
    test.add_argument("name", metavar="NAME", help="the receiver, as the settings name it")
    for one in steps.choices.values():
        one.allow_abbrev = False


def run(arguments: Namespace, console: Console) -> int:
    """Do what was asked."""
    steps = {"send": _send, "run": _run, "list": _list, "test": _test}
    return steps[arguments.step](arguments, console)


def _send(arguments: Namespace, console: Console) -> int:
    with _passing(arguments, console) as once:
        done = once()
    if done.failed:
        raise Unreachable(
            f"{done.failed} alerts were not taken",
            hint="they wait: counterseal alert list says why, alert send tries again when they are due",
        )
    return SUCCESS


def _run(arguments: Namespace, console: Console) -> int:
    if not 0 < arguments.interval <= _LONGEST_PAUSE:
        raise UsageError(f"--interval must be above 0 and at most {_LONGEST_PAUSE:.0f} seconds")
    console.note("counterseal: telling what becomes of findings; Ctrl+C stops it")
    stopped = threading.Event()
    with _passing(arguments, console) as once:
        keep_telling(once, lambda: stopped.wait(arguments.interval), console)
    return SUCCESS


def keep_telling(once: Callable[[], object], wait: Callable[[], bool], console: Console) -> None:
    """Do pass after pass until `wait` says that it is time to end; what may succeed later ends no more than its pass.

    Raises:
        CountersealError: what the first pass raises, and what later ones do that will not go away by itself.
    """
    once()
    said = ""
    while not wait():
        try:
            once()
        except Unreachable as failure:
            if str(failure) != said:
                console.note(f"counterseal: warning: {failure}")
            said = str(failure)
        else:
            said = ""


@contextmanager
def _passing(arguments: Namespace, console: Console) -> "Iterator[Callable[[], Passed]]":
    """Open ledger and outbox for the length of a `with`, and give what does one pass and says what it did."""
    from counterseal.assembly.alerts import Telling, open_outbox, receivers_of
    from counterseal.assembly.recorded import recorded
    from counterseal.assembly.settings import load_settings
    from counterseal.clock import SystemClock

    settings, clock = load_settings(), SystemClock()
    receivers = receivers_of(settings, clock)

    def once() -> "Passed":
        done = telling.once(existing=arguments.existing)
        if done.begun:
            console.note("counterseal: took stock; what becomes of findings from now on is told")
        if done.written or done.taken or done.failed:
            console.note(f"counterseal: {done.written} alerts written, {done.taken} taken, {done.failed} not taken")
        return done

    with recorded(settings) as parts, open_outbox(settings) as outbox:
        telling = Telling(settings, parts.reports, outbox, receivers, clock)
        yield once


def _list(arguments: Namespace, console: Console) -> int:
    from counterseal.assembly.alerts import open_outbox, outbox_path
    from counterseal.assembly.settings import load_settings

    settings = load_settings()
    if not outbox_path(settings).exists():
        raise NotFound(f"there is no outbox {str(outbox_path(settings))!r}", hint="counterseal alert send makes it")
    with open_outbox(settings) as outbox:
        waiting = outbox.waiting()
    if arguments.json:
        import json

        found = [{**it._asdict(), "body": json.loads(it.body)} for it in waiting]
        console.print_json({"schema": "counterseal/outbox/v1", "waiting": found})
        return SUCCESS
    rows = [
        [str(it.number), it.receiver, it.queued_at, str(it.tries), it.next_at, visible(it.reason)] for it in waiting
    ]
    console.table(["alert", "for", "written", "tries", "next", "why"], rows) if rows else console.print(
        "Nothing waits."
    )
    return SUCCESS


def _test(arguments: Namespace, console: Console) -> int:
    from counterseal.assembly.alerts import receivers_of, try_out
    from counterseal.assembly.settings import load_settings
    from counterseal.clock import SystemClock

    clock = SystemClock()
    receivers = receivers_of(load_settings(), clock)
    if arguments.name not in receivers:
        raise NotFound(f"nobody is named {arguments.name!r}", hint=f"the settings name {', '.join(receivers)}")
    try_out(arguments.name, receivers[arguments.name], clock)
    console.print(f"taken by {arguments.name}")
    return SUCCESS
