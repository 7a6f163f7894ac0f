"""Times as AWS, Jira and people write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.clock import FixedClock, ShiftedClock, SystemClock, format_time, parse_time
from counterseal.errors import MalformedInput


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("2023-07-10T11:57:47Z", "2023-07-10T11:57:47Z"),
        ("2024-04-30T19:27:35.7+0000", "2024-04-30T19:27:35Z"),
        ("2024-05-01T17:23:21.359Z", "2024-05-01T17:23:21Z"),
        ("2024-04-30T21:27:35+02:00", "2024-04-30T19:27:35Z"),
        ("2024-04-30T19:27", "2024-04-30T19:27:00Z"),
        ("2024-04-30 19:27:35", "2024-04-30T19:27:35Z"),
        (" 2024-04-30 ", "2024-04-30T00:00:00Z"),
    ],
)
def test_every_written_form_is_read_to_the_whole_second(text: str, meaning: str) -> None:
    assert format_time(parse_time(text)) == meaning


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-13-01", "2024-04-30T25:00:00Z", "30.4.2024", "0001-01-01T00:00:00+05:00"]
)
def test_what_is_no_time_is_refused_by_name(text: str) -> None:
    with pytest.raises(MalformedInput, match="is not a time") as refused:
        parse_time(text)

    assert repr(text) in str(refused.value)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # bounds are naive by hypothesis's rule
def test_what_is_written_is_read_back(instant: datetime) -> None:
    assert parse_time(format_time(instant)) == instant.replace(microsecond=0)


def test_a_fixed_clock_stands_still() -> None:
    instant = datetime(2026, 1, 31, tzinfo=UTC)

    assert FixedClock(instant).now() == instant


def test_the_system_clock_tells_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_shifted_clock_tells_another_clocks_time() -> None:
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)

    assert ShiftedClock(FixedClock(noon), timedelta(seconds=-90)).now() == noon - timedelta(seconds=90)


def test_a_year_is_written_with_four_digits() -> None:
    assert format_time(datetime(987, 6, 5, 4, 3, 2, tzinfo=UTC)) == "0987-06-05T04:03:02Z"
