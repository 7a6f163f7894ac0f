"""Steps of a rotation inherit its approval, and only where every link is seen."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.unit.correlation.invented import (
    ACCOUNT,
    ARN,
    OTHER_ARN,
    VERSION,
    approval,
    at,
    change,
    finding,
    kms,
    move,
    outcome,
    service_event,
    session,
    standing,
    ticket,
)

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.records.event import Actor, Event, Operation
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Window

FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:rotate"
ROLE = session("rotate", role="rotate-role")
SET_UP = change(
    "RotateSecret",
    Operation.ROTATION,
    event_id="r-1",
    time=at(days=-1),
    version_id="earlier",
    facts={"rotation_lambda": f"{FUNCTION}:live"},
)
STARTED = service_event("RotationStarted", version_id=VERSION, time=at(seconds=-5))
STEP = change(actor=ROLE, facts={"stages": ("AWSPENDING",)})
FOR_ROTATION = ticket(
    operations=frozenset({"rotation"}),
    window=Window(start=at(days=-2), end=at(hours=1)),
    approvals=(approval(at(days=-2)),),
)


def verdict(*events: Event, event_id: str = "e-1", **more: Any) -> Verdict:
    return finding(*events, event_id=event_id, tickets=[FOR_ROTATION], **more).verdict


def test_a_step_inherits_from_the_approved_rotation() -> None:
    found = finding(SET_UP, STARTED, STEP, tickets=[FOR_ROTATION])

    assert (found.verdict, found.basis, found.ticket) == (Verdict.INHERITED, "rotation", "OPS-42")
    assert (
        "started on 2026-03-10T11:59:55Z under this token, made by rotate, known by its session's name" in found.reason
    )
    assert found.reason.endswith("RotateSecret of 2026-03-09T12:00:00Z was approved by OPS-42")


def test_making_the_version_current_and_no_longer_pending_are_steps_too() -> None:
    current = move(VERSION, actor=ROLE, event_id="e-2", time=at(seconds=1))
    done = change(
        "UpdateSecretVersionStage",
        Operation.LABEL,
        actor=ROLE,
        event_id="e-3",
        time=at(seconds=2),
        facts={"stage": "AWSPENDING", "remove_from": VERSION},
    )
    over = service_event("RotationSucceeded", version_id=VERSION, time=at(seconds=2))
    found = outcome(SET_UP, STARTED, STEP, current, done, over, tickets=[FOR_ROTATION]).findings

    assert [(it.verdict, it.signals) for it in found[1:]] == [(Verdict.INHERITED, ())] * 3


def test_a_rotation_covered_by_a_standing_approval_passes_it_on() -> None:
    allowed = standing(operations=frozenset({"rotation"}))

    assert finding(SET_UP, STARTED, STEP, said={"standing": (allowed,)}).verdict is Verdict.INHERITED


AGAIN = replace(SET_UP, event_id="r-2", time=at(hours=-20))
BROKEN: dict[str, tuple[Event, ...]] = {
    "no start": (SET_UP, STEP),
    "a start after the step": (SET_UP, replace(STARTED, time=at(seconds=1)), STEP),
    "the start of another token": (SET_UP, replace(STARTED, version_id="another"), STEP),
    "the start on another secret": (SET_UP, replace(STARTED, secret_arn=OTHER_ARN), STEP),
    "another rotation since": (
        SET_UP,
        STARTED,
        replace(STARTED, event_id="s-2", version_id="another", time=at(seconds=-1)),
        STEP,
    ),
    "over before the step": (
        SET_UP,
        STARTED,
        service_event("RotationFailed", version_id=VERSION, time=at(seconds=-1)),
        STEP,
    ),
    "nobody set it up": (STARTED, STEP),
    "set up after the step": (replace(SET_UP, time=at(hours=1)), STARTED, STEP),
    "cancelled": (
        SET_UP,
        change("CancelRotateSecret", Operation.ROTATION, event_id="r-2", time=at(hours=-20)),
        STARTED,
        STEP,
    ),
    "set up again without approval": (SET_UP, replace(AGAIN, actor=session("mallory")), STARTED, STEP),
    "a function put in its place without approval": (
        replace(SET_UP, actor=session("mallory")),
        replace(AGAIN, facts={}),
        STARTED,
        STEP,
    ),
    "two functions in one second": (
        SET_UP,
        replace(SET_UP, event_id="r-2", facts={"rotation_lambda": f"{FUNCTION}-2"}),
        STARTED,
        STEP,
    ),
    "a person": (SET_UP, STARTED, replace(STEP, actor=Actor(type="IAMUser", arn="a", session_name="rotate"))),
    "a session of another name": (SET_UP, STARTED, replace(STEP, actor=session("mallory", role="rotate-role"))),
    "a role of another account": (
        SET_UP,
        STARTED,
        replace(STEP, actor=replace(ROLE, arn=ROLE.arn.replace(ACCOUNT, "999999999999"))),
    ),
    "a function that is none": (replace(SET_UP, facts={"rotation_lambda": "rotate"}), STARTED, STEP),
    "no token": (SET_UP, STARTED, replace(STEP, version_id="")),
    "another operation": (SET_UP, STARTED, change("DeleteSecret", Operation.DELETE, actor=ROLE)),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_chain_with_a_broken_link_passes_nothing_on(case: str) -> None:
    assert verdict(*BROKEN[case]) is not Verdict.INHERITED


def test_a_later_call_without_a_function_keeps_the_one_before() -> None:
    assert verdict(SET_UP, replace(AGAIN, facts={}), STARTED, STEP) is Verdict.INHERITED


@pytest.mark.parametrize(("role", "expected"), [("rotate-role", Verdict.INHERITED), ("other", Verdict.UNAPPROVED)])
def test_a_function_whose_role_is_listed_must_use_it(role: str, expected: Verdict) -> None:
    policy = Policy(rotation_roles={FUNCTION: f"arn:aws:iam::{ACCOUNT}:role/path/{role}"})
    step = replace(STEP, actor=session("whatever", role="rotate-role"))

    found = finding(SET_UP, STARTED, step, policy=policy, said={"standing": (standing(operations=frozenset({"any"})),)})

    assert found.verdict is expected


def test_a_managed_rotation_needs_the_service_event_alone() -> None:
    managed = Actor(type="AWSService", via="rds.amazonaws.com", name="rds.amazonaws.com")
    set_up = replace(SET_UP, facts={})

    assert verdict(set_up, STARTED, replace(STEP, actor=managed)) is Verdict.INHERITED
    assert verdict(set_up, STARTED, STEP) is not Verdict.INHERITED
    assert verdict(SET_UP, STARTED, replace(STEP, actor=managed)) is not Verdict.INHERITED


def test_a_managed_rotation_explains_its_version() -> None:
    name = "rds!cluster-1"
    arn = ARN.replace("db/password", name)
    of_it = {"secret_arn": arn, "secret_name": name}
    done = service_event("RotationSucceeded", version_id=VERSION, **of_it)

    assert outcome(kms(**of_it), done).findings == ()
    assert len(outcome(kms(**of_it), replace(done, version_id="another")).findings) == 1
    assert len(outcome(kms(), service_event("RotationSucceeded", version_id=VERSION)).findings) == 1


def test_a_better_verdict_of_its_own_stays() -> None:
    allowed = standing(principal=ROLE.role_arn)

    found = finding(SET_UP, STARTED, STEP, tickets=[FOR_ROTATION], said={"standing": (allowed,)})

    assert (found.verdict, found.basis) == (Verdict.APPROVED, "standing")


def test_moving_back_to_a_version_after_its_rotation_inherits_nothing() -> None:
    over = service_event("RotationSucceeded", version_id=VERSION, time=at(seconds=3))
    current = move(VERSION, actor=ROLE, event_id="e-2", time=at(seconds=2))
    back = move(VERSION, actor=ROLE, event_id="e-3", time=at(days=1))

    found = finding(SET_UP, STARTED, STEP, current, over, back, event_id="e-3", tickets=[FOR_ROTATION])

    assert (found.verdict, found.signals) == (Verdict.SILENT_ROLLBACK, ("silent-rollback",))
