"""The invented trail: the same at every run, and with the traps that a reader must not fall into."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench.contestants.changes import digest, is_change
from bench.trail import KMS, SECRETS, TrailSet, write_set

Records = list[dict[str, Any]]


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> TrailSet:
    return write_set(tmp_path_factory.mktemp("trail"), records=1000, per_file=400)


@pytest.fixture(scope="module")
def records(trail: TrailSet) -> Records:
    return list(read(trail.folder))


def read(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.iterdir()):
        yield from json.loads(gzip.decompress(file.read_bytes()))["Records"]


def test_it_is_the_same_at_every_run(trail: TrailSet, tmp_path: Path) -> None:
    again = write_set(tmp_path, records=1000, per_file=400)

    assert [file.read_bytes() for file in sorted(tmp_path.iterdir())] == [
        file.read_bytes() for file in sorted(trail.folder.iterdir())
    ]
    assert again.stored_bytes == trail.stored_bytes


def test_it_says_what_it_holds(trail: TrailSet, records: Records) -> None:
    assert (trail.files, trail.records, len(records)) == (3, 1000, 1000)
    assert trail.changes == sum(map(is_change, records)) == 20
    assert trail.stored_bytes == sum(file.stat().st_size for file in trail.folder.iterdir())
    assert 1500 < trail.raw_bytes / trail.records < 2100


def test_a_tenth_is_secrets_manager_and_every_new_value_has_its_witness(records: Records) -> None:
    sources = Counter(record["eventSource"] for record in records)
    made = {
        record["requestParameters"]["clientRequestToken"]
        for record in records
        if is_change(record) and "clientRequestToken" in record["requestParameters"]
    }
    witnessed = {
        record["requestParameters"]["encryptionContext"]["SecretVersionId"]
        for record in records
        if record["eventName"] == "GenerateDataKey"
    }

    assert sources[SECRETS] == 100
    assert sources[KMS] == 80 + len(made)
    assert witnessed == made


def test_some_writes_hold_the_text_that_a_careless_search_takes_for_a_read(records: Records) -> None:
    traps = [record for record in records if is_change(record) and '\\"readOnly\\":true' in json.dumps(record)]

    assert traps


def test_the_usual_layout_is_compact_and_starts_with_the_version(trail: TrailSet) -> None:
    raw = gzip.decompress(next(trail.folder.iterdir()).read_bytes())

    assert raw.startswith(b'{"Records":[{"eventVersion":')


def test_the_other_layout_has_spaces_and_two_members_and_the_same_records(tmp_path: Path, records: Records) -> None:
    spaced = write_set(tmp_path, records=1000, per_file=400, compact=False)
    first = min(tmp_path.iterdir()).read_bytes()

    assert first.count(b"\x1f\x8b\x08\x00\x00\x00\x00\x00") == 2
    assert list(read(spaced.folder)) == records


def test_two_readers_agree_by_the_ids_whatever_their_order() -> None:
    assert digest(["b", "a"]) == digest(iter(["a", "b"]))
    assert digest(["a"]) != digest(["b"])
