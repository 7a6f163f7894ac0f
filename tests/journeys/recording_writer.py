"""Records an audit, and waits in the midst of each transaction to be told to go on: run by tests, and killed."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from counterseal.control import record
from counterseal.control.audit import Sources, audit_files
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.tickets.policy import Policy
from counterseal.ledger.sqlite import SqliteLedger

BATCH = 7
AS_OF = datetime(2026, 3, 20, tzinfo=UTC)


class TellingClock:
    """Is asked for the time when a transaction has begun and nothing of it is written."""

    def now(self) -> datetime:
        """Say that it was asked, wait for a line, and return the time."""
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        sys.stdin.readline()
        return datetime.now(UTC)


def main(logs: str, ledger_path: str, jobs: int) -> None:
    """Audit the folder without tickets, and record what was found."""
    record.BATCH = BATCH
    rules = Rules(policy=Policy(), as_of=AS_OF)
    result = audit_files(Sources((Path(logs),), jobs=jobs), rules=rules)
    ledger = SqliteLedger.at(Path(ledger_path), TellingClock())
    record.record_audit(ledger, record.outcome_of(result))
    ledger.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
