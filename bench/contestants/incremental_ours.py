"""Joins and decides as a long-running intake does: the shipped index of tickets, and the shipped docket."""

import resource
import time
from datetime import UTC, datetime, timedelta
from itertools import count

from bench.contestants.tickets import WINDOW_SECONDS, changes, planned
from bench.turns import Job, serve
from counterseal.correlation.judging.candidates import TicketIndex
from counterseal.correlation.judging.change import look_at
from counterseal.correlation.judging.docket import Decided, Docket
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.witnesses import Witnesses
from counterseal.correlation.records.event import Actor, Event, Kind, Operation
from counterseal.correlation.records.population import Population
from counterseal.correlation.tickets.people import People
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Approval, Decision, Ticket, TicketSet, Window

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ANA = Actor(type="IAMUser", arn="arn:aws:iam::111122223333:user/ana", name="ana")
IDENTITIES = {"ana.j": (ANA.arn,)}
OPERATIONS = frozenset({"value"})
MIB = 2**20

_made: dict[int, list[Ticket]] = {}


def join(tickets: str) -> Job:
    """Find, for 100 new changes, the tickets that could explain each; count those in an approved window."""
    index = TicketIndex(Policy(), _tickets(int(tickets)))
    nobody, unseen = People(), Witnesses(Population())
    looked_at = [look_at(event, nobody, unseen) for event in _events(0)]

    def run() -> int:
        return sum(
            any(it.approvals and it.window and it.window.start <= change.time <= it.window.end for it in found)
            for change, found in ((change, index.candidates(change)) for change in looked_at)
        )

    return Job(run=run, outcome=str)


def decide(tickets: str) -> Job:
    """Take 100 new changes and decide on them: a finding with its reason for each."""
    docket = Docket(Rules(policy=Policy(), as_of=BEGIN + timedelta(days=400)))
    docket.add_tickets(TicketSet(tickets=tuple(_tickets(int(tickets))), identities=IDENTITIES))
    turns = count()

    def run() -> Decided:
        docket.add(_events(next(turns)))
        return docket.decide()

    return Job(run=run, outcome=lambda _: None)


def size(tickets: str) -> Job:
    """Say how long the index took to build and how much memory it and its tickets hold."""
    before = _peak()
    held = _tickets(int(tickets))
    between, start = _peak(), time.perf_counter()
    index = TicketIndex(Policy(), held)
    [index.candidates(look_at(it, People(), Witnesses(Population()))) for it in _events(0)]
    seconds, after = time.perf_counter() - start, _peak()
    said = f"{seconds:.1f} s to build, {after - between:.0f} MiB; its tickets {between - before:.0f} MiB"
    return Job(run=lambda: said, outcome=str)


def _tickets(number: int) -> list[Ticket]:
    if number not in _made:
        _made[number] = [
            Ticket(
                issue_id=str(10_000 + it.number),
                issue_key=f"OPS-{it.number + 1}",
                secrets=(_arn(it.secret),),
                operations=OPERATIONS,
                requester="cleo.j",
                assignee="ana.j",
                approvals=(Approval(by="ben.j", at=_at(it.opens - 3600), decision=Decision.APPROVED),)
                if it.approved
                else (),
                window=Window(start=_at(it.opens), end=_at(it.opens + WINDOW_SECONDS)),
            )
            for it in planned(number)
        ]
    return _made[number]


def _events(turn: int) -> list[Event]:
    return [
        Event(
            event_id=f"{turn}-{number}",
            account="111122223333",
            region="eu-west-1",
            time=_at(seconds),
            service="secretsmanager",
            name="PutSecretValue",
            kind=Kind.CHANGE,
            actor=ANA,
            operation=Operation.VALUE,
            secret_arn=_arn(secret),
            version_id=f"00000000-0000-4000-{turn:04d}-{number:012d}",
            digest=f"{turn}-{number}",
        )
        for number, (secret, seconds) in enumerate(changes(turn))
    ]


def _arn(secret: int) -> str:
    return f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/{secret:05d}-AbCdEf"


def _at(seconds: int) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB


if __name__ == "__main__":
    serve({"size": size, "join": join, "decide": decide})
