"""The chain: each entry bound to the one before in its stream, and the first place where that no longer holds."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from counterseal.canonical import canonical_json
from counterseal.clock import format_time
from counterseal.errors import MalformedInput
from counterseal.ledger.entry import SCHEMA, Draft, Entry, parse_entry

# What the first entry of a stream is bound to: there is nothing before it. LEDGER-3.2
START = "0" * 64


class Head(NamedTuple):
    """The newest entry of a stream: its position, from 1, and its digest. Position 0: the stream is empty."""

    stream: str
    position: int = 0
    digest: str = START


class Stored(NamedTuple):
    """One entry as an implementation stores it: the content, and what stands beside it so that it is found."""

    position: int
    kind: str
    subject: bytes
    fingerprint: bytes
    digest: bytes
    content: bytes


class Cause(StrEnum):
    """What became of an entry."""

    ALTERED = "altered"
    MISSING = "missing"
    REORDERED = "reordered"


class Break(NamedTuple):
    """The first place where a chain does not hold. `detail` says what was found there, as a sentence.

    `stream` is "" and `position` 0 where it is the ledger itself, and no one entry, that was altered.
    """

    stream: str
    position: int
    cause: Cause
    detail: str


def bind(draft: Draft, head: Head, recorded_at: datetime) -> Entry:
    """Return the draft as the entry that follows the head. LEDGER-1.1, LEDGER-3.1."""
    written_at = format_time(recorded_at)
    beside = {
        "invented": draft.invented,
        "kind": draft.kind,
        "position": head.position + 1,
        "previous": head.digest,
        "recorded_at": written_at,
        "schema": SCHEMA,
        "stream": head.stream,
    }
    # The body is canonical already, and "body" sorts before every other name: it is set in front, not written again.
    content = b'{"body":' + draft.body + b"," + canonical_json(beside)[1:]
    return Entry(
        stream=head.stream,
        position=head.position + 1,
        previous=head.digest,
        recorded_at=written_at,
        draft=draft,
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
    )


def verify(stream: str, rows: Iterable[Stored], known: Head | None = None) -> Break | None:
    """Follow one stream from its start, and return the first place where it does not hold; None where it holds.

    Entries cut off at the end leave a chain that holds: only a head that was kept elsewhere (`known`) finds that.
    """
    head = Head(stream)
    for row in rows:
        broken = _check(row, head)
        if broken:
            return broken
        head = Head(stream, row.position, row.digest.hex())
        if known and known.position == head.position and known.digest != head.digest:
            return Break(stream, head.position, Cause.ALTERED, "it is not the entry whose digest was kept elsewhere")
    if known and known.position > head.position:
        return Break(
            stream,
            head.position + 1,
            Cause.MISSING,
            f"the stream ends at {head.position} and is known to have reached {known.position}",
        )
    return None


def _check(row: Stored, head: Head) -> Break | None:
    place = head.position + 1
    if row.position > place:
        return Break(head.stream, place, Cause.MISSING, f"entry {row.position} follows entry {head.position}")
    if row.position < place:
        return Break(head.stream, row.position, Cause.REORDERED, f"it follows entry {head.position}")
    if hashlib.sha256(row.content).digest() != row.digest:
        return Break(head.stream, place, Cause.ALTERED, "its content and its digest do not agree")
    return _check_content(row, head)


def _check_content(row: Stored, head: Head) -> Break | None:
    place = head.position + 1
    try:
        entry = parse_entry(row.content)
    except MalformedInput as failure:
        return Break(head.stream, place, Cause.ALTERED, str(failure))
    if (entry.stream, entry.position) != (head.stream, place):
        return Break(
            head.stream, place, Cause.REORDERED, f"here stands entry {entry.position} of the stream {entry.stream!r}"
        )
    if entry.previous != head.digest:
        # Both are whole: one was written anew, and it is the bond between them that shows it.
        return Break(
            head.stream, head.position or 1, Cause.ALTERED, f"it is not what entry {place} was bound to follow"
        )
    found_by = (row.kind, row.subject, row.fingerprint)
    if found_by != (entry.kind, entry.draft.subject, entry.draft.fingerprint):
        return Break(head.stream, place, Cause.ALTERED, "what it is found by does not agree with its content")
    return None
