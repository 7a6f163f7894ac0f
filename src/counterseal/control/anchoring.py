"""Says since when issuances lie under a signed checkpoint: in a ledger, or in what a notary exported from one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count

from counterseal.control.notary import STREAM, as_draft
from counterseal.correlation.tickets.counterseal import IssuanceSet, Issued, Revoked
from counterseal.errors import LedgerBroken
from counterseal.ledger.chain import Head, bind
from counterseal.ledger.checkpoint import Checkpoint
from counterseal.ledger.entry import Entry
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.verifying import Readable, anchored_entries, verify_anchors


def anchored_in_ledger(ledger: Readable, checkpoints: Sequence[Checkpoint]) -> dict[str, datetime]:
    """Return, by issuance id, since when each issuance is anchored (CHECKPOINT-4.1).

    The signatures of the checkpoints have been checked. The notary's stream is held against them here, and no other.

    Raises:
        LedgerBroken: the notary's stream is not what a checkpoint was made of, or is shorter.
        MalformedInput: an entry cannot be read.
        Unreachable: the ledger does not answer.
    """
    verify_anchors(ledger, STREAM, checkpoints)
    return {
        entry.body()["issuance_id"]: since
        for entry, since in anchored_entries(ledger, STREAM, checkpoints)
        if entry.kind is EntryKind.COUNTERSEAL_ISSUED
    }


def anchored_in_export(issuances: IssuanceSet, checkpoints: Sequence[Checkpoint]) -> dict[str, datetime]:
    """Return the same for what was exported, from the export and the checkpoints alone (COUNTER-6.3).

    Each item says where the ledger holds it, so that every entry of the notary's stream can be bound again as it was;
    the tree hash over them is the one that was signed, or something was altered or left out.

    Raises:
        LedgerBroken: an entry that a checkpoint covers was altered, or left out.
    """
    try:
        return anchored_in_ledger(_Rebound(issuances), checkpoints)
    except LedgerBroken as failure:
        hint = "export anew with `counterseal notary export`: an older export ends earlier; if it stays so, ask why"
        raise LedgerBroken(f"the issuances are not what was signed: {failure}", hint=hint) from None


class _Rebound:
    """The notary's stream as an export tells it, bound again entry by entry until the first that is not there."""

    def __init__(self, issuances: IssuanceSet) -> None:
        items: list[Issued | Revoked] = [*issuances.issued, *issuances.revoked]
        self._held: Mapping[int, Issued | Revoked] = {it.place.position: it for it in items if it.place}

    def read(self, stream: str) -> Iterator[Entry]:
        head = Head(stream)
        for position in count(1):
            item = self._held.get(position)
            if item is None or item.place is None:
                return
            entry = bind(as_draft(item, invented=item.place.invented), head, item.place.recorded_at)
            head = Head(stream, position, entry.digest)
            yield entry


_: type[Readable] = _Rebound
