"""Coming in and going out over HTTP."""

import pytest
from starlette.testclient import TestClient
from tests.unit.web.conftest import Terminal, visitor
from tests.unit.web.fake_reports import FakeReports


def test_the_link_leads_to_the_first_page(stranger: TestClient, terminal: Terminal) -> None:
    answer = stranger.get(terminal.links[0])

    assert answer.status_code == 200
    assert answer.url.path == "/"


def test_the_cookie_stays_with_this_site_and_out_of_scripts(stranger: TestClient, terminal: Terminal) -> None:
    answer = stranger.get(terminal.links[0], follow_redirects=False)

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert cookie.startswith("counterseal-8642=")
    assert terminal.links[0].split("=")[-1] not in cookie


def test_a_second_use_of_the_link_is_refused(stranger: TestClient, terminal: Terminal) -> None:
    stranger.get(terminal.links[0])
    stranger.cookies.clear()

    answer = stranger.get(terminal.links[0])

    assert answer.status_code == 401
    assert "works once" in answer.text


@pytest.mark.parametrize("address", ["/sign-in", "/sign-in?token=", "/sign-in?token=wrong", "/sign-in?token=%FF"])
def test_an_incomplete_link_is_refused(stranger: TestClient, address: str) -> None:
    assert stranger.get(address).status_code == 401


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose"])
def test_a_browser_that_fetches_ahead_does_not_use_the_link_up(
    stranger: TestClient, terminal: Terminal, header: str
) -> None:
    ahead = stranger.get(terminal.links[0], headers={header: "prefetch;prerender"})

    assert ahead.status_code == 204
    assert stranger.get(terminal.links[0]).status_code == 200


def test_a_head_request_does_not_use_the_link_up(stranger: TestClient, terminal: Terminal) -> None:
    stranger.head(terminal.links[0])

    assert stranger.get(terminal.links[0]).status_code == 200


@pytest.mark.parametrize("path", ["/", "/changes", "/changes/event-1", "/coverage", "/words", "/nowhere"])
def test_who_is_not_signed_in_is_told_where_the_link_is(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)

    assert answer.status_code == 401
    assert "in the terminal where counterseal up is running" in answer.text


def test_a_visitor_sent_by_another_site_is_asked_once_more_as_their_own(person: TestClient) -> None:
    cookies = dict(person.cookies)
    person.cookies.clear()
    sent = person.get("/changes", headers={"Sec-Fetch-Site": "cross-site"})
    person.cookies.update(cookies)
    again = person.get("/changes", headers={"Sec-Fetch-Site": "same-origin"})

    assert 'http-equiv="refresh"' in sent.text
    assert again.status_code == 200


def test_nobody_is_sent_in_circles(stranger: TestClient) -> None:
    assert 'http-equiv="refresh"' not in stranger.get("/", headers={"Sec-Fetch-Site": "same-origin"}).text


def test_another_link_is_printed_in_the_terminal_and_nowhere_else(stranger: TestClient, terminal: Terminal) -> None:
    answer = stranger.post("/sign-in/new-link", headers={"Sec-Fetch-Site": "same-origin"})

    assert "printed only seconds ago" in answer.text
    assert len(terminal.links) == 1
    assert terminal.links[0].split("=")[-1] not in answer.text


def test_the_link_that_was_asked_for_leads_in(terminal: Terminal) -> None:
    with visitor(FakeReports(), terminal, is_told=False) as client:
        answer = client.post("/sign-in/new-link", headers={"Sec-Fetch-Site": "same-origin"})
        entered = client.get(terminal.links[0])

    assert "A new sign-in link is printed" in answer.text
    assert terminal.links[0].split("=")[-1] not in answer.text
    assert entered.status_code == 200


def test_who_signs_out_is_out(person: TestClient) -> None:
    cookies = dict(person.cookies)
    answer = person.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    person.cookies.update(cookies)

    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert person.get("/").status_code == 401
