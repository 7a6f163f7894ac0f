"""What a check against the digests found, recorded: from the files of a trail to the reports, until it is mended."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.trail import FIRST, HOUR, Trail, public_keys, three_hours, write_json
from tests.unit.control.test_record import NOON, result_with
from tests.unit.ledger.samples import TickingClock

from counterseal.control.completeness import read_saved, verify_trails
from counterseal.control.record import Recorded, outcome_of, record_audit
from counterseal.correlation.digests.completeness import Completeness, Outcome
from counterseal.correlation.tickets.policy import Policy
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.reports.embedded import EmbeddedReports

OUTCOME = replace(outcome_of(result_with(Policy())), findings=(), tickets=(), unused_approvals=(), blind_intervals=())


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    yield opened
    opened.close()


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    return three_hours(tmp_path / "copy")


def check(trail: Trail) -> Completeness:
    folder = trail.root.parent
    keys, signatures = write_json(folder / "k.json", public_keys()), write_json(folder / "s.json", trail.signatures())
    return verify_trails([trail.root], read_saved([keys], signatures))


def record(ledger: SqliteLedger, found: Completeness, *, count: bool = True) -> Recorded:
    counted = frozenset(found.faults if count else ())
    return record_audit(ledger, replace(OUTCOME, completeness=found, counted_faults=counted))


def told(ledger: SqliteLedger, report: str, columns: str) -> list[tuple[object, ...]]:
    rows = EmbeddedReports(ledger).run(report).records()
    return [tuple(row[name] for name in columns.split()) for row in rows if row.get("what") != "population"]


def log_of(trail: Trail, hour: int) -> Path:
    return trail.path(trail.digests[hour].said["logFiles"][0]["s3Object"])


def test_the_entries_of_a_check_are_counted_before_they_are_made(ledger: SqliteLedger, trail: Trail) -> None:
    log_of(trail, 1).unlink()
    found, told = check(trail), [(0, 0)]
    counted = replace(OUTCOME, completeness=found, counted_faults=frozenset(found.faults))

    added = record_audit(ledger, counted, progress=lambda *it: told.append(it)).added

    assert found.faults
    assert told[-1] == (added, added)


def test_a_whole_trail_is_one_run_and_the_same_again_adds_nothing(ledger: SqliteLedger, trail: Trail) -> None:
    found = check(trail)

    assert record(ledger, found).added == 5  # three hours, the place they are in, and the audit
    assert record(ledger, found).added == 0
    assert told(ledger, "coverage", "what time_from time_to files") == [("complete", FIRST, FIRST + 3 * HOUR, 3)]
    assert told(ledger, "trail_faults", "object") == []


def test_a_deleted_digest_and_a_deleted_file_are_recorded_until_they_are_there_again(
    ledger: SqliteLedger, trail: Trail
) -> None:
    digest, log = trail.path(trail.digests[1].object_name), log_of(trail, 0)
    held = digest.read_bytes(), log.read_bytes()
    digest.unlink()
    log.unlink()
    record(ledger, check(trail))

    assert told(ledger, "trail_faults", "outcome discrepancy") == [("missing-digest", True), ("missing-file", True)]
    assert {what for (what,) in told(ledger, "coverage", "what")} == {"complete", "unproved"}

    digest.write_bytes(held[0])
    log.write_bytes(held[1])
    record(ledger, check(trail))

    assert told(ledger, "trail_faults", "object") == []
    assert told(ledger, "coverage", "what time_to") == [("complete", FIRST + 3 * HOUR)]


def test_a_place_without_any_proof_is_a_fault_until_a_digest_of_it_is_found(ledger: SqliteLedger, trail: Trail) -> None:
    elsewhere = Trail(trail.root, region="us-east-1")
    log = elsewhere.log(FIRST)
    record(ledger, check(trail))
    assert told(ledger, "trail_faults", "outcome region time_from") == [("nothing-proved", "us-east-1", None)]

    elsewhere.hour(log)
    trail.digests.append(elsewhere.digests[0])  # so that its signature is among those saved
    record(ledger, check(trail))

    assert told(ledger, "trail_faults", "outcome") == []
    record(ledger, check(trail))
    assert told(ledger, "trail_faults", "outcome") == []


def test_what_was_older_than_the_baseline_is_recorded_as_not_counted(ledger: SqliteLedger, trail: Trail) -> None:
    log_of(trail, 0).unlink()
    record(ledger, check(trail), count=False)

    assert told(ledger, "trail_faults", "discrepancy") == [(False,)]
    assert told(ledger, "discrepancies", "verdict") == []


def test_a_graver_hour_of_two_stands_for_both_and_a_fault_once(ledger: SqliteLedger, trail: Trail) -> None:
    log_of(trail, 0).unlink()
    found = check(trail)
    whole = replace(found.hours[0], outcome=Outcome.PROVED, reason="")
    twice = replace(found, hours=(whole, *found.hours), faults=found.faults * 2)

    assert record(ledger, twice).added == 6  # three hours, their place, one fault, the audit
    assert record(ledger, twice).added == 0
    assert [outcome for (outcome,) in told(ledger, "trail_faults", "outcome")] == ["missing-file"]


def test_names_of_others_are_made_fit_for_an_entry(ledger: SqliteLedger, trail: Trail) -> None:
    found = check(trail)
    strange = replace(found.hours[0], reason="x" * 5000, digest="\ud800")
    record(ledger, replace(found, hours=(strange,)))

    assert ledger.verify() is None
    assert json.loads(next(it.content for it in ledger.read("audit")))["body"]["digest"] == "\\ud800"


def test_the_outcome_of_an_audit_carries_what_counts() -> None:
    assert outcome_of(result_with(Policy(baseline=NOON))).completeness is None
