"""Small invented worlds of what stands beside the changes: refusals, deletions, unknown calls, guards, witnesses."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from msgspec import structs
from tests.unit.correlation.invented import (
    ACCOUNT,
    ANA,
    ARN,
    BEN,
    IDENTITIES,
    OTHER_ARN,
    REGION,
    T,
    at,
    change,
    kms,
    label,
    move,
    service_event,
)
from tests.unit.correlation.judging.worlds import HOUR, NONE, SECOND, Draw, ticket

from counterseal.correlation.records.event import Event, Kind, Operation
from counterseal.correlation.records.population import CoveredHour
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import TicketSet

KEYS = (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/2")
RESOURCES = {
    "monitor": ("trail", "queue"),
    "bucket": ("logs", "secrets"),
    "object": ("logs", "secrets"),
    "key": KEYS,
    "table": ("ledger", "other"),
}
MANAGED = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!db-AbCdEf"
SECRETS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"secret_arn": ""},
    {"secret_arn": OTHER_ARN, "secret_name": "other", "secret_given": "other"},
    {"secret_arn": "", "secret_name": "other", "secret_given": "other"},
    {"secret_arn": ARN.replace(REGION, "us-east-1"), "region": "us-east-1"},
    {"secret_arn": MANAGED, "secret_name": "rds!db", "secret_given": MANAGED},
)
VERSIONS = ("v-1", "v-1", "v-2", "RequestToValidateKeyAccess", "")
CALLS = (
    ("CreateSecret", Operation.CREATE),
    ("PutSecretValue", Operation.VALUE),
    ("DeleteSecret", Operation.DELETE),
    ("RotateSecret", Operation.ROTATION),
    ("TagResource", Operation.TAG),
)


class Aside(NamedTuple):
    """What was recorded, what was said of it, and what is registered."""

    events: tuple[Event, ...]
    told: TicketSet
    policy: Policy
    kms_hours: frozenset[CoveredHour]


def call(draw: Draw) -> Event:
    """Return a call that altered a secret, or that AWS refused, or that nobody knows."""
    name, operation = draw.one_of(CALLS)
    version = draw.one_of(VERSIONS) if name not in ("DeleteSecret", "TagResource") else ""
    one = change(name, operation, version_id=version, actor=draw.one_of((ANA, BEN)))
    kind = draw.one_of((Kind.CHANGE, Kind.CHANGE, Kind.ATTEMPT, Kind.UNCLASSIFIED))
    changed: dict[str, Any] = {"kind": kind}
    if kind is Kind.ATTEMPT:
        changed["error_code"] = "AccessDenied"
    if kind is Kind.UNCLASSIFIED:
        changed |= {"name": "FrobnicateSecret", "operation": None}
    return structs.replace(one, **changed)


def moved(draw: Draw) -> Event:
    """Return the move of a label."""
    return move(draw.one_of(("v-1", "v-2")), actor=draw.one_of((ANA, BEN)))


def aws(draw: Draw) -> Event:
    """Return what Secrets Manager did of itself."""
    name = draw.one_of(("EndSecretVersionDelete", "EndSecretVersionDelete", "StartSecretVersionDelete"))
    if draw.one_of((True, False, False)):
        return service_event(draw.one_of(("RotationStarted", "RotationSucceeded")), version_id=draw.one_of(VERSIONS))
    return service_event(name, version_id="", operation=Operation.DELETE, request_id=draw.one_of(("r-1", "r-2")))


def witness(draw: Draw) -> Event:
    """Return what shows a version; perhaps somebody's own call to KMS, or one that AWS refused."""
    one = draw.one_of((kms, label))(version_id=draw.one_of(VERSIONS))
    own: dict[str, Any] = {"actor": ANA if one.service == "kms" else one.actor}
    found: Event = structs.replace(one, **draw.usually({}, own, {"error_code": "AccessDenied"}))
    return found


def guard(draw: Draw) -> Event:
    """Return a change to something that guards the secrets, registered or not."""
    guards = draw.one_of(tuple(RESOURCES))
    facts = {"guards": guards, "resource": draw.one_of(RESOURCES[guards])}
    one = change("Something", None, kind=Kind.GUARD, service="s3", version_id="", facts=facts)
    return structs.replace(one, error_code=draw.usually("", "AccessDenied"))


def beside(one_of: Callable[[Sequence[Any]], Any]) -> Aside:
    """Return a few of these, and a ticket or two."""
    draw = Draw(one_of, one_of((1, 3)))
    makers = (call, call, moved, aws, aws, witness, witness, guard)
    events = []
    for number in range(one_of((1, 2, 3, 5, 8))):
        one = one_of(makers)(draw)
        where = {} if one.kind is Kind.GUARD else one_of(SECRETS)
        time = T + one_of((NONE, NONE, SECOND, -SECOND, HOUR, -HOUR))
        events.append(structs.replace(one, event_id=f"e-{number}", time=time, **where))
    tickets = tuple(ticket(draw, number, ("value", "delete", "create")) for number in range(one_of((0, 1, 2))))
    policy = Policy(
        guarded_buckets=one_of(((), ("logs",), ("logs", "secrets"))),
        guarded_keys=one_of(((), KEYS[:1])),
        guarded_tables=one_of(((), ("ledger",))),
        baseline=draw.usually(None, T, at(hours=2)),
    )
    hours = frozenset({CoveredHour(ACCOUNT, REGION, T)}) if one_of((True, False)) else frozenset()
    return Aside(tuple(events), TicketSet(tickets=tickets, identities=IDENTITIES), policy, hours)
