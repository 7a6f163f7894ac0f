from typing import Any

import pytest
from tests.journeys.story import ACCOUNT
from tests.unit.correlation.making import gather, trail_call

from counterseal.clock import parse_time
from counterseal.correlation.judging.audit import audit
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.validation import without_validation
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import TicketSet

NOON, ONE, TWO = (f"2026-03-10T{hour:02}:00:00Z" for hour in (12, 13, 14))


def call(name: str, time: str, /, **parameters: Any) -> dict[str, Any]:
    return trail_call(name, time=time, requestParameters={"name": "t"} | parameters)


def said(*records: dict[str, Any]) -> list[str]:
    return list(without_validation(gather(list(records)).events))


OFF, ON = (
    call("UpdateTrail", NOON, enableLogFileValidation=False),
    call("UpdateTrail", ONE, enableLogFileValidation=True),
)
THE_FILES = f"whether a log file of the trail 't' of {ACCOUNT} is missing, of those delivered from {NOON}"


def test_a_trail_whose_validation_is_switched_off_is_unproved_from_then_on() -> None:
    assert said(OFF) == [f"{THE_FILES} on: UpdateTrail switched off its log file validation, so no digest lists them"]


def test_it_is_unproved_until_validation_is_on_again() -> None:
    [sentence] = said(ON, OFF)

    assert sentence.startswith(f"{THE_FILES} to {ONE}:")


@pytest.mark.parametrize("asked", [{}, {"enableLogFileValidation": False}])
def test_a_trail_that_was_made_without_validation_was_never_proved(asked: dict[str, Any]) -> None:
    assert said(call("CreateTrail", NOON, **asked)) == [
        f"{THE_FILES} on: CreateTrail made it without log file validation, so no digest lists them"
    ]


@pytest.mark.parametrize(
    "record",
    [
        ON,
        OFF | {"errorCode": "AccessDenied"},
        call("UpdateTrail", NOON, snsTopicName="s"),
        call("CreateTrail", NOON, enableLogFileValidation=True),
        call("StopLogging", NOON),
    ],
)
def test_nothing_is_said_where_nothing_switched_validation_off(record: dict[str, Any]) -> None:
    assert said(record) == []


def test_an_audit_says_so_and_counts_no_blind_interval() -> None:
    result = audit(gather([OFF]), TicketSet(), Rules(policy=Policy(), as_of=parse_time(TWO)))

    assert result.unseen == tuple(said(OFF))
    assert result.blind_intervals == ()
