"""Start Counterseal on this machine, with everything embedded.

It answers on 127.0.0.1 only and prints a link that signs you in: the link works once, within ten minutes.
With --logs it first audits these records and keeps what it finds in the ledger; --tickets says what was approved.
Where the settings name a queue, a topic or an EventBridge key ([intake]), messages from there are taken in as well.
With --demo it plays an invented story and a Jira instead, in a folder of its own that is gone afterwards.
Ctrl+C stops it.
"""

import signal
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from counterseal.assembly.answers import answers_of
from counterseal.assembly.embedded import Embedded, Reading, embedded, read_and_record
from counterseal.assembly.inboxes import House
from counterseal.assembly.jira_mirror import Following, following
from counterseal.assembly.listening import listening
from counterseal.assembly.measuring import metrics_text
from counterseal.assembly.settings import load_settings
from counterseal.cli.console import Console
from counterseal.cli.progress import drawn
from counterseal.cli.trail import add_completeness_arguments
from counterseal.clock import Clock, SystemClock
from counterseal.control.intake_state import Intake
from counterseal.correlation.judging.result import AuditResult
from counterseal.errors import CountersealError, NotInstalled, Refused, UsageError

_LAST_PORT = 65535

_Open = tuple[Embedded, Intake | None, Callable[[], str] | None]


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal up`."""
    parser.add_argument("--port", type=_port, metavar="N", help="the port; without it 8642, or a free one")
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="127.0.0.1; no other is served yet")
    parser.add_argument("--demo", action="store_true", help="play an invented story, marked so on every page")
    parser.add_argument(
        "--logs", type=Path, nargs="+", action="extend", metavar="PATH", help="CloudTrail files or folders to audit"
    )
    parser.add_argument("--tickets", type=Path, metavar="FILE", help="what the tickets say about these records")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="TOML with [policy]; without it, the settings' own")
    add_completeness_arguments(parser)


def run(arguments: Namespace, console: Console) -> int:
    """Open the parts, read what was given, and serve until somebody stops it."""
    _check(arguments)
    with _ending_alike():
        _serve(arguments, console)
    return 0


def _check(arguments: Namespace) -> None:
    if arguments.host not in {"127.0.0.1", "localhost"}:
        raise Refused(
            f"{arguments.host!r} is not served: pages are for the person at this machine",
            hint="from another machine: ssh -L 8642:127.0.0.1:8642 HOST counterseal up --port 8642",
        )
    beside = arguments.tickets or arguments.policy or arguments.public_keys or arguments.signatures
    if arguments.demo and (arguments.logs or beside):
        raise UsageError("--demo shows invented data alone", hint="leave out --demo, or what names data of your own")
    if beside and not arguments.logs:
        raise UsageError(
            "--tickets, --policy and --public-keys are about records",
            hint="counterseal up --logs FOLDER --tickets FILE names both",
        )
    if arguments.signatures and not arguments.public_keys:
        raise UsageError("--signatures prove nothing without keys", hint="give --public-keys FILE as well")


def _serve(arguments: Namespace, console: Console) -> None:
    try:
        from counterseal.web.house import Beside, keep_house
        from counterseal.web.serving import listen
    except ModuleNotFoundError as failure:
        raise NotInstalled(
            f"the pages need {failure.name}, which is not installed", hint="install counterseal with its extra [web]"
        ) from failure

    clock = SystemClock()
    # The port first: whoever asked for one that is taken should not hear of it only after a long audit.
    with closing(listen(arguments.port)) as socket:
        address = f"http://127.0.0.1:{socket.getsockname()[1]}"
        opened = _demonstration(clock, console, address) if arguments.demo else _real(arguments, clock, console)
        with opened as (parts, intake, metrics):
            keep_house(socket, parts, clock, partial(_announce, console), beside=Beside(intake, metrics))


@contextmanager
def _real(arguments: Namespace, clock: Clock, console: Console) -> Iterator[_Open]:
    settings = load_settings()
    reading = Reading(
        tuple(arguments.logs or ()),
        arguments.tickets or settings.tickets_file,
        arguments.policy,
        public_keys=tuple(arguments.public_keys or ()),
        signatures=arguments.signatures,
    )
    with embedded(settings, policy=arguments.policy) as parts, following(reading, settings, clock) as jira:
        if arguments.logs:
            if jira:
                _catch_up(jira, console)
            result = read_and_record(parts, reading, settings, clock, tickets=jira)
            console.note(_count(result))
            for note in result.notes:
                console.note(f"counterseal: note: {note}")
        with (
            answers_of(settings, parts.ledger, clock) as answer,
            listening(House(parts.ledger, jira, answer), reading, settings, clock, console.note) as intake,
        ):
            measured = partial(metrics_text, parts.ledger, parts.reports, settings, clock)
            yield parts, intake, measured if settings.up_metrics else None


def _catch_up(jira: Following, console: Console) -> None:
    """Ask Jira once before an audit. Where that fails, changes that it was not read up to are called unknown."""
    try:
        jira.catch_up(drawn("reading {done} of {total} tickets"))
    except CountersealError as failure:
        console.note(f"counterseal: warning: {failure}")


@contextmanager
def _demonstration(clock: Clock, console: Console, address: str) -> Iterator[_Open]:
    from counterseal.assembly.demo import GUIDE, demonstration

    def warn(said: str) -> None:
        """Leave out what only says that something went well: between the lines for a newcomer it would be noise."""
        if "warning" in said:
            console.note(said)

    with demonstration(clock, address, warn) as (parts, result, files, kept, jira, intake):
        width = max(len(name) for name, _, _ in GUIDE)
        console.note("Demonstration: everything here is invented, and gone when you stop it.\n")
        console.note(f"A week at a bakery and its web shop. {_count(result)} One of them is waived. Look at:\n")
        for name, _, sentence in GUIDE:
            console.note(f"    {name:<{width}}  {sentence}")
        console.note(
            "\nIts tickets are in an invented Jira. Approve the emergency there, and watch its verdict follow:\n"
        )
        console.note(f"    {jira}/browse/OPS-112    (Be Priya, then Approve)\n")
        console.note(
            "The same records, with the tickets as they are now, judged in another terminal while this one runs:\n"
        )
        console.note(f"    counterseal audit {files.logs} --tickets {files.tickets} --notary-key {files.notary_key} \\")
        console.note(f"      --issuances {kept.issuances} --checkpoint {kept.checkpoint} \\")
        console.note(f"      --checkpoint-key {kept.checkpoint_key}\n")
        yield parts, intake, None


def _count(result: AuditResult) -> str:
    found, counts = len(result.discrepancies()), result.population.counts()
    return f"{counts['changes']} changes in {counts['records']} records; {found} findings need an explanation."


def _announce(console: Console, link: str) -> None:
    console.print(f"Sign in here; the link works once, within ten minutes:\n\n    {link}\n\nCtrl+C stops Counterseal.")
    console.flush()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _LAST_PORT):
        raise ArgumentTypeError(f"{text!r} is not a port: a number from 1 to {_LAST_PORT}")
    return int(text)


@contextmanager
def _ending_alike() -> Iterator[None]:
    """Let SIGTERM end the start as Ctrl+C does, so that the folder of a demonstration is removed then as well."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
