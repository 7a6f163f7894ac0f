"""What the invented ledger held before the story was read: what the notary issued, and a checkpoint signed after it."""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from counterseal.assembly.checkpoints import create_signing_key, signer_of, write_whole
from counterseal.assembly.ledgers import open_ledger
from counterseal.assembly.settings import Settings
from counterseal.clock import FixedClock, format_time
from counterseal.control.notary import STREAM as NOTARY
from counterseal.control.notary import as_draft, issuances_in
from counterseal.correlation.tickets.counterseal import Issued
from counterseal.correlation.tickets.issuance_file import write_issuances
from counterseal.ledger.chain import TreeHead
from counterseal.ledger.checkpoint import STREAM, Checkpoint, sign_checkpoint
from counterseal.ledger.entry import draft
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.interface import Ledger
from counterseal.ledger.merkle import Tree

# The change that carries the counterseal follows half an hour after it was issued: the checkpoint is older than that.
_SIGNED_AFTER = timedelta(minutes=10)


class Kept(NamedTuple):
    """What an auditor elsewhere would have been given."""

    issuances: Path
    checkpoint: Path
    checkpoint_key: Path


def begin_ledger(folder: Path, settings: Settings, issued: Sequence[Issued]) -> Kept:
    """Record what was issued as invented, at its own time; sign a checkpoint over it; write both for an auditor."""
    public_key = create_signing_key(settings)
    for one in issued:
        with closing(open_ledger(settings, FixedClock(one.issuance.not_before))) as ledger:
            ledger.append(NOTARY, [as_draft(one, invented=True)])
    signed_at = max(it.issuance.not_before for it in issued) + _SIGNED_AFTER
    with closing(open_ledger(settings, FixedClock(signed_at))) as ledger:
        checkpoint = sign_invented(ledger, settings, signed_at)
        kept = Kept(folder / "issuances.json", folder / "kept.checkpoint", public_key)
        kept.issuances.write_text(write_issuances(issuances_in(ledger, invented=True)), encoding="utf-8")
    write_whole(kept.checkpoint, [checkpoint.exported()])
    return kept


def sign_invented(ledger: Ledger, settings: Settings, at: datetime) -> Checkpoint:
    """Sign a checkpoint over everything, recorded as invented: `make_checkpoint` makes real ones."""
    checkpoint = sign_checkpoint(
        format_time(at), [_covered(ledger, name) for name in ledger.streams()], signer_of(settings)
    )
    ledger.append(STREAM, [draft(EntryKind.CHECKPOINT, checkpoint.body(), invented=True)])
    return checkpoint


def _covered(ledger: Ledger, stream: str) -> TreeHead:
    tree = Tree()
    for entry in ledger.read(stream):
        tree.add(entry.content)
    nodes = tuple(node.hex() for node in tree.nodes)
    return TreeHead(stream, tree.size, tree.root().hex(), ledger.head(stream).digest, nodes)
