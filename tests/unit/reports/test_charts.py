"""The pictures of reports: well-formed, to scale, and said in words as well."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from counterseal.correlation.judging.finding import Verdict
from counterseal.errors import UsageError
from counterseal.reports.charts import chart
from counterseal.reports.shades import OTHERS, SHADES, STYLE, VERDICTS

SVG = "{http://www.w3.org/2000/svg}"
DAY = datetime(2026, 3, 10, 12, tzinfo=UTC)
WITH_PICTURE = (
    "discrepancies", "summary", "changes", "uncovered_changes", "changes_by_actor", "unmapped_actors",
    "time_to_approval", "late_approvals", "coverage",
)  # fmt: skip


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
    with pytest.raises(UsageError, match="'evidence' has no picture") as refused:
        chart("evidence", [])

    assert refused.value.hint == f"these have: {', '.join(WITH_PICTURE)}"


def test_a_picture_is_read_out_by_its_title_and_description() -> None:
    picture = drawn("discrepancies", found("unapproved"))

    assert picture.attrib["role"] == "img"
    assert picture.findtext(f"{SVG}title") == "Discrepancies over time, by verdict"


def test_every_verdict_has_a_shade_that_is_no_others() -> None:
    assert {*Verdict, "blind-interval", "trail-fault"} == set(VERDICTS)
    assert len(set(VERDICTS.values())) == len(VERDICTS)
    assert set(VERDICTS.values()) <= set(SHADES)


def test_each_verdict_of_a_picture_has_its_own_shade_and_the_same_in_every_picture() -> None:
    picture = drawn("discrepancies", *map(found, VERDICTS))

    used = {
        title.text.split()[1].rstrip(","): box.attrib["class"]
        for box in picture.iter(f"{SVG}rect")
        if (title := box.find(f"{SVG}title")) is not None and title.text
    }
    assert used == VERDICTS


def test_verdicts_of_another_version_have_what_shades_are_left() -> None:
    picture = drawn("discrepancies", found("approved"), *(found(f"new-{number}") for number in range(len(OTHERS) + 2)))

    used = [box.attrib["class"] for box in picture.iter(f"{SVG}rect") if box.find(f"{SVG}title") is not None]
    assert used == [VERDICTS["approved"], *OTHERS, OTHERS[-1], OTHERS[-1]]


def test_a_texture_that_is_used_is_defined_once_and_no_other_is() -> None:
    picture = drawn("discrepancies", found("orphan-deletion"), found("trail-fault"), found("unapproved"))

    assert [it.attrib["id"] for it in picture.iter(f"{SVG}pattern")] == ["red-2-dotted", "red-3-striped"]


def colours() -> list[dict[str, float]]:
    """Return the luminance of each named colour in the light scheme and in the dark one (WCAG 2.2, 1.4.3)."""
    schemes = []
    for scheme in STYLE.strip().splitlines():
        found_in_it = re.findall(r"--([a-z0-9-]+): #([0-9a-f]{6})", scheme)
        schemes.append({name: luminance(bytes.fromhex(digits)) for name, digits in found_in_it})
    return schemes


def luminance(parts: bytes) -> float:
    linear = [it / 255 / 12.92 if it <= 10 else ((it / 255 + 0.055) / 1.055) ** 2.4 for it in parts]
    return sum(weight * it for weight, it in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_a_shade_stands_out_from_the_paper_and_from_the_others_of_its_colour(scheme: int) -> None:
    held = colours()[scheme]
    plain = [name for name in SHADES if name.count("-") == 1]
    assert len(plain) == 12

    assert {name: contrast(held[name], held["paper"]) >= 3 for name in plain} == dict.fromkeys(plain, True)
    pairs = [(one, other) for one, other in combinations(plain, 2) if one[:-1] == other[:-1]]
    assert [pair for pair in pairs if contrast(held[pair[0]], held[pair[1]]) < 1.5] == []


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_what_lies_beside_each_other_in_a_band_or_bar_is_told_apart_without_colour(scheme: int) -> None:
    held = colours()[scheme]

    assert contrast(held["red-1"], held["green-3"]) >= 2.9


def test_the_year_is_said_and_what_is_waived() -> None:
    long_before = found("unapproved", DAY - timedelta(days=400)) | {"waived_by": "cleo"}
    months = drawn("discrepancies", long_before, found("unapproved"))

    assert "Feb 2025" in words(months)
    assert "1 of 2 is waived, and does not count" in words(months)
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
    assert wide["6 others"] + 1 == pytest.approx(1.5 * (wide["4 discrepancies of ada"] + 1), abs=0.02)
    assert "10, 4 wrong" in words(picture)
    assert "5" in words(picture)
    assert any(it.endswith("…") and len(it) == 36 for it in words(picture))
    assert "nobody is named: 1 changes, 1 of them discrepancies." in said(picture)


def test_verdicts_are_bars_as_long_as_they_have_findings_the_gravest_on_top() -> None:
    rows = [
        {"verdict": "approved", "findings": 6, "discrepancy": False},
        {"verdict": "unapproved", "findings": 2, "discrepancy": True},
        {"verdict": "unapproved", "findings": 1, "discrepancy": False},
        *({"verdict": name, "findings": 1, "discrepancy": True} for name in VERDICTS if "approved" not in name),
    ]

    picture = drawn("summary", *rows)

    bars = boxes(picture)
    assert bars[0][0] == "3 unapproved"
    assert {hint: width for hint, width, _ in bars}["6 approved"] + 1 == pytest.approx(2 * (bars[0][1] + 1), abs=0.02)
    assert "3, 2 counted" in words(picture)
    assert "unapproved: 3, of which the audit counted 2." in said(picture)
    assert not [it for it in words(picture) if it.endswith("more")]


def test_actors_whom_nobody_mapped_are_bars_of_their_changes() -> None:
    rows = [{"actor_name": "ada", "actor_arn": "", "changes": 4}, {"actor_name": "ben", "actor_arn": "", "changes": 1}]

    picture = drawn("unmapped_actors", *rows)

    assert [hint for hint, _, _ in boxes(picture)] == ["4 changes by ada", "1 change by ben"]
    assert said(picture) == "ada: 4 changes. ben: 1 change."


def test_late_approvals_are_counted_by_how_late_they_were() -> None:
    picture = drawn("late_approvals", *({"seconds_late": it} for it in (60, 7200, 7200, None)))

    assert [hint for hint, _, _ in boxes(picture)] == ["1 changes, up to 15 min", "2 changes, up to 4 hours"]
    assert "half of 3 were approved within 2 hours; of 1 no approval is known" in words(picture)
    assert "Of 1 changes no approval is known." in words(drawn("late_approvals", {"seconds_late": None}))


@pytest.mark.parametrize("report", ["changes", "uncovered_changes"])
def test_changes_are_piled_over_time_as_discrepancies_are(report: str) -> None:
    picture = drawn(report, found("approved"), found("unapproved"), found("approved"))

    assert [hint for hint, _, _ in boxes(picture)] == ["1 unapproved, from 2026-03-10", "2 approved, from 2026-03-10"]


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
