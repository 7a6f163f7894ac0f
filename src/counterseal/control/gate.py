"""The gate before a change of a secret: a token that a ticket's approval, or an explicit choice, lets through."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import uuid4

from counterseal.clock import Clock, format_time
from counterseal.control.notary import Office, Request, approved, issue, revoke
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.actor import read_actor
from counterseal.correlation.records.event import Operation
from counterseal.correlation.records.secret_names import full_arn_parts
from counterseal.correlation.tickets.counterseal import Issuance, IssuanceSet, cited_by
from counterseal.correlation.tickets.interface import Tickets
from counterseal.correlation.tickets.people import principals
from counterseal.correlation.tickets.policy import Policy
from counterseal.errors import CountersealError, Refused


class Wanted(NamedTuple):
    """One change that is to be made: on which secret (its full ARN, or the name of one that is to be made)."""

    secret: str
    account: str
    region: str
    operation: Operation


class Permit(NamedTuple):
    """What a change may be made with. `issuance` is None where no counterseal, or none known here, stands behind it."""

    token: str
    issuance: Issuance | None = None


class Gate(Protocol):
    """Gives the token under which a change is made, and takes back what was not used."""

    @property
    def given(self) -> str:
        """Return the token where it was there before anybody asked, so that it may have been used; else ""."""
        ...

    def look(self, wanted: Wanted) -> str:
        """Say in a sentence what would let the change through now; nothing is issued.

        Raises:
            Refused: it is not let through; the reason says why not.
            NotFound, Denied, Unreachable, MalformedInput: the ticket, or the ledger, cannot be read.
        """
        ...

    def open(self, wanted: Wanted) -> Permit:
        """Return the token to make the change with.

        Raises:
            Refused, NotFound, Denied, Unreachable, MalformedInput: as `look`, and where the ledger cannot be written.
        """
        ...

    def withdraw(self, permit: Permit, reason: str, *, after: timedelta = timedelta(0)) -> str:
        """Take back a token that was not used, from a time `after` now on; say in a clause what became of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketGate:
    """Asks a ticket and the notary. The clock is the one that the change will be dated by: AWS's."""

    issue_key: str
    tickets: Tickets
    policy: Policy
    office: Callable[[], Office]
    principal: str
    clock: Clock
    valid_for: timedelta = timedelta(hours=1)
    given: str = ""

    def look(self, wanted: Wanted) -> str:
        """Say that the ticket approves the change now.

        Raises:
            Refused, NotFound, Denied, Unreachable, MalformedInput: as `Gate` says.
        """
        rules = self._rules()
        approved(self._request(wanted), self.tickets.ticket(self.issue_key), rules)
        at = format_time(rules.as_of)
        return f"{self.issue_key} approves the operation {wanted.operation} by {self.principal} at {at}"

    def open(self, wanted: Wanted) -> Permit:
        """Return a counterseal: it is in the ledger by then.

        Raises:
            Refused, NotFound, Denied, Unreachable, MalformedInput: as `Gate` says.
        """
        tickets = self.tickets.ticket(self.issue_key)
        issued = issue(self._request(wanted), tickets, self._rules(), self.office())
        return Permit(issued.token, issued.issuance)

    def withdraw(self, permit: Permit, reason: str, *, after: timedelta = timedelta(0)) -> str:
        """Revoke the counterseal, so that nobody can use it later."""
        from_then_on = self.clock.now().replace(microsecond=0) + after
        try:
            revoke(permit.token, reason, from_then_on, self.office())
        except CountersealError as failure:
            return (
                f"the counterseal {permit.token} could not be revoked ({failure}): run counterseal notary revoke "
                f"{permit.token} --reason unused"
            )
        return f"the counterseal {permit.token} was revoked"

    def _rules(self) -> Rules:
        return Rules(policy=self.policy, as_of=self.clock.now().replace(microsecond=0))

    def _request(self, wanted: Wanted) -> Request:
        return Request(
            issue_key=self.issue_key,
            secret=wanted.secret,
            operation=wanted.operation,
            principal=self.principal,
            account=wanted.account,
            region=wanted.region,
            valid_for=self.valid_for,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGate:
    """Takes a counterseal that was issued before: to end what was interrupted, or one that somebody else asked for."""

    given: str
    issuances: IssuanceSet
    principal: str
    clock: Clock

    def look(self, wanted: Wanted) -> str:
        """Say what is known of the counterseal.

        Raises:
            Refused: it is none, or does not let this change through.
        """
        issuance = self.open(wanted).issuance
        if issuance is None:
            return f"{self.given} was issued elsewhere: whether it lets this change through is not known here"
        return f"the counterseal {self.given} holds until {format_time(issuance.expires)}"

    def open(self, wanted: Wanted) -> Permit:
        """Return the counterseal, having looked at it as far as the ledger of this machine knows it.

        Raises:
            Refused: it is none, or does not let this change through.
        """
        if not cited_by(self.given):
            raise Refused(
                f"{self.given!r} is not a counterseal", hint="it looks like OPS-42. and 43 letters and digits"
            )
        issuance = next((it.issuance for it in self.issuances.issued if it.token == self.given), None)
        if issuance is None:
            return Permit(self.given)
        fault = fault_of(issuance, self.issuances, self.principal, self.clock.now()) or _misfit(issuance, wanted)
        if fault:
            raise Refused(f"the counterseal {self.given} {fault}", hint="--ticket asks for another one")
        return Permit(self.given, issuance)

    def withdraw(self, permit: Permit, reason: str, *, after: timedelta = timedelta(0)) -> str:  # noqa: ARG002  # it was asked for on its own, and stays
        """Leave it: who had it issued decides about it."""
        return f"the counterseal {permit.token} stays valid"


class OpenGate:
    """Lets every change through, under a token that says nothing: who asks for that says so."""

    given = ""

    def look(self, wanted: Wanted) -> str:  # noqa: ARG002  # every change
        """Say that nobody is asked."""
        return "no ticket is asked: an audit will look for one by secret, time and actor"

    def open(self, wanted: Wanted) -> Permit:  # noqa: ARG002  # as above
        """Return a token that is no counterseal."""
        return Permit(str(uuid4()))

    def withdraw(self, permit: Permit, reason: str, *, after: timedelta = timedelta(0)) -> str:  # noqa: ARG002  # nothing to take back
        """Say nothing: such a token proves nothing."""
        return ""


def fault_of(issuance: Issuance, held: IssuanceSet, principal: str, now: datetime) -> str:
    """Say in a clause why a counterseal cannot be used now by this principal, "" where it can."""
    revoked = next((it.revocation for it in held.revoked if it.revocation.issuance_id == issuance.issuance_id), None)
    if revoked:
        return f"was revoked on {format_time(revoked.revoked_at)}: {revoked.reason}"
    if now > issuance.expires:
        return f"expired on {format_time(issuance.expires)}"
    if not is_same_principal(issuance.principal, principal):
        return f"was issued to {issuance.principal}, and the caller is {principal}"
    return ""


def is_same_principal(expected: str, caller: str) -> bool:
    """Say whether a caller's ARN is the principal that is expected, or a session of the role that is."""
    if expected == caller:
        return True
    kind = "AssumedRole" if ":assumed-role/" in caller else "IAMUser"
    known = principals(read_actor({"type": kind, "arn": caller}))
    # A session does not tell the path of its role, and its issuer in CloudTrail does.
    head, mark, rest = expected.partition(":role/")
    return expected in known or f"{head}{mark}{rest.rpartition('/')[2]}" in known


def _misfit(issuance: Issuance, wanted: Wanted) -> str:
    if issuance.operation != wanted.operation:
        return f"was issued for the operation {issuance.operation}, and this is {wanted.operation}"
    parts = full_arn_parts(wanted.secret) or (wanted.region, wanted.account, wanted.secret)
    same = parts == (issuance.region, issuance.account, issuance.secret_name)
    if issuance.secret_arn:
        same = wanted.secret == issuance.secret_arn
    return "" if same else f"was issued for another secret: {issuance.secret_arn or issuance.secret_name}"


_ticket: type[Gate] = TicketGate
_token: type[Gate] = TokenGate
_open: type[Gate] = OpenGate
