"""Answers of a Jira: which are believed, and what the others mean."""

import logging
from contextlib import suppress

import httpx2
import pytest
from tests.unit.jira.scripted import HandClock, Scripted, as_json, errors, page, scripted

from counterseal import __version__
from counterseal.errors import (
    CountersealError,
    Denied,
    Gone,
    MalformedInput,
    NotFound,
    NotSignedIn,
    OtherAnswer,
    Refused,
    Unreachable,
    Unsettled,
)
from counterseal.jira.interface import Flavour, Jira, NewIssue

CLOUD, DATA_CENTER = Flavour.CLOUD, Flavour.DATA_CENTER
ISSUE = {"id": "10042", "key": "OPS-42", "fields": {"summary": "x"}}
NOTHING = {"issues": [], "isLast": True}


def dead() -> httpx2.Response:
    return errors(401, "You are not authenticated")


def ask(*answers: Scripted) -> None:
    scripted(CLOUD, *answers)[0].issue("OPS-42")


def write(*answers: Scripted) -> None:
    scripted(CLOUD, *answers)[0].transition("OPS-42", "11")


# ------------------------------------------------------------------ the request


def test_a_request_says_who_asks_and_keeps_no_cookie() -> None:
    jira, script = scripted(CLOUD, as_json(200, ISSUE, Set_Cookie="JSESSIONID=1"), as_json(200, ISSUE))

    jira.issue("OPS-42")
    jira.issue("OPS-42")

    last = script.requests[-1]
    assert last.headers["Authorization"] == "Bearer t0ken-of-the-robot"
    assert last.headers["Accept"] == "application/json"
    assert last.headers["User-Agent"] == f"counterseal/{__version__}"
    assert "Cookie" not in last.headers
    assert "Content-Type" not in last.headers


def test_a_query_longer_than_servers_take_is_not_sent() -> None:
    jira, script = scripted(CLOUD)

    with pytest.raises(Refused, match=r"GET /rest/api/3/search/jql would ask with \d+ letters"):
        list(jira.search("summary ~ " + "ä" * 4000))

    assert script.asked == []


# ------------------------------------------------------------------ alive or not


@pytest.mark.parametrize("status", [200, 201, 400, 401, 403, 404, 410, 500])
@pytest.mark.parametrize(
    "reason", ["AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED", "AUTHORISATION_FAILED", "OUT, authenticated_failed"]
)
def test_a_refused_sign_in_is_seen_whatever_the_status(status: int, reason: str) -> None:
    answer = {"X_Seraph_LoginReason": reason}

    with pytest.raises(NotSignedIn):
        ask(*[as_json(status, ISSUE, **answer)] * 6)


def test_a_captcha_is_told() -> None:
    with pytest.raises(NotSignedIn) as failure:
        ask(as_json(200, ISSUE, X_Seraph_LoginReason="AUTHENTICATION_DENIED"))

    assert "captcha" in failure.value.hint
    assert "(AUTHENTICATION_DENIED)" in str(failure.value)


@pytest.mark.parametrize(
    "answer",
    [
        as_json(200, NOTHING),
        as_json(200, {"issues": [ISSUE], "isLast": True}),  # only what everybody may see
        errors(400, "The value 'OPS' does not exist for the field 'project'."),
        errors(403, "You may not"),
        errors(404, "Not found"),
    ],
    ids=["nothing", "public", "400", "403", "404"],
)
def test_what_nobody_would_be_told_too_is_not_believed(answer: httpx2.Response) -> None:
    jira, script = scripted(CLOUD, answer, me=dead)

    with pytest.raises(NotSignedIn):
        list(jira.search("project = OPS"))

    assert script.proofs == 1


def test_a_living_user_is_believed_for_a_minute() -> None:
    clock = HandClock()
    jira, script = scripted(CLOUD, *[as_json(200, ISSUE)] * 3, clock=clock)

    jira.issue("OPS-42")
    clock.advance(59)
    jira.issue("OPS-42")
    assert script.proofs == 1
    clock.advance(1)
    jira.issue("OPS-42")
    assert script.proofs == 2


@pytest.mark.parametrize("answer", [as_json(200, NOTHING), as_json(200, []), errors(404)])
def test_nothing_found_is_believed_to_a_user_who_lives_now(answer: httpx2.Response) -> None:
    jira, script = scripted(CLOUD, as_json(200, ISSUE), answer)
    jira.issue("OPS-42")

    with suppress(NotFound, MalformedInput):  # a list alone is no answer to a search
        list(jira.search("project = OPS"))

    assert script.proofs == 2


def test_jiras_own_word_that_we_are_signed_in_spares_the_question() -> None:
    jira, script = scripted(DATA_CENTER, errors(404), as_json(200, ISSUE, X_Seraph_LoginReason="OK"))

    with pytest.raises(NotFound):
        jira.issue("OPS-1")
    jira.issue("OPS-42")

    assert script.proofs == 1


@pytest.mark.parametrize("header", [{"X_AUSERNAME": "anonymous"}, {"X_Seraph_LoginReason": "OUT"}])
def test_an_answer_to_nobody_is_asked_about_at_once(header: dict[str, str]) -> None:
    answers = [as_json(200, ISSUE), as_json(200, ISSUE, **header)]
    jira, script = scripted(DATA_CENTER, *answers)

    jira.issue("OPS-42")
    jira.issue("OPS-42")

    assert script.proofs == 2


def test_nothing_is_written_before_we_are_known_to_be_alive() -> None:
    jira, script = scripted(CLOUD, me=dead)

    with pytest.raises(NotSignedIn):
        jira.comment("10042", "x", is_service_request=False)

    assert script.asked == []


@pytest.mark.parametrize(
    ("me", "error"),
    [
        (errors(404), OtherAnswer),
        (page(200), OtherAnswer),
        (errors(410), Gone),
        (as_json(200, {"unexpected": True}), MalformedInput),
        (as_json(200, []), MalformedInput),
        (httpx2.Response(200, text="ok"), MalformedInput),
    ],
)
def test_what_knows_no_users_proves_nothing(me: httpx2.Response, error: type[CountersealError]) -> None:
    jira, _ = scripted(CLOUD, as_json(200, NOTHING), me=lambda: me)

    with pytest.raises(error):
        jira.myself()
    with pytest.raises(error):
        list(jira.search("project = OPS"))


def test_who_we_are_cannot_be_told_while_jira_is_down() -> None:
    jira, _ = scripted(CLOUD, errors(404), me=lambda: httpx2.Response(503))

    with pytest.raises(Unreachable):
        jira.issue("OPS-42")


# ------------------------------------------------------------------ what went wrong


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (errors(401, "Basic auth failed"), NotSignedIn, "does not know the token"),
        (page(401), NotSignedIn, "does not know the token"),
        (as_json(401, {"code": 401, "message": "Unauthorized; scope does not match"}), Denied, "lacks the scope"),
        (errors(403, "No permission"), Denied, "does not allow GET /rest/api/3/issue/OPS-42: No permission"),
        (page(403, X_AREQUESTID="1x2x3"), Denied, "does not allow"),
        (page(403), OtherAnswer, "something that is not Jira's"),
        (errors(404, "Issue does not exist"), NotFound, "finds nothing for .*: Issue does not exist"),
        (page(404, X_AREQUESTID="1x2x3"), NotFound, "finds nothing"),
        (page(404), OtherAnswer, "not Jira's"),
        (httpx2.Response(404, text="404 page not found"), OtherAnswer, "not Jira's"),
        (httpx2.Response(404), OtherAnswer, "not Jira's"),
        (as_json(404, {"message": "no Route matched"}), OtherAnswer, "not Jira's"),
        (as_json(407, {}), OtherAnswer, "not Jira's"),
        (errors(410, "removed"), Gone, "no longer offers"),
        (errors(409, "again"), Refused, "does not take .*: again"),
        (httpx2.Response(302, headers={"Location": "https://sso.example"}), OtherAnswer, "the way to another address"),
        (page(200), OtherAnswer, "a page"),
        (httpx2.Response(200, text="<?xml version='1.0'?>"), OtherAnswer, "a page"),
        (httpx2.Response(200, text="hello"), MalformedInput, "with no JSON"),
        (httpx2.Response(204), MalformedInput, "with no JSON"),
        (as_json(200, {"id": 1, "key": "OPS-42"}), MalformedInput, r"another shape .* at `\$.id`"),
        (httpx2.Response(200, text='{"fields":' * 100_000), MalformedInput, "with no JSON"),
    ],
)
def test_each_way_to_fail_is_told_apart(answer: httpx2.Response, error: type[CountersealError], said: str) -> None:
    with pytest.raises(error, match=said) as failure:
        ask(answer)

    assert type(failure.value) is error


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_a_fault_of_jiras_own_is_no_word_about_tickets(status: int) -> None:
    with pytest.raises(Unreachable) as failure:
        ask(*[httpx2.Response(status)] * 6)

    assert type(failure.value) is Unreachable


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_after_a_fault_it_is_not_known_whether_a_change_was_made(status: int) -> None:
    with pytest.raises(Unsettled):
        write(httpx2.Response(status))


def test_jiras_words_are_told_in_one_bounded_line_without_tricks() -> None:
    answer = as_json(400, {"errorMessages": ["first\n\x1b[31mred\u202e", "x" * 600], "errors": {"labels": "bad"}})

    with pytest.raises(Refused) as failure:
        ask(answer)

    said = str(failure.value)
    assert said.startswith("Jira does not take GET /rest/api/3/issue/OPS-42: first [31mred; xxx")
    assert len(said) < 600
    assert said.endswith("…")


@pytest.mark.parametrize(
    "value",
    [{"errorMessage": "not yours"}, {"message": "not yours"}, {"errorMessages": [], "errors": {"who": "not yours"}}],
)
def test_jiras_words_are_found_wherever_it_puts_them(value: object) -> None:
    with pytest.raises(Denied, match="not yours"):
        ask(as_json(403, value))


def test_errors_without_words_are_told_without_a_colon() -> None:
    with pytest.raises(Refused, match=r"^Jira does not take GET /rest/api/3/issue/OPS-42$"):
        ask(as_json(400, {}))


def test_an_error_names_the_call_and_not_its_query() -> None:
    jira, _ = scripted(CLOUD, as_json(200, {"issues": [], "nextPageToken": "PAGE-TOKEN"}), as_json(200, {"issues": 1}))

    with pytest.raises(MalformedInput) as failure:
        list(jira.search("project = OPS"))

    assert str(failure.value).startswith("GET /rest/api/3/search/jql was answered with JSON of another shape")
    assert "PAGE-TOKEN" not in str(failure.value)


# ------------------------------------------------------------------ the token stays where it is


def test_no_error_repeats_the_token_that_was_echoed() -> None:
    with pytest.raises(Refused) as failure:
        ask(errors(400, "bad header: Bearer t0ken-of-the-robot"))

    assert "t0ken" not in f"{failure.value!r} {failure.value.hint}"


def test_no_log_and_no_error_holds_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    request = httpx2.Request("GET", "https://jira.example", headers={"Authorization": "t0ken"})

    with pytest.raises(Unreachable) as failure:
        ask(*[httpx2.ConnectError("t0ken", request=request)] * 6)

    assert failure.value.__cause__ is None
    assert "t0ken" not in caplog.text + repr(failure.value)


def test_a_jira_is_let_go_of() -> None:
    jira, _ = scripted(CLOUD)

    jira.close()

    with pytest.raises(RuntimeError, match="closed"):
        jira.myself()


def make(jira: Jira) -> None:
    jira.create(NewIssue("OPS", "Task", "s", "d"))


def test_a_token_that_dies_while_it_writes_is_told() -> None:
    jira, _ = scripted(CLOUD, as_json(201, ISSUE, X_Seraph_LoginReason="AUTHENTICATED_FAILED"))

    with pytest.raises(NotSignedIn):
        make(jira)
