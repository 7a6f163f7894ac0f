"""Sends alerts to a webhook: signed, to one address, no redirect followed."""

import hashlib
import hmac

import httpx2

from counterseal.clock import Clock
from counterseal.control.notify import Courier
from counterseal.errors import Denied, Refused, SettingsError, Unreachable
from counterseal.hidden import Hidden
from counterseal.outbox.notice import Notice

SECONDS = 10.0

_AGAIN = frozenset({408, 425, 429})


class Webhook:
    """One address, and the secret that it shares with us."""

    def __init__(
        self, url: str, secret: Hidden, clock: Clock, *, transport: httpx2.BaseTransport | None = None
    ) -> None:
        """Take the address, the secret, the clock, and the transport; None is the network.

        Raises:
            SettingsError: the certificates that this machine trusts cannot be read.
        """
        self._url = url
        self._secret = secret
        self._clock = clock
        try:
            self._client = httpx2.Client(transport=transport, follow_redirects=False, timeout=SECONDS)
        except OSError as failure:
            raise SettingsError(
                f"the certificates that this machine trusts cannot be read: {failure.strerror}",
                hint="look at SSL_CERT_FILE and SSL_CERT_DIR, or unset them",
            ) from failure

    def deliver(self, notice: Notice) -> None:
        """Send one notice. See `Courier.deliver`."""
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": notice.idempotency_key,
            "X-Counterseal-Signature": self._signature(notice.body),
        }
        host = httpx2.URL(self._url).host
        try:
            # Streamed, and what is answered is not read: only whether it was taken matters.
            with self._client.stream("POST", self._url, content=notice.body, headers=headers) as answer:
                status = answer.status_code
        except httpx2.HTTPError as failure:
            # Not its text: it may quote the address, which may hold a token.
            raise Unreachable(f"{host} did not answer ({type(failure).__name__})") from None
        finally:
            self._client.cookies.clear()
        _check(host, status)

    def _signature(self, body: bytes) -> str:
        seconds = int(self._clock.now().timestamp())
        code = hmac.new(self._secret.reveal(), b"%d." % seconds + body, hashlib.sha256).hexdigest()
        return f"t={seconds},sha256={code}"


def _check(host: str, status: int) -> None:
    if httpx2.codes.is_success(status):
        return
    if httpx2.codes.is_redirect(status):
        raise Refused(f"{host} points to another address (HTTP {status}), which is not followed")
    if status in {401, 403}:
        raise Denied(f"{host} does not know us (HTTP {status})")
    if httpx2.codes.is_client_error(status) and status not in _AGAIN:
        raise Refused(f"{host} does not take this (HTTP {status})")
    raise Unreachable(f"{host} did not take this now (HTTP {status})")


_: type[Courier] = Webhook
