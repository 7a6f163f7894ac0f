"""Counterseals as values: the issuance entry, its token, its revocation. docs/formats/counterseal.md."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from counterseal.canonical import canonical_json
from counterseal.clock import format_time
from counterseal.errors import Refused

ISSUANCE_SCHEMA = "counterseal/issuance/v1"
REVOCATION_SCHEMA = "counterseal/revocation/v1"

ISSUANCE_NAMESPACE = "counterseal/issuance"
REVOCATION_NAMESPACE = "counterseal/revocation"

# COUNTER-1.1: the ticket key (at most 20 characters, else # and the issue id), a dot, base64url of 32 bytes: 47 to 64.
_TOKEN = re.compile(r"(?=.{47,64}\Z)([A-Z][A-Z0-9_]*-[1-9][0-9]*|#[1-9][0-9]*)\.[A-Za-z0-9_-]{43}", re.ASCII)
_ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]*-[1-9][0-9]*", re.ASCII)
_ISSUE_ID = re.compile(r"[1-9][0-9]{1,18}", re.ASCII)
_LONGEST_KEY = 20
_SHORTEST_KEY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuance:
    """One permission to make one change: what the code and the signature of a counterseal cover.

    `secret_arn` is "" where the secret is not there yet. `not_before` is when it was issued.
    """

    issuance_id: str
    nonce: str
    issue_id: str
    issue_key: str
    account: str
    region: str
    secret_name: str
    secret_arn: str
    operation: str
    principal: str
    approval_digest: str
    not_before: datetime
    expires: datetime
    notary_key: str

    def entry(self) -> dict[str, str]:
        """Return the members of the issuance entry. COUNTER-2.1."""
        return {
            "schema": ISSUANCE_SCHEMA,
            "issuance_id": self.issuance_id,
            "nonce": self.nonce,
            "issue_id": self.issue_id,
            "issue_key": self.issue_key,
            "account": self.account,
            "region": self.region,
            "secret_name": self.secret_name,
            "secret": self.secret_arn,
            "operation": self.operation,
            "principal": self.principal,
            "approval_digest": self.approval_digest,
            "not_before": format_time(self.not_before),
            "expires": format_time(self.expires),
            "notary_key": self.notary_key,
        }

    def message(self) -> bytes:
        """Return what the code is taken of: the canonical entry. COUNTER-1.3."""
        return canonical_json(self.entry())


class Place(NamedTuple):
    """Where the notary's stream of a ledger holds an entry, and when it was recorded: enough to bind it again."""

    position: int
    recorded_at: datetime
    invented: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """An issuance as the notary gave it out. Nothing here is known to be genuine until it is verified."""

    issuance: Issuance
    token: str
    signature: bytes
    place: Place | None = field(default=None, compare=False)  # where it lies is not what it says

    def signed_message(self) -> bytes:
        """Return what was signed."""
        return signed_issuance(self.issuance, self.token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A counterseal does not count from this time on. It covers whatever says which one, when and why."""

    issuance_id: str
    revoked_at: datetime
    reason: str
    notary_key: str

    def entry(self) -> dict[str, str]:
        """Return the members of the revocation entry. COUNTER-4.1."""
        return {
            "schema": REVOCATION_SCHEMA,
            "issuance_id": self.issuance_id,
            "revoked_at": format_time(self.revoked_at),
            "reason": self.reason,
            "notary_key": self.notary_key,
        }

    def message(self) -> bytes:
        """Return what is signed: the canonical entry."""
        return canonical_json(self.entry())


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """A revocation as the notary gave it out."""

    revocation: Revocation
    signature: bytes
    place: Place | None = field(default=None, compare=False)  # where it lies is not what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceSet:
    """What a notary gave out, as it was read."""

    issued: tuple[Issued, ...] = ()
    revoked: tuple[Revoked, ...] = ()

    def __add__(self, other: "IssuanceSet") -> "IssuanceSet":
        """Return both together, what both hold once."""
        return IssuanceSet(
            issued=tuple(dict.fromkeys(self.issued + other.issued)),
            revoked=tuple(dict.fromkeys(self.revoked + other.revoked)),
        )


def cited_by(token: str) -> str:
    """Return the ticket that a token names, "" where it has not the exact form of a counterseal. COUNTER-1.1."""
    found = _TOKEN.fullmatch(token)
    return found[1] if found and len(found[1]) <= _LONGEST_KEY else ""


def ticket_part(issue_key: str, issue_id: str) -> str:
    """Return how a token names a ticket: the key, or # and the issue id where the key does not fit. COUNTER-1.2.

    Raises:
        Refused: neither of them fits into a token.
    """
    if _ISSUE_KEY.fullmatch(issue_key) and _SHORTEST_KEY <= len(issue_key) <= _LONGEST_KEY:
        return issue_key
    if _ISSUE_ID.fullmatch(issue_id):
        return f"#{issue_id}"
    raise Refused(
        f"no token can name the ticket {issue_key!r} with the id {issue_id!r}",
        hint=f"a key of at most {_LONGEST_KEY} characters fits, such as OPS-42, or a numeric issue id",
    )


def token_of(issuance: Issuance, code: bytes) -> str:
    """Return the token: the ticket, a dot, and the whole code in base64url without padding.

    Raises:
        Refused: no token can name the ticket.
    """
    text = urlsafe_b64encode(code).rstrip(b"=").decode()
    return f"{ticket_part(issuance.issue_key, issuance.issue_id)}.{text}"


def code_of(token: str) -> bytes:
    """Return the code of a token, b"" where it has not the exact form of a counterseal."""
    return urlsafe_b64decode(f"{token.rpartition('.')[2]}=") if cited_by(token) else b""


def signed_issuance(issuance: Issuance, token: str) -> bytes:
    """Return what is signed: the token, a line feed, the canonical entry. COUNTER-3.1.

    So whoever holds the public key alone knows that the notary made this token for this entry.
    """
    return token.encode() + b"\n" + issuance.message()
