"""Grants broker sessions under approved tickets: the ledger has the grant before anybody gets credentials."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from counterseal.clock import format_time
from counterseal.control.approving import Intention, Target, approved_now, end_of_approval
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.actor import read_actor
from counterseal.correlation.records.event import Operation
from counterseal.correlation.records.secret_names import full_arn_parts
from counterseal.correlation.tickets.covered import approval_digest
from counterseal.correlation.tickets.people import People
from counterseal.correlation.tickets.ticket import Ticket, TicketSet
from counterseal.errors import NotFound, Refused
from counterseal.ledger.entry import draft
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.interface import Ledger
from counterseal.provisioning.broker import TAKES_A_SESSION
from counterseal.provisioning.policy import Policy
from counterseal.provisioning.session_policy import session_policy

STREAM = "broker"

_ID_BYTES = 16
_ROLE = re.compile(r"arn:(aws[a-z-]*):iam::([0-9]{12}):role/[\w+=,.@/-]{1,576}", re.ASCII)
_PRINCIPAL = re.compile(r"arn:[a-z-]+:(?:iam|sts)::[0-9]{12}:\S+", re.ASCII)
# Nothing else may stand in a resource: `*`, `?` and `${` mean more there than they say.
_NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}", re.ASCII)
_ARN = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]{1,519}", re.ASCII)
_SUFFIX = "-??????"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRequest:
    """What somebody wants a session for. `secrets` and `operations` narrow what it approves; empty: all of it."""

    issue_key: str
    principal: str
    role_arn: str
    secrets: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    valid_for: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A session that somebody may have: what is recorded of it, and the policy that limits it."""

    session_id: str
    issue_id: str
    issue_key: str
    principal: str
    role_arn: str
    secrets: tuple[str, ...]
    operations: tuple[str, ...]
    approval_digest: str
    not_before: datetime
    expires: datetime
    policy: Policy

    @property
    def session_name(self) -> str:
        """Return the name of the role session, by which CloudTrail's records lead to the ledger's entry."""
        return f"counterseal-{self.session_id}"

    def body(self) -> dict[str, object]:
        """Return what the ledger keeps of it."""
        return {
            "session_id": self.session_id,
            "issue_id": self.issue_id,
            "issue_key": self.issue_key,
            "principal": self.principal,
            "role": self.role_arn,
            "secrets": list(self.secrets),
            "operations": list(self.operations),
            "approval_digest": self.approval_digest,
            "not_before": format_time(self.not_before),
            "expires": format_time(self.expires),
        }


class _Role(NamedTuple):
    partition: str
    account: str


def record_grant(grant: Grant, ledger: Ledger) -> None:
    """Put the grant into the ledger: before this, nobody gets credentials.

    Raises:
        Denied, Unreachable, MalformedInput: the ledger could not be written.
    """
    ledger.append(STREAM, [draft(EntryKind.SESSION_GRANTED, grant.body())])


def grant_session(
    request: SessionRequest, tickets: TicketSet, rules: Rules, random_bytes: Callable[[int], bytes] = os.urandom
) -> Grant:
    """Return what a session may do under the ticket, if the ticket approves all of it at this moment.

    It ends with the ticket's window at the latest. Nothing is recorded yet.

    Raises:
        NotFound: no ticket of that key was given.
        Refused: the request is no request, the ticket does not approve it now, or it is more than a session can carry.
    """
    role = _checked(request)
    ticket = next((it for it in tickets.tickets if it.goes_by({request.issue_key})), None)
    if ticket is None:
        raise NotFound(f"{request.issue_key!r} is none of the tickets given", hint="--tickets says what Jira holds")
    _refuse_strangers(request, tickets, rules)
    secrets, operations = _secrets(request, ticket), _operations(request, ticket)
    judged = [
        approved_now(it, ticket, tickets, rules, for_a="session")
        for it in _intentions(request, ticket, role, secrets, operations)
    ]
    expires = min(rules.as_of + request.valid_for, *(end_of_approval(it, rules.policy) for it in judged))
    resources = [_resource(it, ticket, role) for it in secrets]
    return Grant(
        session_id=random_bytes(_ID_BYTES).hex(),
        issue_id=ticket.issue_id,
        issue_key=ticket.issue_key,
        principal=request.principal,
        role_arn=request.role_arn,
        secrets=secrets,
        operations=operations,
        approval_digest=approval_digest(ticket, rules.as_of),
        not_before=rules.as_of,
        expires=expires,
        policy=session_policy(resources, operations, format_time(expires)),
    )


def _checked(request: SessionRequest) -> _Role:
    if request.valid_for < timedelta(seconds=1):
        raise Refused("a session must hold for a second at least")
    if not _PRINCIPAL.fullmatch(request.principal):
        raise Refused(
            f"{request.principal!r} is not the ARN of a principal",
            hint="it is who runs the session: a user, a role or a session, such as arn:aws:iam::111122223333:user/ana",
        )
    role = _ROLE.fullmatch(request.role_arn)
    if role is None:
        raise Refused(
            f"{request.role_arn!r} is not the ARN of a role",
            hint="give --role, or set broker.role_arn, such as arn:aws:iam::111122223333:role/sessions",
        )
    return _Role(*role.groups())


def _refuse_strangers(request: SessionRequest, tickets: TicketSet, rules: Rules) -> None:
    # A session cites its ticket, and for an audit that is basis enough: who gets one must be known here.
    actor = read_actor({"type": "", "arn": request.principal})
    if not People(tickets.identities, rules.policy.identities).of(actor):
        raise Refused(
            f"no session for {request.issue_key}: the identities do not know {request.principal!r}",
            hint="counterseal identity map USER PRINCIPAL --by WHO says who it is; so does policy.identities",
        )


def _secrets(request: SessionRequest, ticket: Ticket) -> tuple[str, ...]:
    for wanted in request.secrets:
        if wanted not in ticket.secrets:
            raise Refused(
                f"{ticket.issue_key} does not name the secret {wanted!r}", hint=f"it names {', '.join(ticket.secrets)}"
            )
    chosen = tuple(dict.fromkeys(request.secrets or ticket.secrets))
    if not chosen:
        raise Refused(f"{ticket.issue_key} names no secret")
    for it in chosen:
        if not (_ARN if it.startswith("arn:") else _NAME).fullmatch(it):
            raise Refused(
                f"{it!r} is not the name of a secret, nor its ARN: no policy can be made of it",
                hint="--secret chooses among the ticket's secrets",
            )
    return chosen


def _operations(request: SessionRequest, ticket: Ticket) -> tuple[str, ...]:
    approved = sorted(TAKES_A_SESSION) if "any" in ticket.operations else sorted(ticket.operations)
    for wanted in request.operations:
        if wanted not in approved:
            raise Refused(
                f"{ticket.issue_key} does not approve the operation {wanted!r}",
                hint=f"it approves {', '.join(approved) or 'none'}",
            )
    chosen = tuple(sorted(set(request.operations or approved)))
    if not chosen:
        raise Refused(f"{ticket.issue_key} names no operation")
    return chosen


def _intentions(
    request: SessionRequest, ticket: Ticket, role: _Role, secrets: tuple[str, ...], operations: tuple[str, ...]
) -> Iterator[Intention]:
    for written in secrets:
        for operation in operations:
            yield Intention(
                TAKES_A_SESSION[operation][0],
                Operation(operation),
                _target(written, ticket, role),
                request.principal,
                source_identity=request.issue_key,
            )


def _target(written: str, ticket: Ticket, role: _Role) -> Target:
    if not written.startswith("arn:"):
        return Target(ticket.account or role.account, ticket.region, written, "")
    _, _, _, region, account, _, name = written.split(":", 6)
    return Target(account, region, name, written)


def _resource(written: str, ticket: Ticket, role: _Role) -> str:
    """Return what stands for the secret in a policy: its ARN, with the six characters that AWS adds left open."""
    if not written.startswith("arn:"):
        account, region = ticket.account or role.account, ticket.region or "*"
        return f"arn:{role.partition}:secretsmanager:{region}:{account}:secret:{written}{_SUFFIX}"
    return written if full_arn_parts(written) else f"{written}{_SUFFIX}"
