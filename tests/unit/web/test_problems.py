"""Errors as pages: our words, no traceback."""

import pytest
from starlette.testclient import TestClient
from tests.unit.web.conftest import Terminal, visitor
from tests.unit.web.fake_reports import FakeReports

from counterseal.errors import Unreachable


class FailingReports(FakeReports):
    """Reports that fail as a test wants it."""

    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self._failure = failure

    def run(self, report: str, parameters: object = None) -> object:  # type: ignore[override]
        raise self._failure


def _first_page(failure: Exception) -> tuple[int, str]:
    terminal = Terminal()
    with visitor(FailingReports(failure), terminal) as client:
        answer = client.get(terminal.links[0])
    return answer.status_code, answer.text


def test_one_of_our_errors_says_its_sentence_and_its_hint() -> None:
    status, text = _first_page(Unreachable("the ledger is busy", hint="try again in a moment"))

    assert status == 503
    assert "The ledger is busy." in text
    assert "Try again in a moment." in text


def test_a_fault_says_nothing_of_its_inside() -> None:
    status, text = _first_page(ZeroDivisionError("division of the treasure"))

    assert status == 500
    assert "treasure" not in text
    assert "Traceback" not in text
    assert "Nothing that was recorded is lost" in text


def test_no_page_is_a_page(person: TestClient) -> None:
    answer = person.get("/nowhere")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_a_request_that_the_page_does_not_take_is_refused_in_words(person: TestClient) -> None:
    answer = person.post("/changes", headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 405
    assert {*answer.headers["allow"].split(", ")} == {"GET", "HEAD"}


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=-1", "page=٣", "verdict=fine", "secret=" + "s" * 601, "actor=" + "a" * 601]
)
def test_a_filter_that_cannot_be_read_is_named(person: TestClient, query: str) -> None:
    answer = person.get(f"/changes?{query}")

    assert answer.status_code == 400
    assert "That did not work" in answer.text


def test_what_a_visitor_typed_is_text_and_never_markup(person: TestClient) -> None:
    answer = person.get("/changes?verdict=<script>alert(1)</script>")

    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text
