"""What the ledger holds beside a finding, as pages need it."""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.unit.correlation.sealing import issued
from tests.unit.ledger.signing import SIGNER
from tests.unit.web.fake_reports import NOON

from counterseal.control.evidence import ChainProof, RecordedSeal, Step
from counterseal.correlation.tickets.counterseal import Place, Revocation
from counterseal.ledger.checkpoint import sign_checkpoint


def seal(since: datetime | None = None, revoked: str | None = None) -> RecordedSeal:
    """Return a counterseal that was issued an hour before noon."""
    one = replace(issued(not_before=NOON - timedelta(hours=1)), place=Place(1, NOON))
    revocation = Revocation(issuance_id="1" * 32, revoked_at=NOON, reason=revoked or "", notary_key="k")
    return RecordedSeal(one, revocation if revoked else None, since)


def chain(*, holds: bool = True) -> ChainProof:
    """Return a proof of one step."""
    checkpoint = sign_checkpoint("2026-11-20T12:00:00Z", [], SIGNER)
    step = Step("left", "00ff")
    return ChainProof("the entry <b>", "aa" * 32, (step,), "bb" * 32, 2, checkpoint, holds)
