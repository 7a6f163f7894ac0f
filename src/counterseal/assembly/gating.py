"""From the settings to a gated change: the region, the caller, the ticket, the notary and the ledger."""

import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self

from counterseal.assembly.identities import policy_here
from counterseal.assembly.ledgers import ledger_path, open_ledger
from counterseal.assembly.notaries import open_notary
from counterseal.assembly.settings import Settings
from counterseal.assembly.tickets import open_tickets
from counterseal.aws.session import client
from counterseal.clock import Clock, ShiftedClock, SystemClock
from counterseal.control.gate import Gate, OpenGate, TicketGate, TokenGate, is_same_principal
from counterseal.control.gated import Workplace
from counterseal.control.notary import Office, issuances_in
from counterseal.control.rotate import Own
from counterseal.control.settling import Place
from counterseal.correlation.tickets.counterseal import IssuanceSet
from counterseal.errors import Refused
from counterseal.references.reference import Reference


class Asked(NamedTuple):
    """What a person gave of the gate: a ticket, or a counterseal issued before, or neither on purpose."""

    ticket: str = ""
    token: str = ""
    principal: str = ""
    tickets_file: Path | None = None
    policy_file: Path | None = None
    valid_for: timedelta = timedelta(hours=1)


class _Met(NamedTuple):
    """Who calls, and AWS's clock."""

    arn: str
    account: str
    clock: Clock


class Gating:
    """One gated change. Whatever it opens is closed at the end of the `with`."""

    def __init__(self, settings: Settings, reference: Reference, asked: Asked) -> None:
        """Take the settings, the secret, and what was given of the gate."""
        self._settings = settings
        self._reference = reference
        self._asked = asked
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the ledger, where it was opened."""
        self._open.close()

    def workplace(self, announce: Callable[[str], None]) -> Workplace:
        """Return where the change is made and under which gate.

        Raises:
            NotInstalled, SettingsError: the part that speaks to AWS is missing, or the access is not set up.
            Denied, Unreachable: AWS does not say who calls.
            Refused: the caller is not the principal that was given.
            NotFound, MalformedInput: the policy or the ledger cannot be read.
        """
        account = self._met.account if self._asked.ticket or self._asked.token else ""
        return Workplace(self._place, self._gate, account, announce)

    def own(self) -> Own:
        """Return by what an interrupted rotation is told from a foreign one."""
        return Own(self._issuances, self.principal, self.clock)

    @cached_property
    def principal(self) -> str:
        """Return who will make the change: the caller, or the role of the caller's that was given.

        Raises:
            Refused: the caller is somebody else.
        """
        given, caller = self._asked.principal, self._met.arn
        if given and not is_same_principal(given, caller):
            raise Refused(
                f"the caller is {caller}, and not {given}: a counterseal for that one would be void",
                hint="sign in as that principal, or leave out --principal",
            )
        return given or caller

    @property
    def clock(self) -> Clock:
        """Return AWS's clock, as far as it was told: by it CloudTrail dates the change."""
        return self._met.clock

    @cached_property
    def _met(self) -> _Met:
        from counterseal.aws.caller import caller_of

        access = self._settings.access(self._reference.access)
        access = access._replace(region=access.sts_region or self._reference.place)
        caller = caller_of(client("sts", access, endpoint=self._settings.aws_endpoint))
        here = SystemClock()
        clock = ShiftedClock(here, caller.told_at - here.now()) if caller.told_at else here
        return _Met(caller.arn, caller.account, clock)

    @cached_property
    def _place(self) -> Place:
        access = self._settings.access(self._reference.access)._replace(region=self._reference.place)
        endpoint = self._settings.aws_endpoint
        reads = client("secretsmanager", access, endpoint=endpoint)
        writes = client("secretsmanager", access, endpoint=endpoint, once=True)
        from counterseal.aws.secretsmanager import SecretsManagerStore
        from counterseal.aws.secretsmanager_writes import SecretsManagerWriter

        region = self._reference.place
        return Place(
            SecretsManagerWriter(writes, reads, region), SecretsManagerStore(reads, region), region, time.sleep
        )

    @cached_property
    def _gate(self) -> Gate:
        asked = self._asked
        if asked.token:
            return TokenGate(given=asked.token, issuances=self._issuances(), principal=self.principal, clock=self.clock)
        if not asked.ticket:
            return OpenGate()
        policy = policy_here(self._settings, asked.policy_file)
        return TicketGate(
            issue_key=asked.ticket,
            tickets=open_tickets(self._settings, policy, file=asked.tickets_file),
            policy=policy,
            office=lambda: self._office,
            principal=self.principal,
            clock=self.clock,
            valid_for=asked.valid_for,
        )

    @cached_property
    def _office(self) -> Office:
        notary = open_notary(self._settings)
        return Office(notary, self._open.enter_context(closing(open_ledger(self._settings))))

    def _issuances(self) -> IssuanceSet:
        # A ledger that is not there yet holds nothing, and looking must not make one.
        if not ledger_path(self._settings).exists():
            return IssuanceSet()
        with closing(open_ledger(self._settings)) as ledger:
            return issuances_in(ledger)
