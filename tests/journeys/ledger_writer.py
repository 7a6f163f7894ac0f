"""Appends events to a ledger, `size` a transaction, and prints each acknowledged position: run by tests, and killed."""

import sys
from pathlib import Path

from tests.unit.ledger.samples import event

from counterseal.clock import SystemClock
from counterseal.ledger.sqlite import SqliteLedger


def main(path: str, name: str, batches: int, size: int) -> None:
    """Append `batches` times `size` events whose ids begin with the name."""
    ledger = SqliteLedger.at(Path(path), SystemClock())
    for batch in range(batches):
        appended = ledger.append("audit", [event(f"{name}-{batch}-{number}") for number in range(size)])
        sys.stdout.write(f"{name}-{batch} {appended.head.position}\n")
        sys.stdout.flush()
    ledger.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
