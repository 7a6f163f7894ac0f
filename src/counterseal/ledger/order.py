"""Which of two entries was said later: within a stream the place decides, between streams the time."""

from collections.abc import Iterable, Iterator

from counterseal.ledger.entry import Entry


def in_order(entries: Iterable[Entry], since: str = "") -> Iterator[tuple[str, Entry]]:
    """Pair each entry of one stream, in its order, with the latest time that the stream gave up to it.

    A clock may go back, the pairs' times do not. `since` is the latest time of what was read before, if anything was.
    """
    latest = since
    for entry in entries:
        latest = max(latest, entry.recorded_at)
        yield latest, entry
