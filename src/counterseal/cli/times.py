"""Times on the command line."""

from argparse import ArgumentTypeError
from datetime import datetime

from counterseal.errors import MalformedInput


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
