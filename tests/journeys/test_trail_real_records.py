"""A chain of digests over files that AWS wrote: the whole of it, and what is wrong with it after five tamperings."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.trail import HOUR, Made, Trail, public_keys, write_json

from counterseal.control.completeness import read_saved, verify_trails
from counterseal.correlation.digests.completeness import Completeness
from counterseal.correlation.digests.digests import log_name

pytestmark = pytest.mark.shared_data


@pytest.fixture
def trail(shared_data: Path, tmp_path: Path) -> Trail:
    """Return the real files as they lay in their bucket, with the three digests of their hours."""
    made = Trail(tmp_path / "copy", account="218007301253", region="us-east-1")
    hours: dict[int, list[str]] = {10: [], 11: [], 12: []}
    start = None
    for file in sorted((shared_data / "cloudtrail/simulation-2023").iterdir()):
        name = log_name(file.name)
        assert name is not None
        object_name = f"AWSLogs/{name.account}/CloudTrail/us-east-1/{name.time:%Y/%m/%d}/{file.name}.gz"
        made.write(object_name, file.read_bytes())
        hours[name.time.hour].append(object_name)
        start = start or name.time.replace(minute=0) - HOUR
    for logs in hours.values():
        made.hour(*logs, start=None if made.digests else start)
    return made


def check(trail: Trail, *, newest: Made | None = None) -> Completeness:
    folder = trail.root.parent
    keys = public_keys(ValidityStartTime="2023-07-01T00:00:00Z", ValidityEndTime="2023-08-01T00:00:00Z")
    signatures = trail.signatures(newest or trail.digests[-1])
    return verify_trails(
        [trail.root], read_saved([write_json(folder / "k", keys)], write_json(folder / "s", signatures))
    )


def a_log_file(trail: Trail) -> Path:
    return trail.path(trail.digests[2].said["logFiles"][4]["s3Object"])


def change_one_byte(trail: Trail) -> None:
    name = trail.digests[2].said["logFiles"][4]["s3Object"]
    trail.write(name, gzip.decompress(trail.path(name).read_bytes()).replace(b"eventTime", b"eventTyme", 1))


def delete_one_file(trail: Trail) -> None:
    a_log_file(trail).unlink()


def delete_one_digest(trail: Trail) -> None:
    trail.path(trail.digests[1].object_name).unlink()


def move_one_digest(trail: Trail) -> None:
    digest = trail.path(trail.digests[1].object_name)
    digest.rename(digest.with_name(digest.name.replace("us-east-1_2023", "us-east-1_2022")))


def swap_one_signature(trail: Trail) -> None:
    trail.digests[2] = trail.digests[2]._replace(signature=trail.digests[1].signature)


TAMPERINGS: dict[Callable[[Trail], None], list[str]] = {
    change_one_byte: ["altered-file"],
    delete_one_file: ["missing-file"],
    delete_one_digest: ["missing-digest"],
    move_one_digest: ["moved-digest"],
    swap_one_signature: ["bad-signature"],
}


def test_real_files_are_proved_by_a_chain_over_them(trail: Trail) -> None:
    found = check(trail)

    assert [(str(it.outcome), it.files) for it in found.hours] == [("proved", 0), ("proved", 3), ("proved", 12)]
    assert (found.faults, found.uncovered) == ((), 0)


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_each_tampering_is_reported_for_what_it_is(tamper: Callable[[Trail], None], trail: Trail) -> None:
    tamper(trail)

    assert [str(it.outcome) for it in check(trail).faults] == TAMPERINGS[tamper]
