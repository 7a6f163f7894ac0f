"""What a signed-in person sees."""

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from tests.unit.web.dossiers import chain, seal
from tests.unit.web.fake_reports import NOON, FakeReports, blind, fault, finding, population, waived

from counterseal.control.evidence import Dossier, RecordedSeal
from counterseal.control.intake_state import Failure, IntakeState
from counterseal.reports import Cell
from counterseal.web.words import VERDICTS

PAGES = ["/", "/changes", "/approvals", "/coverage", "/words", "/changes/event-1", "/nowhere"]


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


def test_a_waived_finding_is_shown_with_who_answers_for_it_and_is_not_open(
    person: TestClient, reports: FakeReports
) -> None:
    reports.findings = [finding(), waived(event_id="known", secret_name="mail")]
    text = person.get("/").text

    assert "1 finding needs an explanation" in text
    assert re.search(r"<strong>Waived</strong> by cleo until <time[^>]*>24 Dec 2026, 00:00:00 UTC</time>", text)
    assert "Known and harmless." in text
    assert text.index("/changes/event-1") < text.index("/changes/known")
    assert "waived by cleo" in person.get("/changes").text
    assert "Known and harmless." in person.get("/changes/known").text
    assert "Waived" not in person.get("/changes/event-1").text


def test_what_the_reports_are_asked_is_asked_for_this_moment(person: TestClient, reports: FakeReports) -> None:
    person.get("/")

    assert ("discrepancies", {"as_of": NOON}) in reports.asked


def test_where_all_is_waived_nothing_is_open_and_nothing_is_called_approved(
    person: TestClient, reports: FakeReports
) -> None:
    reports.findings = [waived()]
    reports.covered = [population()]
    text = person.get("/").text

    assert "Nothing is open" in text
    assert "1 more is waived" in text
    assert "None is open." in text
    assert "Every change was approved" not in text


def test_a_blind_interval_that_is_waived_says_so_and_is_not_all_clear(person: TestClient, reports: FakeReports) -> None:
    lost = blind()
    facts = {name: lost[name] for name in ("account", "region", "reason")}
    reports.covered = [population(), lost]
    reports.apart = [waived(verdict="blind-interval", time=lost["time_from"], **facts)]
    text = person.get("/").text

    assert "Nothing is open" in text
    assert "Waived" in text
    assert "45 minutes" in text
    assert "Every change was approved" not in text


def test_a_blind_interval_of_everything_says_so_in_words(person: TestClient, reports: FakeReports) -> None:
    reports.covered = [population(), blind(account="*", region="*")]

    assert "every account, every region" in person.get("/coverage").text


def test_faults_of_the_files_stand_on_the_first_page_and_with_the_coverage(
    person: TestClient, reports: FakeReports
) -> None:
    reports.covered = [population()]
    reports.apart = [fault(event_id=f"log-{number}") for number in range(7)]
    first, coverage = person.get("/").text, person.get("/coverage").text

    assert "Not everything could be seen" in first
    assert "Missing-file: the digest lists it, and it is not here." in first
    assert "All 7 faults" in first
    assert first.count("log-") == 5
    assert coverage.count("log-") == 7


def test_hours_say_whether_their_files_are_proved(person: TestClient, reports: FakeReports) -> None:
    hour: dict[str, Cell] = {"account": "111122223333", "region": "eu-central-1", "trail": "main", "time_from": NOON}
    reports.covered = [
        population(),
        {**hour, "what": "complete", "outcome": "proved", "files": 3, "time_to": NOON + timedelta(hours=2)},
        {**hour, "what": "unproved", "outcome": "missing-digest", "reason": "it is not here", "time_to": NOON},
        {**hour, "what": "unproved", "outcome": "nothing-proved", "trail": "", "time_from": None, "time_to": None},
    ]
    text = person.get("/coverage").text

    assert "3 log files, as delivered" in text
    assert "Not proved: missing digest" in text
    assert "Not proved: nothing proved" in text
    assert "were not held against digests" not in text


def test_files_that_were_not_held_against_digests_are_said_not_to_be(person: TestClient, reports: FakeReports) -> None:
    reports.covered = [population()]

    assert "were not held against digests" in person.get("/coverage").text


def test_the_newest_audit_stands_open_and_those_before_it_are_folded(person: TestClient, reports: FakeReports) -> None:
    older = [population(recorded_at=NOON - timedelta(hours=number), records=number) for number in (2, 1)]
    reports.covered = [older[0], population(recorded_at=NOON, records=4711), older[1]]
    before, folded, after = person.get("/coverage").text.partition("<details>")

    assert "4711" in before
    assert folded
    assert "2 earlier" in after
    assert after.count("Records read") == len(older)


def test_approvals_that_were_never_used_are_listed(person: TestClient, reports: FakeReports) -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/mail-AbCdEf"
    told = {"secrets": f"{arn},db/user", "operations": "label,value", "requester": "ines"}
    reports.findings = [finding()]
    reports.unused = [{"ticket": f"OPS-{number}", **told} for number in (201, 202, 203, 204)]
    first, page = person.get("/").text, person.get("/approvals").text

    assert "All 4 unused approvals" in first
    assert "OPS-204" not in first
    assert "OPS-204" in page
    assert "label, value of" in page
    assert "shop/mail, db/user" in page


def test_where_every_approval_was_used_the_page_says_so(person: TestClient) -> None:
    assert "None is known." in person.get("/approvals").text


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
    # The report lists the newest first; what its clock said is not asked: a clock may go back.
    reports.covered = [
        population(records=2, recorded_at=NOON - timedelta(days=1)),
        population(records=1, recorded_at=NOON),
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


def test_a_guard_event_names_bucket_and_object_and_what_became_of_it(person: TestClient, reports: FakeReports) -> None:
    removed: dict[str, Cell] = {
        "event": "DeleteObject", "resource": "acme-logs", "object": "AWSLogs/<b>", "effect": "an object was removed",
    }  # fmt: skip
    reports.guarded = [removed, {"event": "StopLogging", "resource": "main"}, {"event": "StartLogging"}]
    reports.findings = [finding()]
    text = person.get("/").text

    assert '<span class="id">acme-logs/AWSLogs/&lt;b&gt;</span>' in text
    assert "<p>An object was removed.</p>" in text
    assert '<span class="id">main</span>' in text
    assert text.count('<span class="id">') == 2


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


def test_evidence_says_who_waived_it_and_who_ended_that(person: TestClient, reports: FakeReports) -> None:
    about: dict[str, Cell] = {"event_id": "event-1", "verdict": "unapproved", "waived_until": NOON, "recorded_at": NOON}
    reports.findings = [finding()]
    reports.waivers = [
        about | {"what": "ended", "said_by": "dora", "why": "it was not the vendor"},
        about | {"what": "waived", "said_by": "cleo", "why": "known", "verdict": "mismatched"},
    ]
    text = re.sub(r"<svg.*?</svg>|<[^>]+>", "", person.get("/changes/event-1").text, flags=re.DOTALL)

    assert "Waivers so far" in text
    assert "dora ended the waiver: It was not the vendor." in text
    assert "cleo waived it until 20 Nov 2026, 12:00:00 UTC: Known." in text
    assert "as mismatched, recorded" in text


def test_evidence_of_what_nobody_ever_waived_says_nothing_of_waivers(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding()]

    assert "Waivers so far" not in person.get("/changes/event-1").text


@pytest.mark.parametrize(
    ("verdict", "held", "said"),
    [
        ("proved", seal(NOON - timedelta(hours=1)), ["Checked: the notary issued it", "Anchored:"]),
        ("proved", seal(NOON), ["Checked: the notary issued it", "Not anchored:"]),
        ("mismatched", seal(None, "laptop lost"), ["does not make the change", "Not anchored:", "laptop lost"]),
    ],
)
def test_evidence_tells_of_the_counterseal(
    person: TestClient, reports: FakeReports, verdict: str, held: RecordedSeal, said: list[str]
) -> None:
    reports.findings = [finding(verdict=verdict, time=NOON)]
    reports.dossier = Dossier(seal=held)
    text = person.get("/changes/event-1").text

    assert [part for part in said if part not in text] == []


@pytest.mark.parametrize(("holds", "said"), [(True, "Under a signed"), (False, "Not what the checkpoint was made of")])
def test_evidence_proves_its_place_under_a_checkpoint(
    person: TestClient, reports: FakeReports, *, holds: bool, said: str
) -> None:
    reports.findings = [finding()]
    reports.dossier = Dossier(chain=chain(holds=holds))
    text = person.get("/changes/event-1").text

    assert said in text
    assert "<span>left</span> <code>00ff</code>" in text
    assert "the entry &lt;b&gt;" in text
    assert "by-hand" in text


def test_a_large_ledger_is_not_read_while_somebody_waits(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [finding()]
    reports.dossier = Dossier(skipped=True)

    assert "findings show event-1 --json" in person.get("/changes/event-1").text


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


def test_messages_that_need_a_look_are_shown_and_nothing_is_called_approved(
    person: TestClient, reports: FakeReports
) -> None:
    reports.findings = [finding(verdict="approved", discrepancy=False)]
    reports.covered = [population()]
    reports.intake = IntakeState(new=2, processed=40, quarantined=1, last_at=NOON, last_from="sqs: secrets")
    text = person.get("/").text

    assert "Not everything could be seen" in text
    assert "<strong>1 message needs a look</strong>: it could not be read or believed, and is kept" in text
    assert "counterseal inbox list --state quarantined" in text
    assert "40 judged, 2 waiting." in text
    assert re.search(r"The last one came at <time[^>]*>[^<]*</time>, <span class=.names.>sqs: secrets</span>\.", text)


def test_an_intake_without_trouble_is_told_in_a_line(person: TestClient, reports: FakeReports) -> None:
    reports.covered = [population()]
    reports.intake = IntakeState(processed=40, last_at=NOON, last_from="sns: topic")
    text = person.get("/").text

    assert "Every change was approved" in text
    assert "40 judged, 0 waiting, none in quarantine." in text
    assert "Last failure" not in text


def test_before_anything_was_looked_at_the_intake_is_shown_with_its_last_failure(
    person: TestClient, reports: FakeReports
) -> None:
    reports.intake = IntakeState(failure=Failure(NOON, "the queue did not answer"))
    text = person.get("/").text

    assert "Nothing has been looked at yet" in text
    assert "None has come yet." in text
    assert "Last failure: <time" in text
    assert "The queue did not answer." in text


def test_an_inbox_that_cannot_be_read_is_said_to_be_so(person: TestClient, reports: FakeReports) -> None:
    reports.covered = [population()]
    reports.intake = IntakeState(unreadable="the inbox is busy")
    text = person.get("/").text

    assert "Not everything could be seen" in text
    assert "The inbox is busy." in text
    assert "judged" not in text.split("Messages from AWS")[1].split("</section>")[0]


def test_what_a_message_says_of_itself_is_shown_as_text(person: TestClient, reports: FakeReports) -> None:
    reports.covered = [population()]
    reports.intake = IntakeState(last_at=NOON, last_from="sqs: <script>", quarantined=2)
    text = person.get("/").text

    assert "<script>" not in text.split("Messages from AWS")[1].split("</section>")[0]
    assert "2 messages need a look" in text


def test_without_intake_nothing_is_said_of_messages(person: TestClient, reports: FakeReports) -> None:
    reports.covered = [population()]

    assert "Messages from AWS" not in person.get("/").text
