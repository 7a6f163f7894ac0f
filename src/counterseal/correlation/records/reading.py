"""One file, or one message, read into a tally."""

from collections.abc import Collection, Iterable

from counterseal.correlation.records.envelopes import read_envelopes
from counterseal.correlation.records.stretches import STRETCH_BYTES, OtherLayout, read_stretches
from counterseal.correlation.records.tally import Tally
from counterseal.errors import MalformedInput


def read_whole(data: bytes, *, source: str, guarded_buckets: Collection[str] = ()) -> Tally:
    """Read all that a file or a message holds; of the objects in S3, what was done to those of the guarded buckets.

    Raises:
        MalformedInput: it is none of what records come in; the message names `source`.
    """
    tally = Tally(source, guarded_buckets=guarded_buckets)
    try:
        for item in read_envelopes(data, source=source):
            tally.take(item)
    except RecursionError as failure:
        raise MalformedInput(f"{source!r} nests deeper than any record") from failure
    except UnicodeDecodeError as failure:
        raise MalformedInput(f"{source!r} holds text that is not UTF-8: {failure}") from failure
    return tally


def read_in_stretches(
    windows: Iterable[bytes],
    *,
    source: str,
    guarded_buckets: Collection[str] = (),
    stretch_bytes: int = STRETCH_BYTES,
) -> Tally | None:
    """Read a file that comes in pieces, without ever holding all of it; the same comes of it as of `read_whole`.

    Return None where that is not possible: `read_whole` says what the file is, or what is wrong.
    """
    tally = Tally(source, guarded_buckets=guarded_buckets)
    try:
        tally.take_stretches(read_stretches(windows, stretch_bytes=stretch_bytes))
    except (OtherLayout, MalformedInput, RecursionError):
        return None
    return tally
