"""Issues counterseals for approved tickets and revokes them: the ledger has it before anybody gets it."""

import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from counterseal.clock import format_time, parse_time
from counterseal.control.approving import Intention, Target, approved_now, end_of_approval
from counterseal.correlation.judging.judge import Judgement, Rules
from counterseal.correlation.records.event import Operation
from counterseal.correlation.records.secret_names import full_arn_parts
from counterseal.correlation.tickets.counterseal import (
    ISSUANCE_NAMESPACE,
    REVOCATION_NAMESPACE,
    Issuance,
    IssuanceSet,
    Issued,
    Place,
    Revocation,
    Revoked,
    signed_issuance,
    token_of,
)
from counterseal.correlation.tickets.covered import approval_digest
from counterseal.correlation.tickets.ticket import Ticket, TicketSet
from counterseal.errors import NotFound, Refused
from counterseal.ledger.entry import Draft, draft
from counterseal.ledger.fields import TEXT_LIMIT, EntryKind
from counterseal.ledger.interface import Ledger
from counterseal.signing import Notary

STREAM = "notary"

# Only these take a token that becomes a version id (aws-events, 0 and 1.1); UpdateSecret may stand for the second.
CALLS = {Operation.CREATE: "CreateSecret", Operation.VALUE: "PutSecretValue", Operation.ROTATION: "RotateSecret"}

_ID_BYTES = 16
_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_REGION = re.compile(r"[a-z]{2,}(-[a-z0-9]+)+", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}", re.ASCII)  # Secrets Manager, CreateSecret
_PRINCIPAL = re.compile(r"arn:[a-z-]+:(?:iam|sts)::[0-9]{12}:\S+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody wants to do under a ticket. `secret` is a name or a full ARN, which says account and region."""

    issue_key: str
    secret: str
    operation: Operation
    principal: str
    account: str = ""
    region: str = ""
    valid_for: timedelta = timedelta(hours=24)


class Office(NamedTuple):
    """Where a notary works: with its keys, and the ledger that it writes to."""

    notary: Notary
    ledger: Ledger
    random_bytes: Callable[[int], bytes] = os.urandom


def issue(request: Request, tickets: TicketSet, rules: Rules, office: Office) -> Issued:
    """Give out a counterseal, if the ticket passes at this moment every check that `approved` needs.

    It is in the ledger before it is returned. It expires with the ticket's window at the latest.

    Raises:
        NotFound: no ticket of that key was given.
        Refused: the request is no request, or the ticket does not approve it now; the reason says why not.
        Denied, Unreachable, MalformedInput: the ledger could not be written; nothing was given out.
    """
    issued = drawn_up(request, tickets, rules, office.notary, office.random_bytes)
    office.ledger.append(STREAM, [as_draft(issued)])
    return issued


def drawn_up(
    request: Request, tickets: TicketSet, rules: Rules, notary: Notary, random_bytes: Callable[[int], bytes]
) -> Issued:
    """Return a counterseal that nobody has recorded yet: `issue` records it and gives it out.

    Raises:
        NotFound, Refused: as `issue`.
    """
    place = _place(request)
    judged = approved(request, tickets, rules)
    ticket = judged.ticket
    issuance = Issuance(
        issuance_id=random_bytes(_ID_BYTES).hex(),
        nonce=random_bytes(_ID_BYTES).hex(),
        issue_id=ticket.issue_id,
        issue_key=ticket.issue_key,
        account=place.account,
        region=place.region,
        secret_name=place.name,
        secret_arn=place.arn,
        operation=request.operation,
        principal=request.principal,
        approval_digest=approval_digest(ticket, rules.as_of),
        not_before=rules.as_of,
        expires=min(rules.as_of + request.valid_for, end_of_approval(judged, rules.policy)),
        notary_key=notary.key_id,
    )
    token = token_of(issuance, notary.code(issuance.message()))
    signature = notary.sign(ISSUANCE_NAMESPACE, signed_issuance(issuance, token))
    return Issued(issuance=issuance, token=token, signature=signature)


def approved(request: Request, tickets: TicketSet, rules: Rules) -> Judgement:
    """Return what the ticket says of the change, if it approves it at this moment; nothing is issued.

    Raises:
        NotFound, Refused: as `issue`.
    """
    place = _place(request)
    ticket = next((it for it in tickets.tickets if it.goes_by({request.issue_key})), None)
    if ticket is None:
        raise NotFound(
            f"{request.issue_key!r} is none of the tickets given", hint="--tickets FILE says what Jira holds"
        )
    return _judged(request, place, ticket, tickets, rules)


def revoke(which: str, reason: str, now: datetime, office: Office) -> Revoked:
    """Take back a counterseal, named by its token or its issuance id: from this second on it proves nothing.

    Raises:
        NotFound: the ledger holds no such issuance.
        Refused: it was revoked before, or there is no reason, or one that is too long.
        Denied, Unreachable, MalformedInput: the ledger could not be read or written.
    """
    if not reason.strip() or len(reason) > TEXT_LIMIT:
        raise Refused(f"a revocation needs a reason of at most {TEXT_LIMIT} characters")
    held = issuances_in(office.ledger)
    found = [it for it in held.issued if which in (it.token, it.issuance.issuance_id)]
    if not found:
        raise NotFound(f"the ledger holds no counterseal {which!r}", hint="counterseal notary export lists all")
    issuance_id = found[0].issuance.issuance_id
    before = [it.revocation for it in held.revoked if it.revocation.issuance_id == issuance_id]
    if before:
        raise Refused(f"{which!r} was revoked on {format_time(before[0].revoked_at)}: {before[0].reason}")
    revocation = Revocation(
        issuance_id=issuance_id, revoked_at=now, reason=reason.strip(), notary_key=office.notary.key_id
    )
    revoked = Revoked(revocation=revocation, signature=office.notary.sign(REVOCATION_NAMESPACE, revocation.message()))
    office.ledger.append(STREAM, [as_draft(revoked)])
    return revoked


def issuances_in(ledger: Ledger, *, invented: bool = False, after: int = 0) -> IssuanceSet:
    """Return everything that was issued and revoked, as the ledger holds it; what is invented only where asked for.

    `after` is the place in the notary's stream from which on it is read.

    Raises:
        Unreachable: the ledger does not answer; the same call may succeed later.
        MalformedInput: the ledger is damaged.
    """
    issued, revoked = [], []
    for entry in ledger.read(STREAM, after=after):
        if entry.invented is not invented:
            continue
        place = Place(entry.position, parse_time(entry.recorded_at), entry.invented)
        if entry.kind is EntryKind.COUNTERSEAL_ISSUED:
            issued.append(_issued(entry.body(), place))
        elif entry.kind is EntryKind.COUNTERSEAL_REVOKED:
            revoked.append(_revoked(entry.body(), place))
    return IssuanceSet(issued=tuple(issued), revoked=tuple(revoked))


def _place(request: Request) -> Target:
    if request.operation not in CALLS:
        raise Refused(
            f"no call for the operation {request.operation} makes a version by a token",
            hint=f"counterseals are for {', '.join(sorted(CALLS))}",
        )
    if request.valid_for < timedelta(seconds=1):
        raise Refused("a counterseal must hold for a second at least")
    if not _PRINCIPAL.fullmatch(request.principal):
        raise Refused(
            f"{request.principal!r} is not the ARN of a principal",
            hint="write it like arn:aws:iam::111122223333:user/ana, or the role that will make the change",
        )
    if request.secret.startswith("arn:"):
        return _place_of_arn(request)
    if not _NAME.fullmatch(request.secret):
        raise Refused(f"{request.secret!r} is not the name of a secret, nor its full ARN")
    if not _ACCOUNT.fullmatch(request.account) or not _REGION.fullmatch(request.region):
        raise Refused(
            f"the secret {request.secret!r} is in no account and region",
            hint="give --account with 12 digits and --region with a code such as eu-west-1, or the secret's full ARN",
        )
    return Target(request.account, request.region, request.secret, "")


def _place_of_arn(request: Request) -> Target:
    parts = full_arn_parts(request.secret)
    if parts is None:
        raise Refused(
            f"{request.secret!r} is not the full ARN of a secret", hint="it ends in a hyphen and six characters"
        )
    region, account, name = parts
    if request.account not in ("", account) or request.region not in ("", region):
        raise Refused(
            f"the secret {request.secret!r} is not in {request.account or account} {request.region or region}"
        )
    return Target(account, region, name, request.secret)


def _judged(request: Request, place: Target, ticket: Ticket, tickets: TicketSet, rules: Rules) -> Judgement:
    """Judge the change as if it were made at this moment, by the rules that an audit will judge it by."""
    intention = Intention(CALLS[request.operation], request.operation, place, request.principal)
    return approved_now(intention, ticket, tickets, rules)


def as_draft(given: Issued | Revoked, *, invented: bool = False) -> Draft:
    """Return what is recorded of a counterseal that was issued, or of its revocation."""
    signature = _text(given.signature)
    if isinstance(given, Revoked):
        body = {"signature": signature, **_without_schema(given.revocation.entry())}
        return draft(EntryKind.COUNTERSEAL_REVOKED, body, invented=invented)
    body = {"token": given.token, "signature": signature, **_without_schema(given.issuance.entry())}
    return draft(EntryKind.COUNTERSEAL_ISSUED, body, invented=invented)


def _without_schema(entry: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in entry.items() if name != "schema"}


def _issued(body: dict[str, Any], place: Place) -> Issued:
    token, signature = body.pop("token"), _raw(body.pop("signature"))
    not_before, expires = parse_time(body.pop("not_before")), parse_time(body.pop("expires"))
    issuance = Issuance(secret_arn=body.pop("secret"), not_before=not_before, expires=expires, **body)
    return Issued(issuance=issuance, token=token, signature=signature, place=place)


def _revoked(body: dict[str, Any], place: Place) -> Revoked:
    signature, revoked_at = _raw(body.pop("signature")), parse_time(body.pop("revoked_at"))
    return Revoked(revocation=Revocation(revoked_at=revoked_at, **body), signature=signature, place=place)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(f"{text}==")
