"""Records that somebody answers for a finding until a day: it stays in the ledger, and does not count meanwhile."""

from datetime import datetime
from typing import NamedTuple

from counterseal.clock import format_time
from counterseal.control.record import STREAM
from counterseal.errors import Refused
from counterseal.ledger.entry import draft
from counterseal.ledger.fields import TEXT_LIMIT, EntryKind
from counterseal.ledger.interface import Ledger


class Waived(NamedTuple):
    """What is waived: the finding (the subject of its entries, LEDGER-4.1), its event, and the verdict as it is now."""

    finding: str
    event_id: str
    account: str
    verdict: str


class Waiver(NamedTuple):
    """Who answers for it, why, and until when: at that moment it counts again."""

    by: str
    why: str
    until: datetime


def record_waiver(ledger: Ledger, waived: Waived, waiver: Waiver, *, as_of: datetime, invented: bool = False) -> bool:
    """Record a waiver, in the place of an earlier one; return False where the ledger says exactly that already.

    Raises:
        Refused: nobody is named, no reason is given, or the waiver would be over before it begins.
        Denied: the ledger may not be written.
        Unreachable: the ledger is busy, full or does not answer; nothing was recorded.
        MalformedInput: the ledger is damaged.
    """
    by, why = waiver.by.strip(), waiver.why.strip()
    if not by or not why:
        raise Refused("a waiver names who answers for it, and says why", hint="give --by and --why some words")
    for said, what in ((by, "--by"), (why, "--why")):
        if len(said) > TEXT_LIMIT:
            raise Refused(f"{what} is longer than {TEXT_LIMIT} characters", hint="say it in a ticket, and name that")
    if waiver.until <= as_of:
        raise Refused(
            f"the waiver would end on {format_time(waiver.until)}, which is not after {format_time(as_of)}",
            hint="give --until a later day",
        )
    body = {**waived._asdict(), "by": by, "why": why, "until": format_time(waiver.until)}
    return ledger.append(STREAM, [draft(EntryKind.WAIVER, body, invented=invented)]).added > 0
