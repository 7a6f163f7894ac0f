"""Signing in: tokens that stay, and refresh tokens that change at each use."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import httpx2
import pytest
from tests.unit.jira.scripted import HandClock, Script, Scripted, as_json, page

from counterseal.errors import (
    CountersealError,
    MalformedInput,
    NotSignedIn,
    OtherAnswer,
    Refused,
    SettingsError,
    Throttled,
    Unreachable,
    Unsettled,
)
from counterseal.hidden import Hidden
from counterseal.jira.interface import Jira
from counterseal.jira.opening import Address, open_jira
from counterseal.jira.sign_in import (
    TOKEN_URL,
    BasicToken,
    BearerToken,
    Nobody,
    OAuth,
    RefreshTokens,
    SignIn,
    expiry_warning,
)

CLOUD_ID = "11111111-2222-3333-4444-555555555555"
SITE = Address("https://acme.atlassian.net", cloud_id=CLOUD_ID)
ME = as_json(200, {"accountId": "acc-1"})


class Kept:
    """Keeps a refresh token in memory, and notes when."""

    def __init__(self, *tokens: bytes) -> None:
        self.tokens = list(tokens)
        self.steps: list[str] = []
        self.is_alone = False

    def read(self) -> Hidden:
        return Hidden(self.tokens[-1] if len(self.tokens) == 1 else self.tokens.pop(0))

    def write(self, token: Hidden) -> None:
        assert self.is_alone
        self.steps.append("kept")
        self.tokens = [token.reveal()]

    @contextmanager
    def alone(self) -> Iterator[None]:
        self.is_alone = True
        yield
        self.is_alone = False


def grant(access: str = "access-1", refresh: str = "refresh-2", seconds: float = 3600) -> httpx2.Response:
    return as_json(200, {"access_token": access, "refresh_token": refresh, "expires_in": seconds})


def opened(sign_in: SignIn, *answers: Scripted, clock: HandClock | None = None) -> tuple[Jira, Script]:
    script = Script(answers, lambda: ME)
    transport = httpx2.MockTransport(script)
    jira = open_jira(SITE, sign_in, clock=clock or HandClock(), transport=transport, patience=script.patience())
    return jira, script


def oauth(keep: RefreshTokens) -> OAuth:
    return OAuth("client-1", Hidden(b"client-secret"), keep)


def signed(sign_in: SignIn, *answers: Scripted) -> str:
    """Return what stands in `Authorization`."""
    jira, script = opened(sign_in, *answers, as_json(200, []))
    jira.fields()
    return str(script.requests[-1].headers["Authorization"])


# ------------------------------------------------------------------ tokens that stay


def test_an_api_token_goes_with_its_address() -> None:
    said = signed(BasicToken("robot@example.com", Hidden(b"abc")))

    assert said == "Basic " + base64.b64encode(b"robot@example.com:abc").decode()


def test_a_personal_access_token_goes_alone() -> None:
    assert signed(BearerToken(Hidden(b"abc"))) == "Bearer abc"


@pytest.mark.parametrize("token", [b"", b"abc\n", b" abc", b'"abc"\r\nX: y', b"\xff\xfe", "ä".encode()])
def test_a_token_with_letters_that_no_token_has_is_refused_unsaid(token: bytes) -> None:
    for sign_in in (BearerToken(Hidden(token)), BasicToken("a@b", Hidden(token))):
        with pytest.raises(SettingsError) as failure:
            opened(sign_in)

        assert str(failure.value) == "the token of Jira is empty, or has letters that no token has"


@pytest.mark.parametrize("email", ["", "a:b@example.com"])
def test_an_address_that_would_change_the_token_is_refused(email: str) -> None:
    with pytest.raises(SettingsError, match="is no e-mail address"):
        opened(BasicToken(email, Hidden(b"abc")))


@pytest.mark.parametrize("echoed", ["abcdefgh", base64.b64encode(b"a@b:abcdefgh").decode()])
def test_neither_form_of_an_api_token_is_repeated(echoed: str) -> None:
    jira, _ = opened(BasicToken("a@b", Hidden(b"abcdefgh")), as_json(400, {"errorMessages": [f"no {echoed}"]}))

    with pytest.raises(Refused, match="no …"):
        jira.fields()


def test_nobody_has_nothing_to_hide_and_nothing_to_renew() -> None:
    assert (Nobody().header(), Nobody().renew(), Nobody().blot("x")) == ("", False, "x")


@pytest.mark.parametrize(
    "sign_in", [BearerToken(Hidden(b"abc")), BasicToken("a@b", Hidden(b"abc")), oauth(Kept(b"abc"))]
)
def test_no_way_to_sign_in_shows_its_secret(sign_in: SignIn) -> None:
    assert "abc" not in f"{sign_in!r}{sign_in}"
    assert "client-secret" not in f"{sign_in!r}"


# ------------------------------------------------------------------ refresh tokens


def test_a_refresh_token_gives_an_access_token() -> None:
    jira, script = opened(oauth(Kept(b"refresh-1")), grant(), as_json(200, []))

    jira.fields()

    refresh, asked = script.requests
    assert str(refresh.url) == TOKEN_URL
    assert json.loads(refresh.content) == {
        "grant_type": "refresh_token",
        "client_id": "client-1",
        "client_secret": "client-secret",
        "refresh_token": "refresh-1",
    }
    assert "Authorization" not in refresh.headers
    assert asked.headers["Authorization"] == "Bearer access-1"
    assert str(asked.url) == f"https://api.atlassian.com/ex/jira/{CLOUD_ID}/rest/api/3/field"


def test_the_new_refresh_token_is_kept_before_anything_else_is_asked() -> None:
    keep = Kept(b"refresh-1")
    jira, script = opened(oauth(keep), grant(), as_json(200, []))
    _note_requests(script, keep)

    jira.fields()

    assert keep.steps == ["/oauth/token", "kept", f"/ex/jira/{CLOUD_ID}/rest/api/3/field"]
    assert keep.tokens == [b"refresh-2"]


def _note_requests(script: Script, keep: Kept) -> None:
    class Noting(list[httpx2.Request]):
        def append(self, request: httpx2.Request) -> None:
            keep.steps.append(request.url.path)
            super().append(request)

    script.requests = Noting()


class Full(Kept):
    def write(self, token: Hidden) -> None:
        raise Unreachable("the disk is full")


def test_an_access_token_is_not_used_if_its_refresh_token_was_not_kept() -> None:
    jira, script = opened(oauth(Full(b"refresh-1")), grant())

    with pytest.raises(Unreachable, match="the disk is full"):
        jira.fields()

    assert len(script.requests) == 1


def test_an_access_token_serves_until_its_last_minute() -> None:
    clock = HandClock()
    answers = [grant(), as_json(200, []), as_json(200, []), grant("access-2"), as_json(200, [])]
    jira, script = opened(oauth(Kept(b"refresh-1")), *answers, clock=clock)

    jira.fields()
    clock.advance(3539)
    jira.fields()
    clock.advance(1)
    jira.fields()

    said = [it.headers.get("Authorization") for it in script.requests]
    assert said == [None, "Bearer access-1", "Bearer access-1", None, "Bearer access-2"]
    assert json.loads(script.requests[3].content)["refresh_token"] == "refresh-2"


def test_an_access_token_that_is_refused_is_renewed_once() -> None:
    refused = as_json(401, {"code": 401, "message": "Unauthorized"})
    jira, script = opened(oauth(Kept(b"refresh-1")), grant(), refused, grant("access-2"), refused)

    with pytest.raises(NotSignedIn):
        jira.fields()

    assert len(script.requests) == 4


def test_a_refresh_token_that_stays_is_kept_as_it_is() -> None:
    keep = Kept(b"refresh-1")
    jira, _ = opened(oauth(keep), as_json(200, {"access_token": "a", "expires_in": 3600}), as_json(200, []))

    jira.fields()

    assert keep.steps == []


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refresh_that_is_refused_says_how_to_mend_it(status: int) -> None:
    told = {"error": "invalid_grant", "error_description": "refresh-1 is revoked"}
    jira, script = opened(oauth(Kept(b"refresh-1")), as_json(status, told))

    with pytest.raises(NotSignedIn) as failure:
        jira.fields()

    assert (
        str(failure.value) == "the right to sign in to Jira was refused (invalid_grant): it was taken back, or is over"
    )
    assert "counterseal jira connect" in failure.value.hint
    assert len(script.requests) == 1


def test_a_word_of_a_refusal_that_is_no_word_is_left_out() -> None:
    jira, _ = opened(oauth(Kept(b"refresh-1")), as_json(400, {"error": "refresh-1"}))

    with pytest.raises(NotSignedIn, match=r"^the right to sign in to Jira was refused: "):
        jira.fields()


def test_a_refresh_token_that_another_process_used_first_is_read_again() -> None:
    keep = Kept(b"refresh-1", b"refresh-2")
    jira, script = opened(oauth(keep), as_json(400, {"error": "invalid_grant"}), grant(), as_json(200, []))

    jira.fields()

    assert json.loads(script.requests[1].content)["refresh_token"] == "refresh-2"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx2.Response(500), Unreachable),
        (httpx2.ReadTimeout("x"), Unreachable),
        (httpx2.Response(429, headers={"Retry-After": "999"}), Throttled),
        (page(200), OtherAnswer),
        (page(403), OtherAnswer),
        (as_json(200, {}), MalformedInput),
    ],
)
def test_a_refresh_that_got_no_answer_is_no_refusal(answer: Scripted, error: type[CountersealError]) -> None:
    jira, script = opened(oauth(Kept(b"refresh-1")), answer)

    with pytest.raises(error) as failure:
        jira.fields()

    assert not isinstance(failure.value, Unsettled | NotSignedIn)
    assert len(script.requests) == 1


def test_an_access_token_that_is_echoed_is_not_repeated() -> None:
    jira, _ = opened(oauth(Kept(b"refresh-1")), grant(), as_json(400, {"errorMessages": ["no access-1"]}))

    with pytest.raises(Refused, match="no …"):
        jira.fields()


# ------------------------------------------------------------------ the day on which a token expires


@pytest.mark.parametrize(
    ("expires", "said"),
    [
        (None, ""),
        (date(2026, 4, 10), ""),
        (date(2026, 4, 9), "expires in 30 days, on 2026-04-09"),
        (date(2026, 3, 12), "expires in 2 days, on 2026-03-12"),
        (date(2026, 3, 11), "expires tomorrow"),
        (date(2026, 3, 10), "expires today"),
        (date(2026, 3, 9), "expired on 2026-03-09"),
    ],
)
def test_a_token_that_will_expire_is_told_in_time(expires: date | None, said: str) -> None:
    warning = expiry_warning(expires, date(2026, 3, 10))

    assert warning.startswith(f"the token of Jira {said}: " if said else "")
    assert bool(warning) is bool(said)


_: Callable[..., RefreshTokens] = Kept
