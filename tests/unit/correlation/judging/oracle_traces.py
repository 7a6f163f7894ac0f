"""What the oracle reads in the reference about traces: witnesses, labels that move, rotations, counterseals."""

import re
from collections.abc import Iterator

from msgspec import structs
from tests.unit.correlation.judging.oracle_tickets import Seal, World, principals

from counterseal.correlation.records.event import Event, Kind, Operation
from counterseal.correlation.records.population import CoveredHour
from counterseal.correlation.tickets.covered import approval_digest
from counterseal.correlation.tickets.ticket import Ticket

VALUE_CALLS = ("CreateSecret", "PutSecretValue", "UpdateSecret")
MAKERS = (*VALUE_CALLS, "RotateSecret")
NOT_CHECKED = frozenset({"not checked"})
SENTINEL = "RequestToValidateKeyAccess"


def same_secret(one: Event, other: Event) -> bool:
    """Where a record lacks the ARN, account, region and name stand for it (audit-json.md)."""
    if one.secret_arn and other.secret_arn:
        return one.secret_arn == other.secret_arn
    here, there = ((it.account, it.region, it.secret_name) for it in (one, other))
    return here == there


def changes(world: World, like: Event, *named: str) -> list[Event]:
    """The changes of the same secret, of those names."""
    return [it for it in world.events if it.kind is Kind.CHANGE and it.name in named and same_secret(it, like)]


# ------------------------------------------------------------------ witnesses


def witnesses(change: Event, world: World) -> set[str]:
    """A witness is joined by secret ARN and version id; of several calls it confirms the nearest."""
    return {str(it.facts["witness"]) for it in genuine_witnesses(world) if confirmed(it, world) is change}


def genuine_witnesses(world: World) -> Iterator[Event]:
    """Only what Secrets Manager itself asked KMS for is a witness; the sentinel is no version."""
    for event in world.events:
        by_service = event.facts.get("witness") == "label" or event.actor.via == "secretsmanager.amazonaws.com"
        if event.kind is Kind.WITNESS and by_service and event.version_id != SENTINEL:
            yield event


def confirmed(witness: Event, world: World) -> Event | None:
    """The call that made the version; of a label also the one that moved it."""
    found = [it for it in changes(world, witness, *VALUE_CALLS) if it.version_id == witness.version_id]
    found = found or [it for it in changes(world, witness, "RotateSecret") if it.version_id == witness.version_id]
    if witness.facts["witness"] == "label":
        moves = changes(world, witness, "UpdateSecretVersionStage")
        found += [it for it in moves if it.facts.get("move_to") == witness.version_id]
    return min(
        found, key=lambda it: (abs(it.time - witness.time), it.name in MAKERS, it.time, it.event_id), default=None
    )


def hour(event: Event) -> CoveredHour:
    """A source that carries that stream covers account, region and hour (design part 5)."""
    return CoveredHour(event.account, event.region, event.time.replace(minute=0, second=0))


def is_blind(event: Event, world: World) -> bool:
    """`in-blind-interval`: from StopLogging until StartLogging of that trail (events.md), both ends included.

    From PutEventSelectors too, where no record tells what they are: "all of it counts, until others are told".

    "Its own region and account where its `CreateTrail` was read and said no more; every region, every account where no
    record tells." Of calls in one second what stops it counts as the last.
    """
    calls = [it for it in world.events if it.kind is Kind.GUARD and not it.error_code]
    for stop in (it for it in calls if it.name == "StopLogging" or is_untold(it)):
        by = "StartLogging" if stop.name == "StopLogging" else "PutEventSelectors"
        ends = [it.time for it in calls if it.name == by and not is_untold(it) and it.time > stop.time]
        is_known = any(it.name == "CreateTrail" for it in calls)
        here = (stop.account, stop.region) == (event.account, event.region)
        if stop.time <= event.time <= min(ends, default=event.time) and (here or not is_known):
            return True
    return is_gone(event, calls)


def is_untold(call: Event) -> bool:
    """Selectors that neither the request nor the answer tells."""
    return call.name == "PutEventSelectors" and "selectors" not in call.facts


def is_gone(event: Event, calls: list[Event]) -> bool:
    """An account that leaves its organisation is blind, until it accepts an invitation of the one that removed it.

    "None of this counts where trails are named in the records and each is known never to have been an organisation's:
    its making was read." All trails of these worlds are one.
    """
    if any(it.name == "CreateTrail" for it in calls):
        return False
    for gone in (it for it in calls if it.name == "RemoveAccountFromOrganization"):
        back = [it for it in calls if it.name == "AcceptHandshake" and it.facts["inviter"] == gone.account]
        ends = [it.time for it in back if it.account == gone.facts["resource"] and it.time > gone.time]
        is_out = gone.time <= event.time <= min(ends, default=event.time)
        if event.account == gone.facts["resource"] and is_out:
            return True
    return False


def is_kms_observable(event: Event, world: World) -> bool:
    """KMS records were seen in that account, region and hour, and no trail was seen to leave them out."""
    return hour(event) in world.kms_hours and not is_blind(event, world)


def operation(event: Event, world: World) -> Operation | None:
    """`UpdateSecret` may change the value or only metadata.

    "A witness of its version makes it a value; none, where KMS records were seen in that account, region and hour,
    makes it metadata; where nothing could be seen it is taken for a value."
    """
    if event.name != "UpdateSecret" or witnesses(event, world) or not is_kms_observable(event, world):
        return event.operation
    return Operation.METADATA


def is_repeat(event: Event, world: World) -> bool:
    """`repeat`: the token of a version was given again: AWS answers with success and changes nothing."""
    if event.name not in ("CreateSecret", "PutSecretValue") or witnesses(event, world):
        return False

    def order(it: Event) -> tuple[object, ...]:
        return it.time, not witnesses(it, world), it.event_id

    same = [it for it in changes(world, event, *VALUE_CALLS) if it.version_id == event.version_id]
    return any(order(it) < order(event) for it in same)


def is_witness_missing(event: Event, world: World) -> bool:
    """`witness-missing`: no KMS or label record confirms the new value, where one would have been seen."""
    if event.name != "PutSecretValue" or is_repeat(event, world):
        return False
    label_hours = {hour(it) for it in world.events if it.facts.get("witness") == "label"}
    expected = {"kms"} if is_kms_observable(event, world) else set()
    if became_current(event) and hour(event) in label_hours:
        expected.add("label")
    return not expected <= witnesses(event, world)


# ------------------------------------------------------------------ labels that move


def became_current(event: Event) -> bool:
    """A new version is current at once, unless the caller named other stages."""
    return "AWSCURRENT" in event.facts.get("stages", ("AWSCURRENT",))  # type: ignore[operator]


def is_silent_rollback(event: Event, world: World) -> bool:
    """`silent-rollback`: a label was moved to an older version, with no new value.

    A version is new that was made, or rotated in, without becoming current, and never had the label before.
    """
    version, stage = event.facts.get("move_to"), event.facts.get("stage")
    if not version or stage in ("AWSPENDING", "AWSPREVIOUS"):
        return False
    before = [it for it in changes(world, event, "UpdateSecretVersionStage") if it.time < event.time]
    if any((it.facts.get("move_to"), it.facts.get("stage")) == (version, stage) for it in before):
        return True
    made = [it for it in changes(world, event, *VALUE_CALLS) if it.version_id == version and it.time <= event.time]
    if made:
        return any(became_current(it) for it in made)
    return not any(
        it.kind is Kind.SERVICE and it.version_id == version and same_secret(it, event) for it in world.events
    )


def token_of_step(step: Event) -> str:
    """The version that a step writes, makes current, or takes AWSPENDING from."""
    if step.name == "PutSecretValue":
        return step.version_id
    ended = step.facts.get("remove_from") if step.facts.get("stage") == "AWSPENDING" else ""
    return str(step.facts.get("move_to") or ended or "") if step.name == "UpdateSecretVersionStage" else ""


# ------------------------------------------------------------------ rotations


def rotation_settings(step: Event, world: World) -> list[Event]:
    """RotateSecret, and not followed by another or by CancelRotateSecret: the last up to the step."""
    before = [it for it in changes(world, step, "RotateSecret", "CancelRotateSecret") if it.time <= step.time]
    return [it for it in before if it.time == max(one.time for one in before)]


def is_running(step: Event, world: World) -> bool:
    """RotationStarted under this token, and not over."""
    service = [it for it in world.events if it.kind is Kind.SERVICE and same_secret(it, step) and it.time <= step.time]
    starts = [it for it in service if it.name == "RotationStarted"]
    last = [it for it in starts if it.time == max(one.time for one in starts)]
    own = [it for it in last if it.version_id == token_of_step(step) != ""]
    ends = ("RotationSucceeded", "RotationFailed", "RotationAbandoned")
    over = [it for it in service if it.name in ends and it.version_id == token_of_step(step) and it.time < step.time]
    return bool(own) and not any(it.time >= own[0].time for it in over)


def functions(step: Event, world: World) -> list[Event]:
    """The calls that named the function, the last up to the step."""
    named = [it for it in changes(world, step, "RotateSecret") if it.facts.get("rotation_lambda")]
    named = [it for it in named if it.time <= step.time]
    return [it for it in named if it.time == max(one.time for one in named)]


def is_made_by_rotation(step: Event, world: World) -> bool:
    """The actor is the session of that function; a rotation that AWS manages needs its service event alone.

    "A function that is listed in `rotation_roles` must use that role; otherwise it is known by its session's name."
    """
    named = {str(it.facts["rotation_lambda"]) for it in functions(step, world)}
    if not named:
        return step.actor.type in ("AWSService", "Service")
    found = re.fullmatch(r"(arn:aws:lambda:[^:]*:(\d+):function:([^:]+))(:[^:]+)?", named.pop())
    if named or not found or step.actor.type != "AssumedRole":
        return False
    role = world.policy.rotation_roles.get(found[0]) or world.policy.rotation_roles.get(found[1])
    if role:
        return role in principals(step.actor)
    return step.actor.session_name == found[3] and f"::{found[2]}:assumed-role" in step.actor.arn


# ------------------------------------------------------------------ counterseals


def has_form(token: str) -> bool:
    """Only this exact grammar counts as a counterseal (COUNTER-1.1)."""
    return bool(re.fullmatch(r"([A-Z][A-Z0-9_]*-[1-9][0-9]*|#[1-9][0-9]*)\.[A-Za-z0-9_-]{43}", token))


def given_for(change: Event, world: World) -> Seal | None:
    """The issuance entry that has this token, as the notary signed it."""
    given = [it for it in world.seals or () if it.issued.token == change.version_id]
    return next((it for it in given if it.is_genuine), None)


def seal_faults(change: Event, ticket: Ticket, world: World) -> frozenset[str]:
    """What is wrong with the counterseal (COUNTER-7.3); or that it was not checked (COUNTER-7.2, 4.2)."""
    seal = given_for(change, world)
    if seal is None:
        unknown = world.seals is None or any(
            it.is_genuine is None for it in world.seals if it.issued.token == change.version_id
        )
        return NOT_CHECKED if unknown else frozenset({"counterseal-forged"})
    edited = approval_digest(ticket, seal.issued.issuance.not_before) != seal.issued.issuance.approval_digest
    excused = any(it.at > change.time for it in ticket.edits)
    tests = fails(change, seal, world) | {"edited": edited and not excused}
    faults = frozenset(cause for cause, does in tests.items() if does)
    unverified = bool(seal.revoked) and not seal.is_revocation_genuine
    return faults or (NOT_CHECKED if unverified or (edited and excused) else frozenset())


def fails(change: Event, seal: Seal, world: World) -> dict[str, bool]:
    """The change is not what the entry says, or not then, or not any more."""
    one = seal.issued.issuance
    revoked = [it.revocation.revoked_at for it in seal.revoked if seal.is_revocation_genuine]
    uses = [it for it in world.events if it.kind is Kind.CHANGE and it.name in MAKERS]
    uses = [it for it in uses if it.version_id == change.version_id]
    # The use on its own secret is the one that counts, whoever used it elsewhere before.
    first = min(uses, key=lambda it: (not is_for(seal, it), it.time, it.event_id))
    return {
        "counterseal-revoked": any(it <= change.time for it in revoked),
        "counterseal-expired": not one.not_before <= change.time <= one.expires,
        "counterseal-reused": not same_secret(first, change),
        "other-secret": not is_for(seal, change),
        "other-operation": one.operation != change.operation,
        "other-actor": one.principal not in principals(change.actor),
    }


def is_for(seal: Seal, change: Event) -> bool:
    """Its full ARN where that is known, else account, region and name."""
    one = seal.issued.issuance
    if one.secret_arn and change.secret_arn:
        return one.secret_arn == change.secret_arn
    return (one.account, one.region, one.secret_name) == (change.account, change.region, change.secret_name)


def begun_by(step: Event, world: World) -> Event | None:
    """One use is one full ARN with one version id: staging a value and moving its label (decision 0023)."""
    token = token_of_step(step) if step.name == "UpdateSecretVersionStage" else ""
    promotes = bool(step.facts.get("move_to"))
    if not has_form(token) or (promotes and step.facts.get("stage") != "AWSCURRENT"):
        return None
    made = [it for it in changes(world, step, *VALUE_CALLS) if it.version_id == token]
    staged = [it for it in made if it.name == "PutSecretValue" and it.time <= step.time]
    if (promotes and is_silent_rollback(step, world)) or any(became_current(it) for it in staged):
        return None
    return min(staged, key=lambda it: (it.time, it.event_id), default=None)


def as_rest_of(step: Event, begun: Event) -> Event:
    """The promotion of exactly that version is judged as the rest of it (decision 0023)."""
    return structs.replace(step, operation=begun.operation, version_id=begun.version_id)
