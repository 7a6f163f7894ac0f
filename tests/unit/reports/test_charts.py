"""The pictures of reports: well-formed, to scale, and said in words as well."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.result import DISCREPANCIES
from counterseal.errors import UsageError
from counterseal.reports.charts import _KINDS, chart

SVG = "{http://www.w3.org/2000/svg}"
DAY = datetime(2026, 3, 10, 12, tzinfo=UTC)
WITH_PICTURE = ("discrepancies", "changes_by_actor", "time_to_approval", "coverage")


def drawn(report: str, *rows: dict[str, Any]) -> ET.Element:
    return ET.fromstring(chart(report, rows).svg())  # noqa: S314  # a picture of our own


def boxes(picture: ET.Element) -> list[tuple[str, float, float]]:
    """Return the hint, the width and the height of every box that has a hint."""
    found = [(box.find(f"{SVG}title"), box) for box in picture.iter(f"{SVG}rect")]
    return [
        (str(title.text), float(box.attrib["width"]), float(box.attrib["height"]))
        for title, box in found
        if title is not None
    ]


def words(picture: ET.Element) -> list[str]:
    return ["".join([it.text or "", *(part.tail or "" for part in it)]) for it in picture.iter(f"{SVG}text")]


def said(picture: ET.Element) -> str:
    return str(picture.findtext(f"{SVG}desc"))


def found(verdict: str, time: datetime = DAY) -> dict[str, Any]:
    return {"verdict": verdict, "time": time}


@pytest.mark.parametrize("report", WITH_PICTURE)
def test_nothing_is_said_to_be_nothing(report: str) -> None:
    picture = drawn(report)

    assert "There is nothing to show." in words(picture)
    assert said(picture) == "There is nothing to show."


def test_approvals_of_which_nobody_knows_when_they_were_asked_for_are_said() -> None:
    picture = drawn("time_to_approval", {"seconds_to_approval": None})

    assert "Of 1 approvals it is not known when they were asked for." in words(picture)


def test_a_report_without_a_picture_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(UsageError, match="'summary' has no picture") as refused:
        chart("summary", [])

    assert refused.value.hint == f"these have: {', '.join(WITH_PICTURE)}"


def test_a_picture_is_read_out_by_its_title_and_description() -> None:
    picture = drawn("discrepancies", found("unapproved"))

    assert picture.attrib["role"] == "img"
    assert picture.findtext(f"{SVG}title") == "Discrepancies over time, by verdict"


def test_every_discrepancy_has_a_colour_of_its_own() -> None:
    assert {verdict for verdict in Verdict if verdict in DISCREPANCIES} <= set(_KINDS)


def test_two_verdicts_of_one_picture_are_told_apart_by_their_shades() -> None:
    of_danger = [found("mismatched"), found("unrecorded-version"), found("unapproved")]
    picture = drawn("discrepancies", *of_danger, found("approved-late"), found("stale-label"))

    drawn_in = [box.attrib["class"] for box in picture.iter(f"{SVG}rect") if box.find(f"{SVG}title") is not None]
    assert len(set(drawn_in)) == 5
    assert {"red-1", "red-2", "red-3", "amber-2"} < set(drawn_in)


def test_the_year_is_said_and_what_is_waived() -> None:
    long_before = found("unapproved", DAY - timedelta(days=400)) | {"waived_by": "cleo"}
    months = drawn("discrepancies", long_before, found("unapproved"))

    assert "Feb 2025" in words(months)
    assert "1 of 2 are waived, and do not count" in words(months)
    assert "10 Mar 2026" in words(drawn("discrepancies", found("unapproved")))


def test_discrepancies_are_piled_by_day_in_the_order_of_their_gravity() -> None:
    tomorrow = DAY + timedelta(days=1)
    picture = drawn(
        "discrepancies", found("mismatched"), found("unapproved"), found("unapproved"), found("odd", tomorrow)
    )

    piles = boxes(picture)
    assert [hint for hint, _, _ in piles] == [
        "2 unapproved, from 2026-03-10", "1 mismatched, from 2026-03-10", "1 odd, from 2026-03-11",
    ]  # fmt: skip
    # A gap of a pixel and a half lies between two boxes.
    assert piles[0][2] + 1.5 == pytest.approx(2 * (piles[1][2] + 1.5), abs=0.02)
    assert said(picture) == "Day of 2026-03-10: 2 unapproved, 1 mismatched. Day of 2026-03-11: 1 odd."
    assert {"unapproved (2)", "mismatched (1)", "odd (1)"} <= set(words(picture))


@pytest.mark.parametrize(
    ("days", "unit", "count"), [(0, "Day", 1), (30, "Day", 2), (40, "Week", 2), (270, "Week", 2), (400, "Month", 2)]
)
def test_long_times_are_shown_by_weeks_and_months(days: int, unit: str, count: int) -> None:
    picture = drawn("discrepancies", found("unapproved"), found("unapproved", DAY + timedelta(days=days)))

    assert said(picture).count(f"{unit} of ") == count
    assert sum(hint.startswith(("1 unapproved", "2 unapproved")) for hint, _, _ in boxes(picture)) == count


@pytest.mark.parametrize("number", [1, 4, 5, 6, 11, 60, 499, 12_345])
def test_no_more_lines_than_a_reader_can_count(number: int) -> None:
    picture = drawn("discrepancies", *[found("unapproved")] * number)

    lines = list(picture.iter(f"{SVG}line"))
    assert 2 <= len(lines) <= 7


def test_what_somebody_else_named_is_no_mark_of_the_picture() -> None:
    row = {"actor_name": '<script>&"ada', "actor_arn": "", "changes": 2, "discrepancies": 1}

    picture = drawn("changes_by_actor", row)

    assert '<script>&"ada' in words(picture)
    assert not list(picture.iter("script"))


def test_bars_of_actors_are_as_long_as_they_have_changes() -> None:
    rows = [
        {"actor_name": "ada", "actor_arn": "", "changes": 10, "discrepancies": 4},
        {"actor_name": "", "actor_arn": "arn:aws:iam::1:user/" + "b" * 40, "changes": 5, "discrepancies": 0},
        {"actor_name": "", "actor_arn": "", "changes": 1, "discrepancies": 1},
    ]

    picture = drawn("changes_by_actor", *rows)

    wide = {hint: width for hint, width, _ in boxes(picture)}
    assert wide["6 others"] == pytest.approx(1.5 * (wide["4 discrepancies of ada"] + 1), abs=0.02)
    assert "10, 4 wrong" in words(picture)
    assert "5" in words(picture)
    assert any(it.endswith("…") and len(it) == 36 for it in words(picture))
    assert "nobody is named: 1 changes, 1 of them discrepancies." in said(picture)


def test_more_actors_than_fit_are_counted() -> None:
    row = {"actor_name": "ada", "actor_arn": "", "changes": 1, "discrepancies": 0}

    assert "and 3 more" in words(drawn("changes_by_actor", *[row] * 23))
    assert not [it for it in words(drawn("changes_by_actor", *[row] * 20)) if it.endswith("more")]


def test_approvals_are_counted_by_how_long_they_took() -> None:
    rows = [{"seconds_to_approval": it} for it in (0, 900, 901, 3600, 14_400, 86_400, 259_200, 259_201, None)]

    picture = drawn("time_to_approval", *rows)

    counted = Counter({hint.partition(", ")[2]: int(hint.partition(" ")[0]) for hint, _, _ in boxes(picture)})
    assert counted == {
        "up to 15 min": 2, "up to 1 hour": 2, "up to 4 hours": 1, "up to 1 day": 1, "up to 3 days": 1, "over 3 days": 1,
    }  # fmt: skip
    assert "half of 8 took at most 4 hours; of 1 it is not known" in words(picture)


@pytest.mark.parametrize(("seconds", "long"), [(119, "119 seconds"), (120, "2 minutes"), (172_800, "2 days")])
def test_a_time_is_said_in_its_largest_unit(seconds: int, long: str) -> None:
    picture = drawn("time_to_approval", {"seconds_to_approval": seconds})

    assert f"half of 1 took at most {long}" in words(picture)


def stretch(what: str, start: datetime | None, end: datetime | None, **changed: Any) -> dict[str, Any]:
    named = {} if what == "population" else {"account": "111122223333", "region": "eu-west-1"}
    return {"what": what, "account": "", "region": "", "time_from": start, "time_to": end} | named | changed


def test_coverage_is_a_band_for_each_place_to_scale() -> None:
    hour = timedelta(hours=1)
    picture = drawn(
        "coverage",
        stretch("population", DAY, DAY + 8 * hour),
        stretch("complete", DAY, DAY + 4 * hour),
        stretch("unproved", DAY + 4 * hour, DAY + 5 * hour),
        stretch("blind", DAY + 6 * hour, None),
        stretch("unproved", None, None),
    )

    wide = {hint.partition(",")[0]: width for hint, width, _ in boxes(picture)}
    assert wide["records read"] == pytest.approx(2 * wide["files proved complete"], abs=0.02)
    assert wide["files proved complete"] == pytest.approx(4 * wide["files not proved"], abs=0.05)
    assert "blind, 2026-03-10T18:00:00Z to now" in said(picture)
    assert "111122223333, eu-west-1" in words(picture)


def test_what_is_blind_everywhere_is_a_band_that_says_so() -> None:
    picture = drawn("coverage", stretch("blind", DAY, DAY + timedelta(hours=1), account="*", region="*"))

    assert "every account, every region" in words(picture)


def test_a_moment_of_coverage_can_still_be_seen() -> None:
    [(_, width, _)] = boxes(drawn("coverage", stretch("blind", DAY, DAY)))

    assert width == 2


def test_a_picture_in_a_page_brings_no_style_of_its_own() -> None:
    within = chart("coverage", []).svg(alone=False)

    assert "<style>" not in within
    assert "xmlns" not in within
