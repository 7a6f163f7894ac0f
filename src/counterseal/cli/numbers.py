"""Numbers on the command line."""

from argparse import ArgumentTypeError

# As many rows as a report can be asked for: what JSON holds exactly (RFC 8259, section 6).
_MOST = 2**53 - 1


def count_argument(text: str) -> int:
    """Read how many of something are wanted.

    Raises:
        ArgumentTypeError: it is no whole number, or below 0.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_MOST)) and int(text) <= _MOST):
        raise ArgumentTypeError(f"{text!r} is not a whole number from 0 to {_MOST}")
    return int(text)
