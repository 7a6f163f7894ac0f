"""Waivers: who answers for a finding, why, until when."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.ledger.samples import TickingClock

from counterseal.control.waive import Bounds, Ending, Waived, Waiver, record_end, record_waiver
from counterseal.errors import Refused
from counterseal.ledger.sqlite import SqliteLedger

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
WAIVED = Waived(finding="ab" * 16, event_id="e-1", account="111122223333", verdict="unapproved")
WAIVER = Waiver(by=" cleo ", why="the vendor's rotation, see OPS-9", until=NOON + timedelta(days=1))
BOUNDS = Bounds(as_of=NOON, now=NOON, longest=timedelta(days=30))
ENDING = Ending(by=" dora ", why="it was not the vendor", at=NOON + timedelta(hours=1))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    yield opened
    opened.close()


def test_a_waiver_is_recorded_whole_and_once(ledger: SqliteLedger) -> None:
    assert record_waiver(ledger, WAIVED, WAIVER, bounds=BOUNDS)
    assert not record_waiver(ledger, WAIVED, WAIVER, bounds=BOUNDS)

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
        (WAIVER._replace(until=NOON + timedelta(days=30, seconds=1)), "may last 30 days at most"),
    ],
)
def test_a_waiver_that_says_too_little_or_lasts_too_long_is_refused(
    ledger: SqliteLedger, waiver: Waiver, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        record_waiver(ledger, WAIVED, waiver, bounds=BOUNDS)

    assert ledger.streams() == []


def test_the_longest_waiver_is_recorded_and_the_limit_is_named_for_a_longer_one(ledger: SqliteLedger) -> None:
    assert record_waiver(ledger, WAIVED, WAIVER._replace(until=NOON + timedelta(days=30)), bounds=BOUNDS)

    with pytest.raises(Refused) as refusal:
        record_waiver(ledger, WAIVED, WAIVER._replace(until=NOON + timedelta(days=31)), bounds=BOUNDS)
    assert refusal.value.hint == "give --until 2026-04-09 or a day before; longest_waiver_days in [policy] is the limit"


def test_another_time_for_now_makes_no_longer_waiver(ledger: SqliteLedger) -> None:
    later = BOUNDS._replace(as_of=NOON + timedelta(days=365))

    with pytest.raises(Refused, match="may last 30 days"):
        record_waiver(ledger, WAIVED, WAIVER._replace(until=NOON + timedelta(days=366)), bounds=later)


def test_an_end_is_an_entry_of_its_own_that_keeps_the_waiver_and_says_who_ended_it(ledger: SqliteLedger) -> None:
    record_waiver(ledger, WAIVED, WAIVER, bounds=BOUNDS)
    record_end(ledger, WAIVED, WAIVER._replace(by="cleo"), ENDING)

    waived, ended = (entry.body() for entry in ledger.read("audit"))
    assert ended.pop("ended") == {"by": "dora", "why": "it was not the vendor", "at": "2026-03-10T13:00:00Z"}
    assert ended == waived


def test_after_its_end_the_same_waiver_can_be_said_again(ledger: SqliteLedger) -> None:
    record_waiver(ledger, WAIVED, WAIVER, bounds=BOUNDS)
    record_end(ledger, WAIVED, WAIVER._replace(by="cleo"), ENDING)

    assert record_waiver(ledger, WAIVED, WAIVER, bounds=BOUNDS)


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        (ENDING._replace(by=""), "names who answers"),
        (ENDING._replace(why=" "), "names who answers"),
        (ENDING._replace(why="x" * 4097), "--why is longer"),
        (ENDING._replace(at=WAIVER.until), "is over since 2026-03-11T12:00:00Z"),
    ],
)
def test_an_end_that_says_too_little_or_comes_too_late_is_refused(
    ledger: SqliteLedger, ending: Ending, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        record_end(ledger, WAIVED, WAIVER, ending)

    assert ledger.streams() == []
