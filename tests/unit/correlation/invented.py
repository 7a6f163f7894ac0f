"""Invented events and tickets, by hand: as little of each as a rule looks at."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from counterseal.clock import parse_time
from counterseal.correlation.judging.audit import audit
from counterseal.correlation.judging.finding import Finding
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.records.event import Actor, Event, Kind, Operation
from counterseal.correlation.records.population import CoveredHour, Population
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Approval, Decision, Standing, Ticket, TicketSet, Window

ACCOUNT = "111122223333"
REGION = "eu-west-1"
NAME = "db/password"
ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{NAME}-AbCdEf"
OTHER_ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:other-AbCdEf"
T = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 20, tzinfo=UTC)
HOUR = CoveredHour(ACCOUNT, REGION, T)
VERSION = "00000000-0000-4000-8000-000000000001"
SEALED = "OPS-42." + "A" * 43

ANA = Actor(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/ana", name="ana")
BEN = Actor(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/ben", name="ben")
ZOE = Actor(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/zoe", name="zoe")
SECRETS_MANAGER = Actor(type="Service", name="secretsmanager.amazonaws.com", via="secretsmanager.amazonaws.com")
IDENTITIES = {"ana.j": (ANA.arn, "ana@example.com"), "ben.j": (BEN.arn,), "cleo.j": ("cleo",)}


def at(**shift: float) -> datetime:
    """Return a time so far from the change."""
    return T + timedelta(**shift)


def session(name: str = "x", *, source_identity: str = "", role: str = "Admin") -> Actor:
    """Return a role session."""
    return Actor(
        type="AssumedRole",
        arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}",
        name=name,
        session_name=name,
        source_identity=source_identity,
        role_arn=f"arn:aws:iam::{ACCOUNT}:role/path/{role}",
    )


def change(name: str = "PutSecretValue", operation: Operation | None = Operation.VALUE, **changed: Any) -> Event:
    """Return one change of the secret; what is given by name replaces."""
    event = Event(
        event_id="e-1",
        account=ACCOUNT,
        region=REGION,
        time=T,
        service="secretsmanager",
        name=name,
        kind=Kind.CHANGE,
        actor=ANA,
        operation=operation,
        secret_arn=ARN,
        secret_name=NAME,
        secret_given=NAME,
        version_id=VERSION if operation is Operation.VALUE else "",
    )
    return structs.replace(event, **changed)


def service_event(name: str, **changed: Any) -> Event:
    """Return one event that AWS reports of itself."""
    defaults: dict[str, Any] = {"kind": Kind.SERVICE, "actor": SECRETS_MANAGER, "event_id": f"s-{name}"}
    return change(name, **(defaults | changed))


def kms(**changed: Any) -> Event:
    """Return the data-key record of the version."""
    by_service = structs.replace(ANA, via="secretsmanager.amazonaws.com")
    defaults = {"service": "kms", "kind": Kind.WITNESS, "event_id": "k-1", "facts": {"witness": "kms"}}
    return structs.replace(change("GenerateDataKey", actor=by_service), **(defaults | changed))


def label(**changed: Any) -> Event:
    """Return the label event of the version."""
    defaults = {"kind": Kind.WITNESS, "event_id": "l-1", "facts": {"witness": "label", "stage": "AWSCURRENT"}}
    return structs.replace(change("Secret Label Updated", actor=Actor(type="")), **(defaults | changed))


def move(to: str, *, stage: str = "AWSCURRENT", **changed: Any) -> Event:
    """Return the move of a label to a version."""
    facts = {"stage": stage, "move_to": to}
    return change("UpdateSecretVersionStage", Operation.LABEL, facts=facts, **changed)


def approval(when: datetime, *, by: str = "ben.j", decision: Decision = Decision.APPROVED) -> Approval:
    """Return one decision."""
    return Approval(by=by, at=when, decision=decision)


def rejection(when: datetime, *, by: str = "ben.j") -> Approval:
    """Return one rejection."""
    return approval(when, by=by, decision=Decision.REJECTED)


def ticket(**changed: Any) -> Ticket:
    """Return a ticket that approves the change; what is given by name replaces."""
    one = Ticket(
        issue_id="10042",
        issue_key="OPS-42",
        secrets=(ARN,),
        operations=frozenset({"value"}),
        status="Approved",
        requester="cleo.j",
        assignee="ana.j",
        approvals=(approval(at(hours=-2)),),
        window=Window(start=at(hours=-12), end=at(hours=6)),
    )
    return replace(one, **changed)


def standing(**changed: Any) -> Standing:
    """Return a standing approval for ana."""
    one = Standing(
        principal=ANA.arn,
        secrets=(ARN,),
        operations=frozenset({"value"}),
        issue_key="OPS-1",
        owner="cleo.j",
        expires=at(days=100),
    )
    return replace(one, **changed)


def population(events: Iterable[Event], **more: Any) -> Population:
    """Return the population that holds these events."""
    held = sorted(events, key=lambda it: (it.time, it.event_id, it.account))
    span = {"start": held[0].time, "end": held[-1].time} if held else {}
    return Population(events=tuple(held), records=len(held), **(span | more))


def outcome(
    *events: Event,
    tickets: Iterable[Ticket] = (),
    policy: Policy | None = None,
    as_of: str | datetime = LATER,
    said: Mapping[str, Any] | None = None,
    evidence: Evidence | None = None,
    **more: Any,
) -> AuditResult:
    """Audit these events; `said` is what the tickets came with, `more` what the population knows besides."""
    told = TicketSet(tickets=tuple(tickets), **({"identities": IDENTITIES} | dict(said or {})))
    now = parse_time(as_of) if isinstance(as_of, str) else as_of
    return audit(population(events, **more), told, Rules(policy=policy or Policy(), as_of=now), evidence)


def finding(*events: Event, event_id: str = "e-1", **more: Any) -> Finding:
    """Audit these events and return the one finding about an event."""
    [found] = [it for it in outcome(*events, **more).findings if it.event_id == event_id]
    return found
