"""Prove from CloudTrail's digests that no log file is missing, and none was altered.

PLACE is s3://bucket/prefix, the bucket that the trail delivers to: signatures are read there, and public keys from
CloudTrail. Or it is a folder, a copy of that bucket or of a part of it, as `aws s3 sync` makes it: AWSLogs with
CloudTrail and CloudTrail-Digest in it. No connection is made for a folder: the public keys are then what
`aws cloudtrail list-public-keys` printed, the signatures are the S3 metadata of the newest digests
(docs/how-to/prove-that-no-log-is-missing.md).

The exit status is 0 where nothing is wrong, and 10 where something is altered, missing, moved, added or cannot be
proved; an hour that only wants for the saved signature of its digest is named, and does not count.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from counterseal.cli.audit_sources import add_place_arguments, open_bucket, period_of
from counterseal.cli.console import Console
from counterseal.cli.progress import drawn
from counterseal.control.period import Period
from counterseal.correlation.digests.completeness import Completeness
from counterseal.errors import DISCREPANCY, SUCCESS, UsageError


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal trail`."""
    parser.add_argument("action", choices=["verify"], metavar="verify", help="what to do with the trail")
    parser.add_argument("places", nargs="+", metavar="PLACE", help="the trail's bucket, or a copy of it")
    add_place_arguments(parser)
    add_completeness_arguments(parser)
    parser.add_argument(
        "--bucket",
        default="",
        metavar="NAME",
        help="the bucket that folders are a copy of; else what most digests name",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object: `completeness` in audit-json.md")


def add_completeness_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that name what was saved; `audit` has them too."""
    parser.add_argument(
        "--public-keys",
        type=Path,
        action="append",
        metavar="FILE",
        help="the keys that CloudTrail's digests are checked with; may be given for each home region",
    )
    parser.add_argument("--signatures", type=Path, metavar="FILE", help="the saved signatures of the newest digests")


def run(arguments: Namespace, console: Console) -> int:
    """Check, print, and say by the exit status whether something is wrong."""
    from counterseal.clock import SystemClock
    from counterseal.control.completeness import joined

    period = period_of(arguments, SystemClock().now())
    uris = [it for it in arguments.places if it.startswith("s3://")]
    folders = [Path(it) for it in arguments.places if it not in uris]
    if folders and not arguments.public_keys:
        raise UsageError("the digests of a folder are checked with saved keys", hint="give --public-keys FILE")
    if folders and period != Period():
        raise UsageError("a folder is checked as a whole", hint="leave --since and --until out")
    parts = [_check(folders, arguments, arguments.bucket)] if folders else []
    with ExitStack() as stack:
        parts += [open_bucket(arguments, uri, period, stack).verify() for uri in uris]
    found = joined(parts)
    if arguments.json:
        console.print_json(found.as_json())
    else:
        from counterseal.cli.completeness_report import print_completeness

        print_completeness(found, console)
    return DISCREPANCY if found.faults else SUCCESS


def checked(arguments: Namespace, folders: Sequence[Path]) -> Completeness | None:
    """Check the folders that `audit` was given to read; None where no keys were given, or no folder.

    Raises:
        UsageError: signatures were given, and no key to check them with.
    """
    if arguments.signatures and not (arguments.public_keys or arguments.verify_digests):
        raise UsageError("--signatures prove nothing without keys", hint="give --public-keys FILE as well")
    return _check(folders, arguments) if folders and arguments.public_keys else None


def _check(paths: Sequence[Path], arguments: Namespace, bucket: str = "") -> Completeness:
    from counterseal.control.completeness import read_saved, verify_trails

    saved = read_saved(arguments.public_keys, arguments.signatures)
    progress = drawn("comparing {done} of {total} log files")
    return verify_trails(paths, saved, bucket=bucket, progress=progress)
