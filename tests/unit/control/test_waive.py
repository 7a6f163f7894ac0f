"""Waivers: who answers for a finding, why, until when."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.ledger.samples import TickingClock

from counterseal.control.waive import Waived, Waiver, record_waiver
from counterseal.errors import Refused
from counterseal.ledger.sqlite import SqliteLedger

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
WAIVED = Waived(finding="ab" * 16, event_id="e-1", account="111122223333", verdict="unapproved")
WAIVER = Waiver(by=" cleo ", why="the vendor's rotation, see OPS-9", until=NOON + timedelta(days=1))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    yield opened
    opened.close()


def test_a_waiver_is_recorded_whole_and_once(ledger: SqliteLedger) -> None:
    assert record_waiver(ledger, WAIVED, WAIVER, as_of=NOON)
    assert not record_waiver(ledger, WAIVED, WAIVER, as_of=NOON)

    assert [entry.body() for entry in ledger.read("audit")] == [
        {
            "finding": "ab" * 16, "event_id": "e-1", "account": "111122223333", "verdict": "unapproved", "by": "cleo",
            "why": "the vendor's rotation, see OPS-9", "until": "2026-03-11T12:00:00Z",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("waiver", "said"),
    [
        (WAIVER._replace(by=" "), "names who answers"),
        (WAIVER._replace(why=""), "names who answers"),
        (WAIVER._replace(why="x" * 4097), "--why is longer"),
        (WAIVER._replace(by="x" * 4097), "--by is longer"),
        (WAIVER._replace(until=NOON), "not after 2026-03-10T12:00:00Z"),
    ],
)
def test_a_waiver_that_says_too_little_is_refused(ledger: SqliteLedger, waiver: Waiver, said: str) -> None:
    with pytest.raises(Refused, match=said):
        record_waiver(ledger, WAIVED, waiver, as_of=NOON)

    assert ledger.streams() == []
