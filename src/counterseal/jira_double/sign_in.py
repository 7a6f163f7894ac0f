"""Who asks: tokens of both flavours, and what happens to one that is dead."""

import base64
import binascii
from collections.abc import Mapping
from typing import NamedTuple

from counterseal.jira_double.exchange import Answer, as_json
from counterseal.jira_double.model import Flavour, Person, Token
from counterseal.jira_double.site import Site

DEAD = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}


class SignedIn(NamedTuple):
    """The person (None: nobody in particular), the headers that say how it went, and an answer that ends it."""

    person: Person | None
    headers: Mapping[str, str] = {}
    refusal: Answer | None = None


def sign_in(site: Site, authorization: str, *, at_gateway: bool, takes_basic: bool) -> SignedIn:
    """Find out who asks. A dead token is nobody, and only a header tells; the gateway refuses it outright."""
    scheme, _, rest = authorization.partition(" ")
    if not authorization:
        return SignedIn(None, refusal=_at_gateway() if at_gateway else None)
    if site.flavour is Flavour.DATA_CENTER:
        return _data_center(site, scheme.lower(), rest, takes_basic=takes_basic)
    token = _token_of(site, scheme.lower(), rest)
    if at_gateway:
        return SignedIn(token.person) if token else SignedIn(None, refusal=_at_gateway())
    if scheme.lower() == "bearer":
        # [R] the site's own host takes bearers of Connect only, and says so in this way.
        return SignedIn(None, refusal=as_json(403, {"error": "Failed to parse Connect Session Auth Token"}))
    return SignedIn(token.person) if token and not token.is_scoped else SignedIn(None, DEAD)


def _at_gateway() -> Answer:
    return as_json(401, {"code": 401, "message": "Unauthorized"})


def _token_of(site: Site, scheme: str, rest: str) -> Token | None:
    """Return the living token: on its own as a bearer, or with its owner's e-mail address, or name, before it."""
    if scheme == "bearer":
        return _living(site, rest)
    try:
        name, _, secret = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    token = _living(site, secret)
    names = {token.person.email, token.person.name} if token else set()
    return token if name.lower() in names else None


def _living(site: Site, secret: str) -> Token | None:
    token = site.tokens.get(secret)
    return token if token and (token.until is None or site.clock() < token.until) else None


def _data_center(site: Site, scheme: str, rest: str, *, takes_basic: bool) -> SignedIn:
    if scheme == "basic" and not takes_basic:
        message = "Basic Authentication has been disabled on this instance."
        return SignedIn(None, refusal=as_json(403, {"message": message}))
    token = _token_of(site, scheme, rest)
    if token is None:
        return SignedIn(None, {**DEAD, "X-AUSERNAME": "anonymous"})
    return SignedIn(token.person, {"X-Seraph-LoginReason": "OK", "X-AUSERNAME": token.person.name})
