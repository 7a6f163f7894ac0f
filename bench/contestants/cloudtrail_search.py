"""Reads a trail by searching for one host name before it parses: what that idea comes to here. It is not shipped.

It is no audit. A change that is written otherwise is lost (an escape in the host name, a space before a colon), nothing
is counted or digested, no witness is kept, and every record must begin with its version. Why we do not read so:
docs/decisions/0010-reading-fast.md.
"""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.json import Decoder

from bench.contestants.changes import SECRETS, digest
from bench.turns import Job, serve
from counterseal.control.intake import unpack

_FIRST, _NEXT = b'{"eventVersion":', b'},{"eventVersion":'
_NEEDLE = b'"eventSource":"%b"' % SECRETS.encode()


class _Record(Struct, gc=False, rename={"event_id": "eventID", "source": "eventSource", "read_only": "readOnly"}):
    event_id: str
    source: str
    read_only: bool
    errorCode: str | None = None  # noqa: N815  # as CloudTrail writes it


_RECORDS = Decoder(_Record)


def search(folder: str) -> Job:
    """Unpack in windows, find the host name, parse what is around it, and keep the changes."""

    def run() -> list[str]:
        return [event_id for file in sorted(Path(folder).iterdir()) for event_id in _changes(file)]

    return Job(run=run, outcome=digest)


def windows(folder: str) -> Job:
    """Unpack every file as we do, in windows whose memory is used again, and do nothing else."""

    def run() -> None:
        for file in sorted(Path(folder).iterdir()):
            for _ in unpack([file.read_bytes()], file=file):
                pass

    return Job(run=run, outcome=lambda _: None)


def _changes(file: Path) -> Iterator[str]:
    rest = b""
    for window in unpack([file.read_bytes()], file=file):
        text = rest + window
        end = text.rfind(_NEXT) + 1
        yield from _found(text, end)
        rest = text[end:]
    yield from _found(rest, rest.rindex(b"}", 0, rest.rindex(b"]")) + 1)


def _found(text: bytes, last: int) -> Iterator[str]:
    """Go through the changes of a text whose last record ends at `last`."""
    at = text.find(_NEEDLE, 0, last)
    while at >= 0:
        end = text.find(_NEXT, at, last) + 1 or last
        record = _RECORDS.decode(text[text.rfind(_FIRST, 0, at) : end])
        if record.source == SECRETS and not record.read_only and record.errorCode is None:
            yield record.event_id
        at = text.find(_NEEDLE, end, last)


if __name__ == "__main__":
    serve({"search": search, "windows": windows})
