"""The page of a ticket: what it comes to, at one glance."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.unit.correlation.sealing import issued
from tests.unit.web.conftest import TICKET, Terminal, visitor
from tests.unit.web.fake_reports import NOON, FakeReports, finding, waived

from counterseal.control.ticket_record import TicketRecord, TicketSeal
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.ticket_story import tell
from counterseal.correlation.tickets.counterseal import Revocation
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Approval, Decision, FieldEdit, Ticket

KEY = TICKET.issue_key
APPROVED = replace(
    TICKET, approvals=(Approval(by="priya", at=NOON - timedelta(hours=1), decision=Decision.APPROVED),), edits=()
)


def recorded(ticket: Ticket = APPROVED, *former: str, as_of: Any = NOON, seals: tuple[TicketSeal, ...] = ()) -> Any:
    story = tell(ticket, Rules(policy=Policy(), as_of=as_of))
    return TicketRecord((ticket.issue_key, *former), story, NOON, seals)


def under(event_id: str = "event-1", **said: Any) -> Any:
    told: dict[str, Any] = {"event_id": event_id, "finding": event_id, "ticket": KEY, "counts": True, "time": NOON}
    return finding(**told | said)


def fine(event_id: str = "event-1", **said: Any) -> Any:
    return under(event_id, **{"verdict": "approved", "counts": False, "discrepancy": False} | said)


@pytest.fixture
def known(reports: FakeReports) -> FakeReports:
    reports.records[KEY] = recorded()
    return reports


def headline(page: str) -> str:
    found = re.search(r"<h1>([^<]+)</h1>", page)
    assert found
    return found[1]


def others(page: str) -> list[str]:
    """Return the changes in the list, in its order."""
    return re.findall(r'<h3><a href="/changes/([^"]+)"', page)


WAIVED = waived(event_id="w", finding="w", ticket=KEY, counts=False, time=NOON)
ASIDE = under("old", counts=False, discrepancy=False)
UNDER: dict[str, list[Any]] = {
    "1 change needs an explanation": [under()],
    "2 changes need an explanation": [under("a"), under("b")],
    "1 of 3 changes needs an explanation": [under("a"), fine("b"), fine("c")],
    "2 of 3 changes need an explanation": [under("a"), under("b"), WAIVED],
    "1 change was made under this ticket, and it is explained": [fine()],
    "2 changes were made under this ticket, and both are explained": [fine("a"), fine("b", verdict="proved")],
    "3 changes were made under this ticket, and all are explained": [fine("a"), fine("b"), fine("c")],
    "1 change was made under this ticket, and it is waived": [WAIVED],
    "2 changes were made under this ticket: 1 explained, 1 waived": [fine("a"), WAIVED],
    "1 change was made under this ticket, and it is not counted by the policy": [ASIDE],
}


@pytest.mark.parametrize("said", UNDER)
def test_the_first_sentence_is_about_the_changes_where_there_are_some(
    person: TestClient, known: FakeReports, said: str
) -> None:
    known.findings = [*UNDER[said], fine("no", about="attempt", verdict="attempt")]
    page = person.get(f"/tickets/{KEY}").text

    assert headline(page) == said
    assert f"<title>{KEY}: {said}" in page


WITHOUT: dict[str, tuple[Any, str]] = {
    "Approved and not used yet": (recorded(), "Its approval counts until 20 Nov 2026, 14:00:00 UTC."),
    "Approved, and never used": (
        recorded(as_of=NOON + timedelta(days=1)), "Its window ended on 20 Nov 2026, 14:00:00 UTC.",
    ),
    "It approves no change now": (recorded(replace(APPROVED, approvals=())), "1 person must approve it."),
    "It may or may not approve a change now: that is not known": (
        recorded(replace(APPROVED, approvals=None)), "The approvals could not be read.",
    ),
    "Nothing is known of an approval by this ticket": (
        TicketRecord((KEY,), seals=(TicketSeal(issued()),)), "The ledger holds no reading of this ticket",
    ),
}  # fmt: skip


@pytest.mark.parametrize("said", WITHOUT)
def test_the_first_sentence_is_about_the_approval_where_nothing_was_changed(
    person: TestClient, reports: FakeReports, said: str
) -> None:
    reports.records[KEY], more = WITHOUT[said]
    page = person.get(f"/tickets/{KEY}").text

    assert headline(page) == said
    assert more in page
    assert "None is known." in page


def test_a_ticket_that_approves_more_says_until_when(person: TestClient, known: FakeReports) -> None:
    known.findings = [fine()]

    assert "It approves further changes until 20 Nov 2026, 14:00:00 UTC." in person.get(f"/tickets/{KEY}").text


def test_what_it_comes_to_is_told_in_the_words_of_ticket_show(person: TestClient, reports: FakeReports) -> None:
    edited = FieldEdit(at=NOON - timedelta(minutes=30), field="Secret")
    reports.records[KEY] = recorded(replace(APPROVED, edits=(edited,)))
    reports.findings = [under()]
    page = person.get(f"/tickets/{KEY}").text

    for words in (
        "the secret shop/prod/database",
        "the operations tag, value",
        "changes from 20 Nov 2026, 10:00:00 UTC to 20 Nov 2026, 14:00:00 UTC",
        "ines asked for it",
        "priya approved: does not count, for Secret was edited on 20 Nov 2026, 11:30:00 UTC",
        "Secret was edited: it takes back the approvals before it",
        f"{KEY} approves no change now.",
        "1 person must approve it again.",
    ):
        assert page.count(words) == 1, words


def test_a_ticket_is_asked_about_as_of_this_moment(person: TestClient, known: FakeReports) -> None:
    person.get(f"/tickets/{KEY}")

    assert known.read_tickets == [(KEY, NOON)]
    assert ("findings", {"as_of": NOON, "ticket": KEY}) in known.asked


def test_changes_are_found_by_every_key_that_the_ticket_had_and_each_once(
    person: TestClient, reports: FakeReports
) -> None:
    reports.records["OLD-1"] = recorded(APPROVED, "OLD-1")
    again = under("b", ticket="OLD-1")
    reports.findings = [under("a"), again, again]
    page = person.get("/tickets/OLD-1").text

    assert others(page) == ["a", "b"]
    assert f"<strong>{KEY}</strong>" in page
    assert "It was OLD-1 before it moved." in page


def test_what_counts_stands_first_and_then_the_newest(person: TestClient, known: FakeReports) -> None:
    hour = timedelta(hours=1)
    known.findings = [fine("late", time=NOON), under("old", time=NOON - 2 * hour), under("new", time=NOON - hour)]

    assert others(person.get(f"/tickets/{KEY}").text) == ["new", "old", "late"]


def test_many_changes_are_counted_and_not_all_listed(person: TestClient, known: FakeReports) -> None:
    known.findings = [fine(f"e{number}") for number in range(70)]
    page = person.get(f"/tickets/{KEY}?change=e3").text

    assert headline(page).startswith("70 changes were made")
    assert len(others(page)) == 51
    assert "19 more: <code>counterseal report findings --ticket OPS-105</code>" in page


def test_the_change_of_a_link_stands_first_and_once(person: TestClient, known: FakeReports) -> None:
    known.findings = [under("a"), fine("b")]
    page = person.get(f"/tickets/{KEY}?change=b").text

    assert others(page) == ["b", "a"]
    assert "The change that the link is about" in page
    assert "Other changes judged by this ticket" in page
    assert "It is not judged by this ticket." not in page


@pytest.mark.parametrize(("ticket", "said"), [("OPS-7", 'by <a href="/tickets/OPS-7">'), ("", "No ticket is joined")])
def test_a_change_that_another_ticket_explains_now_is_said_to_be(
    person: TestClient, known: FakeReports, ticket: str, said: str
) -> None:
    known.findings = [under("a", ticket=ticket), waived(event_id="z")]
    page = person.get(f"/tickets/{KEY}?change=a").text

    assert headline(page) == "Approved and not used yet"
    assert "It is not judged by this ticket." in page
    assert said in page
    assert others(page) == ["a"]


def test_a_ticket_that_was_made_to_ask_about_a_change_shows_it(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [waived(event_id="a", ticket="", time=NOON)]
    page = person.get("/tickets/SEC-9?change=a").text

    assert headline(page) == "Nothing is known of an approval by this ticket"
    assert "No ticket is joined with it." in page
    assert "<strong>Waived</strong> by cleo" in page


def test_a_change_that_nobody_recorded_is_passed_over(person: TestClient, known: FakeReports) -> None:
    known.findings = [under("a", current=False)]

    assert "The change that the link is about" not in person.get(f"/tickets/{KEY}?change=b").text
    known.findings = [under("a", ticket="", current=False)]
    assert "The change that the link is about" not in person.get(f"/tickets/{KEY}?change=a").text


def test_a_ticket_without_any_record_is_not_called_unapproved(person: TestClient) -> None:
    answer = person.get("/tickets/OPS-999")

    assert answer.status_code == 404
    assert "Nothing is recorded of the ticket OPS-999" in answer.text
    assert "It may approve a change all the same." in answer.text
    assert "To ask Jira itself: counterseal ticket show OPS-999." in answer.text


@pytest.mark.parametrize("path", ["x;rm%20-rf", "ops-1", "OPS-0", "OPS-1%20", "a/b"])
def test_what_is_no_key_is_not_put_into_a_command(person: TestClient, reports: FakeReports, path: str) -> None:
    reports.findings = [under("a")]
    answer = person.get(f"/tickets/{path}?change=a")

    assert answer.status_code == 404
    assert "is no key of a ticket" in answer.text
    assert "ticket show" not in answer.text


def test_a_change_with_an_endless_id_is_refused(person: TestClient) -> None:
    assert person.get(f"/tickets/{KEY}?change={'x' * 601}").status_code == 400


def test_each_counterseal_says_what_became_of_it(person: TestClient, reports: FakeReports) -> None:
    seal = issued(not_before=NOON - timedelta(hours=1), expires=NOON + timedelta(hours=1))
    revocation = Revocation(issuance_id="1" * 32, revoked_at=NOON, reason="laptop lost", notary_key="k")
    old = issued(not_before=NOON - timedelta(hours=9), expires=NOON - timedelta(hours=8))
    unused = (TicketSeal(seal), TicketSeal(seal, revocation), TicketSeal(old))
    reports.records[KEY] = recorded(seals=unused)
    before = person.get(f"/tickets/{KEY}").text
    reports.records[KEY] = recorded(seals=(TicketSeal(seal, revocation),))
    reports.findings = [fine("used", version_id=seal.token)]
    after = person.get(f"/tickets/{KEY}").text

    states = [f"<strong>{it}</strong>" for it in ("Not used yet", "Revoked, and not used", "Expired, and not used")]
    assert [it for it in states if it not in before] == []
    assert "Laptop lost." in before
    assert '<strong>Used</strong>: <a href="/changes/used">' in after
    assert "Laptop lost." in after
    assert seal.token not in before + after


def test_the_way_back_to_jira_is_shown_where_it_is_known(reports: FakeReports, terminal: Terminal) -> None:
    reports.records["OLD-1"], reports.jira_url = recorded(APPROVED, "OLD-1"), "https://example.atlassian.net/"
    with visitor(reports, terminal) as client:
        client.get(terminal.links[-1])
        page = client.get("/tickets/OLD-1").text

    assert f'<a href="https://example.atlassian.net/browse/{KEY}" rel="noreferrer">Open it in Jira</a>' in page


def test_without_an_address_there_is_no_way_to_jira(person: TestClient, known: FakeReports) -> None:
    assert "in Jira" not in person.get(f"/tickets/{KEY}").text


def test_every_page_that_names_a_ticket_leads_to_it(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [under()]
    reports.unused = [{"ticket": "OPS-201", "secrets": "db", "operations": "value"}]
    way = f'<a href="/tickets/{KEY}">{KEY}</a>'

    assert all(way in person.get(path).text for path in ("/", "/changes", "/changes/event-1"))
    assert '<a href="/tickets/OPS-201">' in person.get("/approvals").text
    reports.findings = [under(ticket="OPS-404")]
    assert '<a href="/tickets/OPS-404">' in person.get("/changes/event-1").text


def test_an_invented_ticket_is_not_to_be_read_anew(
    person: TestClient, spectator: TestClient, known: FakeReports
) -> None:
    command = f"counterseal ticket show {KEY}"

    assert command in person.get(f"/tickets/{KEY}").text
    assert command not in spectator.get(f"/tickets/{KEY}").text


def test_names_from_outside_are_text(person: TestClient, reports: FakeReports) -> None:
    reports.records[KEY] = recorded(replace(APPROVED, secrets=("<img src=x>",), requester="<b>", status="<i>"))

    assert re.findall(r"<(?:img|b|i)\b", person.get(f"/tickets/{KEY}").text) == []


def test_no_frame_may_hold_it(person: TestClient, known: FakeReports) -> None:
    headers = person.get(f"/tickets/{KEY}").headers

    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"


def test_a_stranger_sees_the_door(stranger: TestClient, known: FakeReports) -> None:
    assert stranger.get(f"/tickets/{KEY}").status_code == 401
