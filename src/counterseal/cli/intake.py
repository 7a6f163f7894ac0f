"""Take messages from an SQS queue into the inbox, and decide on the changes that they report.

counterseal intake queue https://sqs.us-east-2.amazonaws.com/111122223333/secrets --access audit
counterseal intake queue --once

Each message is stored before it is deleted from the queue. What cannot be used goes to quarantine: counterseal inbox.
Without --once it goes on until Ctrl+C. `counterseal up` does the same beside its pages, for the queue in the settings.
"""

import signal
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType

from counterseal.cli.console import Console
from counterseal.errors import UsageError

_LOOK_SECONDS = 1.0


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal intake`."""
    sources = parser.add_subparsers(dest="source", metavar="SOURCE", required=True)
    queue = sources.add_parser("queue", help="take messages from an SQS queue", formatter_class=parser.formatter_class)
    queue.add_argument("url", nargs="?", default="", metavar="URL", help="the queue's address; unset: intake.queue")
    queue.add_argument("--access", default="", metavar="NAME", help="the access to read it with; unset: intake.access")
    queue.add_argument("--once", action="store_true", help="take what is there now, decide, and end")
    queue.add_argument("--tickets", type=Path, metavar="FILE", help="what the tickets say; unset: tickets.file")
    queue.add_argument("--policy", type=Path, metavar="FILE", help="TOML with [policy]; unset: the settings' own")
    queue.allow_abbrev = False


def run(arguments: Namespace, console: Console) -> int:
    """Take messages until there are no more, or until somebody stops it."""
    from counterseal.assembly.embedded import Reading
    from counterseal.assembly.inboxes import House, open_inbox, processing
    from counterseal.assembly.jira_mirror import following
    from counterseal.assembly.ledgers import open_ledger
    from counterseal.assembly.listening import Workers, queue_consumer, sentence
    from counterseal.assembly.settings import load_settings
    from counterseal.clock import SystemClock

    settings, clock = load_settings(), SystemClock()
    intake = settings.intake
    intake = intake._replace(queue=arguments.url or intake.queue, access=arguments.access or intake.access)
    if not intake.queue:
        raise UsageError("nothing says which queue", hint="give its address, or set intake.queue")
    settings = settings._replace(intake=intake)
    reading = Reading((), arguments.tickets or settings.tickets_file, arguments.policy)
    workers = Workers(console.note, clock)
    with (
        closing(open_ledger(settings)) as ledger,
        closing(open_inbox(settings, clock)) as inbox,
        following(reading, settings, clock) as jira,
    ):
        work = processing(inbox, House(ledger, jira), reading, settings, clock)
        consumer = queue_consumer(inbox, settings, workers.stopping, announce=workers.news.set)
        if arguments.once:
            with _stopping_at_signals(workers.stopping):
                taken = consumer.drain()
            console.print(f"{taken} new messages")
            if jira:
                jira.catch_up()
            if said := sentence(work.run()):
                console.note(said)
            return 0
        with _stopping_at_signals(workers.stopping):
            workers.start(lambda: workers.consume(consumer, is_all=True), "queue")
            if jira:
                workers.start(partial(workers.follow, jira), "jira")
            workers.start(lambda: workers.process(work, follows=jira is not None), "inbox")
            console.note(f"counterseal: taking messages from {intake.queue}; Ctrl+C ends it")
            # A signal that comes between Python's look for one and the wait itself does not end the wait.
            while not workers.stopping.wait(_LOOK_SECONDS):
                pass
            workers.stop()
    if workers.failure:
        raise workers.failure
    return 0


@contextmanager
def _stopping_at_signals(stopping: Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM end the work after the batch that is held; a second SIGINT ends it at once."""

    def stop(number: int, _: FrameType | None) -> None:
        stopping.set()
        signal.signal(number, signal.default_int_handler)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
