"""A key of tests, and what a ledger needs to be checkpointed with it."""

from datetime import datetime, timedelta

from tests.unit.ledger.samples import NOON

from counterseal.hidden import Hidden
from counterseal.ledger.verifying import Trust
from counterseal.seal.signatures import Ed25519Signer, Ed25519Verifier
from counterseal.seal.signing_key import public_key, signing_key_id

PRIVATE_KEY = Hidden(bytes(range(32)))
PUBLIC_KEY = public_key(PRIVATE_KEY)
SIGNER = Ed25519Signer(PRIVATE_KEY, key_id=signing_key_id(PUBLIC_KEY))
TRUST = Trust(SIGNER.key_id, Ed25519Verifier(PUBLIC_KEY))

OTHER_PRIVATE_KEY = Hidden(bytes(32))
OTHER_PUBLIC_KEY = public_key(OTHER_PRIVATE_KEY)
OTHER_SIGNER = Ed25519Signer(OTHER_PRIVATE_KEY, key_id=signing_key_id(OTHER_PUBLIC_KEY))
OTHER_TRUST = Trust(OTHER_SIGNER.key_id, Ed25519Verifier(OTHER_PUBLIC_KEY))


class HandClock:
    """A clock that stands where it was set, minutes from noon."""

    def __init__(self) -> None:
        self.minutes = 0

    def now(self) -> datetime:
        return NOON + timedelta(minutes=self.minutes)
