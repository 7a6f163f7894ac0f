"""What stands beside the changes: orphan deletions and unused approvals."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.correlation.invented import (
    LATER,
    OTHER_ARN,
    SECRETS_MANAGER,
    T,
    approval,
    at,
    change,
    outcome,
    rejection,
    service_event,
    ticket,
)

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.records.event import Event, Operation
from counterseal.correlation.tickets.ticket import Window

GONE = service_event("EndSecretVersionDelete", request_id="d-1", event_id="s-1", version_id="")
ORDERED = change("DeleteSecret", Operation.DELETE, time=at(hours=-1))


def orphans(*events: Event) -> list[str]:
    return [it.event_id for it in outcome(*events).findings if it.verdict is Verdict.ORPHAN_DELETION]


def test_a_deletion_that_nobody_ordered_is_an_orphan() -> None:
    [found] = outcome(GONE).findings

    assert (found.verdict, found.actor, found.event) == (
        Verdict.ORPHAN_DELETION,
        SECRETS_MANAGER,
        "EndSecretVersionDelete",
    )
    assert "no DeleteSecret of it comes before that in the records" in found.reason


def test_there_is_one_orphan_a_secret_and_request() -> None:
    again = service_event("EndSecretVersionDelete", request_id="d-1", event_id="s-2", version_id="")
    another = service_event("EndSecretVersionDelete", request_id="d-2", event_id="s-3", version_id="")
    elsewhere = service_event("EndSecretVersionDelete", request_id="d-1", event_id="s-4", secret_arn=OTHER_ARN)
    nameless = service_event("EndSecretVersionDelete", request_id="d-1", event_id="s-5", secret_arn="", secret_name="x")

    assert orphans(GONE, again, another, elsewhere, nameless) == [GONE.event_id, "s-3", "s-4", "s-5"]


def test_a_deletion_that_was_ordered_is_none() -> None:
    assert orphans(GONE, ORDERED) == []
    assert orphans(GONE, change("DeleteSecret", Operation.DELETE)) == []
    assert orphans(service_event("StartSecretVersionDelete")) == []


@pytest.mark.parametrize(
    "order",
    [
        change("DeleteSecret", Operation.DELETE, time=at(seconds=1)),
        change("DeleteSecret", Operation.DELETE, time=at(hours=-1), secret_arn=OTHER_ARN),
        change("RestoreSecret", Operation.RESTORE, time=at(hours=-1)),
    ],
)
def test_what_comes_later_or_concerns_another_secret_orders_nothing(order: Event) -> None:
    assert orphans(GONE, order) == [GONE.event_id]


def unused(*events: Event, **changed: Any) -> list[str]:
    as_of = changed.pop("as_of", LATER)
    found = outcome(*events, tickets=[ticket(**changed)], as_of=as_of)
    return [str(it.as_json()["ticket"]) for it in found.unused_approvals]


def test_an_approval_without_a_change_is_unused() -> None:
    assert unused() == ["OPS-42"]
    assert unused(change(secret_arn=OTHER_ARN)) == ["OPS-42"]
    assert unused(change(secret_arn=OTHER_ARN), window=None) == ["OPS-42"]


def test_an_approval_under_which_something_was_changed_is_used() -> None:
    assert unused(change()) == []


def test_what_was_never_approved_cannot_be_unused() -> None:
    assert unused(approvals=()) == []
    assert unused(approvals=None) == []
    assert unused(approvals=(rejection(at(hours=-2)),)) == []
    assert unused(approvals=(approval(at(hours=-2), by="cleo.j"),)) == []


def test_an_approval_whose_time_is_not_over_may_still_be_used() -> None:
    window = Window(start=at(hours=-1), end=at(hours=1))

    assert unused(window=window, as_of=at(minutes=59)) == []
    assert unused(window=window, as_of=at(hours=1)) == ["OPS-42"]


def test_an_approval_for_a_time_that_was_not_read_is_left_out() -> None:
    elsewhere = change(secret_arn=OTHER_ARN)

    assert unused(elsewhere, window=Window(start=at(days=-9), end=at(days=-8))) == []
    assert unused(elsewhere, window=Window(start=at(days=8), end=at(days=9))) == []
    assert unused(elsewhere, window=Window(start=at(days=-9), end=at(days=-7))) == ["OPS-42"]


def test_an_approval_that_holds_since_the_first_of_all_days_may_be_unused() -> None:
    beginning = datetime(1, 1, 1, tzinfo=UTC)

    assert unused(change(secret_arn=OTHER_ARN), window=Window(start=beginning, end=at(hours=1))) == ["OPS-42"]


def test_an_unused_approval_says_what_it_was_for() -> None:
    [one] = outcome(tickets=[ticket(window=Window(start=T, end=T))], as_of=LATER).unused_approvals

    assert one.as_json() == {
        "ticket": "OPS-42",
        "secrets": list(ticket().secrets),
        "operations": ["value"],
        "from": "2026-03-10T12:00:00Z",
        "to": "2026-03-10T12:00:00Z",
    }
