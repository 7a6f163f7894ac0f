"""A live account's event history: what is asked, page by page, and what is said of the rest."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.story import ACCOUNT, ARN, record

from counterseal.control.audit import Sources, audit_files
from counterseal.control.event_history import Asked, EventHistory, LookedUp, Lookup, Page
from counterseal.control.fetched import Fetched
from counterseal.control.intake import read_sources
from counterseal.control.pace import Pace
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.tickets.policy import Policy
from counterseal.errors import CountersealError, Denied, Unreachable

NOW = datetime(2026, 3, 20, 10, tzinfo=UTC)
START = NOW - timedelta(days=90)


class FakeHistory:
    """The history of one region: records, a page size, and failures that come first. `asked` is what was looked up."""

    def __init__(self, *records: dict[str, Any], page: int = 50) -> None:
        self.records = records
        self.page = page
        self.asked: list[Lookup] = []
        self.calls = 0
        self.failures: list[CountersealError] = []

    def look_up(self, lookup: Lookup, token: str = "") -> Page:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        if not token:
            self.asked.append(lookup)
        found = [json.dumps(it) for it in self.records if _fits(it, lookup)]
        at = int(token or 0)
        more = at + self.page < len(found)
        return Page(tuple(found[at : at + self.page]), str(at + self.page) if more else "")


def _fits(it: dict[str, Any], lookup: Lookup) -> bool:
    given = it["eventSource" if lookup.attribute == "EventSource" else "eventName"]
    return bool(given == lookup.value and lookup.start <= datetime.fromisoformat(it["eventTime"]) <= lookup.end)


def data_key(number: int = 9, *, time: str = "2026-03-10T12:00:00Z", version: str = "v") -> dict[str, Any]:
    context = {"SecretARN": ARN, "SecretVersionId": version}
    made = record(
        "GenerateDataKey",
        number=number,
        time=time,
        eventSource="kms.amazonaws.com",
        readOnly=True,
        requestParameters={"encryptionContext": context, "keyId": "alias/aws/secretsmanager"},
        resources=[{"ARN": "arn:aws:kms:eu-west-1:111122223333:key/k", "accountId": ACCOUNT, "type": "AWS::KMS::Key"}],
    )
    made["userIdentity"] = {**made["userIdentity"], "invokedBy": "secretsmanager.amazonaws.com"}
    return made


Looking = Callable[..., LookedUp]


@pytest.fixture
def looking(tmp_path: Path) -> Looking:
    def make(histories: dict[str, EventHistory], *, fetched: Fetched, **more: Any) -> LookedUp:
        asked = more.pop("asked", Asked(ACCOUNT, START, NOW, NOW))
        pace = lambda: Pace(2.0, monotonic=lambda: 0.0, sleep=lambda _: None)  # noqa: E731  # a clock that stands
        return LookedUp(histories, asked, fetched, pace=pace, **more)

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "fetched"


def test_every_page_is_read_and_every_slice_of_the_time(looking: Looking, folder: Path) -> None:
    times = ["2026-01-05T00:00:00Z", "2026-02-05T00:00:00Z", *["2026-03-10T12:00:00Z"] * 7]
    history = FakeHistory(*[record(number=number, time=time) for number, time in enumerate(times)], page=3)

    with Fetched(folder) as fetched:
        found = read_sources([looking({"eu-west-1": history}, fetched=fetched)])

    assert len(found.population.events) == 9
    slices = [it for it in history.asked if it.attribute == "EventSource"]
    assert (slices[0].start, slices[-1].end) == (START, NOW)
    assert [it.end for it in slices[:-1]] == [it.start for it in slices[1:]]
    assert all(it.end - it.start <= timedelta(days=30) for it in slices)


def test_events_name_the_history_that_they_come_from(looking: Looking, folder: Path) -> None:
    with Fetched(folder) as fetched:
        found = read_sources([looking({"eu-west-1": FakeHistory(record())}, fetched=fetched)])

    [event] = found.population.events
    assert event.source.startswith("event history of 111122223333 in eu-west-1, EventSource secretsmanager.amazonaws.")


def test_data_keys_are_looked_up_around_the_changes_alone(looking: Looking, folder: Path) -> None:
    changes = [record(number=1), record(number=2, time="2026-03-10T12:02:00Z"), record("TagResource", number=3)]
    history = FakeHistory(*changes, data_key())

    with Fetched(folder) as fetched:
        found = read_sources([looking({"eu-west-1": history}, fetched=fetched)])

    [window] = [it for it in history.asked if it.value == "GenerateDataKey"]
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert (window.start, window.end) == (noon - timedelta(minutes=1), noon + timedelta(minutes=3))
    assert len(found.population.events) == 4


def test_a_history_without_kms_records_misses_no_witness(looking: Looking, folder: Path) -> None:
    with Fetched(folder) as fetched:
        source = looking({"eu-west-1": FakeHistory(record())}, fetched=fetched)
        result = audit_files(Sources([], beside=[source]), rules=Rules(policy=Policy(), as_of=NOW))

    assert [it.signals for it in result.findings] == [()]
    assert result.population.kms_hours == frozenset()


def test_an_account_of_many_reads_is_asked_call_by_call(looking: Looking, folder: Path) -> None:
    reads = [record("GetSecretValue", number=number, readOnly=True) for number in range(100)]
    history = FakeHistory(*reads, record(number=200), page=2)

    with Fetched(folder) as fetched:
        source = looking({"eu-west-1": history}, fetched=fetched)
        found = read_sources([source])

    assert [it.event_id for it in found.population.events] == ["e-200"]
    assert {it.value for it in history.asked} >= {"PutSecretValue", "RotationStarted"}
    assert "GetSecretValue" not in {it.value for it in history.asked}
    assert any("does not know: each was asked for by its name" in it for it in source.unseen())


def test_more_changes_than_can_be_looked_at_one_by_one_go_without_witnesses(looking: Looking, folder: Path) -> None:
    first = datetime(2026, 3, 1, tzinfo=UTC)
    times = [f"{first + number * timedelta(minutes=10):%Y-%m-%dT%H:%M:%SZ}" for number in range(601)]
    history = FakeHistory(*[record(number=number, time=time) for number, time in enumerate(times)])

    with Fetched(folder) as fetched:
        source = looking({"eu-west-1": history}, fetched=fetched)
        read_sources([source])

    assert [it for it in history.asked if it.value == "GenerateDataKey"] == []
    assert any("too many changes" in it for it in source.unseen())


def test_what_was_looked_up_before_a_failure_is_not_looked_up_again(looking: Looking, folder: Path) -> None:
    history = FakeHistory(record(time="2026-01-05T00:00:00Z"), record(number=2))
    asked = Asked(ACCOUNT, START, NOW, NOW)
    interrupted = FakeHistory(*history.records)
    interrupted.look_up = _until(interrupted, 3)  # type: ignore[method-assign]  # a connection that ends
    with pytest.raises(Unreachable), Fetched(folder) as fetched:  # the with is what is tested
        read_sources([looking({"eu-west-1": interrupted}, fetched=fetched, asked=asked)])

    with Fetched(folder) as fetched:
        found = read_sources([looking({"eu-west-1": history}, fetched=fetched, asked=asked)])

    assert len(found.population.events) == 2
    assert min(it.start for it in history.asked if it.attribute == "EventSource") > START


def _until(history: FakeHistory, calls: int) -> Callable[..., Page]:
    real = history.look_up

    def look_up(lookup: Lookup, token: str = "") -> Page:
        if history.calls >= calls:
            raise Unreachable("x")
        return real(lookup, token)

    return look_up


def test_what_was_not_settled_is_looked_up_again(looking: Looking, folder: Path) -> None:
    asked = Asked(ACCOUNT, NOW - timedelta(days=1), NOW, NOW)
    with pytest.raises(Unreachable), Fetched(folder) as fetched:  # noqa: PT012  # the with is what is tested
        read_sources([looking({"eu-west-1": FakeHistory()}, fetched=fetched, asked=asked)])
        raise Unreachable("x")
    history = FakeHistory(record(time="2026-03-20T09:59:00Z"))

    with Fetched(folder) as fetched:
        later = asked._replace(now=NOW + timedelta(minutes=5))
        found = read_sources([looking({"eu-west-1": history}, fetched=fetched, asked=later)])

    assert len(found.population.events) == 1


def test_throttling_is_waited_out(looking: Looking, folder: Path) -> None:
    history = FakeHistory(record())
    history.failures = [Unreachable("AWS is throttling")] * 3

    with Fetched(folder) as fetched:
        assert len(read_sources([looking({"eu-west-1": history}, fetched=fetched)]).population.events) == 1


def test_a_region_that_refuses_is_an_error_unless_all_were_asked(looking: Looking, folder: Path) -> None:
    refused = FakeHistory()
    refused.failures = [Denied("access to CloudTrail's event history in eu-south-1 is denied")] * 2
    histories: dict[str, EventHistory] = {"eu-west-1": FakeHistory(record()), "eu-south-1": refused}
    with Fetched(folder) as fetched:
        with pytest.raises(Denied, match="eu-south-1"):
            read_sources([looking(histories, fetched=fetched)])

        source = looking(histories, fetched=fetched, may_be_denied=True)
        found = read_sources([source])

    assert len(found.population.events) == 1
    assert "anything in eu-south-1: access to CloudTrail's event history in eu-south-1 is denied" in source.unseen()
    assert any("eu-west-1 of 111122223333 was looked at, and nothing else" in it for it in source.unseen())


def test_where_every_region_refuses_nothing_is_concluded(looking: Looking, folder: Path) -> None:
    refused = FakeHistory()
    refused.failures = [Denied("no")]

    with Fetched(folder) as fetched, pytest.raises(Denied, match="no region may be looked at"):
        read_sources([looking({"eu-west-1": refused}, fetched=fetched, may_be_denied=True)])


def test_an_audit_of_a_live_account_says_what_it_could_not_see(looking: Looking, folder: Path) -> None:
    with Fetched(folder) as fetched:
        source = looking({"eu-west-1": FakeHistory(record())}, fetched=fetched)
        result = audit_files(Sources([], beside=[source]), rules=Rules(policy=Policy(), as_of=NOW))

    said = "\n".join(result.unseen)
    for part in ("no digests", "other regions", "90 days", "trails, keys and buckets", "15 minutes late", "data keys"):
        assert part in said


def test_a_period_that_is_over_was_not_late(looking: Looking, folder: Path) -> None:
    asked = Asked(ACCOUNT, START, NOW - timedelta(days=1), NOW)

    with Fetched(folder) as fetched:
        source = looking({"eu-west-1": FakeHistory(record())}, fetched=fetched, asked=asked)
        source.total()

    assert not any("15 minutes" in it for it in source.unseen())


def test_the_progress_counts_pages(looking: Looking, folder: Path) -> None:
    told: list[int] = []

    with Fetched(folder) as fetched:
        source = looking({"eu-west-1": FakeHistory(*[record(number=n) for n in range(9)], page=3)}, fetched=fetched)
        source.progress = told.append
        source.total()

    assert told == list(range(1, len(told) + 1))
