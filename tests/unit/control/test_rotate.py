"""A rotation stages, tries and promotes; and says how things stand wherever it ends."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.control.gating import FIRST, NOBODY_KNOWS, Bench
from tests.unit.correlation.invented import NAME, at, ticket

from counterseal.clock import FixedClock
from counterseal.control.rotate import (
    Rotation,
    abandon,
    hand_over,
    look_at_hand_over,
    look_at_rotation,
    rotate,
)
from counterseal.control.settling import PAUSES
from counterseal.errors import CommandNotExecutable, Conflict, CountersealError, Denied, Refused, Unreachable, Unsettled
from counterseal.hidden import Hidden

ROTATION = Rotation(secret_id=NAME, issue_key="OPS-42", draw=lambda: Hidden(b"drawn"))
FAILING = replace(ROTATION, attempt=lambda _: 3)
KEPT = replace(FAILING, keep_pending=True)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench.at(tmp_path)
    yield made
    made.ledger.close()


def run(bench: Bench, rotation: Rotation = ROTATION) -> list[str]:
    done = rotate(rotation, bench.here(), bench.own())
    return list(done.calls)


def test_a_value_is_staged_tried_and_made_current(bench: Bench) -> None:
    tried: list[tuple[bytes, bytes]] = []

    def attempt(value: Hidden) -> int:
        tried.append((value.reveal(), bench.value()))
        return 0

    calls = run(bench, replace(ROTATION, attempt=attempt))

    assert tried == [(b"drawn", b"before")]
    assert (bench.value(), bench.value("AWSPREVIOUS")) == (b"drawn", b"before")
    assert bench.labels() == {"AWSCURRENT", "AWSPREVIOUS"}
    assert calls == ["PutSecretValue", "UpdateSecretVersionStage", "UpdateSecretVersionStage"]
    assert list(bench.tokens().values()) == [False]


def test_a_value_that_fails_is_taken_back_and_its_counterseal_revoked_after_its_use(bench: Bench) -> None:
    with pytest.raises(
        Refused, match=r"ended with 3; AWSPENDING was taken off version OPS-42\..*, the value before is"
    ):
        run(bench, FAILING)

    assert (bench.value(), bench.labels()) == (b"before", {"AWSCURRENT"})
    [revoked] = bench.issuances().revoked
    assert revoked.revocation.revoked_at == at(seconds=2)


def test_a_test_that_cannot_run_takes_the_value_back(bench: Bench) -> None:
    def attempt(_: Hidden) -> int:
        raise CommandNotExecutable("no shell", hint="get one")

    with pytest.raises(CommandNotExecutable, match="no shell; AWSPENDING was taken off"):
        run(bench, replace(ROTATION, attempt=attempt))

    assert bench.labels() == {"AWSCURRENT"}


def test_a_value_that_cannot_be_taken_back_is_told_as_staged(bench: Bench) -> None:
    bench.fails("move_stage", Denied("no"))

    with pytest.raises(Refused, match=r"version OPS-42\..* is still staged \(no\): --abandon takes it back"):
        run(bench, FAILING)

    assert list(bench.tokens().values()) == [False]


def test_what_was_kept_is_gone_on_with(bench: Bench) -> None:
    with pytest.raises(Refused, match="stays staged, and the value before is current"):
        run(bench, KEPT)
    said = look_at_rotation(ROTATION, bench.here(), bench.own())
    calls = run(bench, replace(ROTATION, draw=lambda: Hidden(b"another")))

    assert "is staged, and would be tried and made current; OPS-42 approves" in said
    assert bench.value() == b"drawn"
    assert calls == ["UpdateSecretVersionStage", "UpdateSecretVersionStage"]


def test_a_look_at_nothing_staged_says_what_would_be_done(bench: Bench) -> None:
    assert "a new version would be staged, tried and made current" in look_at_rotation(
        ROTATION, bench.here(), bench.own()
    )
    assert bench.tokens() == {}


def test_what_was_staged_under_a_counterseal_that_expired_gives_way(bench: Bench) -> None:
    with pytest.raises(Refused):
        run(bench, KEPT)
    bench.later(hours=2)
    run(bench, replace(ROTATION, draw=lambda: Hidden(b"another")))

    assert bench.value() == b"another"
    assert len(bench.tokens()) == 2


def test_nothing_is_gone_on_with_once_the_ticket_no_longer_approves(bench: Bench) -> None:
    with pytest.raises(Refused):
        run(bench, KEPT)
    bench.approve(ticket(approvals=()))

    with pytest.raises(Refused, match="awaiting-approval"):
        run(bench)

    assert bench.value() == b"before"


def test_an_older_value_is_not_put_in_the_place_of_a_newer_one(bench: Bench) -> None:
    with pytest.raises(Refused):
        run(bench, KEPT)
    bench.aws.put(NAME, Hidden(b"newer"), "0" * 32, stage="AWSCURRENT")

    with pytest.raises(Conflict, match=r"the secret changed since .* was staged; AWSPENDING was taken off"):
        run(bench)

    assert bench.value() == b"newer"


def test_a_counterseal_that_ends_during_the_test_promotes_nothing(bench: Bench) -> None:
    own = bench.own()._replace(clock=FixedClock(at(hours=2)))

    with pytest.raises(Refused, match=r"expired on 2026-03-10T13:00:00Z; AWSPENDING was taken off"):
        rotate(ROTATION, bench.here(), own)

    assert bench.value() == b"before"


FIELD = replace(ROTATION, pointer="/password")
BOTH = b'{"user":"shop", "password" : "before"}'


@pytest.fixture
def fields(bench: Bench) -> Bench:
    bench.aws.secrets[NAME].versions[FIRST].value = Hidden(BOTH)
    return bench


def test_a_field_is_tried_alone_and_every_other_byte_stays(fields: Bench) -> None:
    tried: list[bytes] = []

    def attempt(value: Hidden) -> int:
        tried.append(value.reveal())
        return 0

    run(fields, replace(FIELD, attempt=attempt))

    assert tried == [b"drawn"]
    assert fields.value() == b'{"user":"shop", "password" : "drawn"}'


def test_a_field_is_gone_on_with_where_the_rest_is_as_it_was(fields: Bench) -> None:
    with pytest.raises(Refused):
        run(fields, replace(FIELD, attempt=lambda _: 1, keep_pending=True))
    run(fields, FIELD)

    assert fields.value() == b'{"user":"shop", "password" : "drawn"}'


def test_a_field_is_not_gone_on_with_where_the_rest_changed(fields: Bench) -> None:
    with pytest.raises(Refused):
        run(fields, replace(FIELD, attempt=lambda _: 1, keep_pending=True))
    fields.aws.secrets[NAME].versions[FIRST].value = Hidden(BOTH.replace(b"shop", b"other"))

    with pytest.raises(Conflict, match="the secret changed since"):
        run(fields, FIELD)


FOREIGN = {
    "a rotation of AWS's": ("terraform-20260310120000000000000001", "wait until that rotation ends"),
    "another ticket's": (f"OPS-7.{'A' * 43}", "--ticket OPS-7 goes on with it"),
    "this ticket's, from elsewhere": (f"OPS-42.{'A' * 43}", "go on where it was staged under OPS-42"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_what_is_not_this_tickets_is_left_alone(bench: Bench, case: str) -> None:
    version, hint = FOREIGN[case]
    bench.aws.put(NAME, Hidden(b"theirs"), version, stage="AWSPENDING")

    with pytest.raises(Refused, match="is staged as AWSPENDING already") as refused:
        run(bench)

    assert hint in refused.value.hint
    assert (bench.value("AWSPENDING"), bench.tokens()) == (b"theirs", {})


def test_a_label_that_was_left_on_the_current_version_is_in_nobodys_way(bench: Bench) -> None:
    bench.fails("move_stage", None, Denied("no"))
    run(bench)

    assert "has AWSPENDING still: no" in bench.said[-1]
    assert run(bench, replace(ROTATION, draw=lambda: Hidden(b"next")))
    assert bench.value() == b"next"


def test_a_label_that_somebody_took_off_already_is_no_trouble(bench: Bench) -> None:
    bench.fails("move_stage", None, Conflict("not there"))
    run(bench)

    assert "still" not in bench.said[-1]


@pytest.mark.parametrize("done", [True, False])
def test_a_promotion_whose_answer_is_lost_is_settled(bench: Bench, done: bool) -> None:  # noqa: FBT001  # a case
    bench.fails("move_stage", NOBODY_KNOWS, done=done)
    run(bench)

    assert bench.value() == b"drawn"
    assert bench.waited == [PAUSES[0]]


def test_a_promotion_that_turns_out_to_be_made_already_is_no_conflict(bench: Bench) -> None:
    bench.fails("move_stage", NOBODY_KNOWS, done=True)
    # After the pause, the labels cannot be read; the second request meets what the first did.
    bench.fails("describe", None, Unreachable("no"))
    bench.fails("move_stage", Conflict("elsewhere"))
    run(bench)

    assert bench.value() == b"drawn"


@pytest.mark.parametrize("failures", [[NOBODY_KNOWS] * len(PAUSES), [Conflict("elsewhere")]], ids=["lost", "conflict"])
def test_a_promotion_that_nobody_can_tell_of_is_told_as_that(bench: Bench, failures: list[CountersealError]) -> None:
    bench.fails("move_stage", *failures)
    bench.fails("describe", None, *[Unreachable("no")] * len(PAUSES))

    with pytest.raises(Unsettled, match="it is not known whether version OPS-42") as unknown:
        run(bench)

    assert "run the same command again" in unknown.value.hint
    assert list(bench.tokens().values()) == [False]


def test_somebody_elses_change_meanwhile_is_not_run_over(bench: Bench) -> None:
    def attempt(_: Hidden) -> int:
        bench.aws.put(NAME, Hidden(b"theirs"), "0" * 32, stage="AWSCURRENT")
        return 0

    with pytest.raises(Conflict, match="somebody changed the secret meanwhile; AWSPENDING was taken off"):
        run(bench, replace(ROTATION, attempt=attempt))

    assert bench.value() == b"theirs"


def test_a_promotion_that_is_denied_leaves_the_value_staged_and_says_so(bench: Bench) -> None:
    bench.fails("move_stage", Denied("no"))

    with pytest.raises(Denied, match=r"no; version OPS-42\..* is staged, and the value before is current"):
        run(bench)

    assert bench.value("AWSPENDING") == b"drawn"


def test_a_secret_that_aws_rotates_is_left_to_it(bench: Bench) -> None:
    bench.aws.secrets[NAME].facts = {"rotates": True}

    with pytest.raises(Refused, match="AWS rotates the secret"):
        run(bench)


def test_a_secret_without_a_value_is_not_rotated(bench: Bench) -> None:
    bench.aws.secrets[NAME].versions.clear()

    with pytest.raises(Refused, match="has no current value"):
        run(bench)


def test_what_this_ticket_staged_is_taken_back_when_it_is_abandoned(bench: Bench) -> None:
    with pytest.raises(Refused):
        run(bench, KEPT)
    token = abandon(ROTATION, bench.here())

    assert bench.tokens() == {token: True}
    assert bench.labels() == {"AWSCURRENT"}
    with pytest.raises(Refused, match="nothing of 'db/password' is staged"):
        abandon(ROTATION, bench.here())


def test_what_another_ticket_staged_is_not_abandoned(bench: Bench) -> None:
    bench.aws.put(NAME, Hidden(b"theirs"), f"OPS-7.{'A' * 43}", stage="AWSPENDING")

    with pytest.raises(Refused, match="and not under OPS-42"):
        abandon(ROTATION, bench.here())


@pytest.fixture
def set_up(bench: Bench) -> Bench:
    bench.aws.secrets[NAME].facts = {"rotates": True}
    bench.approve(ticket(operations=frozenset({"rotation"})))
    return bench


def test_aws_rotates_under_a_counterseal_for_a_rotation(set_up: Bench) -> None:
    said = look_at_hand_over(NAME, set_up.here())
    done = hand_over(NAME, set_up.here())

    assert "would be rotated by AWS; OPS-42 approves the operation rotation" in said
    assert done.permit.issuance is not None
    assert done.permit.issuance.operation == "rotation"
    assert (done.stages, done.calls) == (("AWSPENDING",), ("RotateSecret",))


@pytest.mark.parametrize("done", [True, False])
def test_a_rotation_whose_start_nobody_answered_is_looked_for(set_up: Bench, done: bool) -> None:  # noqa: FBT001  # a case
    set_up.fails("rotate", NOBODY_KNOWS, done=done)

    token = hand_over(NAME, set_up.here()).permit.token

    assert token in set_up.aws.secrets[NAME].versions


def test_a_secret_that_aws_cannot_rotate_is_not_handed_over(bench: Bench) -> None:
    with pytest.raises(Refused, match="is not set up for rotation by AWS"):
        hand_over(NAME, bench.here())
