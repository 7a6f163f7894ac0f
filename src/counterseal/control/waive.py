"""Records that somebody answers for a finding until a day, or ends that early; meanwhile it does not count."""

from datetime import datetime, timedelta
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


class Bounds(NamedTuple):
    """Between what a waiver ends: after `as_of`, the time taken for now, and `longest` after `now` at the latest.

    `now` is what the clock says: whoever takes another time for now may not waive for longer by it.
    """

    as_of: datetime
    now: datetime
    longest: timedelta


class Ending(NamedTuple):
    """Who ends a waiver early, why, and when: at that moment the finding counts again."""

    by: str
    why: str
    at: datetime


def record_waiver(ledger: Ledger, waived: Waived, waiver: Waiver, *, bounds: Bounds, invented: bool = False) -> bool:
    """Record a waiver, in the place of an earlier one; return False where the ledger says exactly that already.

    Raises:
        Refused: nobody is named, no reason is given, or the waiver would be over before it begins or last too long.
        Denied: the ledger may not be written.
        Unreachable: the ledger is busy, full or does not answer; nothing was recorded.
        MalformedInput: the ledger is damaged.
    """
    by, why = _said(waiver.by, waiver.why)
    if waiver.until <= bounds.as_of:
        raise Refused(
            f"the waiver would end on {format_time(waiver.until)}, which is not after {format_time(bounds.as_of)}",
            hint="give --until a later day",
        )
    if waiver.until - bounds.now > bounds.longest:
        latest = bounds.now + bounds.longest
        raise Refused(
            f"the waiver would end on {format_time(waiver.until)}, and may last {bounds.longest.days} days at most",
            hint=f"give --until {latest:%Y-%m-%d} or a day before; longest_waiver_days in [policy] is the limit",
        )
    body = {**waived._asdict(), "by": by, "why": why, "until": format_time(waiver.until)}
    return ledger.append(STREAM, [draft(EntryKind.WAIVER, body, invented=invented)]).added > 0


def record_end(ledger: Ledger, waived: Waived, waiver: Waiver, ending: Ending) -> None:
    """Record that a waiver was ended early: the waiver once more, with its end (LEDGER-2.9).

    Raises:
        Refused: nobody is named, no reason is given, or the waiver is over by then.
        Denied: the ledger may not be written.
        Unreachable: the ledger is busy, full or does not answer; nothing was recorded.
        MalformedInput: the ledger is damaged.
    """
    by, why = _said(ending.by, ending.why)
    if ending.at >= waiver.until:
        raise Refused(f"the waiver is over since {format_time(waiver.until)}", hint="there is nothing to end")
    body = {**waived._asdict(), "by": waiver.by, "why": waiver.why, "until": format_time(waiver.until)}
    body["ended"] = {"by": by, "why": why, "at": format_time(ending.at)}
    ledger.append(STREAM, [draft(EntryKind.WAIVER, body)])


def _said(by: str, why: str) -> tuple[str, str]:
    """Return who says it and why, without the space around; or refuse what says nothing, or too much."""
    by, why = by.strip(), why.strip()
    if not by or not why:
        raise Refused("a waiver names who answers for it, and says why", hint="give --by and --why some words")
    for said, what in ((by, "--by"), (why, "--why")):
        if len(said) > TEXT_LIMIT:
            raise Refused(f"{what} is longer than {TEXT_LIMIT} characters", hint="say it in a ticket, and name that")
    return by, why
