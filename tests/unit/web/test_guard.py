"""Which requests come in, and what every answer carries."""

import pytest
from starlette.testclient import TestClient
from tests.unit.web.conftest import ADDRESS
from tests.unit.web.fake_reports import FakeReports

from counterseal.web.guard import ANSWER_HEADERS


@pytest.mark.parametrize("path", ["/", "/static/counterseal.css", "/nowhere", "/sign-in"])
def test_every_answer_carries_the_headers(person: TestClient, path: str) -> None:
    headers = person.get(path).headers

    assert {name: headers[name] for name in ANSWER_HEADERS} == ANSWER_HEADERS


def test_the_answer_to_a_fault_carries_them_too(person: TestClient, reports: FakeReports) -> None:
    reports.findings = [{"verdict": "no such row"}]
    answer = person.get("/")

    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_refusal_carries_them_too(person: TestClient) -> None:
    answer = person.get("/", headers={"Host": "evil.example"})

    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_policy_allows_nothing_that_is_unsafe() -> None:
    assert "unsafe" not in ANSWER_HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8642", "127.0.0.1", "127.0.0.1:1", "", "127.0.0.1:8642.evil"]
)
def test_another_name_for_this_machine_is_refused(person: TestClient, host: str) -> None:
    answer = person.get("/", headers={"Host": host})

    assert answer.status_code == 421
    assert "Overview" not in answer.text


def test_localhost_is_a_name_of_this_machine(stranger: TestClient) -> None:
    assert stranger.get("/", headers={"Host": "localhost:8642"}).status_code == 401


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via"])
def test_a_proxy_is_refused(person: TestClient, header: str) -> None:
    assert person.get("/", headers={header: "203.0.113.9"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ADDRESS, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_of_another_site_is_refused_and_does_nothing(person: TestClient, headers: dict[str, str]) -> None:
    answer = person.post("/sign-out", headers=headers)

    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text
    assert person.get("/").status_code == 200


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": ADDRESS}])
def test_a_form_of_our_own_is_taken(person: TestClient, headers: dict[str, str]) -> None:
    assert person.post("/sign-out", headers=headers).status_code == 200


MARKS = [f"/static/marks/{name}.svg" for name in ("seal", "explained", "unexplained")]


@pytest.mark.parametrize("path", MARKS)
def test_a_page_of_jira_may_show_our_marks_without_a_sign_in_and_by_way_of_a_proxy(
    stranger: TestClient, path: str
) -> None:
    answer = stranger.get(path, headers={"Host": "audit.example", "X-Forwarded-For": "203.0.113.9"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["content-security-policy"] == ANSWER_HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/static/counterseal.css", "/static/marks/%2e%2e/counterseal.css", "/static/marks/", "/", "/tickets/OPS-1"]
)
def test_nothing_else_is_shown_to_another_site(person: TestClient, path: str) -> None:
    assert person.get(path, headers={"Host": "audit.example"}).status_code == 421
    assert person.get(path).headers["cross-origin-resource-policy"] == "same-origin"


def test_nothing_is_sent_to_the_marks(person: TestClient) -> None:
    assert person.post("/static/marks/seal.svg").status_code == 403
