"""A link that works once, and the sessions it opens."""

from datetime import datetime, timedelta

import pytest
from tests.unit.web.fake_reports import NOON

from counterseal.web.sign_in import LINK_LIFE, LINK_PAUSE, SESSION_LIFE, SignIn


class MovingClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.instant = NOON

    def now(self) -> datetime:
        return self.instant


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def sign_in(clock: MovingClock) -> SignIn:
    return SignIn(clock)


@pytest.fixture
def token(sign_in: SignIn) -> str:
    return _link(sign_in)


def _link(sign_in: SignIn) -> str:
    token = sign_in.new_link_token()
    assert token
    return token


def test_a_link_opens_a_session(sign_in: SignIn, token: str) -> None:
    cookie = sign_in.redeem(token)

    assert cookie is not None
    assert sign_in.is_open(cookie)


def test_a_link_works_once(sign_in: SignIn, token: str) -> None:
    sign_in.redeem(token)

    assert sign_in.redeem(token) is None


def test_a_link_expires(sign_in: SignIn, token: str, clock: MovingClock) -> None:
    clock.instant += LINK_LIFE

    assert sign_in.redeem(token) is None


def test_a_link_works_until_it_expires(sign_in: SignIn, token: str, clock: MovingClock) -> None:
    clock.instant += LINK_LIFE - timedelta(seconds=1)

    assert sign_in.redeem(token) is not None


@pytest.mark.parametrize("wrong", ["", "x", "é", "\udcff"])
def test_another_token_opens_nothing_and_leaves_the_link_alone(sign_in: SignIn, token: str, wrong: str) -> None:
    assert sign_in.redeem(wrong) is None
    assert sign_in.redeem(token) is not None


@pytest.mark.parametrize("nothing", ["", "x"])
def test_without_a_link_nothing_opens(sign_in: SignIn, nothing: str) -> None:
    assert sign_in.redeem(nothing) is None


def test_a_used_link_does_not_open_to_an_empty_token(sign_in: SignIn, token: str) -> None:
    sign_in.redeem(token)

    assert sign_in.redeem("") is None


def test_a_new_link_ends_the_one_before(sign_in: SignIn, token: str, clock: MovingClock) -> None:
    clock.instant += LINK_PAUSE
    newer = _link(sign_in)

    assert sign_in.redeem(token) is None
    assert sign_in.redeem(newer) is not None


def test_links_are_not_made_faster_than_a_person_reads_them(sign_in: SignIn, token: str, clock: MovingClock) -> None:
    clock.instant += LINK_PAUSE - timedelta(seconds=1)

    assert sign_in.new_link_token() is None
    assert sign_in.redeem(token) is not None


def test_a_session_ends_by_itself(sign_in: SignIn, token: str, clock: MovingClock) -> None:
    cookie = sign_in.redeem(token) or ""
    clock.instant += SESSION_LIFE

    assert not sign_in.is_open(cookie)


def test_a_session_ends_when_its_person_leaves(sign_in: SignIn, token: str) -> None:
    cookie = sign_in.redeem(token) or ""
    sign_in.end(cookie)

    assert not sign_in.is_open(cookie)


def test_a_cookie_that_was_altered_opens_nothing_and_ends_nothing(sign_in: SignIn, token: str) -> None:
    cookie = sign_in.redeem(token) or ""
    # Not the last letter: of its six bits base64 uses four.
    altered = cookie[:-2] + ("A" if cookie[-2] != "A" else "B") + cookie[-1]
    sign_in.end(altered)

    assert not sign_in.is_open(altered)
    assert sign_in.is_open(cookie)


def test_a_cookie_of_another_server_opens_nothing(sign_in: SignIn, clock: MovingClock) -> None:
    other = SignIn(clock)
    cookie = other.redeem(_link(other)) or ""

    assert not sign_in.is_open(cookie)


def test_the_token_is_not_kept(sign_in: SignIn, token: str) -> None:
    assert token not in repr(vars(sign_in))
