"""Old log files are told by their names, and only where the name is CloudTrail's own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from counterseal.clock import parse_time
from counterseal.control.log_names import delivered_at, may_hold
from counterseal.correlation.records.gathering import Gathering

NAME = "111122223333_CloudTrail_eu-west-1_20260310T1255Z_7xgocspSowgK0Gto.json.gz"
DELIVERED = datetime(2026, 3, 10, 12, 55, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        NAME,
        NAME.removesuffix(".gz"),
        f"logs/AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/2026/03/10/{NAME}",
        f"/backup/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/09/{NAME}",
    ],
)
def test_a_name_of_cloudtrail_says_when_the_file_was_delivered(name: str) -> None:
    assert delivered_at(name) == DELIVERED


@pytest.mark.parametrize(
    "name",
    [
        "records.json",
        "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/10/",
        "2026/03/10/export.json.gz",
        NAME.replace("20260310T1255Z", "20261310T1255Z"),
        NAME.replace("_CloudTrail_", "_CloudTrail-Digest_"),
        f"{NAME}.sig",
    ],
)
def test_other_names_say_nothing_and_are_never_left_unread(name: str) -> None:
    assert delivered_at(name) is None
    assert may_hold(name, DELIVERED + timedelta(days=3650))


@pytest.mark.parametrize(("after", "held"), [(-60, True), (0, True), (60, True), (61, False), (60 * 24, False)])
def test_a_file_delivered_more_than_an_hour_before_holds_nothing_later(after: int, *, held: bool) -> None:
    assert may_hold(NAME, DELIVERED + timedelta(minutes=after)) is held


@pytest.mark.shared_data
def test_no_real_file_holds_an_event_that_its_name_would_leave_unread(shared_data: Path) -> None:
    files = [file for file in (shared_data / "cloudtrail").rglob("*.json") if delivered_at(file.name)]

    assert len(files) > 10
    for file in files:
        gathering = Gathering()
        gathering.add(file.read_bytes(), source=file.name)
        last = gathering.population().end
        assert last is not None
        assert may_hold(file.name, last)
    assert delivered_at("218007301253_CloudTrail_us-east-1_20230710T1145Z_x.json") == parse_time("2023-07-10T11:45:00Z")
