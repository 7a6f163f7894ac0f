"""Rounds of approval: who decided, and while a round waits nothing counts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from counterseal.correlation.tickets.jira_rounds import Rounds, read_rounds
from counterseal.correlation.tickets.ticket import Approval, Decision, Wait
from counterseal.errors import MalformedInput

GROUPS = {"ben": frozenset({"cab"})}


def at(hour: int) -> datetime:
    return datetime(2026, 3, 10, hour, tzinfo=UTC)


def date(hour: int) -> dict[str, Any]:
    return {"iso8601": f"2026-03-10T{hour:02}:00:00+0000", "epochMillis": 1}


def one(final: str, *said: tuple[str, str], asked: int = 8, given: int | None = 10) -> dict[str, Any]:
    return {
        "finalDecision": final,
        "approvers": [{"approver": {"accountId": who}, "approverDecision": word} for who, word in said],
        "createdDate": date(asked),
        "completedDate": None if given is None else date(given),
    }


def read(*rounds: dict[str, Any]) -> Rounds:
    return read_rounds(rounds, "approvals", GROUPS)


def approved(by: str, hour: int = 10, groups: frozenset[str] | None = None) -> Approval:
    return Approval(by=by, at=at(hour), decision=Decision.APPROVED, groups=groups)


def test_whoever_approved_did_so_when_the_round_was_completed() -> None:
    found = read(one("approved", ("ben", "approved"), ("cleo", "pending"), ("dan", "approved")))

    assert found.approvals == (approved("ben", groups=GROUPS["ben"]), approved("dan"))
    assert found.waits == (Wait(start=at(8), end=at(10)),)


def test_somebody_outvoted_takes_no_approval_back() -> None:
    assert read(one("approved", ("ben", "approved"), ("cleo", "declined"))).approvals == (
        approved("ben", groups=GROUPS["ben"]),
    )


def test_a_declined_round_is_a_rejection_whoever_gave_it() -> None:
    found = read(one("declined", ("ben", "approved"), ("cleo", "declined"))).approvals or ()

    assert [(it.by, it.decision) for it in found] == [("cleo", Decision.REJECTED), ("", Decision.REJECTED)]


def test_a_pending_round_waits_and_decides_nothing_yet() -> None:
    found = read(one("pending", ("ben", "approved"), ("cleo", "pending"), given=None))

    assert found == Rounds((), (Wait(start=at(8)),))


def test_several_rounds_are_read_each_for_itself() -> None:
    found = read(one("approved", ("ben", "approved")), one("pending", ("dan", "pending"), asked=10, given=None))

    assert found.approvals == (approved("ben", groups=GROUPS["ben"]),)
    assert found.waits == (Wait(start=at(8), end=at(10)), Wait(start=at(10)))


@pytest.mark.parametrize("approvers", [None, ["nobody"], [{"approver": {}, "approverDecision": "approved"}]])
def test_an_approval_by_nobody_known_is_said_to_be_one(approvers: object) -> None:
    assert read(one("approved") | {"approvers": approvers}).approvals == (approved(""),)


@pytest.mark.parametrize(
    "odd",
    [
        one("vetoed", ("ben", "approved")),
        one("approved", ("ben", "approved"), given=None),
        one("pending", given=None) | {"createdDate": None},
        one("approved", ("ben", "approved")) | {"finalDecision": None},
    ],
)
def test_a_round_that_says_what_we_do_not_know_makes_all_unknown(odd: dict[str, Any]) -> None:
    assert read(one("approved", ("ben", "approved")), odd).approvals is None


def test_a_time_may_stand_by_itself() -> None:
    assert read(one("approved", ("ben", "approved")) | {"completedDate": "2026-03-10T10:00:00Z"}).approvals


def test_a_time_that_is_none_is_named() -> None:
    with pytest.raises(MalformedInput, match=r"approvals\[0\]\.completedDate: 'soon' is not a time"):
        read(one("approved") | {"completedDate": {"iso8601": "soon"}})
