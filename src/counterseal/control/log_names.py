"""When a log file was delivered, by its name: what lets an old file be left unread."""

from datetime import datetime, timedelta

from counterseal.correlation.digests.digests import log_name

# A file holds what happened before it was delivered, never after; names are cut to the minute, and the hosts that write
# eventTime and the one that names the file have clocks of their own.
_MARGIN = timedelta(hours=1)


def delivered_at(name: str) -> datetime | None:
    """Return when CloudTrail delivered a log file, by its name or its path or object name; None where it says nothing.

    Only the file's own name is looked at: yesterday's event can lie under today's date.
    """
    named = log_name(name)
    return named.time if named else None


def may_hold(name: str, since: datetime) -> bool:
    """Say whether a file of that name may hold an event of that time or later. One whose name says nothing may."""
    delivered = delivered_at(name)
    return delivered is None or delivered + _MARGIN >= since
