"""Tell a webhook or a mailbox what audits found: what is new since the last pass, until each receiver has taken it.

counterseal alert test NAME
counterseal alert send
counterseal alert run --interval 30
counterseal alert list

The receivers stand in counterseal.toml: [alerts.NAME]. What is new goes into the outbox before it is sent, and is sent
again until it is taken, always with the same key. The very first pass begins at now; --existing sends what stands.
"""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import closing

from counterseal.assembly.alerting import Watch, courier, couriers, named_alert, open_outbox, wish
from counterseal.assembly.recorded import recorded
from counterseal.assembly.settings import Settings, load_settings
from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.clock import Clock, SystemClock
from counterseal.control.notify import Courier, deliver
from counterseal.errors import SUCCESS, Unreachable, UsageError
from counterseal.outbox.interface import Outbox
from counterseal.outbox.notice import Notice

_LONGEST_PAUSE = 3600.0


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal alert`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="send|run|test|list")
    shape = parser.formatter_class
    send = actions.add_parser("send", help="look once, and send what waits", formatter_class=shape)
    run_ = actions.add_parser("run", help="look and send again and again", formatter_class=shape)
    run_.add_argument(
        "--interval", type=float, default=30.0, metavar="SECONDS", help="how long to wait between two; 30 seconds"
    )
    for one in (send, run_):
        one.add_argument("--existing", action="store_true", help="send also what stood before the first pass")
    test = actions.add_parser("test", help="send a trial to one receiver", formatter_class=shape)
    test.add_argument("name", metavar="NAME", help="its name in the settings")
    listing = actions.add_parser("list", help="list what waits, and why", formatter_class=shape)
    listing.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    for one in (send, run_, test, listing):
        one.allow_abbrev = False


def run(arguments: Namespace, console: Console) -> int:
    """Do what was asked of the outbox and the receivers of the settings.

    Raises:
        UsageError: the interval is none.
        Unreachable: `send` reached not all of the receivers; what they did not take waits.
    """
    settings, clock = load_settings(), SystemClock()
    if arguments.action == "test":
        return _test(settings, arguments.name, clock, console)
    if arguments.action == "list":
        return _list(settings, clock, console, as_json=arguments.json)
    interval = getattr(arguments, "interval", 1.0)
    if not 0 < interval <= _LONGEST_PAUSE:
        raise UsageError(f"--interval must be above 0 and at most {_LONGEST_PAUSE:.0f} seconds")
    receivers = couriers(settings, clock)
    with closing(open_outbox(settings, clock)) as outbox, recorded(settings) as parts:
        passing = Passing(Watch(parts, outbox, settings.alerts), outbox, receivers, clock)
        if arguments.action == "run":
            passing.run(interval, time.sleep, console, existing=arguments.existing)
        return passing.once(console, existing=arguments.existing)


class Passing:
    """One pass after the other: look, keep, deliver."""

    def __init__(self, watch: Watch, outbox: Outbox, receivers: dict[str, Courier], clock: Clock) -> None:
        """Take what looks, what keeps, and who is told."""
        self._watch = watch
        self._outbox = outbox
        self._receivers = receivers
        self._clock = clock

    def once(self, console: Console, *, existing: bool) -> int:
        """Look, and deliver what waits, also to those who were left alone.

        Raises:
            Unreachable: not all of them took what they were sent.
        """
        found = self._watch.look(self._clock, existing=existing)
        done = deliver(self._outbox, self._receivers, self._clock, now=True)
        waiting = sum(self._outbox.counts().values())
        console.print(f"{found} new alerts, {done.sent} sent, {waiting} waiting")
        if done.failures:
            told = "; ".join(f"{name}: {why}" for name, why in done.failures.items())
            raise Unreachable(f"not everybody could be told: {told}", hint="counterseal alert list shows what waits")
        return SUCCESS

    def run(self, interval: float, wait: Callable[[float], object], console: Console, *, existing: bool) -> None:
        """Look and deliver until somebody stops it; what does not answer is asked again later."""
        console.note("counterseal: watching for what is to be told, Ctrl+C stops it")
        while True:
            try:
                self._watch.look(self._clock, existing=existing)
                existing = False
                done = deliver(self._outbox, self._receivers, self._clock)
            except Unreachable as failure:
                console.note(f"counterseal: warning: {failure}")
            else:
                if done.sent:
                    console.note(f"counterseal: {done.sent} alerts sent")
                for name, why in done.failures.items():
                    console.note(f"counterseal: warning: {name}: {why}")
            wait(interval)


def _test(settings: Settings, name: str, clock: Clock, console: Console) -> int:
    from secrets import token_hex

    from counterseal.reports.alerts import trial

    alert = named_alert(settings, name)
    courier(alert, clock).deliver(Notice(name, token_hex(32), trial(wish(alert))))
    console.print(f"{name} took a trial")
    return SUCCESS


def _list(settings: Settings, clock: Clock, console: Console, *, as_json: bool) -> int:
    with closing(open_outbox(settings, clock)) as outbox:
        waiting, counts = outbox.waiting(), outbox.counts()
    rows = [
        {
            "number": it.number, "alert": it.notice.alert, "queued_at": it.queued_at, "tries": it.tries,
            "reason": it.reason if it.notice.alert in settings.alerts else "the settings name no such alert",
            "key": it.notice.idempotency_key,
        }
        for it in waiting
    ]  # fmt: skip
    if as_json:
        console.print_json({"schema": "counterseal/outbox/v1", "counts": dict(counts), "waiting": rows})
        return SUCCESS
    if rows:
        names = ["number", "alert", "queued_at", "tries", "reason"]
        console.table(names, [[visible(str(row[name])) for name in names] for row in rows])
    console.note(f"counterseal: {sum(counts.values())} waiting")
    return SUCCESS
