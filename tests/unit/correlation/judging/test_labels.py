"""A promotion is told from a rollback."""

import pytest
from msgspec.structs import replace
from tests.unit.correlation.invented import OTHER_ARN, VERSION, at, change, finding, move, service_event

from counterseal.correlation.records.event import Event, Operation

PENDING = change(event_id="p-1", time=at(hours=-1), facts={"stages": ("AWSPENDING",)})
MOVED = move(VERSION)

PROMOTIONS = {
    "a version made pending": (PENDING, MOVED),
    "a version made pending in the same second": (replace(PENDING, time=at()), MOVED),
    "a version rotated in": (service_event("RotationStarted", version_id=VERSION, time=at(hours=-1)), MOVED),
    "a version that RotateSecret names": (
        change("RotateSecret", Operation.ROTATION, event_id="r-1", version_id=VERSION, time=at(hours=-1)),
        service_event("RotationStarted", version_id=VERSION, time=at(hours=-1)),
        MOVED,
    ),
    "pending, which programs do not read": (move(VERSION, stage="AWSPENDING"),),
    "a label taken away": (
        change("UpdateSecretVersionStage", Operation.LABEL, facts={"stage": "BLUE", "remove_from": VERSION}),
    ),
}
ROLLBACKS = {
    "a version that nothing shows": (MOVED,),
    "a version that was current from the start": (replace(PENDING, facts={}), MOVED),
    "a version with two stages from the start": (replace(PENDING, facts={"stages": ("BLUE", "AWSCURRENT")}), MOVED),
    "a version that was made current before": (PENDING, replace(MOVED, event_id="m-1", time=at(minutes=-1)), MOVED),
    "a version made later": (replace(PENDING, time=at(hours=1)), MOVED),
    "a version of another secret": (replace(PENDING, secret_arn=OTHER_ARN), MOVED),
    "a label of their own": (move(VERSION, stage="BLUE"),),
}


@pytest.mark.parametrize("case", PROMOTIONS)
def test_a_promotion_is_no_rollback(case: str) -> None:
    events: tuple[Event, ...] = PROMOTIONS[case]

    assert finding(*events).signals == ()


@pytest.mark.parametrize("case", ROLLBACKS)
def test_a_rollback_is_seen(case: str) -> None:
    events: tuple[Event, ...] = ROLLBACKS[case]

    assert finding(*events).signals == ("silent-rollback",)


def test_another_label_moved_before_does_not_make_a_rollback() -> None:
    blue = move(VERSION, stage="BLUE", event_id="m-1", time=at(minutes=-1))

    assert finding(PENDING, blue, MOVED).signals == ()
