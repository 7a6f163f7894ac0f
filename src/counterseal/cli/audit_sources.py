"""What `audit` reads besides folders: buckets, and the event history of a live account."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from counterseal.cli.progress import drawn
from counterseal.cli.times import time_argument
from counterseal.control.bucket import DIGESTS, BucketFiles
from counterseal.control.event_history import LookedUp
from counterseal.control.log_source import LogSource
from counterseal.control.period import Period
from counterseal.correlation.digests.completeness import Completeness
from counterseal.errors import UsageError

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}

_MOST_JOBS = 64


class Opened(NamedTuple):
    """What was opened: folders, other sources, the period, and what checks digests of buckets once they were read."""

    paths: list[Path]
    beside: list[LogSource]
    period: Period
    verify: Callable[[], list[Completeness]]


def add_source_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that say where records come from."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="file or folder of CloudTrail records, or s3://bucket/prefix"
    )
    parser.add_argument("--aws", metavar="ACCESS", help="look up the event history of this access's account")
    add_place_arguments(parser)
    parser.add_argument("--last", type=_span, metavar="SPAN", help="--since that long ago, such as 90d, 2w or 12h")
    parser.add_argument("--regions", nargs="+", default=[], metavar="REGION", help="with --aws: these, or all")
    parser.add_argument(
        "--jobs", type=_count, metavar="N", help="processes that read files; as many as processors where there is much"
    )
    parser.add_argument(
        "--verify-digests", action="store_true", help="hold what lies in buckets against CloudTrail's digests there"
    )


def add_place_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that say how a bucket is read; `trail` has them too."""
    parser.add_argument("--access", default="default", metavar="NAME", help="the access that buckets are read with")
    parser.add_argument("--since", type=time_argument, metavar="TIME", help="leave out what happened before")
    parser.add_argument("--until", type=time_argument, metavar="TIME", help="leave out what happened after")


def period_of(arguments: Namespace, now: datetime) -> Period:
    """Return the period that was asked for.

    Raises:
        UsageError: it begins twice, or ends before it begins.
    """
    last = getattr(arguments, "last", None)
    if last and arguments.since:
        raise UsageError("--since and --last both say where the period begins", hint="give one of them")
    since = now - last if last else arguments.since
    if since and arguments.until and arguments.until < since:
        raise UsageError("the period ends before it begins", hint="--since comes before --until")
    return Period(since.replace(microsecond=0) if since else None, arguments.until)


@contextmanager
def open_sources(arguments: Namespace, now: datetime) -> Iterator[Opened]:
    """Open everything that is read, for the length of a `with`: what was fetched is removed where all went well.

    Raises:
        UsageError: there is nothing to read, or the arguments contradict each other.
        CountersealError: what the access, the bucket or the event history raises.
    """
    from counterseal.assembly.live import is_in_a_bucket

    period = period_of(arguments, now)
    if not arguments.paths and not arguments.aws:
        raise UsageError("there is nothing to audit", hint="give a folder, s3://bucket/prefix, or --aws ACCESS")
    if arguments.regions and not arguments.aws:
        raise UsageError("--regions says which regions to look up", hint="give --aws ACCESS as well")
    places = [it for it in arguments.paths if is_in_a_bucket(it)]
    if arguments.verify_digests and not places:
        raise UsageError("--verify-digests checks what lies in a bucket", hint="for folders give --public-keys FILE")
    paths = [Path(it) for it in arguments.paths if not is_in_a_bucket(it)]
    with ExitStack() as stack:
        buckets = [open_bucket(arguments, uri, period, stack) for uri in places]
        beside: list[LogSource] = [it.logs for it in buckets]
        if arguments.aws:
            beside.append(_history(arguments, period, now, stack))
        checked = buckets if arguments.verify_digests or arguments.public_keys else []
        yield Opened(paths, beside, period, lambda: [it.verify() for it in checked])


class Bucket(NamedTuple):
    """The log files of one bucket, and what holds them against its digests."""

    logs: BucketFiles
    verify: Callable[[], Completeness]


def open_bucket(arguments: Namespace, uri: str, period: Period, stack: ExitStack) -> Bucket:
    """Open a bucket; nothing is asked of it yet.

    Raises:
        UsageError: the URI names no bucket.
        SettingsError, NotInstalled: the access is not set up, or botocore is not installed.
        Conflict: another run is reading the same.
    """
    from counterseal.assembly.live import bucket_at, fetched, key_list
    from counterseal.assembly.settings import load_settings
    from counterseal.control.completeness import read_saved
    from counterseal.control.online_trail import verify_bucket

    settings = load_settings()
    place = bucket_at(settings, uri, arguments.access)
    saved = read_saved(arguments.public_keys or [], arguments.signatures)
    kept = stack.enter_context(fetched(settings, uri))
    days = period.delivered()
    logs = BucketFiles(place.archive, place.prefix, kept, days)

    def verify() -> Completeness:
        digests = BucketFiles(place.archive, place.prefix, kept, days.without_first(), kind=DIGESTS)
        keys = key_list(settings, arguments.access)
        progress = drawn("comparing {done} of {total} log files")
        return verify_bucket(logs, digests, list_keys=keys, saved=saved, progress=progress)

    return Bucket(logs, verify)


def _history(arguments: Namespace, period: Period, now: datetime, stack: ExitStack) -> LookedUp:
    from counterseal.assembly.live import fetched, looked_up
    from counterseal.assembly.settings import load_settings

    settings = load_settings()
    make = looked_up(settings, arguments.aws, arguments.regions, period, now.replace(microsecond=0))
    source = make(stack.enter_context(fetched(settings, "event history", arguments.aws)))
    show = drawn("looking up the event history: {done} pages")
    if show:
        source.progress = lambda pages: show(pages, 0)
    return source


def _count(text: str) -> int:
    """Read the number of processes.

    Raises:
        ArgumentTypeError: it is no number from 1 to 64.
    """
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= _MOST_JOBS:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no number from 1 to {_MOST_JOBS}")


def _span(text: str) -> timedelta:
    """Read a span such as 90d.

    Raises:
        ArgumentTypeError: it is none.
    """
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdigit() and int(number)) or unit not in _UNITS:
        raise ArgumentTypeError(f"{text!r} is no span of time; write it like 90d, 2w or 12h")
    return int(number) * _UNITS[unit]
