"""What a signed-in person sees."""

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from tests.unit.web.fake_reports import NOON, FakeReports, blind, finding, population

from counterseal.web.words import VERDICTS

PAGES = ["/", "/changes", "/coverage", "/words", "/changes/event-1", "/nowhere"]


@pytest.mark.parametrize("path", ["/", "/coverage"])
def test_an_empty_page_says_what_to_do_next(person: TestClient, path: str) -> None:
    text = person.get(path).text

    assert "Nothing has been looked at yet" in text
    assert "counterseal up --logs FOLDER --tickets FILE" in text


def test_an_empty_list_says_what_to_do_next(person: TestClient) -> None:
    text = person.get("/changes").text

    assert "No changes yet" in text
    assert "counterseal up --logs FOLDER --tickets FILE" in text


def test_discrepancies_stand_first_and_the_gravest_first_of_all(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [
        finding(event_id="fine", verdict="approved", discrepancy=False, secret_name="fine"),
        finding(event_id="late", verdict="approved-late", secret_name="late"),
        finding(event_id="bad", verdict="unapproved", secret_name="bad"),
    ]
    text = person.get("/").text

    assert "2 findings need an explanation" in text
    assert re.findall(r'/changes/(\w+)"', text) == ["bad", "late"]


def test_a_single_discrepancy_is_counted_in_words_that_fit(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding()]

    assert "1 finding needs an explanation" in person.get("/").text


def test_the_reason_is_a_sentence(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding(reason="no ticket names this secret")]

    assert "No ticket names this secret." in person.get("/").text


def test_where_all_is_approved_the_page_says_so_and_how_to_look_further(
    person: TestClient, reports: FakeReports
) -> None:
    reports.findings = [finding(verdict="approved", discrepancy=False)]
    reports.covered = [population()]
    text = person.get("/").text

    assert "Every change was approved" in text
    assert "No blind interval was found in these records" in text


def test_blind_time_is_never_all_clear(person: TestClient, reports: FakeReports) -> None:
    reports.covered = [population(), blind(), blind(time_to=None, seconds=None)]
    text = person.get("/").text

    assert "Not everything could be seen" in text
    assert "45 minutes" in text
    assert "Not ended" in text
    assert "Every change was approved" not in text


def test_population_and_period_are_shown(person: TestClient, reports: FakeReports) -> None:
    reports.covered = [population(records=120, changes=9)]
    text = person.get("/").text

    assert "9 changes among 120 records" in text
    assert "13 Nov 2026, 08:00:00 UTC" in text


def test_a_population_without_records_has_no_period(person: TestClient, reports: FakeReports) -> None:
    reports.covered = [population(records=0, changes=0, time_from=None, time_to=None)]

    assert "0 changes among 0 records." in person.get("/").text


def test_the_newest_population_is_the_one_on_the_first_page(person: TestClient, reports: FakeReports) -> None:
    reports.covered = [
        population(records=1, recorded_at=NOON - timedelta(days=1)),
        population(records=2, recorded_at=NOON),
    ]

    assert "among 2 records" in person.get("/").text


def test_attempts_and_what_watches_stand_beside(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding(verdict="attempt", about="attempt", discrepancy=False, event="DeleteSecret")]
    reports.guarded = [{"event": "StopLogging", "actor_name": "temp-17"}, {"event": "X", "error_code": "AccessDenied"}]
    text = person.get("/").text

    assert "DeleteSecret on shop/prod/database" in text
    assert "StopLogging" in text
    assert "refused: AccessDenied" in text


def test_every_verdict_can_be_shown(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding(event_id=name, verdict=name) for name in (*VERDICTS, "from-a-later-version")]
    text = person.get("/changes").text

    assert all(words.label in text for words in VERDICTS.values())
    assert "from-a-later-version" in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("verdict=approved", ["one"]),
        ("secret=PAYMENT", ["two"]),
        ("actor=ines", ["three"]),
        ("secret=nothing", []),
        ("secret=shop&actor=jonas&verdict=unapproved", ["two"]),
    ],
)
def test_the_list_is_filtered(person: TestClient, reports: FakeReports, query: str, shown: list[str]) -> None:
    reports.findings = [
        finding(event_id="one", verdict="approved"),
        finding(event_id="two", secret_name="shop/prod/payment"),
        finding(event_id="three", secret_name="mail", secret="", actor_name="ines", actor_arn=""),
    ]
    text = person.get(f"/changes?{query}").text

    assert re.findall(r'/changes/(\w+)"', text) == shown


def test_a_filter_that_fits_nothing_offers_the_way_back(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding()]

    assert "Show all changes" in person.get("/changes?secret=nothing").text


@pytest.mark.parametrize("narrowed", ["", "&actor=jonas"])
def test_long_lists_have_pages_that_keep_the_filters(person: TestClient, reports: FakeReports, narrowed: str) -> None:
    reports.findings = [finding(event_id=f"e{number}") for number in range(120)]
    first, last = person.get(f"/changes?x=1{narrowed}").text, person.get(f"/changes?page=3{narrowed}").text

    assert len(re.findall(r'/changes/e\d+"', first)) == 50
    assert "Older" in first
    assert "Newer" not in first
    assert len(re.findall(r'/changes/e\d+"', last)) == 20
    assert "Newer" in last
    assert "Older" not in last
    assert f"actor={narrowed[7:]}&amp;page=2" in first


def test_evidence_tells_the_story_in_the_order_of_time(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding(verdict="approved-late", ticket="OPS-105", time=NOON, signals="repeat,new-signal")]
    text = person.get("/changes/event-1").text

    story = [
        "Ticket moved to Open",
        "The field summary was edited",
        "The window opens",
        "Declared as an emergency",
        "<strong>PutSecretValue</strong>",
        "Approved by priya",
        "The window closes",
    ]
    places = [text.index(part) for part in story]
    assert places == sorted(places)
    assert "after the change" in text
    assert "The same call again, which changed nothing." in text
    assert "New-signal." in text


def test_evidence_shows_the_place_in_the_ledger(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding(entry_digest="cd" * 32, position=41)]
    text = person.get("/changes/event-1").text

    assert "cd" * 32 in text
    assert "<dd>41</dd>" in text


def test_evidence_keeps_the_verdicts_before(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [
        finding(verdict="approval-unknown", reason="the decisions could not be read", current=False),
        finding(verdict="approved", reason="approved before"),
    ]
    text = person.get("/changes/event-1").text

    assert "The decisions could not be read." in text
    assert text.count("holds now") == 1


def test_evidence_without_a_ticket_says_what_to_do(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding(ticket="")]

    assert "No ticket was joined with this change" in person.get("/changes/event-1").text


def test_evidence_with_a_ticket_that_the_ledger_does_not_hold_says_so(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding(ticket="OPS-999")]

    assert "holds no reading of that ticket" in person.get("/changes/event-1").text


def test_a_change_that_is_not_recorded_is_not_found(person: TestClient) -> None:
    answer = person.get("/changes/nothing-like-it")

    assert answer.status_code == 404
    assert "nothing-like-it" in answer.text


def test_names_from_outside_are_text_and_never_markup(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding(event_id="a/<b>", secret_name="<img src=x>", actor_name="<b>", reason="<i>")]
    text = person.get("/").text + person.get("/changes").text

    assert "<img src=x>" not in text
    assert person.get("/changes/a/%3Cb%3E").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_demonstration_says_so_on_every_page(spectator: TestClient, reports: FakeReports, path: str) -> None:
    reports.findings = [finding(invented=True)]
    text = spectator.get(path).text

    assert text.count("Demonstration: this data is invented.") == 2
    assert "<title>Demonstration · " in text


@pytest.mark.parametrize("path", PAGES)
def test_without_a_demonstration_nothing_invented_is_shown(person: TestClient, reports: FakeReports, path: str) -> None:
    reports.findings = [finding(invented=True, secret_name="invented/secret")]
    reports.covered = [population(invented=True), blind(invented=True)]
    text = person.get(path).text

    assert "invented/secret" not in text
    assert "Demonstration" not in text
    assert "45 minutes" not in text


def test_a_demonstration_shows_nothing_real(spectator: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding(secret_name="real/secret")]

    assert "real/secret" not in spectator.get("/changes").text


def test_the_words_are_explained(person: TestClient) -> None:
    text = person.get("/words").text

    assert all(words.label in text for words in VERDICTS.values())


def test_no_page_styles_or_scripts_itself(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding()]
    text = "".join(person.get(path).text for path in PAGES)

    assert re.search(r"<style|style=|<script(?! src=)|onclick|javascript:", text) is None


def test_coverage_says_where_things_are_kept(person: TestClient) -> None:
    page = person.get("/coverage").text

    assert "file:///safes" in page
    assert "2 sealed objects" in page
