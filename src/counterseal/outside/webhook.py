"""Alerts to a webhook: JSON over HTTPS, signed with a secret that both sides know."""

import hashlib
import hmac
from urllib.parse import urlsplit

import httpx2

from counterseal.clock import Clock
from counterseal.control.alerting import Receiver
from counterseal.errors import Refused, SettingsError, Unreachable
from counterseal.hidden import Hidden

SECONDS = 10.0

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """Return what X-Counterseal-Signature says: HMAC-SHA256 over the timestamp, a dot and the exact body."""
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Webhook:
    """Posts alerts to one address. Redirects are not followed; nothing of the answer is kept but its status."""

    def __init__(
        self, url: str, secret: Hidden | None, clock: Clock, *, transport: httpx2.BaseTransport | None = None
    ) -> None:
        """Take the address; None for a secret leaves alerts unsigned.

        Raises:
            SettingsError: the address is no https, and not on this machine.
        """
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise SettingsError(f"the webhook {_named(url)!r} is not https", hint="only this machine may use http")
        self._url, self._secret, self._clock = url, secret, clock
        self._client = httpx2.Client(transport=transport, follow_redirects=False, timeout=SECONDS)

    def send(self, key: str, body: str) -> None:
        """Post one alert. See `Receiver.send`."""
        content = body.encode()
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Counterseal-Timestamp": timestamp,
        }
        if self._secret:
            headers["X-Counterseal-Signature"] = signature(self._secret.reveal(), timestamp, content)
        try:
            answer = self._client.post(self._url, content=content, headers=headers)
        except httpx2.HTTPError as failure:
            raise Unreachable(f"{_named(self._url)} did not answer ({type(failure).__name__})") from failure
        finally:
            self._client.cookies.clear()
        if answer.is_redirect:
            raise Refused(f"{_named(self._url)} points elsewhere, which is not followed")
        if not answer.is_success:
            raise Unreachable(f"{_named(self._url)} answered with HTTP {answer.status_code}")


def _named(url: str) -> str:
    """Return the host: the rest of a webhook's address is often a secret."""
    return urlsplit(url).hostname or "the webhook"


_: type[Receiver] = Webhook
