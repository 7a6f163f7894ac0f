"""What Jira sends to a webhook: who sent it, whether it is new, and nothing of what it says (docs/formats/inbox.md)."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from counterseal.clock import Clock
from counterseal.errors import Refused, SettingsError, Unreachable
from counterseal.hidden import Hidden
from counterseal.inbox.letter import Arrival

JIRA = "jira"
ORIGIN = "webhook"

OLDEST = timedelta(hours=24)
"""Jira Cloud tries again for some half an hour, then once per webhook until one succeeds: a day covers an outage."""

AHEAD = timedelta(minutes=5)
"""How far the clocks may differ."""

# Cloud: "Webhooks", secure admin webhooks (WebSub, method=signature). Data Center: "Managing webhooks", 10.0 and later.
_SIGNATURE = "x-hub-signature"
_METHOD = "sha256"
_IDENTIFIER = "x-atlassian-webhook-identifier"


class NoSignature(Exception):
    """The request carries no signature: whoever sent it does not claim to know the secret."""


class _Timed(Struct, gc=False):
    """A webhook's body, as far as it says when it was written: milliseconds since 1970."""

    timestamp: int


_TIMES = Decoder(_Timed)


class JiraHook:
    """Checks requests that claim to come from Jira."""

    def __init__(self, secrets: Sequence[Hidden], clock: Clock) -> None:
        """Take the secrets that count, more than one while one replaces another.

        Raises:
            SettingsError: there is none, or an empty one: with an empty key anybody can sign.
        """
        if not secrets or Hidden(b"") in secrets:
            raise SettingsError("the secret of Jira's webhook is empty", hint="openssl rand -hex 32 makes one")
        self._secrets = tuple(secrets)
        self._clock = clock

    def arrival(self, body: bytes, headers: Mapping[str, str]) -> Arrival:
        """Return a request as it is stored: what it says is a hint, whatever it says.

        Raises:
            NoSignature: it is not signed.
            Refused: it is signed with another secret, or was sent too long ago.
            Unreachable: it is signed in a way that we do not know yet, or our clock is behind: kept by Jira until then.
        """
        self._check_signature(body, headers.get(_SIGNATURE, ""))
        self._check_time(body)
        # Data Center sends no identifier, so that there the content alone says which it is.
        identifier = headers.get(_IDENTIFIER, "") or hashlib.sha256(body).hexdigest()
        return Arrival(JIRA, ORIGIN, identifier, body)

    def _check_signature(self, body: bytes, given: str) -> None:
        method, _, code = given.partition("=")
        if not code:
            raise NoSignature("the request is not signed: the webhook in Jira has no secret")
        if method.strip().lower() != _METHOD:
            raise Unreachable("the request is signed in a way that is not known here")
        mine = [hmac.new(secret.reveal(), body, hashlib.sha256).hexdigest() for secret in self._secrets]
        signed = code.strip().lower().encode(errors="replace")
        # All of them are compared, so that the time says nothing of which one it is.
        if not sum(hmac.compare_digest(it.encode(), signed) for it in mine):
            raise Refused("the signature is not that of the webhook's secret")

    def _check_time(self, body: bytes) -> None:
        try:
            sent = datetime.fromtimestamp(_TIMES.decode(body).timestamp / 1000, UTC)
        except (DecodeError, RecursionError, ValueError, OverflowError, OSError):
            return  # it was signed, and says no time: what it names is read anew, which does no harm twice
        now = self._clock.now()
        if sent < now - OLDEST:
            raise Refused("the request was sent more than a day ago")
        if sent > now + AHEAD:
            # Jira signed it: rather our own clock is behind, and what is refused never comes again.
            raise Unreachable("the request says that it will be sent later: look at the clock of this machine")
