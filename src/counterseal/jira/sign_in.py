"""Signing in: a token that people made, or OAuth 2.0 with refresh tokens that change at each use."""

import base64
import re
import threading
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import NamedTuple, Protocol

import msgspec

from counterseal.clock import Clock
from counterseal.errors import CountersealError, MalformedInput, NotSignedIn, SettingsError, Unreachable, Unsettled
from counterseal.hidden import Hidden
from counterseal.jira.failures import failure_of
from counterseal.jira.sending import Answer, Asked, Sender
from counterseal.jira.words import json_object

TOKEN_URL = "https://auth.atlassian.com/oauth/token"  # noqa: S105 - an address
WARN_DAYS = 30

_EARLY = timedelta(seconds=60)
"""An access token is not used in its last minute: clocks differ."""

_SIGN_IN_AGAIN = "sign in again: `counterseal jira connect --oauth`"


class RefreshTokens(Protocol):
    """Keeps the one refresh token that is good: each use gives another, and ends the one before."""

    def read(self) -> Hidden:
        """Return the token that was kept last.

        Raises:
            NotSignedIn: none was kept yet.
        """
        ...

    def write(self, token: Hidden) -> None:
        """Keep a token in the last one's place; when this returns, it outlives a power cut.

        Raises:
            CountersealError: it could not be kept.
        """
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Keep everybody else from using the token, for the length of a `with`: of two uses one would be refused.

        Raises:
            CountersealError: it cannot be kept from them.
        """
        ...


class BasicToken(NamedTuple):
    """An e-mail address and an API token: Cloud, with or without scopes."""

    email: str
    token: Hidden


class BearerToken(NamedTuple):
    """A personal access token of Data Center."""

    token: Hidden


class OAuth(NamedTuple):
    """An OAuth 2.0 app of Cloud (3LO) that somebody gave the right to `offline_access`."""

    client_id: str
    client_secret: Hidden
    keep: RefreshTokens
    token_url: str = TOKEN_URL


SignIn = BasicToken | BearerToken | OAuth


class Credentials(Protocol):
    """Says who we are, once for each request."""

    def header(self) -> str:
        """Return what stands in `Authorization`, "" where nothing does.

        Raises:
            NotSignedIn: the right to sign in was taken back, or is over.
            Unreachable: who gives such rights did not answer.
        """
        ...

    def renew(self) -> bool:
        """Get a new token in the place of one that was refused; False where only a person can.

        Raises:
            NotSignedIn, Unreachable: as above.
        """
        ...

    def blot(self, text: str) -> str:
        """Return the text without the token, should somebody have echoed it."""
        ...


class Nobody:
    """Does not sign in: for what Jira tells everybody."""

    def header(self) -> str:
        """See `Credentials.header`."""
        return ""

    def renew(self) -> bool:
        """See `Credentials.renew`."""
        return False

    def blot(self, text: str) -> str:
        """See `Credentials.blot`."""
        return text


class Token:
    """A token that stays as it is."""

    def __init__(self, scheme: str, secret: str) -> None:
        """Take what stands after the scheme's name."""
        self._header = Hidden(f"{scheme} {secret}".encode())

    def header(self) -> str:
        """See `Credentials.header`."""
        return self._header.reveal().decode()

    def renew(self) -> bool:
        """See `Credentials.renew`."""
        return False

    def blot(self, text: str) -> str:
        """See `Credentials.blot`."""
        secret = self.header().partition(" ")[2]
        hidden = [secret]
        if self.header().startswith("Basic "):
            hidden.append(base64.b64decode(secret).decode().partition(":")[2])
        return _without(text, hidden)


class RotatingTokens:
    """Access tokens of an hour, got with refresh tokens: a new one of these is kept before the access token is used."""

    def __init__(self, oauth: OAuth, sender: Sender, clock: Clock) -> None:
        """Take the app, what sends, and the clock by which tokens end."""
        self._oauth, self._sender, self._clock = oauth, sender, clock
        self._access: Hidden | None = None
        self._until: datetime | None = None
        self._refreshing = threading.Lock()

    def header(self) -> str:
        """See `Credentials.header`."""
        with self._refreshing:
            if self._access is None or (self._until and self._clock.now() >= self._until):
                self._access = self._refreshed()
            return f"Bearer {self._access.reveal().decode()}"

    def renew(self) -> bool:
        """See `Credentials.renew`."""
        with self._refreshing:
            self._access = self._refreshed()
        return True

    def blot(self, text: str) -> str:
        """See `Credentials.blot`."""
        return _without(text, [self._access.reveal().decode()] if self._access else [])

    def _refreshed(self) -> Hidden:
        self._access = None
        with self._oauth.keep.alone():
            try:
                grant = self._granted()
            except Unsettled as failure:  # no ticket was to be changed: the next call asks anew
                raise Unreachable(str(failure), hint="try again; if it is refused then, sign in again") from None
            if grant.refresh_token:
                self._oauth.keep.write(_token(grant.refresh_token))
        self._until = self._clock.now() + timedelta(seconds=grant.expires_in) - _EARLY
        return _token(grant.access_token)

    def _granted(self) -> "_Grant":
        kept = self._oauth.keep.read()
        asked, answer = self._asked(kept)
        # Another process may have used the token first: then a newer one was kept.
        if answer.status in _REFUSALS and (newer := self._oauth.keep.read()) != kept:
            asked, answer = self._asked(newer)
        failure = _refusal(answer) or failure_of(answer, asked, self.blot)
        if failure:
            raise failure
        return _grant(answer)

    def _asked(self, refresh_token: Hidden) -> tuple[Asked, Answer]:
        body = {
            "grant_type": "refresh_token",
            "client_id": self._oauth.client_id,
            "client_secret": self._oauth.client_secret.reveal().decode(),
            "refresh_token": refresh_token.reveal().decode(),
        }
        asked = Asked(
            "the refresh of the access token",
            "POST",
            self._oauth.token_url,
            {"Accept": "application/json", "Content-Type": "application/json"},
            msgspec.json.encode(body),
        )
        return asked, self._sender.send(asked)


class _Grant(msgspec.Struct):
    access_token: str
    expires_in: float
    refresh_token: str = ""


_REFUSALS = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def _refusal(answer: Answer) -> CountersealError | None:
    said = json_object(answer.content)
    if said is None or answer.status not in _REFUSALS:
        return None
    # Only the word that the standard gives (RFC 6749, 5.2): the description may repeat what was sent.
    word = str(said.get("error", ""))
    why = f" ({word})" if re.fullmatch(r"[a-z_]{1,40}", word) else ""
    return NotSignedIn(
        f"the right to sign in to Jira was refused{why}: it was taken back, or is over", hint=_SIGN_IN_AGAIN
    )


def _grant(answer: Answer) -> _Grant:
    try:
        return msgspec.json.decode(answer.content, type=_Grant)
    except (msgspec.DecodeError, RecursionError):
        raise MalformedInput(
            "the refresh of the access token was answered with no token", hint=_SIGN_IN_AGAIN
        ) from None


def credentials(sign_in: SignIn, sender: Sender, clock: Clock) -> Credentials:
    """Return what signs requests in.

    Raises:
        SettingsError: the token has letters that no token has, such as a line end.
    """
    if isinstance(sign_in, OAuth):
        return RotatingTokens(sign_in, sender, clock)
    token = _text_of(sign_in.token)
    if isinstance(sign_in, BearerToken):
        return Token("Bearer", token)
    if not sign_in.email or ":" in sign_in.email:
        raise SettingsError(f"{sign_in.email!r} is no e-mail address of a user of Jira")
    return Token("Basic", base64.b64encode(f"{sign_in.email}:{token}".encode()).decode())


def expiry_warning(expires: date | None, today: date) -> str:
    """Return what to say about the day on which a token expires, "" where nothing is to be said.

    Jira tells nobody when a token expires: the day is what the person who made it wrote down.
    """
    days = (expires - today).days if expires else WARN_DAYS + 1
    if days > WARN_DAYS:
        return ""
    when = f"in {days} days, on {expires}" if days > 1 else ("tomorrow" if days == 1 else "today")
    said = f"expires {when}" if days >= 0 else f"expired on {expires}"
    return f"the token of Jira {said}: make a new one and put it in the old one's place"


def _token(text: str) -> Hidden:
    hidden = Hidden(text.encode())
    _text_of(hidden)
    return hidden


def _text_of(token: Hidden) -> str:
    text = token.reveal().decode(errors="replace")
    if not re.fullmatch(r"[!-~]+", text):
        raise SettingsError(
            "the token of Jira is empty, or has letters that no token has",
            hint="look for blanks, line ends and quotation marks around it",
        )
    return text


def _without(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    return text


_nobody: type[Credentials] = Nobody
_fixed: type[Credentials] = Token
_rotating: type[Credentials] = RotatingTokens
