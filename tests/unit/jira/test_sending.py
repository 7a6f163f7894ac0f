"""Sending again: only where the first cannot have done anything twice, and never for longer than was said."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from tests.unit.jira.scripted import HOST, HandClock, Script, Scripted

from counterseal.errors import CountersealError, MalformedInput, Throttled, Unreachable, Unsettled
from counterseal.jira.sending import MOST_BYTES, Answer, Asked, Sender

REQUEST = httpx2.Request("GET", HOST)
READ = Asked("the reading", "GET", HOST, {}, is_repeatable=True)
WRITE = Asked("the writing", "POST", HOST, {}, b"{}")

OK = httpx2.Response(200, text="done")
NEVER_SENT = [httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError]
LOST = [httpx2.ReadTimeout, httpx2.WriteError, httpx2.ReadError, httpx2.RemoteProtocolError]


def send(asked: Asked, *answers: Scripted, **patience: Any) -> tuple[Callable[[], Answer], Script]:
    script = Script(answers, lambda: OK)
    client = httpx2.Client(transport=httpx2.MockTransport(script))
    return lambda: Sender(client, HandClock(), script.patience(**patience)).send(asked), script


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_a_reading_is_asked_for_again_after_a_fault(status: int) -> None:
    ask, script = send(READ, httpx2.Response(status), httpx2.Response(status), OK)

    assert ask().content == b"done"
    assert script.waits == [1.0, 2.0]


@pytest.mark.parametrize("failure", [*NEVER_SENT, *LOST])
def test_a_reading_is_asked_for_again_after_silence(failure: type[httpx2.HTTPError]) -> None:
    ask, script = send(READ, failure("x"), OK)

    assert ask().status == 200
    assert script.waits == [1.0]


@pytest.mark.parametrize("failure", NEVER_SENT)
def test_a_writing_that_never_left_is_sent_again(failure: type[httpx2.HTTPError]) -> None:
    ask, script = send(WRITE, failure("x"), OK)

    assert ask().status == 200
    assert len(script.requests) == 2


@pytest.mark.parametrize("failure", LOST)
def test_a_writing_that_may_have_arrived_is_not_sent_again(failure: type[httpx2.HTTPError]) -> None:
    ask, script = send(WRITE, failure("x"), OK)

    with pytest.raises(Unsettled, match=rf"jira.example did not answer the writing \({failure.__name__}\)"):
        ask()

    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_writing_that_failed_is_not_sent_again(status: int) -> None:
    ask, script = send(WRITE, httpx2.Response(status, headers={"Retry-After": "1"}), OK)

    assert ask().status == status
    assert script.waits == []


def test_a_writing_that_was_sent_away_is_sent_again() -> None:
    ask, script = send(WRITE, httpx2.Response(429, headers={"Retry-After": "7"}), OK)

    assert ask().status == 200
    assert script.waits == [8.0]  # and a second by chance


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 2.5 "}, 2.5),
        ({"Retry-After": "Tue, 10 Mar 2026 12:00:30 GMT"}, 30),
        ({"Retry-After": "Tue, 10 Mar 2026 12:00:30 -0000"}, 30),
        ({"Retry-After": "Tue, 10 Mar 2026 11:00:00 GMT"}, 0),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "2026-03-10T12:01Z"}, 60),
        ({"X-RateLimit-Reset": "2026-03-10T12:00:20Z"}, 20),
        ({"X-RateLimit-Reset": "later", "X-RateLimit-Interval-Seconds": "4"}, 4),
        ({"X-RateLimit-Interval-Seconds": "4", "Retry-After": "9"}, 9),
        ({"X-RateLimit-Interval-Seconds": "often"}, 0),  # nothing is told: one second by chance alone
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_what_an_answer_says_about_waiting_is_done(headers: dict[str, str], seconds: float, status: int) -> None:
    ask, script = send(READ, httpx2.Response(status, headers=headers), OK, most_wait_seconds=100)

    ask()

    assert script.waits == [seconds + 1.0]


def test_waiting_longer_than_was_said_is_left_to_the_caller() -> None:
    answer = httpx2.Response(429, headers={"Retry-After": "60", "RateLimit-Reason": "jira-burst-based\x1b"})
    ask, script = send(READ, answer, most_wait_seconds=60)

    with pytest.raises(Throttled) as failure:
        ask()

    assert str(failure.value) == "jira.example asks to wait 60 s before the reading (jira-burst-based)"
    assert failure.value.seconds == 60
    assert script.waits == []


def test_an_answer_that_does_not_say_how_long_says_no_seconds() -> None:
    ask, _ = send(READ, *[httpx2.Response(429)] * 6)

    with pytest.raises(Throttled, match=r"^jira.example asks to wait before the reading$") as failure:
        ask()

    assert failure.value.seconds == 0


def test_all_waiting_together_is_bounded() -> None:
    answer = httpx2.Response(429, headers={"Retry-After": "19"})
    ask, script = send(READ, *[answer] * 4, most_wait_seconds=60)

    with pytest.raises(Throttled):
        ask()

    assert script.waits == [20, 20, 20]


def test_time_that_went_by_in_asking_counts_as_waiting() -> None:
    ticks = iter(range(0, 1000, 25))
    ask, script = send(READ, *[httpx2.ReadTimeout("x")] * 6, ticks=lambda: next(ticks))

    with pytest.raises(Unreachable):
        ask()

    assert script.waits == [1.0]


def test_pauses_grow_to_a_bound_and_there_are_six_tries() -> None:
    ask, script = send(READ, *[httpx2.Response(503)] * 6, most_wait_seconds=1000)

    assert ask().status == 503
    assert script.waits == [1, 2, 4, 8, 16]


def test_pauses_are_by_chance() -> None:
    ask, script = send(READ, httpx2.Response(503), OK, dice=lambda: 0.25)

    ask()

    assert script.waits == [0.25]


def test_an_answer_that_asks_to_wait_no_time_for_ever_is_given_up() -> None:
    ask, script = send(READ, *[httpx2.Response(429, headers={"Retry-After": "0"})] * 6, dice=lambda: 0.0)

    with pytest.raises(Throttled):
        ask()

    assert len(script.requests) == 6


def test_a_certificate_that_is_not_trusted_is_told_at_once() -> None:
    cause = ssl.SSLCertVerificationError(1, "x")
    cause.verify_message = "self-signed certificate"
    failure = httpx2.ConnectError("x")
    failure.__cause__ = OSError("in between")
    failure.__cause__.__context__ = cause
    ask, script = send(READ, failure)

    with pytest.raises(Unreachable, match="its certificate is not trusted: self-signed certificate") as told:
        ask()

    assert "authority" in told.value.hint
    assert script.waits == []


class Drops(httpx2.SyncByteStream):
    """A body that comes in pieces."""

    def __init__(self, piece: bytes, pieces: int) -> None:
        self._pieces = [piece] * pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)


def test_an_answer_is_read_no_further_than_its_bound() -> None:
    ask, _ = send(READ, httpx2.Response(200, stream=Drops(b"x" * (MOST_BYTES // 2), 3)))

    with pytest.raises(MalformedInput, match=f"the reading was answered with more than {MOST_BYTES} bytes"):
        ask()


@pytest.mark.parametrize(("asked", "error"), [(READ, Unreachable), (WRITE, Unsettled)])
def test_an_answer_that_drips_is_given_up(asked: Asked, error: type[CountersealError]) -> None:
    ticks = iter(range(0, 10_000, 50))
    ask, _ = send(asked, httpx2.Response(200, stream=Drops(b"x", 10)), ticks=lambda: next(ticks), most_wait_seconds=0)

    with pytest.raises(error, match="comes too slowly"):
        ask()


def test_an_answer_whose_compression_is_broken_is_none() -> None:
    broken = httpx2.Response(200, headers={"Content-Encoding": "gzip"}, stream=Drops(b"no gzip", 1))
    ask, _ = send(READ, broken, OK)

    assert ask().content == b"done"
