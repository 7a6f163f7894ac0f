"""Tickets are read from a file as it stands at that moment."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from counterseal.control.tickets import FileTickets
from counterseal.correlation.tickets.policy import Policy
from counterseal.errors import NotFound

EXAMPLE = Path(__file__).parents[3] / "examples/tickets.json"
SOME_TIME = datetime(2026, 3, 10, tzinfo=UTC)


def test_one_ticket_comes_with_the_people_and_standing_approvals_of_its_file() -> None:
    whole = FileTickets(EXAMPLE, Policy()).concerning((), since=SOME_TIME, until=SOME_TIME)

    one = FileTickets(EXAMPLE, Policy()).ticket(whole.tickets[0].issue_key)

    assert one.tickets == whole.tickets[:1]
    assert (one.identities, one.standing) == (whole.identities, whole.standing)


def test_a_ticket_that_the_file_does_not_hold_is_named() -> None:
    with pytest.raises(NotFound, match="'OPS-999'"):
        FileTickets(EXAMPLE, Policy()).ticket("OPS-999")
