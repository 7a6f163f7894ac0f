"""The invented notary of the demonstration, whose keys everybody can compute: it proves nothing of real changes."""

from datetime import datetime
from hashlib import sha256

from counterseal.assembly.demo.people import Person
from counterseal.control.notary import Request, drawn_up
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.event import Operation
from counterseal.correlation.tickets.counterseal import Issued
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket_file import read_ticket_file
from counterseal.seal.notary_keys import new_notary_key


class _Invented:
    """Bytes that are the same in every demonstration, so that two differ in time only."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._drawn = 0

    def __call__(self, count: int) -> bytes:
        self._drawn += 1
        return sha256(f"counterseal:demo:{self._what}:{self._drawn}".encode()).digest()[:count]


def notary_public_line() -> str:
    """Return the right to verify what the invented notary issued."""
    return new_notary_key(_Invented("notary")).public_line()


def issued_for(issue_key: str, arn: str, principal: Person, at: datetime, ticket_file: object) -> Issued:
    """Return the counterseal that the invented notary issued at that time for a new value of the secret.

    Raises:
        Refused: the ticket does not approve it.
    """
    request = Request(issue_key=issue_key, secret=arn, operation=Operation.VALUE, principal=principal.arn)
    rules = Rules(policy=Policy(), as_of=at.replace(microsecond=0))
    notary = new_notary_key(_Invented("notary")).notary()
    return drawn_up(request, read_ticket_file(ticket_file), rules, notary, _Invented(issue_key))
