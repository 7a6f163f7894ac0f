"""A gate, a notary and a region in memory, for a ticket of ana's."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.unit.control.fake_secrets import FakeSecrets, Grief
from tests.unit.correlation.invented import ACCOUNT, ANA, IDENTITIES, NAME, REGION, T, ticket
from tests.unit.correlation.sealing import KEY

from counterseal.clock import Clock, FixedClock, ShiftedClock
from counterseal.control.gate import Gate, TicketGate, TokenGate
from counterseal.control.gated import Workplace
from counterseal.control.notary import Office, issuances_in
from counterseal.control.rotate import Own
from counterseal.control.settling import Place
from counterseal.correlation.tickets.counterseal import IssuanceSet
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Ticket, TicketSet
from counterseal.errors import CountersealError, Unsettled
from counterseal.hidden import Hidden
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.secretstore.writing import CURRENT, NewSecret

FIRST = "00000000-0000-4000-8000-000000000001"
NOBODY_KNOWS = Unsettled("AWS did not say whether it did it")


class ToldTickets:
    """Tickets as they were told."""

    def __init__(self, told: TicketSet) -> None:
        self.told = told

    def ticket(self, issue_key: str) -> TicketSet:
        return replace(self.told, tickets=tuple(it for it in self.told.tickets if it.issue_key == issue_key))

    def concerning(self, secrets: Any, *, since: Any, until: Any) -> TicketSet:
        return self.told


@dataclass
class Bench:
    """Everything around one gated change, and what was said and waited for meanwhile."""

    ledger: SqliteLedger
    tickets: ToldTickets
    aws: FakeSecrets = field(default_factory=FakeSecrets)
    clock: Clock = field(default_factory=lambda: FixedClock(T))
    said: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    caller: str = ANA.arn

    @classmethod
    def at(cls, folder: Path) -> "Bench":
        """Return one whose region has the secret, with the value "before"."""
        ledger = SqliteLedger.at(folder / "ledger.sqlite", FixedClock(T))
        bench = cls(ledger, ToldTickets(TicketSet(tickets=(ticket(),), identities=IDENTITIES)))
        bench.aws.create(NewSecret(NAME), Hidden(b"before"), FIRST)
        bench.aws.calls.clear()
        return bench

    def approve(self, *tickets: Ticket) -> None:
        """Let the tickets be these."""
        self.tickets.told = replace(self.tickets.told, tickets=tickets)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.clock = ShiftedClock(self.clock, timedelta(**span))

    def gate(self) -> TicketGate:
        """Return the gate of OPS-42."""
        return TicketGate(
            issue_key="OPS-42",
            tickets=self.tickets,
            policy=Policy(),
            office=lambda: Office(KEY.notary(), self.ledger),
            principal=self.caller,
            clock=self.clock,
        )

    def token_gate(self, token: str) -> TokenGate:
        """Return the gate of a counterseal that was issued before."""
        return TokenGate(given=token, issuances=self.issuances(), principal=self.caller, clock=self.clock)

    def here(self, gate: Gate | None = None) -> Workplace:
        """Return where the change is made."""
        place = Place(self.aws, self.aws, REGION, self.waited.append)
        return Workplace(place, gate or self.gate(), ACCOUNT, self.said.append)

    def own(self) -> Own:
        """Return by what an interrupted rotation is known."""
        return Own(self.issuances, self.caller, self.clock)

    def issuances(self) -> IssuanceSet:
        """Return what was issued and revoked."""
        return issuances_in(self.ledger)

    def tokens(self) -> dict[str, bool]:
        """Return every counterseal that was issued, and whether it was revoked."""
        held = self.issuances()
        revoked = {it.revocation.issuance_id for it in held.revoked}
        return {it.token: it.issuance.issuance_id in revoked for it in held.issued}

    def fails(self, call: str, *failures: CountersealError | None, done: bool = False) -> None:
        """Let the next calls of that name come to grief, in order."""
        self.aws.fates[call] += [Grief(it, done) if it else None for it in failures]

    def value(self, stage: str = CURRENT) -> bytes:
        """Return the value of the secret with a label."""
        held = self.aws.secrets[NAME].versions.values()
        (value,) = [it.value.reveal() for it in held if stage in it.labels]
        return value

    def labels(self) -> set[str]:
        """Return every label of the secret."""
        return {label for it in self.aws.secrets[NAME].versions.values() for label in it.labels}
