"""A whole ledger held against its own checkpoints and those kept elsewhere, and what is anchored by them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from counterseal.clock import format_time, parse_time
from counterseal.errors import MalformedInput
from counterseal.ledger.chain import Break, Cause, TreeHead, by_stream
from counterseal.ledger.checkpoint import Checkpoint, raise_broken, read_checkpoints, signature_broken
from counterseal.ledger.entry import Entry
from counterseal.ledger.merkle import Tree
from counterseal.signing import Verifier


class Verified(NamedTuple):
    """How many own checkpoints were held against the entries, and of how many of them the signature was checked."""

    checkpoints: int
    signed: int


class Trust(NamedTuple):
    """Whose signatures count: a verifier, and the id of its key. What other keys signed is not checked."""

    key_id: str
    verifier: Verifier


class Readable(Protocol):
    """What has entries in streams: a `Ledger`, or what was exported from one."""

    def read(self, stream: str) -> Iterator[Entry]:
        """Return the entries of a stream in order. See `Ledger.read`."""
        ...


class Verifiable(Readable, Protocol):
    """What can be verified: a `Ledger`, or what was exported from one."""

    def verify(self, *, trees: Sequence[TreeHead] = ()) -> Break | None:
        """Return the first place that does not hold. See `Ledger.verify`."""
        ...


def verify_ledger(ledger: Verifiable, kept: Sequence[Checkpoint] = (), trust: Trust | None = None) -> Verified:
    """Check every entry, every bond and every checkpoint, the ledger's own and those that were kept elsewhere.

    The signatures of `kept` have been checked by whoever read them.

    Raises:
        LedgerBroken: an entry was altered, removed, put elsewhere or cut off; the first such place is named.
        MalformedInput: the ledger is damaged beyond reading.
        Unreachable: it does not answer.
    """
    own, unreadable = _own(ledger)
    elsewhere = [tree for it in kept for tree in it.streams]
    broken = ledger.verify(trees=[*elsewhere, *(tree for _, it in own for tree in it.streams)])
    if broken and own:
        # An own checkpoint may be what was altered, and would blame another entry: what holds without them comes first.
        broken = ledger.verify(trees=elsewhere) or _badly_signed(own, trust) or broken
    broken = broken or _badly_signed(own, trust)
    if broken:
        raise_broken(broken)
    if unreadable:
        raise unreadable
    signed = sum(1 for _, it in own if trust and it.key_id == trust.key_id)
    return Verified(len(own), signed)


def anchored_until(checkpoints: Sequence[Checkpoint], before: datetime) -> dict[str, int]:
    """Return, for each stream, the position up to which its entries lie under a checkpoint older than that time.

    The checkpoints must have been checked: their signatures, and the ledger against them (`verify_ledger`). What
    they say of the time is what the signer's clock said; times compare at whole seconds.
    """
    moment = format_time(before)
    until: dict[str, int] = {}
    for checkpoint in checkpoints:
        for tree in checkpoint.streams if checkpoint.at < moment else ():
            until[tree.stream] = max(tree.size, until.get(tree.stream, 0))
    return until


def verify_anchors(ledger: Readable, stream: str, checkpoints: Sequence[Checkpoint]) -> None:
    """Hold one stream against checkpoints whose signatures have been checked, and against no other stream.

    Raises:
        LedgerBroken: the stream is not what a checkpoint was made of, or is shorter.
        MalformedInput: an entry cannot be read.
        Unreachable: the ledger does not answer.
    """
    trees = [tree for it in checkpoints for tree in it.streams]
    waiting = sorted(by_stream(trees).get(stream, []), key=lambda it: it.size, reverse=True)
    grown = Tree()
    for entry in ledger.read(stream) if waiting else ():
        grown.add(entry.content)
        while waiting and waiting[-1].size == grown.size:
            kept = waiting.pop()
            if kept.root != grown.root().hex():
                said = f"the first {kept.size} entries are not what a checkpoint was made of"
                raise_broken(Break(stream, kept.size, Cause.ALTERED, said))
    if waiting:
        said = f"the stream ends at {grown.size}, and a checkpoint covers {waiting[-1].size} entries"
        raise_broken(Break(stream, grown.size + 1, Cause.MISSING, said))


def anchored_entries(
    ledger: Readable, stream: str, checkpoints: Sequence[Checkpoint]
) -> Iterator[tuple[Entry, datetime]]:
    """Return the entries of a stream that lie under a checkpoint, each with the time since when: see `anchored_until`.

    That is when the oldest checkpoint over it was signed, and never before the entry itself was recorded: where the
    one is before the other, a clock went back. An entry is anchored before *t* where this time is before *t*.

    Raises:
        MalformedInput: an entry cannot be read.
        Unreachable: the ledger does not answer.
    """
    covering = sorted(
        (it.at, tree.size) for it in checkpoints for tree in it.streams if tree.stream == stream and tree.size
    )
    for entry in ledger.read(stream):
        since = next((at for at, size in covering if size >= entry.position), None)
        if since is None:
            return
        yield entry, parse_time(max(since, entry.recorded_at))


def _own(ledger: Verifiable) -> tuple[list[tuple[int, Checkpoint]], MalformedInput | None]:
    """Return the ledger's own checkpoints as far as they can be read: verifying names the place of one that cannot."""
    found: list[tuple[int, Checkpoint]] = []
    try:
        for one in read_checkpoints(ledger):
            found.append(one)  # noqa: PERF402  # extend() promises nothing about what came before an error
    except MalformedInput as failure:
        return found, failure
    return found, None


def _badly_signed(own: Sequence[tuple[int, Checkpoint]], trust: Trust | None) -> Break | None:
    for position, checkpoint in own:
        if trust and checkpoint.key_id == trust.key_id and not checkpoint.is_signed_by(trust.verifier):
            return signature_broken(position)
    return None
