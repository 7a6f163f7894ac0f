"""The gate lets a change through under a counterseal that holds, and says why where it does not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.control.gating import Bench
from tests.unit.correlation.invented import ACCOUNT, ANA, ARN, BEN, NAME, OTHER_ARN, REGION, T, at

from counterseal.control.gate import OpenGate, Permit, Wanted, is_same_principal
from counterseal.control.notary import Office, Request, issue, revoke
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.event import Operation
from counterseal.correlation.tickets.counterseal import IssuanceSet
from counterseal.correlation.tickets.policy import Policy
from counterseal.errors import Refused, Unreachable

WANTED = Wanted(ARN, ACCOUNT, REGION, Operation.VALUE)
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/ana"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench.at(tmp_path)
    yield made
    made.ledger.close()


def test_what_was_not_used_is_revoked_from_the_time_given(bench: Bench) -> None:
    gate = bench.gate()
    permit = gate.open(WANTED)

    assert gate.withdraw(permit, "unused", after=at(minutes=1) - T) == f"the counterseal {permit.token} was revoked"
    assert [it.revocation.revoked_at for it in bench.issuances().revoked] == [at(minutes=1)]


def test_what_cannot_be_revoked_is_named_with_the_way_to_do_it(bench: Bench) -> None:
    gate = bench.gate()
    permit = gate.open(WANTED)
    gate.withdraw(permit, "once")

    assert f"run counterseal notary revoke {permit.token}" in gate.withdraw(permit, "twice")


def test_a_counterseal_issued_for_a_name_lets_the_secret_of_that_name_through(bench: Bench) -> None:
    request = Request(
        issue_key="OPS-42",
        secret=NAME,
        operation=Operation.VALUE,
        principal=ANA.arn,
        account=ACCOUNT,
        region=REGION,
    )
    gate = bench.gate()
    issued = issue(request, gate.tickets.ticket("OPS-42"), Rules(policy=Policy(), as_of=T), gate.office())

    assert bench.token_gate(issued.token).open(WANTED).issuance == issued.issuance
    assert "holds until 2026-03-10T18:00:00Z" in bench.token_gate(issued.token).look(WANTED)


def test_a_counterseal_that_was_issued_elsewhere_is_used_and_not_vouched_for(bench: Bench) -> None:
    token = bench.gate().open(WANTED).token
    gate = replace(bench.token_gate(token), issuances=IssuanceSet())

    assert gate.open(WANTED) == Permit(token)
    assert "was issued elsewhere" in gate.look(WANTED)


def test_what_has_not_the_form_of_a_counterseal_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="'terraform-1' is not a counterseal"):
        bench.token_gate("terraform-1").open(WANTED)


UNFIT: dict[str, tuple[Wanted, str]] = {
    "another operation": (WANTED._replace(operation=Operation.ROTATION), "for the operation value, and this is rotat"),
    "another secret": (WANTED._replace(secret=OTHER_ARN), f"was issued for another secret: {ARN}"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_a_counterseal_for_something_else_is_refused(bench: Bench, case: str) -> None:
    wanted, said = UNFIT[case]
    token = bench.gate().open(WANTED).token

    with pytest.raises(Refused, match=said):
        bench.token_gate(token).open(wanted)


def _revoke(bench: Bench, token: str) -> None:
    revoke(token, "lost", T, Office(bench.gate().office().notary, bench.ledger))


def _expire(bench: Bench, _: str) -> None:
    bench.later(hours=2)


def _be_ben(bench: Bench, _: str) -> None:
    bench.caller = BEN.arn


@pytest.mark.parametrize(
    ("change", "said"),
    [(_revoke, "was revoked on .*: lost"), (_expire, "expired on"), (_be_ben, f"was issued to {ANA.arn}, and")],
    ids=["revoked", "expired", "somebody else's"],
)
def test_a_counterseal_that_no_longer_holds_is_refused(bench: Bench, change: Any, said: str) -> None:
    token = bench.gate().open(WANTED).token
    change(bench, token)

    with pytest.raises(Refused, match=said):
        bench.token_gate(token).open(WANTED)


def test_a_counterseal_that_somebody_else_asked_for_is_not_revoked(bench: Bench) -> None:
    token = bench.gate().open(WANTED).token

    assert bench.token_gate(token).withdraw(Permit(token), "failed") == f"the counterseal {token} stays valid"
    assert bench.tokens() == {token: False}


def test_the_open_gate_gives_tokens_that_are_no_counterseals() -> None:
    gate = OpenGate()
    tokens = {gate.open(WANTED).token for _ in range(2)}

    assert len(tokens) == 2
    assert {len(it) for it in tokens} == {36}
    assert gate.withdraw(Permit("x"), "unused") == ""
    assert "no ticket is asked" in gate.look(WANTED)


def test_a_ledger_that_does_not_answer_gives_nothing_out(bench: Bench) -> None:
    def broken() -> Office:
        raise Unreachable("busy")

    gate = replace(bench.gate(), office=broken)

    with pytest.raises(Unreachable):
        gate.open(WANTED)
    assert "could not be revoked (busy)" in gate.withdraw(Permit("x"), "unused")


@pytest.mark.parametrize(
    ("expected", "caller", "same"),
    [
        (ANA.arn, ANA.arn, True),
        (ANA.arn, BEN.arn, False),
        (SESSION, SESSION, True),
        (f"{ROLE}/Admin", SESSION, True),
        (f"{ROLE}/path/to/Admin", SESSION, True),
        (f"{ROLE}/Reader", SESSION, False),
        (SESSION, f"{SESSION}2", False),
    ],
)
def test_a_session_is_its_role_and_nothing_else(expected: str, caller: str, same: bool) -> None:  # noqa: FBT001  # a case
    assert is_same_principal(expected, caller) is same
