"""What becomes of a gated change is said as it is: written, written before, not written, or not known."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.control.gating import FIRST, NOBODY_KNOWS, Bench
from tests.unit.correlation.invented import ACCOUNT, ARN, NAME, REGION, T, at, ticket

from counterseal.control.gate import OpenGate, Wanted
from counterseal.control.gated import Put, create, look_at_create, look_at_put, put
from counterseal.control.settling import PAUSES, Outcome
from counterseal.correlation.records.event import Operation
from counterseal.errors import (
    Conflict,
    CountersealError,
    Denied,
    Refused,
    SecretNotFound,
    Unreachable,
    Unsettled,
    UsageError,
)
from counterseal.hidden import Hidden
from counterseal.secretstore.writing import NewSecret

AFTER = Put(secret_id=NAME, value=Hidden(b"after"))
DENIED = Denied("no", hint="ask")
WANTED = Wanted(ARN, ACCOUNT, REGION, Operation.VALUE)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench.at(tmp_path)
    yield made
    made.ledger.close()


def test_a_value_is_written_under_a_counterseal_for_the_full_arn(bench: Bench) -> None:
    done = put(AFTER, bench.here())

    assert (done.outcome, done.secret, done.name, done.stages) == (Outcome.WRITTEN, ARN, NAME, ("AWSCURRENT",))
    assert done.permit.issuance is not None
    assert (done.permit.issuance.secret_arn, done.permit.issuance.not_before) == (ARN, T)
    assert bench.tokens() == {done.permit.token: False}
    assert bench.value() == b"after"
    assert f"goes under the counterseal {done.permit.token}, which holds until 2026-03-10T13:00:00Z" in bench.said[0]


def test_a_lost_answer_is_settled_without_writing_again(bench: Bench) -> None:
    bench.fails("put", NOBODY_KNOWS, done=True)

    assert put(AFTER, bench.here()).outcome is Outcome.WRITTEN
    assert bench.aws.calls.count("put") == 1
    assert bench.waited == [PAUSES[0]]


def test_a_lost_request_is_made_again_under_the_same_token(bench: Bench) -> None:
    bench.fails("put", NOBODY_KNOWS, NOBODY_KNOWS)

    done = put(AFTER, bench.here())

    assert list(bench.aws.secrets[NAME].versions) == [FIRST, done.permit.token]
    assert bench.waited == [*PAUSES[:2]]


@pytest.mark.parametrize("reading", [Denied("no"), Unreachable("no"), None], ids=["denied", "unreachable", "absent"])
def test_what_reading_back_does_not_tell_is_not_known(bench: Bench, reading: CountersealError | None) -> None:
    bench.fails("put", *[NOBODY_KNOWS] * len(PAUSES))
    bench.fails("fetch", *[reading] * len(PAUSES))
    bench.fails("versions", *[Unreachable("no")] * len(PAUSES))

    with pytest.raises(Unsettled) as unknown:
        put(AFTER, bench.here())

    [(token, revoked)] = bench.tokens().items()
    assert not revoked
    assert "it is not known whether the new value" in str(unknown.value)
    assert f"--token {token} instead of --ticket" in unknown.value.hint


def test_a_refusal_after_a_lost_answer_does_not_tell_that_nothing_was_written(bench: Bench) -> None:
    bench.fails("put", NOBODY_KNOWS, DENIED, Conflict("no"))

    with pytest.raises(Unsettled):
        put(AFTER, bench.here())

    assert list(bench.tokens().values()) == [False]


@pytest.mark.parametrize("left", [None, Denied("no")], ids=["the versions", "the labels"])
def test_who_may_not_read_values_finds_out_by_the_versions_or_else_the_labels(
    bench: Bench, left: CountersealError | None
) -> None:
    bench.fails("put", NOBODY_KNOWS, done=True)
    bench.fails("fetch", Denied("no"))
    bench.fails("versions", left)

    assert put(AFTER, bench.here()).outcome is Outcome.WRITTEN


def test_who_may_not_read_values_and_finds_no_version_asks_again(bench: Bench) -> None:
    bench.fails("put", NOBODY_KNOWS)
    bench.fails("fetch", Denied("no"))
    bench.fails("versions", SecretNotFound("no"))

    assert put(AFTER, bench.here()).outcome is Outcome.WRITTEN
    assert bench.aws.calls.count("put") == 2


def test_without_a_ticket_what_is_not_known_may_be_written_twice_and_that_is_said(bench: Bench) -> None:
    bench.fails("put", *[NOBODY_KNOWS] * len(PAUSES))

    with pytest.raises(Unsettled) as unknown:
        put(AFTER, bench.here(OpenGate()))

    assert "at worst the same value a second time" in unknown.value.hint
    assert bench.said == []


@pytest.mark.parametrize("failure", [DENIED, Refused("no"), Unreachable("no"), Conflict("no")], ids=type)
def test_what_was_surely_not_written_leaves_no_counterseal_behind(bench: Bench, failure: CountersealError) -> None:
    bench.fails("put", failure)

    with pytest.raises(type(failure), match=r"no; nothing was written; the counterseal .* was revoked"):
        put(AFTER, bench.here())

    assert list(bench.tokens().values()) == [True]
    assert bench.value() == b"before"


def test_nothing_is_asked_of_aws_that_the_ticket_does_not_approve(bench: Bench) -> None:
    bench.approve(ticket(approvals=()))

    with pytest.raises(Refused, match="unapproved: awaiting-approval"):
        put(AFTER, bench.here())

    assert bench.aws.calls == ["describe"]


FACTS: dict[str, tuple[dict[str, Any], type[CountersealError], str]] = {
    "deleted": ({"deletion_scheduled": True}, SecretNotFound, "is scheduled for deletion"),
    "managed": ({"managed_by": "rds"}, Refused, "is managed by rds"),
    "a copy": ({"primary_region": "us-east-1"}, Refused, "is a copy here of the one in us-east-1"),
}


@pytest.mark.parametrize("case", FACTS)
def test_a_secret_that_cannot_be_written_here_is_told_with_the_reason(bench: Bench, case: str) -> None:
    facts, error, said = FACTS[case]
    bench.aws.secrets[NAME].facts = facts

    with pytest.raises(error, match=said):
        put(AFTER, bench.here())

    assert bench.tokens() == {}


def test_the_primary_of_a_copy_is_written(bench: Bench) -> None:
    bench.aws.secrets[NAME].facts = {"primary_region": REGION}

    assert put(AFTER, bench.here()).outcome is Outcome.WRITTEN


def test_a_secret_that_is_not_there_is_told_with_the_way_to_make_it(bench: Bench) -> None:
    with pytest.raises(SecretNotFound) as missing:
        put(Put(secret_id="other", value=Hidden(b"x")), bench.here())

    assert "--create makes it" in missing.value.hint


def test_an_arn_that_is_none_is_not_taken(bench: Bench) -> None:
    bench.aws.secrets[NAME].arn = "arn:aws:secretsmanager"

    with pytest.raises(Refused, match="not the full ARN"):
        put(AFTER, bench.here())


def test_only_the_version_that_is_asked_for_is_replaced(bench: Bench) -> None:
    put(Put(secret_id=NAME, value=Hidden(b"after"), if_version=FIRST), bench.here())

    with pytest.raises(Conflict, match=rf"is OPS-42\..*, not {FIRST}"):
        put(Put(secret_id=NAME, value=Hidden(b"later"), if_version=FIRST), bench.here())


def test_a_field_of_a_secret_without_a_value_cannot_be_put(bench: Bench) -> None:
    bench.aws.secrets[NAME].versions.clear()

    with pytest.raises(Refused, match="has no current value"):
        put(Put(secret_id=NAME, value=Hidden(b"after"), pointer="/password"), bench.here())


def test_a_look_says_what_would_be_done_and_issues_nothing(bench: Bench) -> None:
    said = look_at_put(NAME, bench.here())

    assert said == (
        f"{ARN} would get a new value in place of version {FIRST}; OPS-42 approves the operation value by "
        "arn:aws:iam::111122223333:user/ana at 2026-03-10T12:00:00Z"
    )
    assert bench.tokens() == {}


def test_a_value_under_a_token_given_before_is_written_once(bench: Bench) -> None:
    token = bench.gate().open(WANTED).token
    first, second = [put(AFTER, bench.here(bench.token_gate(token))) for _ in range(2)]

    assert (first.outcome, second.outcome) == (Outcome.WRITTEN, Outcome.ALREADY_WRITTEN)
    assert second.stages == ("AWSCURRENT",)
    assert bench.aws.calls.count("put") == 1


def test_what_is_no_longer_current_is_told_as_that(bench: Bench) -> None:
    token = bench.gate().open(WANTED).token
    put(AFTER, bench.here(bench.token_gate(token)))
    for text in (b"later", b"latest"):
        put(Put(secret_id=NAME, value=Hidden(text)), bench.here())

    assert put(AFTER, bench.here(bench.token_gate(token))).stages == ()


def test_labels_that_cannot_be_read_afterwards_change_nothing_of_what_was_done(bench: Bench) -> None:
    token = bench.gate().open(WANTED).token
    put(AFTER, bench.here(bench.token_gate(token)))
    bench.fails("describe", None, Unreachable("no"))

    assert put(AFTER, bench.here(bench.token_gate(token))).outcome is Outcome.ALREADY_WRITTEN


def test_another_value_under_a_token_given_before_is_a_conflict_and_the_counterseal_stays(bench: Bench) -> None:
    token = bench.gate().open(WANTED).token
    put(AFTER, bench.here(bench.token_gate(token)))

    with pytest.raises(Conflict, match=r"another value is there under this token; nothing was written; .* stays valid"):
        put(Put(secret_id=NAME, value=Hidden(b"other")), bench.here(bench.token_gate(token)))

    assert bench.tokens() == {token: False}


@pytest.mark.parametrize("reading", [None, Denied("no")], ids=["read", "only listed"])
def test_a_conflict_over_a_version_that_is_there_is_another_value(
    bench: Bench, reading: CountersealError | None
) -> None:
    token = bench.gate().open(WANTED).token
    put(AFTER, bench.here(bench.token_gate(token)))
    # Reading back before fails, so that AWS is asked.
    bench.fails("fetch", Unreachable("no"), reading)

    with pytest.raises(Conflict, match="another value is there under this token"):
        put(Put(secret_id=NAME, value=Hidden(b"other")), bench.here(bench.token_gate(token)))


def test_another_value_that_appears_after_a_lost_answer_is_a_conflict(bench: Bench) -> None:
    token = bench.gate().open(WANTED).token
    put(AFTER, bench.here(bench.token_gate(token)))
    bench.fails("fetch", Unreachable("no"))
    bench.fails("put", NOBODY_KNOWS)

    with pytest.raises(Conflict, match="another value is there under this token"):
        put(Put(secret_id=NAME, value=Hidden(b"other")), bench.here(bench.token_gate(token)))


def test_a_conflict_over_the_same_value_was_written_before(bench: Bench) -> None:
    token = bench.gate().open(WANTED).token
    put(AFTER, bench.here(bench.token_gate(token)))
    bench.fails("fetch", Unreachable("no"))
    bench.fails("put", Conflict("there is one already"))

    assert put(AFTER, bench.here(bench.token_gate(token))).outcome is Outcome.ALREADY_WRITTEN


NEW = NewSecret("db/new")


@pytest.fixture
def creating(bench: Bench) -> Bench:
    bench.approve(ticket(secrets=("db/new",), operations=frozenset({"create"})))
    return bench


def test_a_secret_is_made_under_a_counterseal_for_its_name(creating: Bench) -> None:
    done = create(NEW, Hidden(b"one"), creating.here())

    assert done.secret == ARN.replace(NAME, "db/new")
    assert done.permit.issuance is not None
    assert (done.permit.issuance.operation, done.permit.issuance.secret_arn) == ("create", "")
    assert (done.stages, done.calls) == (("AWSCURRENT",), ("CreateSecret",))


def test_a_secret_whose_making_nobody_answered_is_found(creating: Bench) -> None:
    creating.fails("create", NOBODY_KNOWS, done=True)

    assert create(NEW, Hidden(b"one"), creating.here()).outcome is Outcome.WRITTEN


def test_a_secret_that_somebody_made_meanwhile_is_a_conflict(creating: Bench) -> None:
    creating.fails("create", Conflict("there is one already"))

    with pytest.raises(Conflict, match=r"there is one already; nothing was written; .* was revoked"):
        create(NEW, Hidden(b"one"), creating.here())


def test_making_it_can_be_ended_under_the_same_token(creating: Bench) -> None:
    creating.fails("create", *[NOBODY_KNOWS] * len(PAUSES))
    with pytest.raises(Unsettled):
        create(NEW, Hidden(b"one"), creating.here())
    [token] = creating.tokens()
    ended, again = [create(NEW, Hidden(b"one"), creating.here(creating.token_gate(token))) for _ in range(2)]

    assert (ended.outcome, again.outcome) == (Outcome.WRITTEN, Outcome.ALREADY_WRITTEN)


@pytest.mark.parametrize(("deleted", "said"), [(False, "is there"), (True, "its name is taken until then")])
def test_a_name_that_is_taken_is_not_asked_for(creating: Bench, deleted: bool, said: str) -> None:  # noqa: FBT001  # a case
    create(NEW, Hidden(b"one"), creating.here())
    creating.aws.secrets["db/new"].facts = {"deletion_scheduled": deleted}

    with pytest.raises(Conflict, match=said):
        look_at_create(NEW, creating.here())


def test_a_new_secret_is_named_and_not_by_an_arn(creating: Bench) -> None:
    with pytest.raises(UsageError, match="is an ARN"):
        create(NewSecret(ARN), Hidden(b"one"), creating.here())


def test_a_look_at_a_new_secret_says_what_would_be_done(creating: Bench) -> None:
    assert look_at_create(NEW, creating.here()).startswith("'db/new' would be made in eu-west-1; OPS-42 approves")
    assert creating.tokens() == {}


def test_the_clock_of_the_gate_dates_the_counterseal(bench: Bench) -> None:
    bench.later(hours=1)

    issuance = put(AFTER, bench.here()).permit.issuance

    assert issuance is not None
    assert issuance.not_before == at(hours=1)
