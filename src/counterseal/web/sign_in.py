"""Signing in to the embedded server: a link that works once, then a signed cookie."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hmac import compare_digest

from itsdangerous import BadSignature, Signer

from counterseal.clock import Clock

LINK_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(hours=12)

# A new link is printed in the terminal by anybody who can reach the port: not more often than this.
LINK_PAUSE = timedelta(seconds=5)

_TOKEN_BYTES = 32


class SignIn:
    """Knows the one open link and the open sessions. All is in memory: a restart signs everybody out."""

    def __init__(self, clock: Clock, *, random_token: Callable[[int], str] = secrets.token_urlsafe) -> None:
        """Take the clock, and where random text comes from."""
        self._clock = clock
        self._random_token = random_token
        self._signer = Signer(random_token(_TOKEN_BYTES), salt="counterseal session", digest_method=hashlib.sha256)
        self._link_digest = b""
        self._link_made = datetime.min.replace(tzinfo=clock.now().tzinfo)
        self._sessions: dict[str, datetime] = {}

    def new_link_token(self) -> str | None:
        """Return a token for a new link, which ends the one before; None where the last is only seconds old."""
        now = self._clock.now()
        if now - self._link_made < LINK_PAUSE:
            return None
        token = self._random_token(_TOKEN_BYTES)
        self._link_digest = _digest(token)
        self._link_made = now
        return token

    def redeem(self, token: str) -> str | None:
        """Take the token of a link and return the cookie of a new session; None where it opens nothing."""
        is_open = bool(self._link_digest) and self._clock.now() - self._link_made < LINK_LIFE
        if not compare_digest(_digest(token), self._link_digest or _digest("")) or not is_open:
            return None
        self._link_digest = b""
        session_id = self._random_token(_TOKEN_BYTES)
        self._sessions[session_id] = self._clock.now() + SESSION_LIFE
        return self._signer.sign(session_id).decode()

    def is_open(self, cookie: str) -> bool:
        """Say whether this is the cookie of an open session."""
        session_id = self._session_id(cookie)
        return session_id is not None and self._clock.now() < self._sessions.get(session_id, self._clock.now())

    def end(self, cookie: str) -> None:
        """End the session of that cookie, if it is one."""
        session_id = self._session_id(cookie)
        if session_id is not None:
            self._sessions.pop(session_id, None)

    def _session_id(self, cookie: str) -> str | None:
        try:
            return self._signer.unsign(cookie).decode()
        except BadSignature:
            return None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
