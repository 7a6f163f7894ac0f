"""Whether a change carries a counterseal that holds: verified, its own, in time, used once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from counterseal.clock import format_time
from counterseal.correlation.judging.approvals import Cause
from counterseal.correlation.judging.change import Change
from counterseal.correlation.judging.witnesses import MAKERS
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.population import Population
from counterseal.correlation.records.secret_names import same_secret, secret_name
from counterseal.correlation.tickets.counterseal import (
    ISSUANCE_NAMESPACE,
    REVOCATION_NAMESPACE,
    Issuance,
    IssuanceSet,
    Issued,
    Revoked,
    cited_by,
    code_of,
    token_of,
)
from counterseal.correlation.tickets.covered import approval_digest
from counterseal.correlation.tickets.people import principals
from counterseal.correlation.tickets.ticket import Ticket
from counterseal.errors import Refused
from counterseal.signing import NotaryKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What counterseals can be checked against. Without `issuances` or `keys` none is checked.

    `anchored` says, by issuance id, when the oldest checkpoint was made under which the issuance entry lies.
    """

    issuances: IssuanceSet | None = None
    keys: NotaryKeys | None = None
    anchored: Mapping[str, datetime] = field(default_factory=dict)

    def with_issuances(self, more: IssuanceSet | None) -> "Evidence":
        """Return this with what came from elsewhere; None adds nothing."""
        if more is None:
            return self
        return replace(self, issuances=(self.issuances or IssuanceSet()) + more)

    @property
    def lacks(self) -> str:
        """Say what is missing for checking any counterseal; "" where nothing is."""
        if self.issuances is None:
            return "no issuances were given (--issuances FILE)"
        return "" if self.keys else "the right to verify was not given (--notary-key FILE)"


class Fault(NamedTuple):
    """Why a counterseal does not hold, with the sentence that says so."""

    cause: Cause
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealCheck:
    """What became of the counterseal of one change. `unchecked` says why it was not checked, where it was not."""

    issuance: Issuance | None = None
    faults: tuple[Fault, ...] = ()
    unchecked: str = ""
    anchored: bool = False

    @property
    def holds(self) -> bool:
        """Say whether it was checked, and nothing is wrong with it."""
        return self.issuance is not None and not self.faults and not self.unchecked

    def for_ticket(self, ticket: Ticket, changed_at: datetime) -> "SealCheck":
        """Hold the approval that it was issued on against the ticket as it is now."""
        if self.issuance is None or approval_digest(ticket, self.issuance.not_before) == self.issuance.approval_digest:
            return self
        key = ticket.issue_key
        if any(it.at > changed_at for it in ticket.edits):
            # Such an edit voids nothing (design part 5), and it hides what the fields were before.
            return replace(
                self, unchecked=f"{key} was edited after the change, so what was approved cannot be compared"
            )
        issued = format_time(self.issuance.not_before)
        said = f"{key} no longer says what its approval covered when the counterseal was issued on {issued}"
        return replace(self, faults=(*self.faults, Fault(Cause.EDITED, said)))


class Given:
    """What a notary gave out, found by token and by issuance."""

    def __init__(self, evidence: Evidence | None = None) -> None:
        """Take the evidence, in whatever order it was given; nothing of it is verified before it is used."""
        self.evidence = evidence or Evidence()
        self._issued: dict[str, list[Issued]] = {}
        self._revoked: dict[str, list[Revoked]] = {}
        given = self.evidence.issuances or IssuanceSet()
        for issued in sorted(given.issued, key=lambda it: it.signature):
            self._issued.setdefault(issued.token, []).append(issued)
        for revoked in sorted(given.revoked, key=lambda it: (it.revocation.revoked_at, it.signature)):
            self._revoked.setdefault(revoked.revocation.issuance_id, []).append(revoked)

    def issued(self, token: str) -> list[Issued]:
        """Return what was given out under a token."""
        return self._issued.get(token, [])

    def revoked(self, issuance: Issuance) -> list[Revoked]:
        """Return what was given out to revoke an issuance."""
        return self._revoked.get(issuance.issuance_id, [])


class Proofs:
    """The counterseals of a population, each checked against what a notary gave out."""

    def __init__(self, given: Given, population: Population) -> None:
        """Take what was given, and all changes: whether a token was used once only all of them can tell."""
        self._given = given
        self._evidence = given.evidence
        self._uses: defaultdict[str, list[Event]] = defaultdict(list)
        for event in population.of_kind(Kind.CHANGE):
            if carries_counterseal(event):
                self._uses[event.version_id].append(event)

    def check(self, change: Change) -> SealCheck | None:
        """Check the counterseal that a change carries; None where it carries none."""
        token = _token_of(change)
        if not token:
            return None
        keys = self._evidence.keys
        if self._evidence.lacks or keys is None:
            return SealCheck(unchecked=self._evidence.lacks)
        given = self._given.issued(token)
        if not given:
            said = "no notary issued this token, as far as the issuances given go"
            return SealCheck(faults=(Fault(Cause.COUNTERSEAL_FORGED, said),))
        genuine = next((it.issuance for it in given if _is_genuine(it, keys)), None)
        if genuine is None:
            return _not_genuine(given, keys)
        unverified = any(not _is_revoked(it, keys) for it in self._given.revoked(genuine))
        return SealCheck(
            issuance=genuine,
            faults=tuple(self._faults(genuine, change, keys)),
            unchecked="a revocation of it was given that cannot be verified" if unverified else "",
            anchored=self._is_anchored(genuine, change),
        )

    def _is_anchored(self, issuance: Issuance, change: Change) -> bool:
        # Order inside a second is unknown: only a checkpoint of an earlier one is older than the change.
        checkpoint = self._evidence.anchored.get(issuance.issuance_id)
        return checkpoint is not None and checkpoint < change.time

    def _faults(self, issuance: Issuance, change: Change, keys: NotaryKeys) -> Iterator[Fault]:
        event, made = change.event, format_time(change.time)
        for it in self._given.revoked(issuance):
            revoked_at = it.revocation.revoked_at
            if _is_revoked(it, keys) and revoked_at <= change.time:
                said = (
                    f"it was revoked on {format_time(revoked_at)} ({it.revocation.reason}), before the change of {made}"
                )
                yield Fault(Cause.COUNTERSEAL_REVOKED, said)
        if not issuance.not_before <= change.time <= issuance.expires:
            span = f"{format_time(issuance.not_before)} to {format_time(issuance.expires)}"
            yield Fault(Cause.COUNTERSEAL_EXPIRED, f"it held from {span}, and the change was made on {made}")
        first = min(self._uses[_token_of(change)], key=lambda it: _rightful(it, issuance))
        if not same_secret(first, event):
            said = f"its one use was {first.name} of {_named(first)} on {format_time(first.time)}"
            yield Fault(Cause.COUNTERSEAL_REUSED, said)
        if not _is_for(issuance, event):
            wanted = issuance.secret_arn or f"{issuance.secret_name} in {issuance.account} {issuance.region}"
            yield Fault(Cause.OTHER_SECRET, f"the counterseal was issued for {wanted}, and used on {_named(event)}")
        if issuance.operation != change.operation:
            said = f"the counterseal was issued for {issuance.operation}, and the operation is {change.operation}"
            yield Fault(Cause.OTHER_OPERATION, said)
        if issuance.principal not in principals(event.actor):
            actor = event.actor.arn or event.actor.name or "an actor that was not recorded"
            said = f"the counterseal was issued to {issuance.principal}, and {actor} used it"
            yield Fault(Cause.OTHER_ACTOR, said)


def _token_of(change: Change) -> str:
    """Return the token that a change carries, or whose use it completes; "" for neither."""
    return change.completes or (change.event.version_id if carries_counterseal(change.event) else "")


def carries_counterseal(event: Event) -> bool:
    """Say whether the token of a call has the form of a counterseal; a label that moves carries none."""
    return event.name in MAKERS and bool(cited_by(event.version_id))


def _is_genuine(issued: Issued, keys: NotaryKeys) -> bool:
    """Say whether the notary signed this entry with this token, and, where that can be computed, the code is right."""
    issuance = issued.issuance
    signed = keys.has_signed(issuance.notary_key, ISSUANCE_NAMESPACE, issued.signed_message(), issued.signature)
    return signed and _token_agrees(issued, keys)


def _token_agrees(issued: Issued, keys: NotaryKeys) -> bool:
    issuance = issued.issuance
    code = code_of(issued.token)
    try:
        spelled = token_of(issuance, code) == issued.token
    except Refused:
        return False
    return spelled and keys.has_coded(issuance.notary_key, issuance.message(), code) is not False


def _not_genuine(given: list[Issued], keys: NotaryKeys) -> SealCheck:
    unknown = sorted({it.issuance.notary_key for it in given if not keys.knows(it.issuance.notary_key)})
    if unknown:
        return SealCheck(unchecked=f"it names the notary key {unknown[0]}, which is none of those given")
    said = f"its issuance entry is not what the notary key {given[0].issuance.notary_key} signed"
    return SealCheck(faults=(Fault(Cause.COUNTERSEAL_FORGED, said),))


def _is_revoked(revoked: Revoked, keys: NotaryKeys) -> bool:
    revocation = revoked.revocation
    return keys.has_signed(revocation.notary_key, REVOCATION_NAMESPACE, revocation.message(), revoked.signature)


def _is_for(issuance: Issuance, event: Event) -> bool:
    if issuance.secret_arn and event.secret_arn:
        return issuance.secret_arn == event.secret_arn
    here = (event.account, event.region, secret_name(event))
    return here == (issuance.account, issuance.region, issuance.secret_name)


def _rightful(event: Event, issuance: Issuance) -> tuple[object, ...]:
    """Order the uses of a token: the first one on its own secret is the one that counts."""
    return (not _is_for(issuance, event), event.time, event.event_id, event.account)


def _named(event: Event) -> str:
    return event.secret_arn or secret_name(event) or "a secret that was not recorded"
