"""/metrics: open to Prometheus on this machine where that is set, and to nobody otherwise."""

from http import HTTPStatus

from starlette.testclient import TestClient
from tests.unit.web.conftest import Terminal, visitor
from tests.unit.web.fake_reports import FakeReports

from counterseal.web.guard import ANSWER_HEADERS

TEXT = "counterseal_blind_seconds 0\n"


def measured(reports: FakeReports, terminal: Terminal) -> TestClient:
    return visitor(reports, terminal, metrics=lambda: TEXT)


def test_metrics_are_answered_without_a_sign_in(reports: FakeReports, terminal: Terminal) -> None:
    with measured(reports, terminal) as client:
        answer = client.get("/metrics")

    assert (answer.status_code, answer.text) == (HTTPStatus.OK, TEXT)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert {name: answer.headers[name] for name in ANSWER_HEADERS} == ANSWER_HEADERS


def test_nothing_else_is_open_because_metrics_are(reports: FakeReports, terminal: Terminal) -> None:
    with measured(reports, terminal) as client:
        answers = [client.get(path) for path in ("/", "/metrics/", "/metrics/x", "/coverage")]

    assert not any(TEXT in it.text or it.status_code == HTTPStatus.OK for it in answers)


def test_another_name_for_this_machine_is_refused(reports: FakeReports, terminal: Terminal) -> None:
    with measured(reports, terminal) as client:
        answer = client.get("/metrics", headers={"Host": "evil.example"})

    assert TEXT not in answer.text
    assert answer.status_code >= HTTPStatus.BAD_REQUEST


def test_without_the_setting_there_are_no_metrics(person: TestClient) -> None:
    assert person.get("/metrics").status_code == HTTPStatus.NOT_FOUND
