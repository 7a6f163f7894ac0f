"""Prove from CloudTrail's digests that no log file is missing, and none was altered.

FOLDER is a copy of the trail's bucket, or of a part of it, as `aws s3 sync` makes it: AWSLogs with CloudTrail and
CloudTrail-Digest in it. The public keys are what `aws cloudtrail list-public-keys` printed, the signatures are the
S3 metadata of the newest digests: docs/how-to/prove-that-no-log-is-missing.md. No connection is made.

The exit status is 0 where nothing is wrong, and 10 where something is altered, missing, moved, added or cannot be
proved; an hour that only wants for the saved signature of its digest is named, and does not count.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from counterseal.cli.console import Console
from counterseal.correlation.digests.completeness import Completeness
from counterseal.errors import DISCREPANCY, SUCCESS, UsageError


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal trail`."""
    parser.add_argument("action", choices=["verify"], metavar="verify", help="what to do with the trail")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a copy of the trail's bucket")
    add_completeness_arguments(parser, required=True)
    parser.add_argument("--bucket", default="", metavar="NAME", help="the bucket copied; else what most digests name")
    parser.add_argument("--json", action="store_true", help="print one JSON object: `completeness` in audit-json.md")


def add_completeness_arguments(parser: ArgumentParser, *, required: bool) -> None:
    """Add the arguments that name what was saved; `audit` has them too."""
    parser.add_argument(
        "--public-keys",
        type=Path,
        action="append",
        required=required,
        metavar="FILE",
        help="the keys that CloudTrail's digests are checked with; may be given for each home region",
    )
    parser.add_argument("--signatures", type=Path, metavar="FILE", help="the saved signatures of the newest digests")


def run(arguments: Namespace, console: Console) -> int:
    """Check, print, and say by the exit status whether something is wrong."""
    found = _check(arguments.folders, arguments, arguments.bucket)
    if arguments.json:
        console.print_json(found.as_json())
    else:
        from counterseal.cli.completeness_report import print_completeness

        print_completeness(found, console)
    return DISCREPANCY if found.faults else SUCCESS


def checked(arguments: Namespace) -> Completeness | None:
    """Check what `audit` was given to read; None where no keys were given.

    Raises:
        UsageError: signatures were given, and no key to check them with.
    """
    if arguments.public_keys:
        return _check(arguments.paths, arguments)
    if arguments.signatures:
        raise UsageError("--signatures prove nothing without keys", hint="give --public-keys FILE as well")
    return None


def _check(paths: Sequence[Path], arguments: Namespace, bucket: str = "") -> Completeness:
    from counterseal.control.completeness import read_saved, verify_trails

    saved = read_saved(arguments.public_keys, arguments.signatures)
    return verify_trails(paths, saved, bucket=bucket, progress=_progress())


def _progress() -> Callable[[int, int], None] | None:
    """Return what draws the progress on a person's screen; nothing anywhere else."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        end = "\r" if done < total else "\r\x1b[K"
        sys.stderr.write(f"comparing {done} of {total} log files{end}")
        sys.stderr.flush()

    return show
