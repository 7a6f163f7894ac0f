"""The sentence that each verdict and each cause gives, to the letter: what a manager reads."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.unit.correlation.invented import ANA, ARN, BEN, ZOE, approval, at, change, finding, rejection, ticket

from counterseal.correlation.records.event import Actor
from counterseal.correlation.tickets.policy import Basis, Freeze, Policy
from counterseal.correlation.tickets.ticket import FieldEdit, StatusMove, Window

APPROVED = "OPS-42 was approved by ben.j on 2026-03-10T10:00:00Z"
CHANGED = "the change of 2026-03-10T12:00:00Z"
DECLARED = "OPS-42 was declared an emergency on 2026-03-10T11:00:00Z"
EMERGENCY = at(hours=-1)
EARLY = [FieldEdit(at=at(hours=-1), field="secrets"), FieldEdit(at=at(minutes=-30), field="operations")]
MOVES = [StatusMove(at=at(hours=-1), to="Open"), StatusMove(at=at(minutes=-30), to="Reopened")]
MAY_BE = "it may or may not be approved"
SOMEBODY_ELSE = "who asked for it or made the change; somebody else must approve"

# By what the ticket says otherwise than the one that approves everything.
OF_TICKETS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "approved", f"{APPROVED}, before {CHANGED}; the identity map names the actor"),
    (
        {"approvals": (approval(at(seconds=1)),)},
        "approved-late",
        f"OPS-42 was approved by ben.j on 2026-03-10T12:00:01Z, after {CHANGED}",
    ),
    (
        {"approvals": ()},
        "unapproved",
        "awaiting-approval: OPS-42 names this secret, and nobody has decided on it yet",
    ),
    (
        {"approvals": None},
        "approval-unknown",
        f"OPS-42 names this secret, and its decisions could not be read: {MAY_BE}",
    ),
    (
        {"approvals": (approval(at(hours=-2), by=""),)},
        "approval-unknown",
        f"OPS-42 names this secret, and who approved it is not recorded: {MAY_BE}",
    ),
    (
        {"approvals": (), "emergency_declared_at": EMERGENCY},
        "emergency-overdue",
        f"{DECLARED}; it was not approved by 2026-03-11T12:00:00Z, the limit of 24 hours",
    ),
    (
        {"approvals": (approval(at(hours=3)),), "emergency_declared_at": EMERGENCY},
        "emergency",
        f"{DECLARED}, and OPS-42 was approved by ben.j on 2026-03-10T15:00:00Z: within 24 hours after {CHANGED}",
    ),
    (
        {"approvals": (approval(at(hours=30)),), "emergency_declared_at": at()},
        "approved-late",
        (
            f"OPS-42 was approved by ben.j on 2026-03-11T18:00:00Z, after {CHANGED}"
            " and past the limit of 24 hours for an emergency"
        ),
    ),
    (
        {"approvals": (approval(at(hours=30)),), "emergency_declared_at": at(seconds=1)},
        "approved-late",
        f"OPS-42 was approved by ben.j on 2026-03-11T18:00:00Z, after {CHANGED}",
    ),
    (
        {"approvals": (rejection(at(hours=-1)),)},
        "mismatched",
        "rejected: OPS-42 was rejected by ben.j on 2026-03-10T11:00:00Z",
    ),
    (
        {"approvals": (rejection(at(hours=-1), by=""),)},
        "mismatched",
        "rejected: OPS-42 was rejected on 2026-03-10T11:00:00Z",
    ),
    (
        {"status": "Declined", "approvals": ()},
        "mismatched",
        "rejected: OPS-42 stands in the status 'Declined', and since when is not recorded",
    ),
    (
        {"edits": tuple(EARLY)},
        "mismatched",
        f"edited: {APPROVED} and its field 'operations' was edited on 2026-03-10T11:30:00Z, before {CHANGED}",
    ),
    (
        {"edits": tuple(EARLY), "approvals": (approval(at(hours=-3), by="eve.j"), approval(at(hours=-2)))},
        "mismatched",
        f"edited: {APPROVED} and its field 'operations' was edited on 2026-03-10T11:30:00Z, before {CHANGED}",
    ),
    (
        {"changed_after_approval": True},
        "mismatched",
        "edited: OPS-42 was edited after its approval, and when is not recorded",
    ),
    (
        {"status_history": tuple(MOVES)},
        "mismatched",
        f"reopened: {APPROVED} and moved to 'Reopened' on 2026-03-10T11:30:00Z, before {CHANGED}",
    ),
    (
        {"status_history": tuple(MOVES), "approvals": (approval(at(hours=-3), by="eve.j"), approval(at(hours=-2)))},
        "mismatched",
        f"reopened: {APPROVED} and moved to 'Reopened' on 2026-03-10T11:30:00Z, before {CHANGED}",
    ),
    (
        {"window": Window(start=at(hours=1), end=at(hours=2))},
        "mismatched",
        (
            "outside-window: the change was made on 2026-03-10T12:00:00Z, and the window of OPS-42 is"
            " 2026-03-10T13:00:00Z to 2026-03-10T14:00:00Z"
        ),
    ),
    (
        {"window": None, "approvals": (approval(at(hours=-90), by="eve.j"), approval(at(hours=-80)))},
        "mismatched",
        (
            "outside-window: the change was made on 2026-03-10T12:00:00Z, and OPS-42 has no window of its own: it"
            " covers 72 hours after its approval of 2026-03-07T04:00:00Z"
        ),
    ),
    (
        {"operations": frozenset({"tag", "label"})},
        "mismatched",
        "other-operation: the operation is value, and OPS-42 allows label, tag",
    ),
    (
        {"operations": frozenset()},
        "mismatched",
        "other-operation: the operation is value, and OPS-42 allows none",
    ),
    (
        {"assignee": "ben.j", "requester": "dan.j", "approvals": (approval(at(hours=-2), by="cleo.j"),)},
        "mismatched",
        f"other-actor: the actor {ANA.arn} is ana.j, and OPS-42 is for ben.j",
    ),
    (
        {"assignee": "", "executors": (), "requester": "dan.j"},
        "unattributed",
        (
            f"{APPROVED}, and covers the secret, the operation and the time; but the ticket names nobody to make the"
            " change, which ana.j made"
        ),
    ),
    (
        {"approvals": (approval(at(hours=-2), by="cleo.j"),)},
        "mismatched",
        f"self-approved: OPS-42 was approved by cleo.j, {SOMEBODY_ELSE}",
    ),
    (
        {"approvals": (approval(at(hours=-2), by="ana.j"),)},
        "mismatched",
        f"self-approved: OPS-42 was approved by ana.j, {SOMEBODY_ELSE}",
    ),
    (
        {"secrets": ("one", "two"), "issue_key": "OPS-42"},
        "unapproved",
        f"no ticket names {ARN} near 2026-03-10T12:00:00Z",
    ),
]


@pytest.mark.parametrize(("changed", "verdict", "reason"), OF_TICKETS)
def test_a_ticket_gives_its_sentence(changed: dict[str, Any], verdict: str, reason: str) -> None:
    found = finding(change(), tickets=[ticket(**changed)])

    assert (str(found.verdict), found.reason) == (verdict, reason)


OF_POLICIES: list[tuple[Policy, str]] = [
    (
        Policy(approvers_needed=2),
        "too-few-approvals: OPS-42 has approvals by ben.j, and 2 people must approve",
    ),
    (
        Policy(freezes=(Freeze(start=at(hours=-1), end=at(hours=1), reason="year end"),)),
        (
            "outside-window: the change was made on 2026-03-10T12:00:00Z, in the freeze of 2026-03-10T11:00:00Z to"
            " 2026-03-10T13:00:00Z (year end), and no window of OPS-42 covers that"
        ),
    ),
    (
        Policy(freezes=(Freeze(start=at(hours=-1), end=at(hours=1), reason=""),)),
        (
            "outside-window: the change was made on 2026-03-10T12:00:00Z, in the freeze of 2026-03-10T11:00:00Z to"
            " 2026-03-10T13:00:00Z, and no window of OPS-42 covers that"
        ),
    ),
    (
        Policy(minimum_basis=Basis.SOURCE_IDENTITY),
        (
            f"{APPROVED}, and covers the secret, the operation and the time; but mapped-actor is weaker than the"
            " source-identity that the policy asks for"
        ),
    ),
]


@pytest.mark.parametrize(("policy", "reason"), OF_POLICIES)
def test_a_policy_gives_its_sentence(policy: Policy, reason: str) -> None:
    assert finding(change(), tickets=[ticket()], policy=policy).reason == reason


UNKNOWN = Actor(type="Unknown")
OF_ACTORS = [
    (ZOE, f"{ZOE.arn} is nobody that the identity map knows"),
    (replace(UNKNOWN, name="n", via="x.amazonaws.com"), "n is nobody that the identity map knows"),
    (replace(UNKNOWN, via="x.amazonaws.com"), "x.amazonaws.com is nobody that the identity map knows"),
    (UNKNOWN, "an actor that was not recorded is nobody that the identity map knows"),
]


@pytest.mark.parametrize(("actor", "why"), OF_ACTORS)
def test_an_actor_whom_nobody_knows_is_named_by_the_best_there_is(actor: Actor, why: str) -> None:
    reason = finding(change(actor=actor), tickets=[ticket()]).reason

    assert reason == f"{APPROVED}, and covers the secret, the operation and the time; but {why}"


def test_every_cause_that_holds_is_told() -> None:
    assert finding(change(actor=BEN), tickets=[ticket()]).reason == (
        f"other-actor: the actor {BEN.arn} is ben.j, and OPS-42 is for ana.j; "
        f"self-approved: OPS-42 was approved by ben.j, {SOMEBODY_ELSE}"
    )


def test_one_person_who_approved_twice_is_one() -> None:
    twice = ticket(approvals=(approval(at(hours=-2)), approval(at(hours=-1))))

    assert finding(change(), tickets=[twice], policy=Policy(approvers_needed=2)).reason == (
        "too-few-approvals: OPS-42 has approvals by ben.j, and 2 people must approve"
    )


def test_the_time_of_an_emergency_that_is_not_over_is_told() -> None:
    waiting = ticket(approvals=(), emergency_declared_at=EMERGENCY)

    found = finding(change(), tickets=[waiting], as_of=at(hours=1))

    assert (str(found.verdict), found.reason) == (
        "emergency-pending",
        f"{DECLARED}; it is not approved yet and must be by 2026-03-11T12:00:00Z",
    )
