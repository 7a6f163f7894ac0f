"""Which files of a bucket are read, in which order, and what happens when one cannot be."""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.doubles.memory_archive import MemoryArchive
from tests.journeys.story import record
from tests.unit.correlation.making import as_bytes, trail_call

from counterseal.control import bucket as module
from counterseal.control.audit import Sources, audit_files
from counterseal.control.bucket import DIGESTS, BucketFiles
from counterseal.control.explain import explain_event
from counterseal.control.fetched import Fetched
from counterseal.control.intake import read_sources
from counterseal.control.period import Days, Period
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.delivery import Place
from counterseal.correlation.tickets.policy import Policy
from counterseal.errors import Conflict, Denied, MalformedInput, NotFound, Unreachable

ACCOUNT = "111122223333"
LOGS = gzip.compress(b'{"Records":[]}', mtime=0)

Reading = Callable[..., BucketFiles]


def name(day: str, *, region: str = "eu-west-1", before: str = "", account: str = ACCOUNT, letters: str = "A") -> str:
    time = day.replace("/", "")
    file = f"{account}_CloudTrail_{region}_{time}T1200Z_{letters}.json.gz"
    return f"{before}AWSLogs/{account}/CloudTrail/{region}/{day}/{file}"


def days(since: str = "", until: str = "") -> Days:
    first, last = (datetime.fromisoformat(it).replace(tzinfo=UTC) if it else None for it in (since, until))
    return Period(first, last).delivered()


@pytest.fixture
def fetched(tmp_path: Path) -> Iterator[Fetched]:
    with Fetched(tmp_path / "fetched") as opened:
        yield opened


@pytest.fixture
def reading(fetched: Fetched) -> Reading:
    def make(archive: MemoryArchive, prefix: str = "", of: Days = Days(), kind: str = "CloudTrail") -> BucketFiles:  # noqa: B008
        return BucketFiles(archive, prefix, fetched, of, kind=kind)

    return make


def names(files: BucketFiles) -> list[str]:
    return [it.name.removeprefix("s3://acme-trail/") for it in files.files()]


def test_all_accounts_regions_and_days_are_read_and_no_other_service(reading: Reading) -> None:
    wanted = [
        name("2026/03/10"),
        name("2026/03/11", region="us-east-1"),
        f"AWSLogs/o-abcdefghij/{name('2026/03/10', account='444455556666').removeprefix('AWSLogs/')}",
    ]
    others = [
        f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/eu-west-1/2026/03/10/d.json.gz",
        f"AWSLogs/{ACCOUNT}/Config/eu-west-1/2026/3/10/c.json.gz",
        "elsewhere/x.json.gz",
    ]
    archive = MemoryArchive(dict.fromkeys([*wanted, *others], LOGS))

    assert names(reading(archive)) == wanted


@pytest.mark.parametrize(
    "prefix",
    ["trail", "trail/", "trail/AWSLogs", f"trail/AWSLogs/{ACCOUNT}/", f"trail/AWSLogs/{ACCOUNT}/CloudTrail",
     f"trail/AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1", f"trail/AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/03",
     name("2026/03/10", before="trail/")],
)  # fmt: skip
def test_a_prefix_may_end_anywhere(prefix: str, reading: Reading) -> None:
    archive = MemoryArchive({name("2026/03/10", before="trail/"): LOGS, name("2026/03/10"): LOGS})

    assert names(reading(archive, prefix)) == [name("2026/03/10", before="trail/")]


def test_the_digests_are_found_from_the_same_prefix(reading: Reading) -> None:
    digest = f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/eu-west-1/2026/03/10/d.json.gz"
    archive = MemoryArchive({name("2026/03/10"): LOGS, digest: LOGS})

    for prefix in ("", f"AWSLogs/{ACCOUNT}/CloudTrail/", f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026"):
        assert names(reading(archive, prefix, kind=DIGESTS)) == [digest]


def test_files_that_somebody_copied_are_all_read_and_others_counted(reading: Reading) -> None:
    archive = MemoryArchive({"copy/a.json": LOGS, "copy/b/c.jsonl.gz": LOGS, "copy/notes.txt": b"", "copy/": b""})
    files = reading(archive, "copy")

    assert names(files) == ["copy/a.json", "copy/b/c.jsonl.gz"]
    assert files.skipped == 1


def test_a_period_reads_one_day_more_at_each_end_and_lists_no_other(reading: Reading) -> None:
    archive = MemoryArchive({name(f"2026/03/{day:02}"): LOGS for day in range(1, 31)})

    found = names(reading(archive, of=days("2026-03-10T12:00:00", "2026-03-11T09:00:00")))

    assert found == [name(f"2026/03/{day:02}") for day in (9, 10, 11, 12)]
    region = f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/"
    assert archive.listings == [(region, f"{region}2026/03/09")]


def test_an_object_of_no_day_is_read_in_any_period(reading: Reading) -> None:
    odd = [f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/{it}.json.gz" for it in ("2026/13/40/x", "odd")]
    archive = MemoryArchive(dict.fromkeys(odd, LOGS))

    assert names(reading(archive, of=days("2026-03-10"))) == odd


@pytest.mark.parametrize(("prefix", "of"), [("", days("2026-04-01")), ("nowhere/", Days())])
def test_a_place_without_a_file_is_an_error_that_names_it(prefix: str, of: Days, reading: Reading) -> None:
    archive = MemoryArchive({name("2026/03/10"): LOGS})

    with pytest.raises(NotFound, match=f"s3://acme-trail/{prefix}"):
        names(reading(archive, prefix, of))


def test_what_was_fetched_is_not_fetched_again_unless_it_changed(reading: Reading) -> None:
    first, other = name("2026/03/10"), name("2026/03/11")
    archive = MemoryArchive({first: LOGS, other: LOGS})
    names(reading(archive))
    archive.contents[other] = gzip.compress(b'{"Records":[ ]}')

    assert names(reading(archive)) == [first, other]
    # Several threads fetch: the first two may come in any order.
    assert (sorted(archive.fetched[:2]), archive.fetched[2:]) == ([first, other], [other])


def test_what_is_gone_from_the_bucket_is_not_read_though_it_was_fetched(reading: Reading) -> None:
    archive = MemoryArchive({name("2026/03/10"): LOGS, name("2026/03/11"): LOGS})
    names(reading(archive))
    del archive.contents[name("2026/03/10")]

    assert names(reading(archive)) == [name("2026/03/11")]


def test_many_files_come_in_order(reading: Reading) -> None:
    wanted = [name("2026/03/10", letters=f"{number:04}") for number in range(100)]
    archive = MemoryArchive(dict.fromkeys(wanted, LOGS))
    files = reading(archive)

    assert files.total() == 100
    assert names(files) == wanted
    assert sorted(archive.fetched) == wanted


def test_a_connection_that_breaks_is_tried_again(reading: Reading) -> None:
    archive = MemoryArchive({name("2026/03/10"): LOGS})
    archive.failures[name("2026/03/10")] = [Unreachable("x"), Unreachable("x")]

    assert names(reading(archive)) == [name("2026/03/10")]


@pytest.mark.parametrize("failure", [Unreachable, Denied, Conflict])
def test_what_cannot_be_fetched_stops_the_reading(failure: type[Unreachable], reading: Reading) -> None:
    archive = MemoryArchive({name("2026/03/10", letters=f"{number:03}"): LOGS for number in range(40)})
    archive.failures[name("2026/03/10", letters="007")] = [failure("s3://…")] * 3

    with pytest.raises(failure):
        names(reading(archive))


def test_an_object_larger_than_any_log_file_is_refused(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 3)

    with pytest.raises(MalformedInput, match=r"s3://acme-trail/.*no log file"):
        names(reading(MemoryArchive({name("2026/03/10"): LOGS})))


def test_the_records_of_a_bucket_are_a_population_whose_events_name_their_object(reading: Reading) -> None:
    archive = MemoryArchive({name("2026/03/10"): gzip.compress(as_bytes({"Records": [record()]}))})

    found = read_sources([reading(archive)])

    assert [it.source for it in found.population.events] == [f"s3://acme-trail/{name('2026/03/10')}"]
    assert found.files == 1


@pytest.mark.parametrize(
    "content", [LOGS[:-9], b"\x1f\x8bnonsense", b"{", b""], ids=["cut", "nonsense", "json", "empty"]
)
def test_a_corrupt_object_is_named(content: bytes, reading: Reading) -> None:
    with pytest.raises(MalformedInput, match=f"s3://acme-trail/{name('2026/03/10')}"):
        read_sources([reading(MemoryArchive({name("2026/03/10"): content}))])


def test_a_reading_of_some_days_says_what_it_may_miss(reading: Reading) -> None:
    archive = MemoryArchive({name("2026/03/10"): LOGS})

    assert reading(archive, of=days("2026-03-10", "2026-03-12")).unseen() == (
        "records that were delivered after 2026-03-13, late by a day or more",
    )
    assert reading(archive).unseen() == ()


@pytest.mark.parametrize(
    ("prefix", "before"),
    [
        ("", ""),
        ("/", ""),
        ("AWSLogs", ""),
        (f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/", ""),
        ("trail", "trail"),
        ("a/trail/", "a/trail"),
        (f"a/trail/AWSLogs/{ACCOUNT}", "a/trail"),
        ("myAWSLogs/b", "myAWSLogs/b"),
    ],
)
def test_the_place_of_a_reading_is_where_a_trail_delivers_that_it_reads(
    prefix: str, before: str, reading: Reading
) -> None:
    assert reading(MemoryArchive({}), prefix).places() == (Place("acme-trail", before),)


@pytest.mark.parametrize(("bucket", "away"), [("acme-trail", 0), ("elsewhere", 1)])
def test_a_trail_that_is_sent_where_it_is_read_from_is_not_blind(bucket: str, away: int, reading: Reading) -> None:
    update = trail_call("UpdateTrail", requestParameters={"name": "t", "s3BucketName": bucket})
    archive = MemoryArchive({name("2026/03/10"): gzip.compress(as_bytes({"Records": [update]}))})
    rules = Rules(policy=Policy(), as_of=datetime(2026, 3, 20, tzinfo=UTC))

    result = audit_files(Sources([], beside=[reading(archive)]), rules=rules)

    assert len(result.blind_intervals) == away


def test_an_event_is_explained_by_where_it_was_read(reading: Reading) -> None:
    update = trail_call("UpdateTrail", requestParameters={"name": "t", "s3BucketName": "acme-trail"})
    archive = MemoryArchive({name("2026/03/10"): gzip.compress(as_bytes({"Records": [update, record()]}))})
    rules = Rules(policy=Policy(), as_of=datetime(2026, 3, 20, tzinfo=UTC))

    [explained] = explain_event(Sources([], beside=[reading(archive)]), "e-1", rules=rules)

    assert "in-blind-interval" not in explained.finding.signals
