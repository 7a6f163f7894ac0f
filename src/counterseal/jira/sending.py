"""The one place that sends: bounded answers, and a second try only where the first cannot have done anything twice."""

import random
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

import httpx2

from counterseal.clock import Clock, parse_time
from counterseal.errors import MalformedInput, Throttled, Unreachable, Unsettled
from counterseal.jira.words import short

MOST_BYTES = 32 * 1024 * 1024
"""A page of a hundred tickets with all their fields has a few MB."""

ANSWER_SECONDS = 120.0
"""The whole of an answer, however slowly it drips."""

_MOST_TRIES = 6
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 20.0

# Another try may be answered.
_PASSING = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


class Asked(NamedTuple):
    """A request. `name` is how errors call it; `is_repeatable`: asking twice is asking once."""

    name: str
    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes = b""
    is_repeatable: bool = False


class Answer(NamedTuple):
    """An answer, whole."""

    status: int
    headers: httpx2.Headers
    content: bytes


class Patience(NamedTuple):
    """How long is waited, and by what. Nothing here is asked but these: a test waits by writing down."""

    most_wait_seconds: float = 60.0
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    wait: Callable[[float], None] = time.sleep
    dice: Callable[[], float] = random.random
    ticks: Callable[[], float] = time.monotonic


class _Silence(NamedTuple):
    """No answer, and what became of the request."""

    why: str
    was_sent: bool = True
    is_final: bool = False
    hint: str = ""


class Sender:
    """Sends requests over one client. Redirects are not followed, and cookies are not kept."""

    def __init__(self, client: httpx2.Client, clock: Clock, patience: Patience) -> None:
        """Take the client, the clock (for dates in answers), and the patience."""
        self._client, self._clock, self._patience = client, clock, patience

    def send(self, asked: Asked) -> Answer:
        """Return the answer, whatever its status but 429.

        Raises:
            Throttled: the other side asks to wait longer than we are willing to.
            Unreachable: it did not answer.
            Unsettled: it did not answer, and may have done what it was asked.
            MalformedInput: the answer is larger than any should be.
        """
        began, waited, tries = self._patience.ticks(), 0.0, 1
        while True:
            outcome = self._once(asked)
            pause = self._pause(outcome, asked, tries)
            spent = max(waited, self._patience.ticks() - began)
            if pause is None or tries == _MOST_TRIES or spent + pause > self._patience.most_wait_seconds:
                return self._final(outcome, asked)
            self._patience.wait(pause)
            waited += pause
            tries += 1

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _once(self, asked: Asked) -> Answer | _Silence:
        until = self._patience.ticks() + ANSWER_SECONDS
        content = bytearray()
        try:
            with self._client.stream(
                asked.method, asked.url, content=asked.content or None, headers=asked.headers
            ) as answer:
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > MOST_BYTES:
                        raise MalformedInput(f"{asked.name} was answered with more than {MOST_BYTES} bytes")
                    if self._patience.ticks() > until:
                        return _Silence("the answer comes too slowly")
        except httpx2.HTTPError as failure:
            return _silence(failure)
        finally:
            self._client.cookies.clear()
        return Answer(answer.status_code, answer.headers, bytes(content))

    def _pause(self, outcome: Answer | _Silence, asked: Asked, tries: int) -> float | None:
        """Return how long to wait before the next try, None where there must be none."""
        by_chance = self._patience.dice() * min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**tries)
        if isinstance(outcome, _Silence):
            may_repeat = not outcome.is_final and (asked.is_repeatable or not outcome.was_sent)
            return by_chance if may_repeat else None
        if outcome.status == HTTPStatus.TOO_MANY_REQUESTS or (outcome.status in _PASSING and asked.is_repeatable):
            told = _told(outcome.headers, self._clock.now())
            # Not all who were sent away at once come back at once.
            return by_chance if told is None else told + self._patience.dice()
        return None

    def _final(self, outcome: Answer | _Silence, asked: Asked) -> Answer:
        """Return the answer with which it ends, or raise what it ends with."""
        host = httpx2.URL(asked.url).host
        if isinstance(outcome, _Silence):
            message = f"{host} did not answer {asked.name} ({outcome.why})"
            if outcome.was_sent and not asked.is_repeatable:
                raise Unsettled(message, hint="look whether it was done before asking again")
            raise Unreachable(message, hint=outcome.hint or "look at the network, the proxy and the address")
        if outcome.status == HTTPStatus.TOO_MANY_REQUESTS:
            seconds = _told(outcome.headers, self._clock.now()) or 0.0
            time = f" {seconds:.0f} s" if seconds else ""
            reason = short(outcome.headers.get("RateLimit-Reason", ""))
            raise Throttled(
                f"{host} asks to wait{time} before {asked.name}{f' ({reason})' if reason else ''}",
                hint="it was not done; try again later",
                seconds=seconds,
            )
        return outcome


def _silence(failure: httpx2.HTTPError) -> _Silence:
    """Put a failure in our words. Its own text and its request, which holds the token, are left behind."""
    cause: BaseException | None = failure
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = f"its certificate is not trusted: {cause.verify_message}"
        return _Silence(why, was_sent=False, is_final=True, hint="name the file of the authority that signed it")
    return _Silence(type(failure).__name__, was_sent=not isinstance(failure, _NEVER_SENT))


def _told(headers: httpx2.Headers, now: datetime) -> float | None:
    """Return how many seconds an answer asks to wait, None where it does not say.

    Retry-After is seconds or a date (RFC 9110, 10.2.3); Cloud adds X-RateLimit-Reset, a time; Data Center says in
    X-RateLimit-Interval-Seconds how often new requests are allowed.
    """
    for name, read in (
        ("Retry-After", _seconds_or_date),
        ("X-RateLimit-Reset", _time),
        ("X-RateLimit-Interval-Seconds", _seconds),
    ):
        told = read(headers[name].strip(), now) if name in headers else None
        if told is not None:
            return max(told, 0.0)
    return None


def _seconds(text: str, _now: datetime) -> float | None:
    return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else None


def _time(text: str, now: datetime) -> float | None:
    try:
        return (parse_time(text) - now).total_seconds()
    except MalformedInput:
        return None


def _seconds_or_date(text: str, now: datetime) -> float | None:
    told = _seconds(text, now)
    if told is not None:
        return told
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()
