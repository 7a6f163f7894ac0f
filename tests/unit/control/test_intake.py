import gzip
import os
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.story import record
from tests.unit.correlation.making import as_bytes, object_call

from counterseal.control import intake
from counterseal.control.intake import read_file, read_paths, unpack, unpacked
from counterseal.correlation.records.event import Kind
from counterseal.errors import Denied, MalformedInput, NotFound

CLOUDTRAIL = {"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"}


def put(path: Path, *records: dict[str, Any], packed: bool = False) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = as_bytes({"Records": list(records)})
    path.write_bytes(gzip.compress(content) if packed else content)
    return path


def test_a_folder_is_read_with_all_that_is_in_it(tmp_path: Path) -> None:
    put(tmp_path / "2026/03/a.json", record(number=1))
    put(tmp_path / "2026/04/b.json.gz", record(number=2), packed=True)
    (tmp_path / "c.jsonl").write_bytes(as_bytes(record(number=3)))

    found = read_paths([tmp_path])

    assert [event.event_id for event in found.population.events] == ["e-1", "e-2", "e-3"]
    assert (found.files, found.skipped) == (3, 0)
    assert found.population.events[0].source == str(tmp_path / "2026/03/a.json")


def test_other_files_of_a_folder_are_left_alone_and_counted(tmp_path: Path) -> None:
    put(tmp_path / "a.json", record())
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "odd").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.json")

    found = read_paths([tmp_path])

    assert (found.files, found.skipped) == (1, 3)


def test_a_file_that_is_named_is_read_whatever_its_name(tmp_path: Path) -> None:
    assert read_paths([put(tmp_path / "records.txt", record())]).files == 1


def test_gzip_is_told_by_its_first_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    put(tmp_path / "packed.json", record(number=1), packed=True)
    put(tmp_path / "plain.json.gz", record(number=2))

    assert len(read_paths([tmp_path]).population.events) == 2


def test_every_member_of_a_gzip_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl.gz"
    members = [gzip.compress(as_bytes(record(number=number)) + b"\n") for number in range(3)]
    file.write_bytes(b"".join(members) + b"\x00" * 512)

    assert len(read_paths([file]).population.events) == 3


def test_members_and_padding_may_end_anywhere_in_what_is_read_at_a_time() -> None:
    content = (gzip.compress(b"one") + b"\x00" * 5) * 2 + gzip.compress(b"two") + b"\x00" * 5
    pieces = [content[place : place + 3] for place in range(0, len(content), 3)]

    assert b"".join(unpack(pieces, file=Path("a.json.gz"))) == b"oneonetwo"


PACKED = gzip.compress(as_bytes({"Records": [record()]}))
BROKEN = {
    "cut off": (PACKED[:-20], "cut off"),
    "cut off after its magic": (PACKED[:2], "cut off"),
    "second member cut off": (PACKED + PACKED[:30], "cut off"),
    "a byte altered": (PACKED[:40] + bytes([PACKED[40] ^ 255]) + PACKED[41:], "broken"),
    "a wrong checksum": (PACKED[:-8] + b"\x00" * 8, "broken"),
    "something behind it": (PACKED + b"tail of another file", "broken"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_gzip_is_refused_by_name(case: str, tmp_path: Path) -> None:
    content, words = BROKEN[case]
    (tmp_path / "a.json.gz").write_bytes(content)

    with pytest.raises(MalformedInput, match=r"a\.json\.gz") as refused:
        read_paths([tmp_path])

    assert words in str(refused.value)


def test_a_bomb_of_gzip_is_refused_by_name() -> None:
    bomb = gzip.compress(b"[" + b" " * 10_000 + b"]") * 2

    with pytest.raises(MalformedInput, match=r"a\.json\.gz.*more than 20003 bytes"):
        b"".join(unpack([bomb], file=Path("a.json.gz"), most=20_003))
    assert len(b"".join(unpack([bomb], file=Path("a.json.gz"), most=20_004))) == 20_004


def test_a_file_larger_than_any_log_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate(intake.MAX_FILE_BYTES + 1)

    with pytest.raises(MalformedInput, match=r"a\.json.*no log file"):
        read_paths([tmp_path])


def test_json_of_something_else_is_refused_by_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "x"}')

    with pytest.raises(MalformedInput, match=r"package\.json' holds an object with the keys 'name'"):
        read_paths([tmp_path])


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="missing"):
        read_paths([tmp_path / "missing"])
    with pytest.raises(NotFound, match="missing"):
        read_file(tmp_path / "missing")


def test_a_folder_without_records_is_no_clean_audit(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")

    with pytest.raises(NotFound, match="no file of records"):
        read_paths([tmp_path])


@pytest.mark.parametrize(
    ("failure", "error"), [(PermissionError(13, "x"), Denied), (OSError(5, "input/output error"), MalformedInput)]
)
def test_a_failure_to_read_is_named(failure: OSError, error: type[Exception], tmp_path: Path) -> None:
    class Failing(type(tmp_path)):  # type: ignore[misc]
        def open(self, _mode: str) -> Any:
            raise failure

        def iterdir(self) -> Any:
            raise failure

    with pytest.raises(error, match=r"a\.json"):
        read_file(Failing(put(tmp_path / "a.json", record())))
    with pytest.raises(error, match=tmp_path.name):
        read_paths([Failing(tmp_path)])


def test_a_broken_link_with_the_name_of_a_log_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to("nowhere.json")

    with pytest.raises(NotFound, match=r"a\.json"):
        read_paths([tmp_path])


def test_a_link_that_leads_back_is_walked_once(tmp_path: Path) -> None:
    put(tmp_path / "in/a.json", record())
    (tmp_path / "in/again").symlink_to(tmp_path)
    (tmp_path / "beside").symlink_to(tmp_path / "in")

    assert read_paths([tmp_path]).population.records == 1


@pytest.mark.parametrize("turned", [False, True])
def test_a_file_that_is_given_twice_is_read_once(tmp_path: Path, *, turned: bool) -> None:
    file = put(tmp_path / "in/a.json", record())
    put(tmp_path / "in/b.json", record(number=2))
    paths = [tmp_path, file, file, tmp_path / "in"]

    found = read_paths(paths[::-1] if turned else paths)

    assert (found.files, found.population.records) == (2, 2)


def test_progress_is_told_file_by_file(tmp_path: Path) -> None:
    put(tmp_path / "a.json", record(number=1))
    put(tmp_path / "b.json", record(number=2))
    told: list[tuple[int, int]] = []

    read_paths([tmp_path], progress=lambda done, total: told.append((done, total)))

    assert told == [(1, 2), (2, 2)]


@pytest.mark.shared_data
def test_all_real_records_are_read_from_their_folder(shared_data: Path) -> None:
    found = read_paths([shared_data / "cloudtrail"])

    assert (found.files, found.population.records, found.population.ticket_hints) == (21, 737, 1)


def several(folder: Path) -> Path:
    for number in range(12):
        numbers = (number, number + 1, 100 + number)
        put(
            folder / f"{number:02}.json.gz",
            *(record(number=it) for it in numbers),
            record("GetSecretValue", number=200 + number),
            record("Decrypt", number=300 + number, eventSource="kms.amazonaws.com"),
            packed=True,
        )
    put(folder / "12.json", record(number=3, userAgent="another"))
    return folder


def test_the_same_is_read_whatever_the_number_of_processes(tmp_path: Path) -> None:
    several(tmp_path)

    put(tmp_path / "13.json", object_call("DeleteObject"), object_call("PutObject", userIdentity=CLOUDTRAIL))

    alone, together = (read_paths([tmp_path], guarded_buckets=["acme-logs"], jobs=jobs) for jobs in (1, 3))

    assert alone == together
    assert [it.name for it in alone.population.of_kind(Kind.GUARD)] == ["DeleteObject"]
    assert alone.population.bucket_names == {"acme-logs"}
    assert (alone.files, alone.population.duplicates, len(alone.population.conflicts)) == (14, 11, 1)


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_first_broken_file_is_named_whatever_the_number_of_processes(tmp_path: Path, jobs: int) -> None:
    several(tmp_path)
    for name in ("03.json", "07.json"):
        (tmp_path / name).write_text('{"name": "x"}')

    with pytest.raises(MalformedInput, match=r"03\.json"):
        read_paths([tmp_path], jobs=jobs)


@pytest.mark.parametrize(("worth_bytes", "others"), [(1, True), (10**9, False)])
def test_other_processes_are_started_only_where_there_is_enough_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worth_bytes: int, *, others: bool
) -> None:
    several(tmp_path)
    asked: list[int] = []

    def noted(work: Any, tasks: Any, *, jobs: int) -> Any:
        asked.append(jobs)
        return map(work, tasks)

    monkeypatch.setattr(intake, "WORTH_BYTES", worth_bytes)
    monkeypatch.setattr(intake, "processors", lambda: 2)
    monkeypatch.setattr("counterseal.control.crew.in_processes", noted)

    assert read_paths([tmp_path]) == read_paths([tmp_path], jobs=1)
    assert asked == [2] * others


def test_there_is_at_least_one_processor() -> None:
    assert intake.processors() >= 1


@pytest.mark.parametrize("content", [b"", b'{"Records":[]}', b"x" * 300_000])
def test_what_is_in_memory_is_unpacked_where_it_is_packed(content: bytes) -> None:
    packed = gzip.compress(content[:100_000]) + gzip.compress(content[100_000:])

    assert unpacked(content, name="a") == unpacked(packed, name="a") == content


def test_a_bomb_in_memory_is_refused_by_its_name() -> None:
    with pytest.raises(MalformedInput, match="'s3://logs/a' holds more than 9 bytes"):
        unpacked(gzip.compress(b"0123456789"), name="s3://logs/a", most=9)
