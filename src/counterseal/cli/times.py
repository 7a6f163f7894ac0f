"""Times on the command line."""

import re
from argparse import ArgumentTypeError
from datetime import datetime, timedelta

from counterseal.errors import MalformedInput

_SPAN = re.compile(r"([1-9][0-9]{0,5})([mhd])", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def span_argument(text: str) -> timedelta:
    """Read a span of time, such as 30m, 24h or 2d.

    Raises:
        ArgumentTypeError: it is none.
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not a span of time: write it like 30m, 24h or 2d")
    return int(found[1]) * _UNITS[found[2]]


def time_argument(text: str) -> datetime:
    """Read the time of an option; a date alone is the first second of that day, UTC.

    Raises:
        ArgumentTypeError: it is no time.
    """
    from counterseal.clock import parse_time

    try:
        return parse_time(text)
    except MalformedInput as failure:
        raise ArgumentTypeError(f"{failure}; {failure.hint}") from None
