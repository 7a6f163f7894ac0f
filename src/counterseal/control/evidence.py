"""What the ledger holds beside a finding: its counterseal, and the proof that a signed checkpoint covers its entry."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from counterseal.clock import parse_time
from counterseal.control.notary import STREAM as NOTARY
from counterseal.control.notary import issuances_in
from counterseal.correlation.tickets.counterseal import Issued, Revocation
from counterseal.correlation.tickets.ticket import Ticket
from counterseal.ledger.chain import Break, Cause
from counterseal.ledger.checkpoint import Checkpoint, raise_broken, read_checkpoints
from counterseal.ledger.interface import Ledger
from counterseal.ledger.merkle import inclusion_path, leaf_hash


class Step(NamedTuple):
    """One step from a leaf to the root: the digest to join with, and the side on which it stands."""

    side: str
    digest: str


class ChainProof(NamedTuple):
    """That an entry lies under a checkpoint. `content` is the entry as it was hashed, `path` leads from it to the root.

    `holds` is false where the path leads to another root than the one that was signed: the ledger was altered.
    """

    content: str
    leaf: str
    path: tuple[Step, ...]
    root: str
    size: int
    checkpoint: Checkpoint
    holds: bool

    @property
    def signed_at(self) -> datetime:
        """Return when the checkpoint was signed, by the signer's clock."""
        return parse_time(self.checkpoint.at)

    @property
    def exported(self) -> str:
        """Return the checkpoint's line, as it is kept elsewhere."""
        return self.checkpoint.exported().decode().rstrip()


class RecordedSeal(NamedTuple):
    """A counterseal as the ledger holds it. `anchored_since` is when the oldest checkpoint over it was signed."""

    issued: Issued
    revocation: Revocation | None
    anchored_since: datetime | None


class Dossier(NamedTuple):
    """What a page of evidence needs beside the finding itself.

    `chain` is None where no checkpoint covers the entry, or where it was not asked for; `skipped` says the latter.
    """

    ticket: Ticket | None = None
    seal: RecordedSeal | None = None
    chain: ChainProof | None = None
    skipped: bool = False


class Asked(NamedTuple):
    """Which finding it is about: its ticket, the version id that may be a token, and the place of its entry."""

    ticket: str
    version_id: str
    stream: str
    position: int


class Dossiers:
    """Puts dossiers together, from one ledger."""

    def __init__(
        self,
        ledger: Ledger,
        find_ticket: Callable[[str], Ticket | None],
        *,
        largest: int | None,
        invented: bool = False,
    ) -> None:
        """Take the ledger, what knows the tickets, and how many entries may be read for a proof; None: all of them."""
        self._ledger = ledger
        self._find_ticket = find_ticket
        self._largest = largest
        self._invented = invented

    def about(self, asked: Asked) -> Dossier:
        """Return what the ledger holds about a finding.

        Raises:
            LedgerBroken: the ledger is shorter than a checkpoint of its own says.
            Unreachable: the ledger does not answer; the same call may succeed later.
            MalformedInput: the ledger is damaged.
        """
        checkpoints = [it for _, it in read_checkpoints(self._ledger)]
        sizes = [_size(it, asked.stream) for it in checkpoints]
        newest = max(sizes, default=0)
        skipped = self._largest is not None and newest > self._largest
        return Dossier(
            ticket=self._find_ticket(asked.ticket) if asked.ticket else None,
            seal=self._seal(asked.version_id, checkpoints),
            chain=None if skipped or newest < asked.position else self._chain(asked, checkpoints[sizes.index(newest)]),
            skipped=skipped,
        )

    def _seal(self, token: str, checkpoints: list[Checkpoint]) -> RecordedSeal | None:
        held = issuances_in(self._ledger, invented=self._invented)
        issued = next((it for it in held.issued if it.token == token), None) if token else None
        if issued is None or issued.place is None:
            return None
        mine = [it.revocation for it in held.revoked if it.revocation.issuance_id == issued.issuance.issuance_id]
        place = issued.place
        covering = [parse_time(it.at) for it in checkpoints if _size(it, NOTARY) >= place.position]
        since = max(min(covering), place.recorded_at) if covering else None
        return RecordedSeal(issued, mine[0] if mine else None, since)

    def _chain(self, asked: Asked, checkpoint: Checkpoint) -> ChainProof:
        tree = next(it for it in checkpoint.streams if it.stream == asked.stream)
        kept: list[bytes] = []
        index = asked.position - 1

        def contents() -> Iterator[bytes]:
            for entry in self._ledger.read(asked.stream):
                if entry.position == asked.position:
                    kept.append(entry.content)
                yield entry.content

        try:
            root, path = inclusion_path(contents(), tree.size, index)
        except IndexError:
            detail = f"the stream ends before the {tree.size} entries that a checkpoint covers"
            raise_broken(Break(asked.stream, tree.size, Cause.MISSING, detail))
        return ChainProof(
            content=kept[0].decode(),
            leaf=leaf_hash(kept[0]).hex(),
            path=_steps(path, tree.size, index),
            root=tree.root,
            size=tree.size,
            checkpoint=checkpoint,
            holds=root.hex() == tree.root,
        )


def _size(checkpoint: Checkpoint, stream: str) -> int:
    return next((it.size for it in checkpoint.streams if it.stream == stream), 0)


def _steps(path: list[bytes], size: int, index: int) -> tuple[Step, ...]:
    """Say on which side each digest of a proof stands (RFC 9162, section 2.1.3.2), so that a reader need not."""
    steps, place, last = [], index, size - 1
    for digest in path:
        if place & 1 or place == last:
            steps.append(Step("left", digest.hex()))
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            steps.append(Step("right", digest.hex()))
        place, last = place >> 1, last >> 1
    return tuple(steps)
