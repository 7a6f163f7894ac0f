"""Appends an event and a checkpoint in turn, and says each that was acknowledged: run by tests, and killed."""

import sys
from itertools import count
from pathlib import Path

from tests.unit.ledger.samples import event
from tests.unit.ledger.signing import SIGNER, TRUST

from counterseal.clock import SystemClock
from counterseal.ledger.checkpoint import make_checkpoint
from counterseal.ledger.sqlite import SqliteLedger


def main(path: str) -> None:
    """Append until killed."""
    ledger = SqliteLedger.at(Path(path), SystemClock())
    for number in count():
        ledger.append("audit", [event(f"c-{number}")])
        make_checkpoint(ledger, SIGNER, TRUST.verifier, SystemClock())
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
