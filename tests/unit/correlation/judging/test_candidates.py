"""Which tickets are considered at all."""

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.correlation.invented import SEALED, T, approval, at, change, finding, rejection, session, ticket

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Window

UNDATED: dict[str, Any] = {"window": None, "approvals": ()}
SECOND = timedelta(seconds=1)


def is_considered(of_ticket: dict[str, Any], *, policy: Policy | None = None, **of_change: Any) -> bool:
    return finding(change(**of_change), tickets=[ticket(**of_ticket)], policy=policy).ticket == "OPS-42"


def test_a_window_up_to_seven_days_away_is_near() -> None:
    week = timedelta(days=7)

    assert is_considered({"window": Window(start=T + week, end=T + week)})
    assert is_considered({"window": Window(start=T - week, end=T - week)})
    assert not is_considered({"window": Window(start=T + week + SECOND, end=at(days=9))})
    assert not is_considered({"window": Window(start=at(days=-9), end=T - week - SECOND)})


def test_the_policy_says_how_near_is_near() -> None:
    window = Window(start=at(days=2), end=at(days=2))

    assert is_considered({"window": window}, policy=Policy(candidate_span=timedelta(days=2)))
    assert not is_considered({"window": window}, policy=Policy(candidate_span=timedelta(days=1)))


@pytest.mark.parametrize("dates", [{}, {"approvals": None}])
def test_a_ticket_without_a_date_speaks_of_any_time(dates: dict[str, Any]) -> None:
    assert is_considered(UNDATED | dates)


def test_a_ticket_without_a_window_is_near_its_decisions() -> None:
    assert is_considered(UNDATED | {"approvals": (approval(at(days=7)),)})
    assert is_considered(UNDATED | {"approvals": (rejection(at(days=-10)),)})
    assert is_considered(UNDATED | {"emergency_declared_at": at(days=-10)})
    assert not is_considered(UNDATED | {"approvals": (approval(T + timedelta(days=7) + SECOND),)})
    assert not is_considered(UNDATED | {"approvals": (rejection(at(days=-10) - SECOND),)})


def test_a_ticket_that_is_cited_is_considered_whatever_its_window() -> None:
    past = {"window": Window(start=at(days=-90), end=at(days=-80))}

    assert is_considered(past, actor=session("OPS-42"))
    assert is_considered(past, version_id=SEALED)
    assert is_considered(past, version_id=SEALED.replace("OPS-42", "#10042"))
    assert not is_considered(past, version_id=SEALED.replace("OPS-42", "OPS-43"))


def test_a_ticket_without_an_id_is_found_by_its_secret() -> None:
    assert is_considered({"issue_id": ""})


def test_a_full_arn_finds_a_change_whose_record_lacks_it() -> None:
    assert finding(change(secret_arn=""), tickets=[ticket()]).verdict is Verdict.APPROVED


def test_a_short_window_long_ago_is_passed_over_on_the_way_to_a_long_one() -> None:
    old = ticket(issue_key="OPS-1", issue_id="1", window=Window(start=at(days=-20), end=at(days=-19)))
    long = ticket(window=Window(start=at(days=-30), end=at(days=30)))

    assert finding(change(), tickets=[old, long]).ticket == "OPS-42"
    assert finding(change(), tickets=[old]).verdict is Verdict.UNAPPROVED


def test_an_id_in_a_token_is_no_key_of_another_ticket() -> None:
    other = ticket(issue_key="10042", issue_id="7", secrets=("other",))

    found = finding(change(version_id=f"#10042.{'A' * 43}"), tickets=[other])

    assert (found.verdict, found.ticket) == (Verdict.UNAPPROVED, "")
