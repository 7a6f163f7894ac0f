"""Copies of buckets checked against their digests: what is proved, and each thing that is wrong for what it is."""

import gzip
import json
import shutil
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.trail import BUCKET, FIRST, HOUR, Trail, public_keys, three_hours, write_json

from counterseal.control.completeness import read_saved, verify_trails
from counterseal.correlation.digests.completeness import Completeness
from counterseal.correlation.digests.saved_keys import Saved
from counterseal.errors import MalformedInput, NotFound

Check = Callable[..., Completeness]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Return a function that checks a trail with what was saved of it."""
    return lambda trail, **more: checked(tmp_path, trail, **more)


def checked(
    folder: Path, trail: Trail, *, keys: Any = None, signatures: Any = "newest", bucket: str = ""
) -> Completeness:
    chosen = trail.signatures() if signatures == "newest" else signatures or {}
    return verify_trails([trail.root], saved(folder, keys or public_keys(), chosen), bucket=bucket)


def saved(folder: Path, keys: Any, signatures: Any) -> Saved:
    return read_saved([write_json(folder / "k.json", keys)], write_json(folder / "s.json", signatures))


def outcomes(found: Completeness) -> list[str]:
    return [str(hour.outcome) for hour in found.hours]


def faults(found: Completeness) -> list[tuple[str, str]]:
    return [(str(it.outcome), it.object_name) for it in found.faults]


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    return three_hours(tmp_path / "copy")


def test_a_whole_chain_is_proved_hour_by_hour_silence_included(trail: Trail, check: Check) -> None:
    found = check(trail)

    assert outcomes(found) == ["proved", "proved", "proved"]
    assert [hour.files for hour in found.hours] == [1, 2, 0]
    assert (found.faults, found.uncovered) == ((), 0)
    [run] = found.ranges()
    assert (run.start, run.end, run.files) == (FIRST, FIRST + 3 * HOUR, 3)


def test_the_newest_digest_without_a_saved_signature_is_unproved_and_no_discrepancy(trail: Trail, check: Check) -> None:
    found = check(trail, signatures={})

    assert outcomes(found) == ["proved", "proved", "unproved"]
    assert "newest" in found.hours[2].reason
    assert found.faults == ()


def test_a_changed_byte_of_a_log_file_is_an_altered_file(trail: Trail, check: Check) -> None:
    name = trail.digests[1].said["logFiles"][1]["s3Object"]
    trail.write(name, b'{"Records":[  ]}')

    found = check(trail)

    assert outcomes(found) == ["proved", "altered-file", "proved"]
    assert faults(found) == [("altered-file", name)]


def test_a_log_file_whose_gzip_breaks_is_an_altered_file(trail: Trail, check: Check) -> None:
    name = trail.digests[0].said["logFiles"][0]["s3Object"]
    trail.path(name).write_bytes(trail.path(name).read_bytes()[:-5])

    assert faults(check(trail)) == [("altered-file", name)]


def test_a_deleted_log_file_is_a_missing_file(trail: Trail, check: Check) -> None:
    name = trail.digests[0].said["logFiles"][0]["s3Object"]
    trail.path(name).unlink()

    found = check(trail)

    assert outcomes(found) == ["missing-file", "proved", "proved"]
    assert faults(found) == [("missing-file", name)]


def test_an_altered_file_and_a_missing_one_in_one_hour_are_two_faults(trail: Trail, check: Check) -> None:
    first, second = (it["s3Object"] for it in trail.digests[1].said["logFiles"])
    trail.write(first, b"{}")
    trail.path(second).unlink()

    found = check(trail)

    assert faults(found) == [("altered-file", first), ("missing-file", second)]
    assert outcomes(found)[1] == "altered-file"


def test_a_deleted_digest_is_a_missing_digest_and_its_hour_is_named(trail: Trail, check: Check) -> None:
    trail.path(trail.digests[1].object_name).unlink()

    found = check(trail)

    assert outcomes(found) == ["unproved", "missing-digest", "proved"]
    assert faults(found) == [("missing-digest", trail.digests[1].object_name)]
    assert (found.hours[1].start, found.hours[1].end) == (FIRST + HOUR, FIRST + 2 * HOUR)
    assert found.uncovered == 3


def test_the_signature_of_a_digest_before_a_deleted_one_proves_it_again(trail: Trail, check: Check) -> None:
    trail.path(trail.digests[1].object_name).unlink()

    found = check(trail, signatures=trail.signatures(*trail.digests))

    assert outcomes(found) == ["proved", "missing-digest", "proved"]


def test_a_deleted_newest_digest_is_missing_where_its_signature_was_saved(trail: Trail, check: Check) -> None:
    newest = trail.digests[2].object_name
    trail.path(newest).unlink()

    found = check(trail)

    assert outcomes(found) == ["proved", "unproved", "missing-digest"]
    assert faults(found) == [("missing-digest", newest)]


def test_a_copy_that_begins_later_has_no_fault(trail: Trail, check: Check) -> None:
    trail.path(trail.digests[0].object_name).unlink()
    trail.path(trail.digests[0].said["logFiles"][0]["s3Object"]).unlink()

    found = check(trail)

    assert outcomes(found) == ["proved", "proved"]
    assert (found.faults, found.uncovered) == ((), 0)


def test_log_files_from_before_the_first_digest_show_that_the_one_before_it_is_missing(
    trail: Trail, check: Check
) -> None:
    for digest in trail.digests[:2]:
        trail.path(digest.object_name).unlink()
    trail.write(trail.digests[0].said["logFiles"][0]["s3Object"], b'{"Records":[{}]}')

    found = check(trail)

    (fault,) = found.faults
    assert (str(fault.outcome), fault.object_name) == ("missing-digest", trail.digests[1].object_name)
    assert (fault.start, fault.end) == (FIRST + HOUR, FIRST + 2 * HOUR)
    assert "log files from 2026-03-10T10:30:00Z on are here, and nothing proves them" in fault.reason
    assert (outcomes(found), found.uncovered) == (["missing-digest", "proved"], 3)


def test_a_file_named_before_the_first_digest_that_lists_it_is_not_older_than_it(tmp_path: Path, check: Check) -> None:
    trail = Trail(tmp_path / "copy")
    trail.hour()
    trail.hour(trail.log(FIRST + 0.9 * HOUR))
    trail.path(trail.digests[0].object_name).unlink()

    assert check(trail).faults == ()


def test_log_files_from_before_validation_began_are_counted(trail: Trail, check: Check) -> None:
    trail.log(FIRST - 5 * HOUR)

    found = check(trail)

    assert (found.faults, found.uncovered) == ((), 1)


def test_another_region_that_begins_earlier_hides_no_missing_digest(tmp_path: Path, check: Check) -> None:
    trail, other = three_hours(tmp_path / "copy"), three_hours(tmp_path / "copy", region="us-east-1")
    for begun_later in (trail, other):
        begun_later.path(begun_later.digests[0].object_name).unlink()
    other.path(other.digests[0].said["logFiles"][0]["s3Object"]).unlink()

    found = check(trail, signatures=trail.signatures() | other.signatures())

    assert faults(found) == [("missing-digest", trail.digests[0].object_name)]


def test_a_copy_of_backfill_digests_that_begins_later_is_no_fault(trail: Trail, check: Check) -> None:
    backfill = Trail(trail.root, backfill=True)
    backfill.hour(start=FIRST + 5 * HOUR)
    backfill.hour()
    backfill.path(backfill.digests[0].object_name).unlink()
    trail.log(FIRST - 5 * HOUR)

    assert check(trail).faults == ()


def test_a_moved_digest_is_a_moved_digest(trail: Trail, check: Check) -> None:
    moved = trail.digests[1].object_name
    target = trail.path(moved.replace("/2026/", "/2025/"))
    target.parent.mkdir(parents=True)
    trail.path(moved).rename(target)

    found = check(trail)

    assert outcomes(found) == ["proved", "moved-digest", "proved"]
    assert faults(found) == [("moved-digest", moved)]


def test_a_renamed_digest_is_a_moved_digest(trail: Trail, check: Check) -> None:
    moved = trail.path(trail.digests[1].object_name)
    moved.rename(moved.with_name("x.json.gz"))

    assert faults(check(trail)) == [("moved-digest", trail.digests[1].object_name)]


def test_two_digests_that_changed_places_are_two_moved_digests(trail: Trail, check: Check) -> None:
    first, second = (trail.path(it.object_name) for it in trail.digests[:2])
    kept = first.read_bytes()
    second.replace(first)
    second.write_bytes(kept)

    found = check(trail)

    assert outcomes(found) == ["moved-digest", "moved-digest", "proved"]


def test_a_digest_put_in_place_of_another_is_an_altered_digest(trail: Trail, check: Check) -> None:
    shutil.copy(trail.path(trail.digests[0].object_name), trail.path(trail.digests[1].object_name))

    found = check(trail)

    assert ("altered-digest", trail.digests[1].object_name) in faults(found)


def test_a_digest_of_another_bucket_is_moved(trail: Trail, check: Check) -> None:
    found = check(trail, bucket="another")

    assert set(outcomes(found)) == {"moved-digest"}
    assert check(trail, bucket=BUCKET).faults == ()


def test_a_changed_byte_of_a_digest_is_an_altered_digest(trail: Trail, check: Check) -> None:
    made = trail.digests[1]
    trail.write(made.object_name, made.content.replace(b"SHA-256", b"SHA-257", 1))

    found = check(trail)

    assert outcomes(found) == ["proved", "altered-digest", "proved"]
    assert faults(found) == [("altered-digest", made.object_name)]


def test_a_digest_that_is_no_json_is_an_altered_digest(trail: Trail, check: Check) -> None:
    trail.write(trail.digests[1].object_name, b"{")

    found = check(trail)

    assert outcomes(found) == ["unproved", "altered-digest", "proved"]
    assert "it is no digest" in found.faults[0].reason


def test_a_swapped_signature_is_a_bad_signature(trail: Trail, check: Check) -> None:
    one, other = trail.digests[1:]
    swapped = trail.signatures(one._replace(signature=other.signature), other)

    found = check(trail, signatures=swapped)

    assert outcomes(found) == ["proved", "bad-signature", "proved"]
    assert "by the one that the next digest holds, the digest is unaltered" in found.faults[0].reason


def test_a_swapped_signature_of_the_newest_digest_is_a_bad_signature(trail: Trail, check: Check) -> None:
    swapped = trail.signatures(trail.digests[2]._replace(signature=trail.digests[1].signature))

    assert outcomes(check(trail, signatures=swapped)) == ["proved", "proved", "bad-signature"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"signature": "zz", "signature-algorithm": "SHA256withRSA"},
        {"signature": "é", "signature-algorithm": "SHA256withRSA"},
        {"signature": "00", "signature-algorithm": "none"},
    ],
)
def test_a_signature_that_is_none_is_a_bad_signature(metadata: dict[str, str], trail: Trail, check: Check) -> None:
    found = check(trail, signatures={trail.digests[2].object_name: metadata})

    assert outcomes(found) == ["proved", "proved", "bad-signature"]


def test_a_hash_of_63_digits_is_a_bad_hash_though_it_is_signed(tmp_path: Path, check: Check) -> None:
    trail = Trail(tmp_path / "copy")
    name = trail.log(FIRST)
    entry = {"s3Bucket": BUCKET, "s3Object": name, "hashValue": "a" * 63, "hashAlgorithm": "SHA-256"}
    trail.hour(logFiles=[entry])

    found = check(trail)

    assert faults(found) == [("bad-hash", name)]
    assert "63 characters" in found.faults[0].reason


def test_a_log_file_that_was_delivered_to_another_bucket_is_missing_here(tmp_path: Path, check: Check) -> None:
    trail = Trail(tmp_path / "copy")
    name = trail.log(FIRST)
    entry = {"s3Bucket": "elsewhere", "s3Object": name, "hashValue": "a" * 64, "hashAlgorithm": "SHA-256"}
    trail.hour(logFiles=[entry])

    assert faults(check(trail)) == [("missing-file", name)]


def test_a_link_that_leads_nowhere_is_no_file(trail: Trail, check: Check) -> None:
    (trail.root / "AWSLogs/x.json.gz").symlink_to(trail.root / "absent")

    assert check(trail).uncovered == 0


def test_a_digest_that_changes_while_it_is_read_stops_the_check(trail: Trail, tmp_path: Path) -> None:
    def meddle(done: int, total: int) -> None:
        trail.write(trail.digests[0].object_name, b"{}")

    with pytest.raises(MalformedInput, match="was changed while it was read"):
        verify_trails([trail.root], saved(tmp_path, public_keys(), trail.signatures()), progress=meddle)


def test_a_restart_of_validation_is_a_gap(tmp_path: Path, check: Check) -> None:
    trail = Trail(tmp_path / "copy")
    trail.hour()
    before = trail.digests.pop()
    trail.hour(start=FIRST + 5 * HOUR)

    found = check(trail, signatures=trail.signatures(before, *trail.digests))

    assert outcomes(found) == ["proved", "gap", "proved"]
    assert (found.hours[1].start, found.hours[1].end) == (FIRST + HOUR, FIRST + 5 * HOUR)
    assert faults(found) == [("gap", "")]


def test_a_restart_without_a_pause_is_no_gap(tmp_path: Path, check: Check) -> None:
    trail = Trail(tmp_path / "copy")
    trail.hour()
    before = trail.digests.pop()
    trail.hour(start=FIRST + HOUR)

    assert check(trail, signatures=trail.signatures(before, *trail.digests)).faults == ()


def test_linked_digests_with_a_time_between_leave_a_gap(tmp_path: Path, check: Check) -> None:
    trail = Trail(tmp_path / "copy")
    trail.hour()
    trail.hour(start=FIRST + 2 * HOUR)

    assert outcomes(check(trail)) == ["proved", "gap", "proved"]


def test_backfill_digests_are_a_chain_of_their_own_with_the_key_of_their_making(
    tmp_path: Path, trail: Trail, check: Check
) -> None:
    backfill = Trail(trail.root, backfill=True)
    backfill.hour(backfill.log(FIRST - HOUR, number=7), start=FIRST - HOUR)
    made = {"backfill-generation-timestamp": "2026-04-01T00:59:00Z"}
    late = {"backfill-generation-timestamp": "2026-04-01T01:00:01Z"}

    def told(**metadata: str) -> list[tuple[bool, str]]:
        found = check(trail, signatures=trail.signatures() | backfill.signatures(**metadata))
        return [(hour.backfill, str(hour.outcome)) for hour in found.hours]

    usual = [(False, "proved")] * 3
    assert told(**made) == [*usual, (True, "proved")]
    assert told(**late) == [*usual, (True, "unknown-key")]
    assert told() == [*usual, (True, "unproved")]


@pytest.mark.parametrize(
    "changed",
    [
        {"Fingerprint": "another"},
        {"ValidityEndTime": "2026-03-09T00:00:00Z"},
        {"ValidityStartTime": "2026-03-20T00:00:00Z"},
    ],
)
def test_a_key_that_is_not_there_or_not_of_that_time_proves_nothing(
    changed: dict[str, Any], trail: Trail, check: Check
) -> None:
    found = check(trail, keys=public_keys(**changed))

    assert outcomes(found) == ["unknown-key"] * 3
    assert [str(it.outcome) for it in found.faults] == ["unknown-key"] * 3 + ["nothing-proved"]


def test_a_chain_signed_anew_with_another_key_is_refused(tmp_path: Path, check: Check) -> None:
    trail = Trail(tmp_path / "copy")
    for _ in range(3):
        trail.hour(key=1)

    assert "proved" not in outcomes(check(trail))
    assert check(trail, signatures={}).faults != ()


def test_a_file_that_a_proved_digest_should_list_and_does_not_is_reported(trail: Trail, check: Check) -> None:
    added = trail.log(FIRST + 1.5 * HOUR, number=9)

    assert faults(check(trail)) == [("unlisted-file", added)]


@pytest.mark.parametrize("time", [FIRST - HOUR, FIRST + 0.5 * HOUR, FIRST + 2.9 * HOUR, FIRST + 5 * HOUR])
def test_a_file_that_no_digest_had_to_list_is_counted(time: datetime, trail: Trail, check: Check) -> None:
    trail.log(time, number=9)

    found = check(trail)

    assert (found.faults, found.uncovered) == ((), 1)


def test_an_altered_file_that_an_unproved_digest_lists_leaves_the_hour_unproved(trail: Trail, check: Check) -> None:
    name = trail.log(FIRST + 3.5 * HOUR)
    trail.hour(name)
    trail.write(name, b"{}")

    found = check(trail, signatures={})

    assert outcomes(found)[-1] == "unproved"
    assert faults(found) == [("altered-file", name)]
    assert found.uncovered == 1


def test_a_file_beside_a_gap_is_not_called_added(tmp_path: Path, check: Check) -> None:
    trail = Trail(tmp_path / "copy")
    for start in (0, 1, 3):
        trail.hour(start=FIRST + start * HOUR)
    trail.log(FIRST + 1.5 * HOUR)

    found = check(trail)

    assert [str(it.outcome) for it in found.faults] == ["gap"]
    assert found.uncovered == 1


def test_backfill_digests_do_not_hide_that_the_others_end(trail: Trail, check: Check) -> None:
    backfill = Trail(trail.root, backfill=True)
    backfill.hour(start=FIRST + 5 * HOUR)
    trail.log(FIRST + 5.5 * HOUR)

    assert [str(it.outcome) for it in check(trail).faults] == ["gap"]


def test_log_files_that_go_on_without_digests_are_a_gap(trail: Trail, check: Check) -> None:
    trail.log(FIRST + 5 * HOUR, number=9)
    trail.log(FIRST + 5.1 * HOUR, number=9)

    found = check(trail)

    assert outcomes(found) == ["proved", "proved", "proved", "gap"]
    assert [(it.start, it.end) for it in found.faults] == [(FIRST + 3 * HOUR, FIRST + 5.1 * HOUR)]
    assert found.uncovered == 2


def test_a_newest_digest_that_nothing_proves_hides_no_gap(trail: Trail, check: Check) -> None:
    trail.log(FIRST + 3.5 * HOUR)
    trail.log(FIRST + 7 * HOUR)
    place = trail.digest_name(FIRST + 8 * HOUR)
    forged = trail.hour(digestEndTime="2026-03-10T18:00:00Z", digestS3Object=place)
    trail.path(trail.digest_name(FIRST + 4 * HOUR)).unlink()
    trail.write(place, forged.content)

    found = check(trail, signatures={})

    assert outcomes(found) == ["proved", "proved", "proved", "unproved", "gap"]
    assert [(str(it.outcome), it.start, it.end) for it in found.faults] == [("gap", FIRST + 4 * HOUR, FIRST + 7 * HOUR)]


def test_an_account_and_region_without_a_digest_is_reported(trail: Trail, check: Check) -> None:
    Trail(trail.root, region="us-east-1").log(FIRST)

    found = check(trail)

    [fault] = found.faults
    assert (str(fault.outcome), fault.region, fault.start) == ("nothing-proved", "us-east-1", None)


def test_regions_are_chains_of_their_own_and_a_prefix_does_no_harm(tmp_path: Path, check: Check) -> None:
    trail = three_hours(tmp_path / "copy", prefix="logs/of/ours/")
    other = three_hours(tmp_path / "copy", prefix="logs/of/ours/", region="us-east-1")

    found = check(trail, signatures=trail.signatures() | other.signatures())

    assert [run.region for run in found.ranges()] == ["eu-west-1", "us-east-1"]
    assert found.faults == ()


def test_a_copy_that_was_unpacked_is_as_good(trail: Trail, check: Check) -> None:
    for packed in list(trail.root.rglob("*.gz")):
        packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()

    found = check(trail)

    assert outcomes(found) == ["proved"] * 3
    assert (found.faults, found.uncovered) == ((), 0)


def test_an_unpacked_twin_beside_a_log_file_is_an_unlisted_file(trail: Trail, check: Check) -> None:
    name = trail.digests[1].said["logFiles"][0]["s3Object"]
    trail.path(name).with_suffix("").write_bytes(b'{"Records":[1]}')
    digest = trail.path(trail.digests[0].object_name)
    digest.with_suffix("").write_bytes(b"{}")

    found = check(trail)

    assert faults(found) == [("unlisted-file", name.removesuffix(".gz"))]
    assert found.uncovered == 1


def test_what_is_neither_digest_nor_log_file_is_counted(trail: Trail, check: Check) -> None:
    trail.write(trail.digests[0].object_name.rsplit("/", 1)[0] + "/notes.json.gz", b"{}")
    (trail.root / "notes.json").write_text("{}")
    (trail.root / "readme.txt").write_text("")

    assert check(trail).uncovered == 2


def test_part_of_a_copy_and_the_same_file_twice_are_taken(trail: Trail, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    paths = [trail.root / "AWSLogs", trail.root, trail.path(trail.digests[0].object_name)]
    known = saved(tmp_path, public_keys(), trail.signatures())

    found = verify_trails(paths, known, progress=lambda *it: steps.append(it))

    assert (outcomes(found), found.faults) == (["proved"] * 3, ())
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_folder_without_a_digest_is_not_found(trail: Trail, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no digest of CloudTrail is in"):
        verify_trails([trail.root / "AWSLogs/111122223333/CloudTrail"], saved(tmp_path, public_keys(), {}))
    with pytest.raises(NotFound, match="nothing is at"):
        verify_trails([tmp_path / "absent"], saved(tmp_path, public_keys(), {}))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([], "the document must be an object"),
        ({}, "PublicKeyList is missing"),
        (public_keys(Value="!"), "Value is not base64"),
        (public_keys(Value="AAAA"), "Value: a public key is not DER"),
        (public_keys(ValidityEndTime="soon"), "ValidityEndTime is not a time"),
        (public_keys(ValidityEndTime=1e300), "ValidityEndTime is not a time"),
        ({"PublicKeyList": [1]}, r"PublicKeyList\[0\] must be an object"),
    ],
)
def test_keys_that_are_none_are_refused_by_file_and_place(keys: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(MalformedInput, match=message) as refused:
        read_saved([write_json(tmp_path / "keys.json", keys)], None)

    assert "keys.json" in str(refused.value)


def test_a_file_of_keys_that_is_no_json_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{")

    with pytest.raises(MalformedInput, match=r"keys.json' is not JSON"):
        read_saved([tmp_path / "keys.json"], None)


def test_times_of_keys_may_be_seconds(trail: Trail, check: Check) -> None:
    assert check(trail, keys=public_keys(ValidityStartTime=1772323200.0, ValidityEndTime=1775001600)).faults == ()


def test_signatures_are_taken_as_head_object_prints_them(trail: Trail, check: Check) -> None:
    [(name, metadata)] = trail.signatures().items()
    whole = {f"s3://{BUCKET}/{name}": {"ContentLength": 1, "Metadata": metadata}}

    assert outcomes(check(trail, signatures=whole)) == ["proved"] * 3


def test_signatures_that_are_none_are_refused(tmp_path: Path) -> None:
    keys, none = write_json(tmp_path / "k.json", public_keys()), write_json(tmp_path / "s.json", {"x": {}})

    with pytest.raises(MalformedInput, match=r"s.json': x.signature must be text"):
        read_saved([keys], none)


@given(data=st.data())
def test_no_changed_byte_of_any_file_stays_proved(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    trail = three_hours(folder / "copy")
    file = data.draw(st.sampled_from(sorted(trail.root.rglob("*.gz"))))
    content = bytearray(gzip.decompress(file.read_bytes()))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    file.write_bytes(gzip.compress(bytes(content)))

    found = checked(folder, trail)

    assert found.faults != ()
    assert outcomes(found) != ["proved"] * 3


@given(data=st.data())
def test_no_changed_byte_of_a_packed_file_stays_proved_unless_it_unpacks_alike(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    trail = three_hours(folder / "copy")
    file = data.draw(st.sampled_from(sorted(trail.root.rglob("*.gz"))))
    before = file.read_bytes()
    packed = bytearray(before)
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    file.write_bytes(packed)

    alike = _unpacked(bytes(packed)) == gzip.decompress(before)

    assert (outcomes(checked(folder, trail)) == ["proved"] * 3) is alike


def _unpacked(packed: bytes) -> bytes | None:
    try:
        return gzip.decompress(packed)
    except (OSError, EOFError, ValueError, zlib.error):
        return None


def test_the_json_form_holds_every_hour_and_fault(trail: Trail, check: Check) -> None:
    trail.path(trail.digests[0].said["logFiles"][0]["s3Object"]).unlink()
    Trail(trail.root, region="us-east-1").log(FIRST)

    found = json.loads(json.dumps(check(trail).as_json()))

    assert [it["outcome"] for it in found["hours"]] == ["missing-file", "proved", "proved"]
    assert [(it["outcome"], it["from"]) for it in found["faults"]] == [
        ("missing-file", "2026-03-10T10:00:00Z"),
        ("nothing-proved", None),
    ]
    assert found["uncovered_files"] == 1
