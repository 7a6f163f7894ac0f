"""How long Parquet partitions are kept: whole months, and never fewer than an auditor asks for unless forced."""

import re
from datetime import datetime

from counterseal.errors import Refused, SettingsError

# PCI DSS 4.0.1, 10.5.1: audit log history is kept for at least 12 months.
LEAST_MONTHS = 12

_MONTHS = re.compile(r"([1-9][0-9]{0,3}) months?|([1-9][0-9]{0,2}) years?", re.ASCII)


def read_retention(text: str) -> int:
    """Return how many months "13 months" or "7 years" are.

    Raises:
        SettingsError: it says something else.
    """
    found = _MONTHS.fullmatch(text.strip())
    if found is None:
        raise SettingsError(f"ledger.retention is {text!r}", hint='write "13 months" or "7 years"')
    return int(found[1]) if found[1] else 12 * int(found[2])


def first_month_kept(now: datetime, months: int, *, forced: bool = False) -> str:
    """Return the first month that is kept, like "2025-10": the one in which the last `months` months began.

    Raises:
        Refused: that is less than 12 months, and nobody forced it.
    """
    if months < LEAST_MONTHS and not forced:
        raise Refused(
            f"ledger.retention keeps {months} months: PCI DSS 10.5.1 wants {LEAST_MONTHS} at least",
            hint="--force prunes all the same",
        )
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return f"{year:04}-{month + 1:02}"
