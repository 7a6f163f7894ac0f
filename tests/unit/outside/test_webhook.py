"""Alerts to a webhook: signed, to the address that was set, and to no other."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime

import httpx2
import pytest

from counterseal.clock import FixedClock
from counterseal.errors import CountersealError, Refused, SettingsError, Unreachable
from counterseal.hidden import Hidden
from counterseal.outside.webhook import Webhook, signature

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
URL = "https://hooks.example/T000/SECRET-PART"


def webhook(answer: Callable[[httpx2.Request], httpx2.Response], *, secret: Hidden | None = None) -> Webhook:
    return Webhook(URL, secret, FixedClock(NOW), transport=httpx2.MockTransport(answer))


def test_an_alert_is_posted_with_its_key_and_its_signature() -> None:
    got: list[httpx2.Request] = []

    def take(request: httpx2.Request) -> httpx2.Response:
        got.append(request)
        return httpx2.Response(204)

    webhook(take, secret=Hidden(b"shared")).send("k-1", '{"a":"ä"}')

    [request] = got
    assert (request.method, str(request.url)) == ("POST", URL)
    assert request.headers["Idempotency-Key"] == "k-1"
    assert request.headers["Content-Type"] == "application/json"
    timestamp = request.headers["X-Counterseal-Timestamp"]
    expected = hmac.new(b"shared", timestamp.encode() + b'.{"a":"\xc3\xa4"}', hashlib.sha256).hexdigest()
    assert timestamp == str(int(NOW.timestamp()))
    assert request.headers["X-Counterseal-Signature"] == f"sha256={expected}"
    assert request.content == b'{"a":"\xc3\xa4"}'


def test_the_signature_is_over_the_time_as_well() -> None:
    assert signature(b"s", "1", b"x") != signature(b"s", "2", b"x")


def test_without_a_secret_nothing_is_signed() -> None:
    def take(request: httpx2.Request) -> httpx2.Response:
        assert "X-Counterseal-Signature" not in request.headers
        return httpx2.Response(200)

    webhook(take).send("k", "{}")


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (302, Refused, "hooks.example points elsewhere, which is not followed"),
        (404, Unreachable, "hooks.example answered with HTTP 404"),
        (503, Unreachable, "hooks.example answered with HTTP 503"),
    ],
)
def test_what_is_not_taken_is_told_without_the_address(status: int, error: type[CountersealError], said: str) -> None:
    hook = webhook(lambda _: httpx2.Response(status, headers={"Location": "https://elsewhere.example"}))

    with pytest.raises(error) as failure:
        hook.send("k", "{}")

    assert str(failure.value) == said


def test_nobody_there_is_told_without_the_address() -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("SECRET-PART", request=request)

    with pytest.raises(Unreachable) as failure:
        webhook(fail).send("k", "{}")

    assert str(failure.value) == "hooks.example did not answer (ConnectError)"


@pytest.mark.parametrize(
    "url", ["http://hooks.example/x", "ftp://hooks.example", "hooks.example", "http://127.0.0.1.evil.example/"]
)
def test_nothing_leaves_the_machine_unencrypted(url: str) -> None:
    with pytest.raises(SettingsError, match="is not https"):
        Webhook(url, None, FixedClock(NOW))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]:1/x"])
def test_this_machine_may_be_told_in_the_clear(url: str) -> None:
    assert isinstance(Webhook(url, None, FixedClock(NOW)), Webhook)
