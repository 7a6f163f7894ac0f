"""A rotation under a ticket: stage a new value, try it, make it current; or take it back and say so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from counterseal.clock import Clock
from counterseal.control.gate import Permit, fault_of
from counterseal.control.gated import Done, Making, Workplace, made, putting, version_of, wanted, writable
from counterseal.control.settling import PAUSES, Found, Outcome
from counterseal.correlation.records.event import Operation
from counterseal.correlation.tickets.counterseal import IssuanceSet, cited_by
from counterseal.errors import Conflict, CountersealError, Refused, Unsettled
from counterseal.hidden import Hidden
from counterseal.references.pointer import pick, replaced
from counterseal.secretstore.writing import CURRENT, PENDING, SecretDescription

# A revocation counts from its second on, and the calls before it lie in the second of AWS's clock in which they ended.
_AFTER_USE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What is rotated, under which ticket, and how a new value is drawn and tried.

    `attempt` is given the new value of the field, or of the whole, and returns an exit status: 0 promotes.
    """

    secret_id: str
    issue_key: str
    draw: Callable[[], Hidden]
    pointer: str = ""
    attempt: Callable[[Hidden], int] | None = None
    keep_pending: bool = False


class Staged(NamedTuple):
    """A version that is staged as AWSPENDING and waits to be tried: what it holds, and under which permit."""

    described: SecretDescription
    permit: Permit
    value: Hidden
    resumed: bool = False


class Own(NamedTuple):
    """Who rotates: by what the ledger knows of counterseals, an interrupted rotation is told from a foreign one."""

    issuances: Callable[[], IssuanceSet]
    principal: str
    clock: Clock


def look_at_rotation(rotation: Rotation, here: Workplace, own: Own) -> str:
    """Say what a rotation would do now; nothing is issued, staged or moved.

    Raises:
        SecretNotFound, Refused, Denied, Unreachable, NotFound, MalformedInput: as `rotate`.
    """
    described = _rotatable(rotation, here)
    going_on = _resumable(described, rotation, own)
    said = here.gate.look(wanted(described, Operation.VALUE))
    if going_on:
        return f"{described.arn}: version {going_on.token} is staged, and would be tried and made current; {said}"
    return f"{described.arn}: a new version would be staged, tried and made current; {said}"


def rotate(rotation: Rotation, here: Workplace, own: Own) -> Done:
    """Stage a new value, try it, and make it current. What an interrupted run staged is gone on with.

    Raises:
        SecretNotFound: there is no such secret, or it is scheduled for deletion.
        Refused: the gate is closed, something foreign is staged, or the new value failed; the value before is current.
        Conflict: somebody changed the secret meanwhile; what was staged is taken back.
        Denied, Unreachable: AWS refuses, or could not be asked; the message says what is staged.
        Unsettled: it is not known whether something was done; the same command finds out and goes on.
        FieldNotFound, NotFound, MalformedInput: the field, the ticket or the ledger is not what it should be.
    """
    described = _rotatable(rotation, here)
    going_on = _resumable(described, rotation, own)
    staged = _resume(rotation, here, described, going_on) if going_on else _stage(rotation, here, described)
    _try(rotation, here, staged)
    _still_holds(here, staged, own)
    _promote(here, staged)
    _unstage(here, staged)
    calls = ("UpdateSecretVersionStage", "UpdateSecretVersionStage")
    return Done(
        outcome=Outcome.WRITTEN,
        secret=described.arn,
        name=described.name,
        permit=staged.permit,
        stages=(CURRENT,),
        calls=calls if staged.resumed else ("PutSecretValue", *calls),
    )


def abandon(rotation: Rotation, here: Workplace) -> str:
    """Take AWSPENDING off the version that this ticket staged, and return that version; its counterseal is revoked.

    Raises:
        Refused: nothing is staged, or not by this ticket.
        SecretNotFound, Conflict, Denied, Unreachable, Unsettled: it cannot be taken off.
    """
    described = writable(here.place, rotation.secret_id)
    pending = _pending(described)
    if not pending:
        raise Refused(f"nothing of {described.name!r} is staged")
    if cited_by(pending) != rotation.issue_key:
        raise _foreign(described, pending, rotation)
    here.place.writer.move_stage(described.arn, PENDING, away_from=pending)
    here.announce(here.gate.withdraw(Permit(pending), "the rotation was abandoned", after=_AFTER_USE))
    return pending


def hand_over(secret_id: str, here: Workplace) -> Done:
    """Let AWS rotate the secret by the function it was set up with, under a counterseal for `rotation`.

    Raises:
        Refused: the secret is not set up for that, or the gate is closed; nothing was started.
        SecretNotFound, Conflict, Denied, Unreachable, Unsettled, NotFound, MalformedInput: as `rotate`.
    """
    described = _set_up(secret_id, here)
    permit = here.gate.open(wanted(described, Operation.ROTATION))
    writer = here.place.writer
    making = Making(
        f"the rotation of {described.arn}",
        lambda token: writer.rotate(described.arn, token),
        lambda token: Found.THERE if token in writer.describe(described.arn).stages else Found.ABSENT,
    )
    outcome = made(making, permit, here)
    return Done(
        outcome=outcome,
        secret=described.arn,
        name=described.name,
        permit=permit,
        stages=(PENDING,),
        calls=("RotateSecret",),
    )


def look_at_hand_over(secret_id: str, here: Workplace) -> str:
    """Say what would let AWS rotate the secret now; nothing is issued or started.

    Raises:
        Refused, SecretNotFound, Denied, Unreachable, NotFound, MalformedInput: as `hand_over`.
    """
    described = _set_up(secret_id, here)
    return f"{described.arn} would be rotated by AWS; {here.gate.look(wanted(described, Operation.ROTATION))}"


def _set_up(secret_id: str, here: Workplace) -> SecretDescription:
    described = here.place.writer.describe(secret_id)
    if not described.rotates:
        raise Refused(
            f"the secret {described.name!r} is not set up for rotation by AWS",
            hint="leave out --hand-over: counterseal draws, tries and promotes the value itself",
        )
    return described


def _rotatable(rotation: Rotation, here: Workplace) -> SecretDescription:
    described = writable(here.place, rotation.secret_id)
    if described.rotates:
        raise Refused(f"AWS rotates the secret {described.name!r} itself", hint="--hand-over lets it do so now")
    if not described.version_with(CURRENT):
        raise Refused(f"the secret {described.name!r} has no current value", hint="counterseal put gives it the first")
    return described


def _pending(described: SecretDescription) -> str:
    """Return the version that waits to become current: one that is current already does not."""
    pending = described.version_with(PENDING)
    return "" if CURRENT in described.stages.get(pending, ()) else pending


def _resumable(described: SecretDescription, rotation: Rotation, own: Own) -> Permit | None:
    """Return the permit of what an earlier run for this ticket staged, where it still holds.

    Raises:
        Refused: something else is staged.
    """
    pending = _pending(described)
    if not pending:
        return None
    held = own.issuances()
    issued = next((it.issuance for it in held.issued if it.token == pending), None)
    if issued is None or issued.issue_key != rotation.issue_key:
        raise _foreign(described, pending, rotation)
    # One that no longer holds gives way: the next value takes the label from it.
    if fault_of(issued, held, own.principal, own.clock.now()):
        return None
    return Permit(pending, issued)


def _foreign(described: SecretDescription, pending: str, rotation: Rotation) -> Refused:
    said = f"version {pending} of {described.name!r} is staged as AWSPENDING already"
    ticket = cited_by(pending)
    if ticket == rotation.issue_key:
        return Refused(
            f"{said}, and the ledger here does not know its counterseal",
            hint=f"go on where it was staged under {ticket}, or take it back with --abandon",
        )
    if ticket:
        hint = f"--ticket {ticket} goes on with it, and with --abandon takes it back"
    else:
        hint = "wait until that rotation ends; one that is stuck ends when AWSPENDING is taken off its version"
    return Refused(f"{said}, and not under {rotation.issue_key}", hint=hint)


def _stage(rotation: Rotation, here: Workplace, described: SecretDescription) -> Staged:
    drawn = rotation.draw()
    whole = drawn
    if rotation.pointer:
        whole = replaced(_current_value(here, described), rotation.pointer, drawn)
    permit = here.gate.open(wanted(described, Operation.VALUE))
    made(putting(here.place, described.arn, whole, PENDING), permit, here)
    here.announce(
        f"version {permit.token} is staged as AWSPENDING; the same command goes on if this one is interrupted"
    )
    return Staged(described, permit, drawn)


def _resume(rotation: Rotation, here: Workplace, described: SecretDescription, permit: Permit) -> Staged:
    here.gate.look(wanted(described, Operation.VALUE))
    whole = version_of(here.place, described, permit.token).value
    staged = Staged(described, permit, whole, resumed=True)
    if rotation.pointer:
        staged = staged._replace(value=pick(whole, rotation.pointer))
    if _is_stale(rotation, here, staged, whole):
        taken_back = _take_back(here, staged, "the secret changed meanwhile")
        raise Conflict(f"the secret changed since {permit.token} was staged; {taken_back}", hint="run it again")
    here.announce(f"version {permit.token} was staged before: going on with it")
    return staged


def _is_stale(rotation: Rotation, here: Workplace, staged: Staged, whole: Hidden) -> bool:
    """Say whether the current value is newer than what was staged, which would put an older one in its place."""
    listed = here.place.writer.versions(staged.described.arn)
    made_at = [
        listed[it].made_at for it in (staged.described.version_with(CURRENT), staged.permit.token) if it in listed
    ]
    dates = [it for it in made_at if it]
    if len(dates) > 1 and dates[0] > dates[1]:
        return True
    if not rotation.pointer:
        return False
    return replaced(_current_value(here, staged.described), rotation.pointer, staged.value) != whole


def _current_value(here: Workplace, described: SecretDescription) -> Hidden:
    return version_of(here.place, described, described.version_with(CURRENT)).value


def _try(rotation: Rotation, here: Workplace, staged: Staged) -> None:
    if rotation.attempt is None:
        return
    try:
        status = rotation.attempt(staged.value)
    except CountersealError as failure:
        raise type(failure)(
            f"{failure}; {_take_back(here, staged, 'its test could not run')}", hint=failure.hint
        ) from None
    if status == 0:
        return
    failed = f"the test of the new value ended with {status}"
    if rotation.keep_pending:
        raise Refused(
            f"{failed}; version {staged.permit.token} stays staged, and the value before is current",
            hint="the same command tries it again, and with --abandon takes it back",
        )
    raise Refused(
        f"{failed}; {_take_back(here, staged, 'its test failed')}", hint="see what the test says, then run it again"
    )


def _take_back(here: Workplace, staged: Staged, why: str) -> str:
    """Take AWSPENDING off, revoke the counterseal, and say in a clause how things stand."""
    token = staged.permit.token
    try:
        here.place.writer.move_stage(staged.described.arn, PENDING, away_from=token)
    except CountersealError as failure:
        return f"the value before is current; version {token} is still staged ({failure}): --abandon takes it back"
    taken_back = here.gate.withdraw(staged.permit, f"used, and taken back: {why}", after=_AFTER_USE)
    return f"AWSPENDING was taken off version {token}, the value before is current, {taken_back}"


def _still_holds(here: Workplace, staged: Staged, own: Own) -> None:
    """Refuse to promote what an audit would not call proved any more: trying a value may take long."""
    issuance = staged.permit.issuance
    fault = fault_of(issuance, own.issuances(), own.principal, own.clock.now()) if issuance else ""
    if fault:
        taken_back = _take_back(here, staged, "it no longer held")
        raise Refused(f"the counterseal {staged.permit.token} {fault}; {taken_back}", hint="run it again")


def _promote(here: Workplace, staged: Staged) -> None:
    described, token = staged.described, staged.permit.token
    current = described.version_with(CURRENT)
    for seconds in PAUSES:
        try:
            here.place.writer.move_stage(described.arn, CURRENT, to=token, away_from=current)
        except Unsettled:
            here.place.pause(seconds)
        except Conflict as failure:
            _overtaken(here, staged, failure)
            return
        except CountersealError as failure:
            said = f"{failure}; version {token} is staged, and the value before is current"
            raise type(failure)(said, hint=failure.hint or "the same command goes on with it") from failure
        else:
            return
        if _is_current(here, staged):
            return
    raise _not_promoted(token)


def _overtaken(here: Workplace, staged: Staged, failure: Conflict) -> None:
    """Tell a move that an earlier request made already from somebody else's change."""
    current = _is_current(here, staged)
    if current is None:
        raise _not_promoted(staged.permit.token)
    if not current:
        raise Conflict(f"{failure}: somebody changed the secret meanwhile; {_take_back(here, staged, 'overtaken')}")


def _is_current(here: Workplace, staged: Staged) -> bool | None:
    """Say whether the version is current, None where AWS does not say."""
    try:
        return here.place.writer.describe(staged.described.arn).version_with(CURRENT) == staged.permit.token
    except CountersealError:
        return None


def _not_promoted(token: str) -> Unsettled:
    return Unsettled(
        f"it is not known whether version {token} became current: AWS did not say, and reading back did not tell",
        hint="run the same command again: it looks at what is staged, and goes on",
    )


def _unstage(here: Workplace, staged: Staged) -> None:
    """Take AWSPENDING off what is current now, as AWS's own rotation functions do. Left there it harms nothing."""
    try:
        here.place.writer.move_stage(staged.described.arn, PENDING, away_from=staged.permit.token)
    except Conflict:
        return
    except CountersealError as failure:
        here.announce(f"version {staged.permit.token} is current, and has AWSPENDING still: {failure}")
