"""The pages of the double of Jira: what a person sees of a ticket, and does to it."""

import http.client
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

import pytest
from tests.wings.jira_asking import Client

from counterseal.jira_double import world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.model import Brought, Flavour, HandClock, Issue

pytestmark = pytest.mark.enable_socket


@pytest.fixture(params=list(Flavour))
def double(request: pytest.FixtureRequest) -> Iterator[JiraDouble]:
    """Return a double of each flavour in turn."""
    with JiraDouble(request.param) as made:
        yield made


class Shown(NamedTuple):
    status: int
    place: str
    text: str


def seen(double: JiraDouble, path: str) -> Shown:
    """Return a page."""
    client = Client(double, None)
    answer = client.ask("GET", quote(path, safe="/?="))
    return Shown(answer.status, "", answer.body.decode())


def sent(double: JiraDouble, path: str, *, origin: str = "", **members: str) -> Shown:
    """Return what a form came to."""
    place = urlsplit(double.url)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} | ({"Origin": origin} if origin else {})
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    named = {name.rstrip("_"): text for name, text in members.items()}
    connection.request("POST", path, urlencode(named), headers)
    answer = connection.getresponse()
    shown = Shown(answer.status, answer.headers["Location"] or "", answer.read().decode())
    connection.close()
    return shown


def followed(double: JiraDouble, path: str, **members: str) -> str:
    """Return the page that a form leads to."""
    return seen(double, sent(double, path, **members).place).text


def waiting(double: JiraDouble) -> Issue:
    """Return a ticket that Bob is asked to approve."""
    issue = double.create_issue("OPS", {world.SECRET: "prod/db"})
    double.request_approval(issue, world.BOB)
    return issue


def test_a_person_can_click_a_ticket_through_its_approval(double: JiraDouble) -> None:
    made = followed(double, "/create", as_="alice", project="OPS", summary="Rotate <b>it</b>")
    assert "Rotate &lt;b&gt;it&lt;/b&gt;" in made

    followed(double, "/browse/OPS-1/edit", as_="alice", **{world.SECRET: "prod/db"})
    asked = followed(double, "/browse/OPS-1/ask", as_="alice", bob="on")
    done = followed(double, "/browse/OPS-1/approve", as_="bob")

    issue = double.site.find("OPS-1")
    assert issue is not None
    assert (issue.fields[world.SECRET], issue.status) == ("prod/db", "Approved")
    assert "Bob Example: <b>pending</b>" in asked
    assert "Bob Example: <b>approved</b>" in done
    assert "OPS-1" in seen(double, "/").text


def test_only_who_was_asked_is_shown_the_buttons_and_others_how_to_be_them(double: JiraDouble) -> None:
    key = waiting(double).issue_key

    bob, alice, nobody = (seen(double, f"/browse/{key}{it}").text for it in ("?as=bob", "?as=alice", ""))

    assert f'action="/browse/{key}/approve"' in bob
    for text in (alice, nobody):
        assert "/approve" not in text
        assert f'<a class="button" href="/browse/{key}?as=bob">Be Bob Example</a>' in text
    assert "Go around the approval" in alice
    assert '<form method="post"' not in nobody


def test_every_page_says_that_it_is_invented_and_asks_nothing_of_elsewhere(double: JiraDouble) -> None:
    key = waiting(double).issue_key
    client = Client(double, None)

    answers = [client.ask("GET", it) for it in ("/", f"/browse/{key}", "/nowhere", "/browse/OPS-999")]

    assert [it.status for it in answers] == [200, 200, 404, 404]
    assert all(b"An invented Jira" in it.body for it in answers)
    assert all("default-src 'none'" in it.headers["Content-Security-Policy"] for it in answers)
    assert client.ask("GET", "/double.css").headers.get_content_type() == "text/css"


@pytest.mark.parametrize(
    ("deed", "members"),
    [
        ("approve", {}),
        ("approve", {"as_": "alice"}),
        ("decline", {"as_": "alice"}),
        ("ask", {"as_": "alice"}),
        ("comment", {"as_": "alice", "text": ""}),
        ("transition", {"as_": "alice", "way": "999"}),
        ("dance", {"as_": "alice"}),
    ],
)
def test_what_a_page_refuses_is_said_and_changes_nothing(
    double: JiraDouble, deed: str, members: dict[str, str]
) -> None:
    issue = waiting(double)

    shown = sent(double, f"/browse/{issue.issue_key}/{deed}", **members)

    assert (shown.status, issue.status, issue.comments) == (400, "Waiting for approval", [])
    assert "Nothing was done" in shown.text


def test_nobody_can_answer_where_nobody_was_asked(double: JiraDouble) -> None:
    key = double.create_issue().issue_key

    assert [sent(double, f"/browse/{key}/{it}", as_="bob").status for it in ("approve", "decline")] == [400, 400]


def test_a_form_of_another_site_is_refused(double: JiraDouble) -> None:
    issue = waiting(double)
    path = f"/browse/{issue.issue_key}/approve"

    foreign = [
        sent(double, path, origin=it, as_="bob").status for it in ("https://evil.example", "null", double.url + "1")
    ]
    before = issue.status
    ours = sent(double, path, origin=double.url, as_="bob").status

    assert (foreign, before, ours, issue.status) == ([403] * 3, "Waiting for approval", 303, "Approved")


def test_a_form_leads_nowhere_where_nothing_is(double: JiraDouble) -> None:
    assert sent(double, "/browse/OPS-999/approve", as_="bob").status == 404
    assert sent(double, "/create", as_="bob", project="NONE", summary="x").status == 400


def test_what_happened_and_what_was_said_is_shown(double: JiraDouble) -> None:
    issue = double.create_issue("OPS", {world.EXECUTORS: [world.DAVE, world.BOB], "assignee": world.DAVE})
    key = issue.issue_key

    followed(double, f"/browse/{key}/comment", as_="carol", text="For <us>")
    followed(double, f"/browse/{key}/comment", as_="dave", text="For all", public="on")
    double.request_approval(issue, world.BOB)
    shown = followed(double, f"/browse/{key}/decline", as_="bob")

    assert [it.is_public for it in issue.comments] == [False, True]
    for text in (
        "For &lt;us&gt;", "internal", "customers see it", "Dave Example, Bob Example", "to be done by Dave Example",
        "Waiting for approval → Declined", "<b>Declined <time",
    ):  # fmt: skip
        assert text in shown
    assert "Open" in followed(double, f"/browse/{key}/transition", as_="dave", way="61")


def test_saving_what_was_not_altered_is_no_edit(double: JiraDouble) -> None:
    window = "2026-01-02T03:00:00.000+0000"
    issue = double.create_issue("OPS", {world.SECRET: "db", world.WINDOW_FROM: window, world.WINDOW_TO: "none"})
    page = seen(double, f"/browse/{issue.issue_key}?as=alice").text

    sent(double, f"/browse/{issue.issue_key}/edit", as_="alice", **{world.WINDOW_FROM: window, world.ACCOUNT: ""})

    assert f'value="{window}"' in page
    assert "02 Jan 2026, 03:00 UTC" in page
    assert issue.histories == []


def test_a_time_is_shown_however_it_is_held(double: JiraDouble) -> None:
    issue = double.create_issue("SEC", {world.EMERGENCY: double.clock() + timedelta(hours=1)})

    shown = seen(double, f"/browse/{issue.issue_key}").text

    assert "02 Jan 2026, 04:00 UTC" in shown
    assert 'id="approval"' not in shown


def test_what_a_program_links_is_shown_with_its_state_and_never_as_a_script(double: JiraDouble) -> None:
    issue = double.create_issue()
    icon = {"title": "needs <an> explanation"}
    told = {"url": "http://127.0.0.1/changes/1", "title": "A change", "summary": "Why", "status": {"icon": icon}}
    done = {"url": "javascript:alert(1)", "title": "Another", "status": {"resolved": True}}
    application = {"name": "Counterseal"}
    link = {"globalId": "1", "relationship": "sealed by", "application": application, "object": told}
    with double.changing():
        double.site.put_link(issue, link, world.ROBOT)
        double.site.put_link(issue, {"globalId": "2", "object": done}, world.ROBOT)
        double.site.put_property(issue, "counterseal.x", {"verdict": "<approved>"}, world.ROBOT)

    shown = seen(double, f"/browse/{issue.issue_key}").text

    assert '<a href="http://127.0.0.1/changes/1">A change</a>' in shown
    assert '<span class="badge open">open: needs &lt;an&gt; explanation</span>' in shown
    assert "sealed by Counterseal" in shown
    assert '<a href="#">Another</a> <span class="badge resolved">resolved</span>' in shown
    assert "&lt;approved&gt;" in shown
    assert "javascript:" not in shown


def test_a_double_begins_with_whom_it_is_given_and_keeps_what_is_brought_in() -> None:
    given = world.World(people=(world.BOB, world.ALICE), projects=(world.PLAIN,), players=(world.BOB,), first_id=500)
    with JiraDouble(clock=HandClock(), begun=given) as double:
        old = double.create_issue("SEC", by=world.BOB, brought=Brought("77", 41))
        new = double.create_issue("SEC", by=world.BOB)
        shown = seen(double, "/").text

    assert (old.issue_id, old.issue_key) == ("77", "SEC-41")
    assert (new.issue_id, new.issue_key) == ("500", "SEC-42")
    assert "Bob Example</option>" in shown
    assert "Alice Example</option>" not in shown
