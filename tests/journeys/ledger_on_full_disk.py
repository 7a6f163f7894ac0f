"""Fills the disk under a ledger, makes room again, and prints what became of it: run by tests in a mount of its own."""

import json
import sys
from pathlib import Path

from tests.unit.ledger.samples import event

from counterseal.clock import SystemClock
from counterseal.errors import Unreachable
from counterseal.ledger.sqlite import SqliteLedger

_BATCH = 50


def main(folder: Path) -> None:
    """Append batches until the disk is full, count what is held, then make room and go on."""
    room = folder / "room"
    room.write_bytes(bytes(512 * 1024))
    ledger = SqliteLedger.at(folder / "ledger.sqlite", SystemClock())
    acknowledged, refusal = _fill(ledger)
    told = {
        "acknowledged": acknowledged,
        "refusal": str(refusal),
        "hint": refusal.hint,
        "held": _held(ledger),
        "holds": ledger.verify() is None,
    }
    room.unlink()
    ledger.append("audit", [event("after")])
    told |= {"held_after": _held(ledger), "holds_after": ledger.verify() is None}
    ledger.close()
    sys.stdout.write(json.dumps(told))


def _fill(ledger: SqliteLedger) -> tuple[int, Unreachable]:
    acknowledged = 0
    while True:
        try:
            ledger.append("audit", [event(f"e-{acknowledged + number}") for number in range(_BATCH)])
        except Unreachable as failure:
            return acknowledged, failure
        acknowledged += _BATCH


def _held(ledger: SqliteLedger) -> int:
    return sum(1 for _ in ledger.read("audit"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
