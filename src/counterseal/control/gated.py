"""A value written to AWS Secrets Manager under a gate: nothing is claimed of it that was not answered or read back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from counterseal.clock import format_time
from counterseal.control.gate import Gate, Permit, Wanted
from counterseal.control.settling import Found, Outcome, Place, another_value, looked, read_back, settled
from counterseal.correlation.records.event import Operation
from counterseal.correlation.records.secret_names import full_arn_parts
from counterseal.errors import Conflict, CountersealError, Refused, SecretNotFound, Unsettled, UsageError
from counterseal.hidden import Hidden
from counterseal.references.pointer import replaced
from counterseal.secretstore.version import SecretRequest, SecretVersion
from counterseal.secretstore.writing import CURRENT, NewSecret, SecretDescription


class Workplace(NamedTuple):
    """Where a change is made, and under which gate. `account` is the caller's; `announce` tells people what happens."""

    place: Place
    gate: Gate
    account: str
    announce: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A value for a secret that is there. With a pointer it is the value of that field, and the rest stays as it is."""

    secret_id: str
    value: Hidden
    pointer: str = ""
    if_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done: the version, its labels, how much of it is known, and the calls that CloudTrail will show."""

    outcome: Outcome
    secret: str
    name: str
    permit: Permit
    stages: tuple[str, ...]
    calls: tuple[str, ...]


class Making(NamedTuple):
    """One call that makes a version, told apart by its token. `look` finds out whether it did."""

    doing: str
    make: Callable[[str], object]
    look: Callable[[str], Found]


def look_at_put(secret_id: str, here: Workplace) -> str:
    """Say what would let a new value of this secret through now; nothing is issued and nothing is written.

    Raises:
        SecretNotFound, Refused, Denied, Unreachable, NotFound, MalformedInput: as `put`.
    """
    described = writable(here.place, secret_id)
    said = here.gate.look(wanted(described, Operation.VALUE))
    return (
        f"{described.arn} would get a new value in place of version {described.version_with(CURRENT) or 'none'}; {said}"
    )


def put(request: Put, here: Workplace) -> Done:
    """Write a new current value.

    Raises:
        SecretNotFound: there is no such secret, or it is scheduled for deletion.
        Refused: the gate is closed, or the secret cannot be written here; nothing was written.
        Conflict: another version is current than was asked for; nothing was written.
        Denied: AWS refuses; nothing was written.
        Unreachable: AWS could not be asked; nothing was written.
        Unsettled: AWS did not say whether it wrote it, and reading back did not tell.
        FieldNotFound, NotFound, MalformedInput: the field, the ticket or the ledger is not what it should be.
    """
    described = writable(here.place, request.secret_id)
    current = described.version_with(CURRENT)
    if request.if_version is not None and request.if_version != current:
        raise Conflict(f"the current version of {described.name!r} is {current or 'none'}, not {request.if_version}")
    value = request.value
    if request.pointer:
        value = replaced(version_of(here.place, described, current).value, request.pointer, value)
    permit = here.gate.open(wanted(described, Operation.VALUE))
    outcome = made(putting(here.place, described.arn, value, CURRENT), permit, here)
    if outcome is Outcome.ALREADY_WRITTEN:
        described = _now(here.place, described)
    return Done(
        outcome=outcome,
        secret=described.arn,
        name=described.name,
        permit=permit,
        stages=(CURRENT,) if outcome is Outcome.WRITTEN else tuple(sorted(described.stages.get(permit.token, ()))),
        calls=("PutSecretValue",),
    )


def look_at_create(new: NewSecret, here: Workplace) -> str:
    """Say what would let a new secret through now; nothing is issued and nothing is made.

    Raises:
        Conflict, Refused, Denied, Unreachable, NotFound, MalformedInput: as `create`.
    """
    said = here.gate.look(_wanted_new(new, here))
    return f"{new.name!r} would be made in {here.place.region}; {said}"


def create(new: NewSecret, value: Hidden, here: Workplace) -> Done:
    """Make a secret with its first value.

    Raises:
        Conflict: there is one of that name; nothing was made.
        Refused, Denied, Unreachable, Unsettled, NotFound, MalformedInput: as `put`.
    """
    permit = here.gate.open(_wanted_new(new, here))
    place = here.place
    making = Making(
        f"the new secret {new.name!r}",
        lambda token: place.writer.create(new, value, token),
        lambda token: read_back(place, new.name, token, value),
    )
    outcome = made(making, permit, here)
    return Done(
        outcome=outcome,
        secret=_now(place, SecretDescription(arn="", name=new.name, stages={})).arn,
        name=new.name,
        permit=permit,
        stages=(CURRENT,),
        calls=("CreateSecret",),
    )


def made(making: Making, permit: Permit, here: Workplace) -> Outcome:
    """Make a version under a permit, and say what became of it; a permit that was surely not used is taken back.

    Raises:
        Unsettled: it is not known whether it was made. The permit stays, so that the same call can be made again.
        CountersealError: it was surely not made; the message says what became of the permit.
    """
    if permit.issuance:
        until = format_time(permit.issuance.expires)
        here.announce(f"{making.doing} goes under the counterseal {permit.token}, which holds until {until}")
    try:
        if here.gate.given and _was_made(making, permit):
            return Outcome.ALREADY_WRITTEN
        return settled(lambda: making.make(permit.token), lambda: making.look(permit.token), here.place.pause)
    except Unsettled as failure:
        raise _not_known(failure, making, permit) from failure
    except CountersealError as failure:
        taken_back = here.gate.withdraw(permit, f"not used: {type(failure).__name__}")
        said = "; ".join(part for part in (str(failure), "nothing was written", taken_back) if part)
        raise type(failure)(said, hint=failure.hint) from failure


def _was_made(making: Making, permit: Permit) -> bool:
    """Say whether a token that was given beforehand was used already, for the same value."""
    found = looked(lambda: making.look(permit.token))
    if found is Found.OTHER:
        raise another_value()
    return found is Found.SAME


def putting(place: Place, arn: str, value: Hidden, stage: str) -> Making:
    """Return the call that makes a new version of a secret with one label."""
    return Making(
        f"the new value of {arn}",
        lambda token: place.writer.put(arn, value, token, stage=stage),
        lambda token: read_back(place, arn, token, value),
    )


def wanted(described: SecretDescription, operation: Operation) -> Wanted:
    """Return a change of a secret as the gate is asked for it."""
    parts = full_arn_parts(described.arn)
    if parts is None:
        raise Refused(f"AWS calls the secret {described.arn!r}, which is not the full ARN of a secret")
    region, account, _ = parts
    return Wanted(described.arn, account, region, operation)


def writable(place: Place, secret_id: str) -> SecretDescription:
    """Return what is known of a secret, if its value can be written here at all.

    Raises:
        SecretNotFound: there is none, or it is scheduled for deletion.
        Refused: an AWS service owns it, or it is a copy of a secret in another region.
        Denied, Unreachable, SettingsError: it cannot be asked.
    """
    try:
        described = place.writer.describe(secret_id)
    except SecretNotFound as failure:
        hint = "counterseal put --create makes it, under a ticket for the operation create"
        raise SecretNotFound(str(failure), hint=hint) from None
    name = described.name
    if described.deletion_scheduled:
        raise SecretNotFound(
            f"the secret {name!r} is scheduled for deletion",
            hint="restore it first, under a ticket for the operation restore",
        )
    if described.managed_by:
        raise Refused(f"the secret {name!r} is managed by {described.managed_by}", hint="it is changed there alone")
    if described.primary_region not in ("", place.region):
        raise Refused(
            f"the secret {name!r} is a copy here of the one in {described.primary_region}",
            hint=f"write it in {described.primary_region}: AWS copies it",
        )
    return described


def version_of(place: Place, described: SecretDescription, version_id: str) -> SecretVersion:
    """Return one version of a secret.

    Raises:
        Refused: the secret has no such version, as it has no current one.
        SecretNotFound, Denied, Unreachable: it cannot be read.
    """
    if not version_id:
        raise Refused(f"the secret {described.name!r} has no current value, so no field of it can be changed")
    (version,) = place.store.fetch([SecretRequest(described.arn, version_id=version_id)])
    return version


def _now(place: Place, described: SecretDescription) -> SecretDescription:
    """Return what is known of a secret after a change; what was known before, where AWS does not say."""
    try:
        return place.writer.describe(described.arn or described.name)
    except CountersealError:
        return described


def _wanted_new(new: NewSecret, here: Workplace) -> Wanted:
    if new.name.startswith("arn:"):
        raise UsageError(f"{new.name!r} is an ARN", hint="AWS makes the ARN of a new secret: give its name")
    try:
        described = here.place.writer.describe(new.name)
    except SecretNotFound:
        return Wanted(new.name, here.account, here.place.region, Operation.CREATE)
    if here.gate.given in described.stages:
        return wanted(described, Operation.CREATE)
    what = "is scheduled for deletion, and its name is taken until then" if described.deletion_scheduled else "is there"
    raise Conflict(f"the secret {new.name!r} {what}", hint="leave out --create where its value should change")


def _not_known(failure: Unsettled, making: Making, permit: Permit) -> Unsettled:
    at_worst = "asking again writes at worst the same value a second time"
    if permit.issuance:
        at_worst = (
            f"give the same value again with --token {permit.token} instead of --ticket: under one token it is written "
            f"once, whatever happened. The counterseal stays valid until {format_time(permit.issuance.expires)}"
        )
    return Unsettled(
        f"it is not known whether {making.doing} was written: {failure}, and the version {permit.token} was not found "
        "when it was read back. The value before it is as it was, and current unless that version appears",
        hint=at_worst,
    )
