"""A second opinion on what stands beside the changes: docs/reference/verdicts.md, audit-json.md and policy.md."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from tests.unit.correlation.invented import change
from tests.unit.correlation.judging.oracle_tickets import World, approved_then, decisions
from tests.unit.correlation.judging.oracle_traces import same_secret
from tests.unit.correlation.judging.worlds_aside import Aside

from counterseal.correlation.records.event import Actor, Event, Kind
from counterseal.correlation.tickets.ticket import Ticket

MAKES_VERSIONS = ("CreateSecret", "PutSecretValue", "UpdateSecret", "RotateSecret")
SENTINEL = "RequestToValidateKeyAccess"


class Beside(NamedTuple):
    """What is to be found: the ids of refusals and unknown calls, and the things that have no record of their own."""

    attempts: frozenset[str]
    unclassified: frozenset[str]
    orphans: frozenset[tuple[str, str]]
    unrecorded: frozenset[tuple[str, str]]
    guards: frozenset[str]


def opinion(world: Aside) -> Beside:
    """Return what stands beside the changes."""
    events = world.events
    return Beside(
        attempts=frozenset(it.event_id for it in events if it.kind is Kind.ATTEMPT),
        unclassified=frozenset(it.event_id for it in events if it.kind is Kind.UNCLASSIFIED),
        orphans=frozenset((named(it), it.request_id) for it in events if is_orphan(it, world)),
        unrecorded=frozenset((it.secret_arn, it.version_id) for it in events if is_unrecorded(it, world)),
        guards=frozenset(it.event_id for it in events if is_guard(it, world)),
    )


def named(event: Event) -> str:
    """The secret, by its ARN where that is known."""
    return event.secret_arn or f"{event.account} {event.region} {event.secret_name}"


def is_orphan(event: Event, world: Aside) -> bool:
    """`orphan-deletion`: AWS deleted versions, and no DeleteSecret of that secret comes before that in the records."""
    if event.name != "EndSecretVersionDelete":
        return False
    deletions = [it for it in world.events if it.name == "DeleteSecret" and it.kind is Kind.CHANGE]
    return not any(it.time <= event.time and same_secret(it, event) for it in deletions)


def is_unrecorded(event: Event, world: Aside) -> bool:
    """`unrecorded-version`: KMS or a label event shows a version that no record made.

    "Only what Secrets Manager itself asked KMS for is a witness"; the sentinel confirms none; a label may have been
    moved by a record that made no version. A rotation that AWS manages needs its service event alone.
    """
    if event.kind is not Kind.WITNESS or event.error_code or event.version_id in ("", SENTINEL):
        return False
    is_kms = event.service == "kms"
    if is_kms and event.actor.via != "secretsmanager.amazonaws.com":
        return False
    changes = [it for it in world.events if it.kind is Kind.CHANGE]
    made = [it for it in changes if it.name in MAKES_VERSIONS and it.version_id == event.version_id]
    labelled = [it for it in changes if it.facts.get("move_to") == event.version_id and not is_kms]
    rotated = [it for it in world.events if it.kind is Kind.SERVICE and it.version_id == event.version_id]
    managed = [it for it in rotated if "!" in it.secret_name]
    explained = any(same_secret(it, event) for it in made + labelled + managed)
    return not explained and not any(is_replica(it, event) for it in made)


def is_replica(one: Event, other: Event) -> bool:
    """One secret is a replica of the other: the ARNs differ in their region alone."""
    one_place, other_place = (it.secret_arn.split(":") for it in (one, other))
    return bool(one.secret_arn) and one_place[:3] + one_place[4:] == other_place[:3] + other_place[4:]


def is_guard(event: Event, world: Aside) -> bool:
    """Always those to trails and the like; to buckets and what lies in them, keys, tables where they are registered."""
    if event.kind is not Kind.GUARD:
        return False
    policy, resource = world.policy, event.facts["resource"]
    registered = {
        "monitor": (resource,),
        "bucket": policy.guarded_buckets,
        "object": policy.guarded_buckets,
        "key": policy.guarded_keys,
        "table": policy.guarded_tables,
    }
    return resource in registered[str(event.facts["guards"])]


def unused(world: Aside, as_of: datetime, used: Collection[str]) -> list[str]:
    """Tickets that are approved, and under which nothing was changed.

    "Listed are those whose window is over at `as_of` and lies near what was read"; one without any date always is.
    """
    return sorted(it.issue_key for it in world.told.tickets if it.issue_key not in used and is_over(it, world, as_of))


def is_over(ticket: Ticket, world: Aside, as_of: datetime) -> bool:
    """Whether it is approved, its time is over, and lies near what was read."""
    everything = World(events=world.events, told=world.told, policy=world.policy, as_of=as_of)
    by_nobody = change(time=as_of, actor=Actor(type=""))
    if not approved_then(by_nobody, ticket, everything):
        return False
    declared = [ticket.emergency_declared_at] if ticket.emergency_declared_at else []
    dates = [it.at for it in decisions(ticket, world.policy)] + declared
    if not ticket.window and not dates:
        return True
    start = ticket.window.start if ticket.window else min(dates)
    end = ticket.window.end if ticket.window else max(dates) + world.policy.default_window
    read, near = sorted(it.time for it in world.events), world.policy.candidate_span
    return end <= as_of and start - near <= read[-1] and end >= read[0] - near
