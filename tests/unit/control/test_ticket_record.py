"""What the ledger holds of a ticket: its newest reading, and its counterseals."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.control.test_notary import REQUEST, RULES, told
from tests.unit.control.test_recall import record
from tests.unit.correlation.invented import T, at, ticket

from counterseal.clock import FixedClock
from counterseal.control.notary import STREAM, Office, as_draft, issue, revoke
from counterseal.control.recall import RecordedTickets
from counterseal.control.ticket_record import RecordedSeals, TicketRecords
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import FieldEdit
from counterseal.ledger.chain import Head
from counterseal.ledger.entry import Entry
from counterseal.ledger.interface import Ledger
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.seal.notary_keys import new_notary_key

MOVED = FieldEdit(at=at(hours=-20), field="Key", field_id="issuekey", former_key="OLD-1")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ledger = SqliteLedger.at(tmp_path / "ledger.sqlite", FixedClock(T))
    yield Office(new_notary_key().notary(), ledger)
    ledger.close()


def records(office: Office, policy: Policy | None = None, *, invented: bool = False) -> TicketRecords:
    tickets = RecordedTickets(office.ledger, invented=invented)
    return TicketRecords(tickets, RecordedSeals(office.ledger, invented=invented), policy or Policy())


def test_a_ticket_is_told_by_the_policy_as_of_the_time_asked(office: Office) -> None:
    record(office.ledger, ticket())

    now, strict = records(office).about("OPS-42", T), records(office, Policy(approvers_needed=2)).about("OPS-42", T)
    later = records(office).about("OPS-42", T + timedelta(days=9))

    assert now.story
    assert strict.story
    assert later.story
    assert (now.keys, now.recorded_at) == (("OPS-42",), T)
    assert (now.story.approves, strict.story.approves, later.story.approves) == (True, False, False)


def test_a_ticket_that_moved_is_found_by_the_key_of_before(office: Office) -> None:
    record(office.ledger, replace(ticket(), issue_key="OLD-1"))
    asked = records(office)
    asked.about("OLD-1", T)
    record(office.ledger, replace(ticket(), edits=(MOVED,)))

    found = asked.about("OLD-1", T)

    assert found.keys == ("OPS-42", "OLD-1")
    assert found.story
    assert found.story.ticket.issue_key == "OPS-42"
    assert asked.about("OPS-42", T) == found


def test_a_ticket_that_was_first_read_after_its_move_is_found_by_the_key_of_before(office: Office) -> None:
    record(office.ledger, replace(ticket(), edits=(MOVED,)))

    assert records(office).about("OLD-1", T).keys == ("OPS-42", "OLD-1")


def test_a_key_that_another_ticket_has_now_is_that_tickets(office: Office) -> None:
    other = replace(ticket(), issue_id="10043", issue_key="OLD-1")
    record(office.ledger, other, replace(ticket(), edits=(MOVED,)))

    found = records(office).about("OLD-1", T)

    assert found.story
    assert found.story.ticket.issue_id == "10043"


def test_tickets_that_tell_no_ids_are_kept_apart(office: Office) -> None:
    record(office.ledger, replace(ticket(), issue_id=""), replace(ticket(), issue_id="", issue_key="OPS-43"))

    assert [records(office).about(it, T).keys for it in ("OPS-42", "OPS-43")] == [("OPS-42",), ("OPS-43",)]


def test_its_counterseals_come_newest_first_with_what_became_of_them(office: Office) -> None:
    record(office.ledger, ticket())
    asked = records(office)
    assert asked.about("OPS-42", T).seals == ()
    first = issue(REQUEST, told(), RULES, office)
    assert [it.issued for it in asked.about("OPS-42", T).seals] == [first]
    second = issue(REQUEST, told(), replace(RULES, as_of=at(minutes=1)), office)
    revoke(first.token, "laptop lost", T, office)

    seals = asked.about("OPS-42", T).seals

    assert [it.issued for it in seals] == [second, first]
    assert [it.revocation.reason if it.revocation else "" for it in seals] == ["", "laptop lost"]


class NotedLedger:
    """A ledger that notes from where on the notary's stream was read."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.read_after: list[int] = []

    def head(self, stream: str) -> Head:
        return self._ledger.head(stream)

    def read(self, stream: str, *, after: int = 0) -> Iterator[Entry]:
        self.read_after.append(after)
        return self._ledger.read(stream, after=after)


def test_only_what_is_new_is_read(office: Office) -> None:
    noted = NotedLedger(office.ledger)
    seals = RecordedSeals(noted)  # type: ignore[arg-type]
    for _ in range(2):
        issue(REQUEST, told(), RULES, office)
        seals.under("OPS-42")
        seals.under("OPS-42")

    assert len(seals.under("OPS-42")) == 2
    assert noted.read_after == [0, 1]


def test_counterseals_of_before_a_move_are_its_own(office: Office) -> None:
    issued = issue(replace(REQUEST, issue_key="OLD-1"), told(replace(ticket(), issue_key="OLD-1")), RULES, office)
    record(office.ledger, replace(ticket(), edits=(MOVED,)))

    assert [it.issued for it in records(office).about("OPS-42", T).seals] == [issued]


def test_of_a_ticket_that_was_never_read_the_counterseals_are_known(office: Office) -> None:
    issued = issue(REQUEST, told(), RULES, office)

    found = records(office).about("OPS-42", T)

    assert (found.keys, found.story, found.recorded_at) == (("OPS-42",), None, None)
    assert [it.issued for it in found.seals] == [issued]
    assert records(office).about("OPS-43", T).seals == ()


def test_invented_counterseals_and_real_ones_never_meet(office: Office) -> None:
    issued = issue(REQUEST, told(), RULES, office)
    office.ledger.append(
        STREAM, [as_draft(replace(issued, issuance=replace(issued.issuance, issuance_id="9" * 32)), invented=True)]
    )

    assert [len(records(office, invented=it).about("OPS-42", T).seals) for it in (False, True)] == [1, 1]
