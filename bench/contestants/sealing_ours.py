"""Seals and opens as a safe does: the shipped sealer, with a fresh content key wrapped by an epoch key."""

import os
from hashlib import sha256

from bench.contestants.content import content
from bench.turns import Job, serve
from counterseal.hidden import Hidden
from counterseal.seal.context import SealContext
from counterseal.seal.sealer import Sealer

CONTEXT = SealContext(kind="secret", workspace="bench", safe="bench", object_id="invented", version=1, epoch=1)


def seal(size: str) -> Job:
    """Seal one value of this many bytes; the outcome is what it opens to."""
    sealer, value = _sealer(), Hidden(content(size))
    return Job(
        run=lambda: sealer.seal(value, CONTEXT),
        outcome=lambda sealed: sha256(sealer.unseal(sealed, CONTEXT).reveal()).hexdigest(),
    )


def unseal(size: str) -> Job:
    """Open one sealed value of this many bytes."""
    sealer = _sealer()
    sealed = sealer.seal(Hidden(content(size)), CONTEXT)
    return Job(
        run=lambda: sealer.unseal(sealed, CONTEXT),
        outcome=lambda opened: sha256(opened.reveal()).hexdigest(),
    )


def _sealer() -> Sealer:
    return Sealer({1: Hidden(os.urandom(32))})


if __name__ == "__main__":
    serve({"seal": seal, "open": unseal})
