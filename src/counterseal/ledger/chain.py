"""The chain: each entry bound to the one before in its stream, and the first place where that no longer holds."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from counterseal.canonical import canonical_json
from counterseal.clock import format_time
from counterseal.errors import MalformedInput
from counterseal.ledger.entry import SCHEMA, Draft, Entry, parse_entry
from counterseal.ledger.merkle import Tree

# What the first entry of a stream is bound to: there is nothing before it. LEDGER-3.2
START = "0" * 64


class Head(NamedTuple):
    """The newest entry of a stream: its position, from 1, and its digest. Position 0: the stream is empty."""

    stream: str
    position: int = 0
    digest: str = START


class TreeHead(NamedTuple):
    """What a checkpoint says about one stream: its size, the tree hash over its entries, the digest of the last one.

    `nodes` are the digests of the tree's whole subtrees, largest first. All digests are lower-case hexadecimal.
    """

    stream: str
    size: int
    root: str
    head: str
    nodes: tuple[str, ...]

    def tree(self) -> Tree:
        """Return the tree, so that it can grow from here.

        Raises:
            ValueError: the nodes are not those of a tree of that size.
        """
        return Tree(self.size, [bytes.fromhex(node) for node in self.nodes])


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
    content = content_after(head, draft, recorded_at)
    return Entry(
        stream=head.stream,
        position=head.position + 1,
        previous=head.digest,
        recorded_at=format_time(recorded_at),
        draft=draft,
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
    )


def content_after(head: Head, draft: Draft, recorded_at: datetime) -> bytes:
    """Return the content of the entry that follows the head: canonical JSON, written name by name in its order."""
    return b'{"body":%b,"invented":%b,"kind":"%b","position":%d,"previous":"%b",%b' % (
        draft.body,  # canonical already
        b"true" if draft.invented else b"false",
        draft.kind.encode(),
        head.position + 1,
        head.digest.encode(),
        _ending(head.stream, recorded_at),
    )


@lru_cache(maxsize=8)  # all entries of a batch end alike
def _ending(stream: str, recorded_at: datetime) -> bytes:
    return canonical_json({"recorded_at": format_time(recorded_at), "schema": SCHEMA, "stream": stream})[1:]


def by_stream(trees: Iterable[TreeHead]) -> dict[str, list[TreeHead]]:
    """Return tree heads under the names of their streams; those of empty streams say nothing and are left out."""
    found: dict[str, list[TreeHead]] = {}
    for tree in trees:
        if tree.size:
            found.setdefault(tree.stream, []).append(tree)
    return found


def verify(
    stream: str, rows: Iterable[Stored], known: Head | None = None, trees: Sequence[TreeHead] = ()
) -> Break | None:
    """Follow one stream from its start, and return the first place where it does not hold; None where it holds.

    Entries cut off at the end, and a stream written anew, leave a chain that holds: only what was kept elsewhere, a
    head (`known`) or the tree heads of checkpoints (`trees`), finds that.
    """
    head, elsewhere = Head(stream), _Elsewhere(known, trees)
    for row in rows:
        broken = _check(row, head)
        if broken:
            return broken
        head = Head(stream, row.position, row.digest.hex())
        broken = elsewhere.compare(head, row.content)
        if broken:
            return broken
    return elsewhere.missing(head)


class _Elsewhere:
    """What was kept elsewhere about one stream, held against it while it is followed."""

    def __init__(self, known: Head | None, trees: Sequence[TreeHead]) -> None:
        self._known = known
        self._waiting = sorted(trees, key=lambda it: it.size, reverse=True)
        self._longest = max([known.position if known else 0, *(it.size for it in trees)])
        self._tree = Tree()
        self._fits = 0

    def compare(self, head: Head, content: bytes) -> Break | None:
        """Take the next entry, and return the place where the stream differs from what was kept."""
        if self._known and self._known.position == head.position and self._known.digest != head.digest:
            detail = "it is not the entry whose digest was kept elsewhere"
            return Break(head.stream, head.position, Cause.ALTERED, detail)
        if self._waiting:
            self._tree.add(content)
        while self._waiting and self._waiting[-1].size <= head.position:
            kept = self._waiting.pop()
            if (kept.root, kept.head) != (self._tree.root().hex(), head.digest):
                return _differs(kept, self._tree, after=self._fits)
            self._fits = kept.size
        return None

    def missing(self, head: Head) -> Break | None:
        """Return the first entry that is known to have been there and is not."""
        if self._longest <= head.position:
            return None
        detail = f"the stream ends at {head.position} and is known to have reached {self._longest}"
        return Break(head.stream, head.position + 1, Cause.MISSING, detail)


def _differs(kept: TreeHead, tree: Tree, *, after: int) -> Break:
    """Say where a stream whose bonds hold differs from a checkpoint: as closely as its nodes and those before tell."""
    end = 0
    for there, here in zip(kept.nodes, tree.nodes, strict=True):
        # Each node covers one of the powers of two that make up the size, largest first.
        end += 1 << (kept.size - end).bit_length() - 1
        if there != here.hex():
            break
        after = max(after, end)
    place = f"entry {end}" if end - after <= 1 else f"one of the entries {after + 1} to {end}"
    detail = f"{place} is not what the checkpoint over {kept.size} entries was made of: the chain was written anew"
    return Break(kept.stream, min(after + 1, end), Cause.ALTERED, detail)


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
