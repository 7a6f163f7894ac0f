"""Tickets as the ledger last recorded them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from counterseal.clock import FixedClock, parse_time
from counterseal.control.recall import RecordedTickets, recall_evidence
from counterseal.control.record import Outcome, record_audit
from counterseal.correlation.tickets.ticket import Approval, Decision, FieldEdit, StatusMove, Ticket, Wait, Window
from counterseal.ledger.interface import Ledger
from counterseal.ledger.sqlite import SqliteLedger

NOON = parse_time("2026-11-20T12:00:00Z")

TICKET = Ticket(
    issue_id="10042",
    issue_key="OPS-42",
    secrets=("shop/prod/database",),
    operations=frozenset({"value"}),
    status="Approved",
    account="111122223333",
    region="eu-central-1",
    requester="ines",
    assignee="jonas",
    executors=("maya",),
    approvals=(Approval(by="priya", at=NOON, decision=Decision.APPROVED),),
    window=Window(start=NOON, end=NOON),
    emergency_declared_at=NOON,
    edits=(FieldEdit(at=NOON, field="summary"),),
    status_history=(StatusMove(at=NOON, to="Open"),),
    changed_after_approval=True,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = SqliteLedger.at(tmp_path / "ledger.sqlite", FixedClock(NOON))
    yield opened
    opened.close()


def record(ledger: Ledger, *tickets: Ticket, invented: bool = False, stream: str = "audit") -> None:
    counts = dict.fromkeys(
        ("records", "changes", "attempts", "service_events", "unclassified", "duplicates", "conflicts"), 0
    )
    population: dict[str, int | str | None] = {**counts, "from": None, "to": None}
    outcome = Outcome(
        as_of=NOON, findings=(), is_discrepancy=bool, population=population, tickets=tickets, invented=invented
    )
    record_audit(ledger, outcome, stream=stream)


@pytest.mark.parametrize(
    "ticket",
    [
        TICKET,
        replace(TICKET, approvals=None, window=None, emergency_declared_at=None),
        replace(
            TICKET,
            approvals=(Approval(by="priya", at=NOON, decision=Decision.APPROVED, groups=frozenset({"b", "a"})),),
            waits=(Wait(start=NOON - timedelta(hours=1), end=NOON), Wait(start=NOON)),
            edits=(FieldEdit(at=NOON, field="Key", field_id="issuekey", former_key="OPS-1"),),
            status_history=(StatusMove(at=NOON, to="Approved", by="priya", groups=frozenset()),),
        ),
        replace(TICKET, approvals=(), edits=(), status_history=()),
    ],
)
def test_a_ticket_comes_back_as_it_was(ledger: Ledger, ticket: Ticket) -> None:
    record(ledger, ticket)

    assert RecordedTickets(ledger).find("OPS-42") == ticket


def test_the_newest_snapshot_is_the_one_recalled(ledger: Ledger) -> None:
    tickets = RecordedTickets(ledger)
    record(ledger, TICKET)
    tickets.find("OPS-42")
    record(ledger, replace(TICKET, status="Done"))

    found = tickets.find("OPS-42")

    assert found is not None
    assert found.status == "Done"


@pytest.mark.parametrize(("first", "then"), [("audit", "inbox"), ("inbox", "audit")])
def test_of_two_streams_that_read_one_ticket_the_later_reading_is_recalled(
    ledger: Ledger, tmp_path: Path, first: str, then: str
) -> None:
    record(ledger, TICKET, stream=first)
    with closing(SqliteLedger.at(tmp_path / "ledger.sqlite", FixedClock(NOON + timedelta(seconds=1)))) as later:
        record(later, replace(TICKET, status="Done"), stream=then)

    found = RecordedTickets(ledger).find("OPS-42")

    assert found is not None
    assert found.status == "Done"
    assert [it["status"] for it in recall_evidence(ledger, "e-1", ["OPS-42"]).tickets] == ["Done"]


def test_a_ticket_that_was_never_recorded_is_not_there(ledger: Ledger) -> None:
    assert RecordedTickets(ledger).find("OPS-42") is None


@pytest.mark.parametrize("invented", [True, False])
def test_invented_and_real_tickets_never_meet(ledger: Ledger, *, invented: bool) -> None:
    record(ledger, TICKET, invented=invented)

    assert RecordedTickets(ledger, invented=not invented).find("OPS-42") is None
    assert RecordedTickets(ledger, invented=invented).find("OPS-42") == TICKET
