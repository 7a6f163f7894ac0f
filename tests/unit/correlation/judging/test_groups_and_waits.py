"""Only approvals of the right groups count, and none while a decision is still asked for."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from tests.unit.correlation.invented import T, approval, at, change, finding, rejection, ticket

from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Approval, FieldEdit, StatusMove, Ticket, Wait

CAB = Policy(approver_groups=frozenset({"cab"}))
IN, OUT = frozenset({"CAB", "staff"}), frozenset({"staff"})


def by(who: str, groups: frozenset[str] | None, *, hours: float = -2) -> Approval:
    return replace(approval(at(hours=hours), by=who), groups=groups)


def judged(one: Ticket, policy: Policy = CAB, **changed: Any) -> Finding:
    return finding(change(**changed), tickets=[one], policy=policy)


def test_an_approval_by_a_member_counts() -> None:
    assert judged(ticket(approvals=(by("ben.j", IN),))).verdict is Verdict.APPROVED


def test_an_approval_by_anybody_else_does_not() -> None:
    found = judged(ticket(approvals=(by("ben.j", OUT),)))

    assert found.verdict is Verdict.MISMATCHED
    assert found.reason == (
        "too-few-approvals: OPS-42 has approvals by ben.j, of whom ben.j is in none of the groups whose approvals "
        "count, and 1 people must approve"
    )


def test_where_membership_is_not_known_nothing_is_approved_and_nothing_unapproved() -> None:
    found = judged(ticket(approvals=(by("ben.j", None),)))

    assert found.verdict is Verdict.APPROVAL_UNKNOWN
    assert "in which groups ben.j is could not be read" in found.reason


def test_without_groups_in_the_policy_membership_is_not_asked() -> None:
    assert judged(ticket(approvals=(by("ben.j", OUT),)), Policy()).verdict is Verdict.APPROVED


def test_somebody_known_to_be_outside_does_not_make_up_for_somebody_unknown() -> None:
    two = replace(CAB, approvers_needed=2)
    known = (by("ben.j", IN), by("dan.j", OUT))

    assert judged(ticket(approvals=known), two).verdict is Verdict.MISMATCHED
    assert judged(ticket(approvals=(*known, by("eve.j", None))), two).verdict is Verdict.APPROVAL_UNKNOWN


def test_the_requester_in_the_group_has_approved_their_own() -> None:
    assert judged(ticket(approvals=(by("cleo.j", IN),))).reason.startswith("self-approved")
    assert judged(ticket(approvals=(by("cleo.j", OUT),))).reason.startswith("too-few-approvals")


def test_groups_are_asked_where_duties_are_not_separated_too() -> None:
    together = replace(CAB, separation_of_duties=False)

    assert judged(ticket(approvals=(by("cleo.j", IN),)), together).verdict is Verdict.APPROVED
    assert judged(ticket(approvals=(by("cleo.j", OUT),)), together).verdict is Verdict.MISMATCHED
    assert judged(ticket(approvals=(by("cleo.j", None),)), together).verdict is Verdict.APPROVAL_UNKNOWN


def test_who_is_not_recorded_stays_the_doubt_where_nobody_is_named() -> None:
    assert "who approved it is not recorded" in judged(ticket(approvals=(by("", None),))).reason


def test_a_move_to_an_approved_status_by_a_member_counts() -> None:
    policy = replace(CAB, approved_statuses=frozenset({"approved"}))
    moved = StatusMove(at=at(hours=-2), to="Approved", by="ben.j", groups=IN)

    assert judged(ticket(approvals=(), status_history=(moved,)), policy).verdict is Verdict.APPROVED
    outside = replace(moved, groups=OUT)
    assert judged(ticket(approvals=(), status_history=(outside,)), policy).verdict is Verdict.MISMATCHED


# ------------------------------------------------------------------ waits


def waiting(start: datetime, end: datetime | None = None, **changed: Any) -> Ticket:
    return ticket(waits=(Wait(start=at(hours=-4), end=at(hours=-2)), Wait(start=start, end=end)), **changed)


def test_no_approval_counts_while_a_second_round_waits() -> None:
    found = judged(waiting(at(hours=-1)), Policy())

    assert found.verdict is Verdict.UNAPPROVED
    assert found.reason == (
        "awaiting-approval: OPS-42 names this secret, and the decision that was asked for on "
        "2026-03-10T11:00:00Z has not been given yet"
    )


def test_once_the_second_round_is_decided_the_change_was_approved_late_and_by_then() -> None:
    second = (approval(at(hours=-2)), approval(at(hours=3), by="dan.j"))

    found = judged(waiting(at(hours=-1), at(hours=3), approvals=second), Policy())

    assert found.verdict is Verdict.APPROVED_LATE
    assert "approved by ben.j and dan.j on 2026-03-10T15:00:00Z" in found.reason


def test_an_approval_stands_before_a_later_round_begins() -> None:
    assert judged(waiting(at(hours=1)), Policy()).verdict is Verdict.APPROVED


@pytest.mark.parametrize(("start", "end"), [(at(hours=-1), T), (at(hours=1), at(hours=2))])
def test_a_round_that_is_over_or_has_not_begun_holds_nothing_up(start: datetime, end: datetime) -> None:
    assert judged(waiting(start, end), Policy()).verdict is Verdict.APPROVED


def test_an_approval_after_the_change_does_not_count_while_another_round_waits() -> None:
    found = judged(waiting(at(hours=2), approvals=(approval(at(hours=1)),)), Policy())

    assert found.verdict is Verdict.UNAPPROVED


def test_a_rejection_stays_one_while_it_is_asked_again() -> None:
    assert judged(waiting(at(hours=-1), approvals=(rejection(at(hours=-2)),)), Policy()).reason.startswith("rejected")


def test_a_rejection_that_was_overruled_is_none_while_it_is_asked_again() -> None:
    found = judged(waiting(at(hours=-1), approvals=(rejection(at(hours=-3)), approval(at(hours=-2)))), Policy())

    assert found.verdict is Verdict.UNAPPROVED
    assert found.reason.startswith("awaiting-approval")


def test_a_rejection_that_was_overruled_is_no_cause_beside_the_edit_that_voided_the_approval() -> None:
    edited = FieldEdit(at=at(hours=-1), field="secrets")
    found = judged(ticket(approvals=(rejection(at(hours=-3)), approval(at(hours=-2))), edits=(edited,)), Policy())

    assert found.reason.startswith("edited: ")


def test_an_emergency_is_approved_once_its_second_round_is_too() -> None:
    """Else the first of two rounds would do, as soon as the second is over, whenever that was."""
    first, second = Wait(start=T, end=at(hours=1)), Wait(start=at(hours=1), end=at(hours=30))
    given = (approval(at(hours=1)), approval(at(hours=30), by="dan.j"))
    urgent = ticket(waits=(second, first), approvals=given, emergency_declared_at=at(hours=-1))

    found = judged(urgent, Policy())

    assert found.verdict is Verdict.APPROVED_LATE
    assert "past the limit of 24 hours for an emergency" in found.reason
    assert (
        judged(replace(urgent, waits=(first, replace(second, end=at(hours=24)))), Policy()).verdict is Verdict.EMERGENCY
    )
