"""Digests are checked where they lie: each thing that is wrong is found there too."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.memory_archive import MemoryArchive, keys_of
from tests.trail import FIRST, HOUR, REGION, Trail, public_keys, three_hours

from counterseal.control.bucket import DIGESTS, BucketFiles
from counterseal.control.fetched import Fetched
from counterseal.control.online_trail import verify_bucket
from counterseal.control.period import Days
from counterseal.correlation.digests.completeness import Completeness
from counterseal.correlation.digests.saved_keys import Saved, SavedSignature
from counterseal.errors import NotFound

NOTHING_SAVED = Saved((), {})
EVENING = datetime(2026, 3, 9, 22, tzinfo=UTC)

Check = Callable[..., Completeness]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    def verify(
        archive: MemoryArchive,
        *,
        keys: Any = None,
        saved: Saved = NOTHING_SAVED,
        days: Days = Days(),  # noqa: B008
    ) -> Completeness:
        with Fetched(tmp_path / "fetched") as fetched:
            logs = BucketFiles(archive, "", fetched, days)
            digests = BucketFiles(archive, "", fetched, days.without_first(), kind=DIGESTS)
            return verify_bucket(logs, digests, list_keys=keys or keys_of(public_keys()), saved=saved)

    return verify


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    return three_hours(tmp_path / "bucket")


def outcomes(found: Completeness) -> list[str]:
    return [str(hour.outcome) for hour in found.hours]


def test_a_whole_chain_is_proved_the_newest_digest_too(trail: Trail, check: Check) -> None:
    found = check(MemoryArchive.of(trail))

    assert outcomes(found) == ["proved", "proved", "proved"]
    assert (found.faults, found.uncovered) == ((), 0)


def test_a_trail_with_a_prefix_is_proved(tmp_path: Path, check: Check, trail: Trail) -> None:
    made = three_hours(tmp_path / "other", prefix="audit/prod/")
    archive = MemoryArchive.of(made)

    with Fetched(tmp_path / "fetched") as fetched:
        logs, digests = (
            BucketFiles(archive, "audit/prod", fetched, Days(), kind=kind) for kind in ("CloudTrail", DIGESTS)
        )
        found = verify_bucket(logs, digests, list_keys=keys_of(public_keys()), saved=Saved((), {}))

    assert outcomes(found) == ["proved"] * 3


def test_keys_are_asked_for_once_in_the_home_region_for_all_the_time(trail: Trail, check: Check) -> None:
    keys = keys_of(public_keys())

    check(MemoryArchive.of(trail), keys=keys)

    [(region, start, end)] = keys.asked
    assert region == REGION
    assert start <= FIRST
    assert end >= FIRST + 5 * HOUR


def test_saved_keys_stand_in_the_place_of_those_of_cloudtrail(trail: Trail, check: Check) -> None:
    keys = keys_of(public_keys())
    saved = tuple(keys(REGION, FIRST, FIRST))
    keys.asked.clear()

    assert outcomes(check(MemoryArchive.of(trail), keys=keys, saved=Saved(saved, {}))) == ["proved"] * 3
    assert keys.asked == []


def changed_log(archive: MemoryArchive, trail: Trail) -> str:
    name = str(trail.digests[0].said["logFiles"][0]["s3Object"])
    archive.contents[name] = archive.contents[trail.digests[1].said["logFiles"][1]["s3Object"]]
    return name


def deleted_log(archive: MemoryArchive, trail: Trail) -> str:
    name = str(trail.digests[0].said["logFiles"][0]["s3Object"])
    del archive.contents[name]
    return name


def deleted_digest(archive: MemoryArchive, trail: Trail) -> str:
    del archive.contents[trail.digests[1].object_name]
    return trail.digests[1].object_name


def moved_digest(archive: MemoryArchive, trail: Trail) -> str:
    name = trail.digests[1].object_name
    moved = name.replace("T120000Z", "T113000Z")
    archive.contents[moved] = archive.contents.pop(name)
    archive.metadata[moved] = archive.metadata.pop(name)
    return name


def changed_digest(archive: MemoryArchive, trail: Trail) -> str:
    archive.contents[trail.digests[1].object_name] = archive.contents[trail.digests[1].object_name][:-4]
    return trail.digests[1].object_name


def swapped_signature(archive: MemoryArchive, trail: Trail) -> str:
    archive.metadata[trail.digests[2].object_name] = archive.metadata[trail.digests[1].object_name]
    return trail.digests[2].object_name


CASES: dict[Callable[[MemoryArchive, Trail], str], str] = {
    changed_log: "altered-file",
    deleted_log: "missing-file",
    deleted_digest: "missing-digest",
    moved_digest: "moved-digest",
    changed_digest: "altered-digest",
    swapped_signature: "bad-signature",
}


@pytest.mark.parametrize("change", CASES, ids=lambda it: it.__name__)
def test_what_is_wrong_is_told_for_what_it_is(
    change: Callable[[MemoryArchive, Trail], str], trail: Trail, check: Check
) -> None:
    archive = MemoryArchive.of(trail)
    name = change(archive, trail)

    found = check(archive)

    assert (CASES[change], name) in [(str(it.outcome), it.object_name) for it in found.faults]


def test_a_digest_copied_without_its_metadata_is_proved_by_the_next_one(trail: Trail, check: Check) -> None:
    archive = MemoryArchive.of(trail)
    del archive.metadata[trail.digests[0].object_name]

    assert outcomes(check(archive)) == ["proved"] * 3


def test_a_starting_digest_after_a_pause_is_a_gap(trail: Trail, check: Check) -> None:
    before = list(trail.digests)
    trail.digests.clear()
    trail.hour(start=FIRST + 6 * HOUR)
    trail.digests.extend(before)

    found = check(MemoryArchive.of(trail))

    assert outcomes(found) == ["proved", "proved", "proved", "gap", "proved"]


def test_the_newest_digest_that_was_deleted_shows_where_its_signature_was_saved(trail: Trail, check: Check) -> None:
    archive = MemoryArchive.of(trail)
    newest = trail.digests[2]
    del archive.contents[newest.object_name]
    saved = Saved((), {newest.object_name: SavedSignature(newest.signature, "SHA256withRSA", None)})

    assert outcomes(check(archive, saved=saved)) == ["proved", "proved", "missing-digest"]


@pytest.mark.parametrize(
    ("made", "expected"), [("2026-03-20T00:00:00Z", "proved"), ("", "unproved"), ("x", "unproved")]
)
def test_backfill_digests_are_proved_with_the_keys_of_their_making(
    made: str, expected: str, tmp_path: Path, check: Check
) -> None:
    trail = three_hours(tmp_path / "backfilled", backfill=True)
    late = public_keys(ValidityStartTime="2026-03-20T00:00:00Z", ValidityEndTime="2026-03-21T00:00:00Z")
    keys = keys_of(late)

    found = check(MemoryArchive.of(trail, **{"backfill-generation-timestamp": made}), keys=keys)

    assert outcomes(found) == [expected] * 3
    assert (keys.asked[0][2] >= FIRST + timedelta(days=9)) is (expected == "proved")


def test_a_bucket_without_digests_is_an_error(trail: Trail, check: Check) -> None:
    archive = MemoryArchive.of(trail)
    archive.contents = {name: it for name, it in archive.contents.items() if "Digest" not in name}

    with pytest.raises(NotFound, match="no digest of CloudTrail"):
        check(archive)


def test_a_period_proves_its_hours_and_misses_no_file_at_its_edges(tmp_path: Path, check: Check) -> None:
    trail = Trail(tmp_path / "bucket")
    for number in range(72):
        trail.hour(trail.log(FIRST + (number + 0.5) * HOUR))
    first = FIRST.date() + timedelta(days=1)

    found = check(MemoryArchive.of(trail), days=Days(first, first + timedelta(days=1)))

    assert set(outcomes(found)) == {"proved"}
    assert found.faults == ()
    assert {hour.end.date() for hour in found.hours} == {first + timedelta(days=1)}


def over_midnight(folder: Path) -> Trail:
    """Return a trail of five hours, the first two of which end on the day before."""
    trail = Trail(folder / "bucket")
    for number in range(5):
        start = EVENING + number * HOUR
        trail.hour(trail.log(start + HOUR / 2), start=start)
    return trail


def test_a_digest_of_a_day_that_was_not_asked_for_is_not_missed(tmp_path: Path, check: Check) -> None:
    trail = over_midnight(tmp_path)

    found = check(MemoryArchive.of(trail), days=Days(EVENING.date(), None))

    assert outcomes(found) == ["proved"] * 4
    assert (found.faults, found.uncovered) == ((), 1)


def test_a_digest_of_a_day_that_was_asked_for_is_missed(tmp_path: Path, check: Check) -> None:
    trail = over_midnight(tmp_path)
    for digest in trail.digests[:3]:
        trail.path(digest.object_name).unlink()

    found = check(MemoryArchive.of(trail), days=Days(EVENING.date(), None))

    assert [(str(it.outcome), it.object_name) for it in found.faults] == [
        ("missing-digest", trail.digests[2].object_name)
    ]
