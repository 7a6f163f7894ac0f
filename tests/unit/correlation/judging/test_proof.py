"""What a counterseal proves, and each way in which it proves nothing."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.correlation.invented import (
    ACCOUNT,
    ANA,
    ARN,
    BEN,
    LATER,
    NAME,
    OTHER_ARN,
    REGION,
    T,
    at,
    change,
    finding,
    move,
    outcome,
    service_event,
    session,
    standing,
    ticket,
)
from tests.unit.correlation.sealing import KEY, OTHER_KEY, PUBLIC, evidence, issuance, issued, revoked

from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.records.event import Actor, Operation
from counterseal.correlation.tickets.counterseal import Issued, Revoked
from counterseal.correlation.tickets.ticket import FieldEdit

SEAL = issued()


def judged(*proof: Issued | Revoked, key: Any = PUBLIC, **changed: Any) -> Finding:
    tickets = [changed.pop("ticket", ticket())]
    return finding(
        change(version_id=SEAL.token, **changed), tickets=tickets, evidence=evidence(*(proof or (SEAL,)), key=key)
    )


@pytest.mark.parametrize("key", [PUBLIC, KEY], ids=["the right to verify alone", "the notary's own"])
def test_an_approved_change_with_a_counterseal_that_holds_is_proved(key: Any) -> None:
    found = judged(key=key)

    assert (found.verdict, found.basis, found.ticket) == (Verdict.PROVED, "mapped-actor", "OPS-42")
    assert "its counterseal, issued on 2026-03-10T11:30:00Z to arn:aws:iam::111122223333:user/ana" in found.reason
    assert found.reason.endswith(f"was verified with the notary key {KEY.key_id}")


def test_the_other_eight_are_findings() -> None:
    other = change(event_id="e-0", time=at(minutes=-1), version_id=SEAL.token)
    reused = finding(
        other,
        change(version_id=SEAL.token, secret_arn=OTHER_ARN, secret_name="other"),
        tickets=[ticket(secrets=(ARN, OTHER_ARN))],
        evidence=evidence(SEAL),
    )
    found = {
        "counterseal-forged": judged(issued(nonce="3" * 32)),
        "counterseal-expired": judged(time=at(hours=6, seconds=1), ticket=ticket(window=None)),
        "counterseal-reused": reused,
        "counterseal-revoked": judged(SEAL, revoked(revoked_at=T)),
        "other-secret": judged(secret_arn=OTHER_ARN, secret_name="other", ticket=ticket(secrets=(OTHER_ARN,))),
        "other-operation": judged(name="CreateSecret", operation=Operation.CREATE),
        "other-actor": judged(actor=BEN, ticket=ticket(executors=("ben.j",))),
        "edited": judged(ticket=ticket(secrets=(ARN, OTHER_ARN))),
    }

    assert {cause: it.verdict for cause, it in found.items()} == dict.fromkeys(found, Verdict.MISMATCHED)
    assert {cause: cause in it.reason for cause, it in found.items()} == dict.fromkeys(found, True)


def test_each_of_them_says_what_is_wrong() -> None:
    other = change(event_id="e-0", time=at(minutes=-1), version_id=SEAL.token)
    elsewhere: dict[str, Any] = {"secret_arn": OTHER_ARN, "secret_name": "other"}
    reused = finding(
        other,
        change(version_id=SEAL.token, **elsewhere),
        tickets=[ticket(secrets=(ARN, OTHER_ARN))],
        evidence=evidence(SEAL),
    )
    nameless: dict[str, Any] = {"secret_arn": "", "secret_name": "", "secret_given": ""}
    by_name = issued(secret_arn="")

    assert judged(time=at(hours=6, seconds=1), ticket=ticket(window=None)).reason.startswith(
        "counterseal-expired: it held from 2026-03-10T11:30:00Z to 2026-03-10T18:00:00Z, and the change was made on"
        " 2026-03-10T18:00:01Z"
    )
    assert judged(SEAL, revoked(revoked_at=T)).reason == (
        "counterseal-revoked: it was revoked on 2026-03-10T12:00:00Z (laptop lost), before the change of"
        " 2026-03-10T12:00:00Z"
    )
    assert f"its one use was PutSecretValue of {ARN} on 2026-03-10T11:59:00Z" in reused.reason
    assert f"other-secret: the counterseal was issued for {ARN}, and used on {OTHER_ARN}" in reused.reason
    assert (
        "other-operation: the counterseal was issued for value, and the operation is create"
        in judged(
            name="CreateSecret", operation=Operation.CREATE, ticket=ticket(operations=frozenset({"create"}))
        ).reason
    )
    by_ben = judged(actor=BEN, ticket=ticket(executors=("ben.j",)))
    assert f"other-actor: the counterseal was issued to {ANA.arn}, and {BEN.arn} used it" in by_ben.reason
    unknown = judged(actor=Actor(type="Unknown"), ticket=ticket(executors=("ben.j",)))
    assert "and an actor that was not recorded used it" in unknown.reason
    assert "and n used it" in judged(actor=Actor(type="Unknown", name="n")).reason
    assert (
        f"was issued for {NAME} in {ACCOUNT} {REGION}, and used on {OTHER_ARN}"
        in finding(change(version_id=by_name.token, **elsewhere), tickets=[ticket()], evidence=evidence(by_name)).reason
    )
    assert (
        "and used on a secret that was not recorded"
        in finding(change(version_id=SEAL.token, **nameless), tickets=[ticket()], evidence=evidence(SEAL)).reason
    )


def test_a_counterseal_for_a_name_holds_where_the_record_gives_the_arn_of_that_name() -> None:
    by_name = issued(secret_arn="")

    assert (
        finding(change(version_id=by_name.token), tickets=[ticket()], evidence=evidence(by_name)).verdict
        is Verdict.PROVED
    )


def test_a_counterseal_for_an_arn_holds_where_the_record_gives_only_the_name() -> None:
    found = finding(
        change(version_id=SEAL.token, secret_arn=""), tickets=[ticket(secrets=(NAME,))], evidence=evidence(SEAL)
    )

    assert "other-secret" not in found.reason


def test_only_the_second_use_is_a_reuse() -> None:
    first = change(event_id="e-0", time=at(minutes=-1), version_id=SEAL.token)
    second = change(version_id=SEAL.token, secret_arn=OTHER_ARN, secret_name="other")
    found = outcome(first, second, tickets=[ticket()], evidence=evidence(SEAL)).findings

    assert [it.verdict for it in found] == [Verdict.PROVED, Verdict.MISMATCHED]
    assert f"counterseal-reused: its one use was PutSecretValue of {ARN}" in found[1].reason


def test_a_use_elsewhere_before_does_not_take_the_rightful_one_away() -> None:
    squatter = change(event_id="e-0", time=at(minutes=-1), version_id=SEAL.token, secret_arn=OTHER_ARN)
    found = finding(squatter, change(version_id=SEAL.token), tickets=[ticket()], evidence=evidence(SEAL))

    assert found.verdict is Verdict.PROVED


def test_the_same_name_made_again_is_another_secret() -> None:
    seal = issued(secret_arn="")
    again = f"{ARN[:-6]}ZzZzZz"
    found = outcome(
        change(version_id=seal.token),
        change(event_id="e-2", time=at(minutes=5), version_id=seal.token, secret_arn=again),
        tickets=[ticket(secrets=("db/password",))],
        evidence=evidence(issued(secret_arn="", approval_digest=seal.issuance.approval_digest)),
    ).findings

    assert "counterseal-reused" in found[1].reason


def test_a_repeated_call_is_the_same_use() -> None:
    repeat = change(event_id="e-2", time=at(minutes=5), version_id=SEAL.token)
    found = finding(change(version_id=SEAL.token), repeat, tickets=[ticket()], evidence=evidence(SEAL), event_id="e-2")

    assert (found.verdict, found.signals) == (Verdict.PROVED, ("repeat", "counterseal-unanchored"))


def test_a_rotation_its_value_and_its_label_are_one_use() -> None:
    approved = ticket(operations=frozenset({"rotation"}))
    given = issued(operation="rotation")
    seal = issued(operation="rotation", approval_digest=_digest(approved))
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:turn"
    turn = session("turn", role="turn-role")
    found = outcome(
        change("RotateSecret", Operation.ROTATION, version_id=seal.token, facts={"rotation_lambda": arn}),
        service_event("RotationStarted", version_id=seal.token, time=at(seconds=1)),
        change(
            event_id="e-2", actor=turn, time=at(seconds=2), version_id=seal.token, facts={"stages": ("AWSPENDING",)}
        ),
        move(seal.token, event_id="e-3", actor=turn, time=at(seconds=3)),
        tickets=[approved],
        evidence=evidence(given, seal),
    ).findings

    assert [it.verdict for it in found] == [Verdict.PROVED, Verdict.INHERITED, Verdict.INHERITED]


def _digest(approved: Any) -> str:
    from counterseal.correlation.tickets.covered import approval_digest

    return approval_digest(approved, at(minutes=-30))


UNCHECKED = {
    "no issuances": (Evidence(), "no issuances were given (--issuances FILE)"),
    "no right to verify": (replace(evidence(SEAL), keys=None), "the right to verify was not given"),
    "another notary's key": (evidence(SEAL, key=OTHER_KEY), f"it names the notary key {KEY.key_id}, which is none"),
    "a revocation of nobody's": (evidence(SEAL, revoked(by=OTHER_KEY)), "a revocation of it was given that cannot"),
}


@pytest.mark.parametrize("case", UNCHECKED)
def test_what_cannot_be_checked_stays_approved_and_says_so(case: str) -> None:
    given, why = UNCHECKED[case]
    found = finding(change(version_id=SEAL.token), tickets=[ticket()], evidence=given)

    assert found.verdict is Verdict.APPROVED
    assert f"counterseal not checked: {why}" in found.reason


def test_an_edit_after_the_change_leaves_nothing_to_compare_with() -> None:
    edited = ticket(assignee="dan.j", executors=("ana.j",), edits=(FieldEdit(at=at(seconds=1), field="assignee"),))
    found = judged(ticket=edited)

    assert found.verdict is Verdict.APPROVED
    assert "OPS-42 was edited after the change, so what was approved cannot be compared" in found.reason


def test_a_revocation_after_the_change_takes_nothing_back() -> None:
    assert judged(SEAL, revoked(revoked_at=at(seconds=1))).verdict is Verdict.PROVED


@pytest.mark.parametrize("seconds", [-1800, 21600])
def test_both_ends_of_its_time_belong_to_it(seconds: int) -> None:
    assert judged(time=at(seconds=seconds)).verdict is Verdict.PROVED


def test_a_change_before_it_was_issued_is_outside_its_time() -> None:
    assert "counterseal-expired: it held from 2026-03-10T11:30:00Z" in judged(time=at(seconds=-1801)).reason


def test_no_counterseal_makes_good_what_is_not_approved() -> None:
    late = ticket(approvals=(replace((ticket().approvals or ())[0], at=at(hours=1)),))
    seal = issued(approval_digest=_digest(late))
    found = finding(change(version_id=seal.token), tickets=[late], evidence=evidence(seal))

    assert found.verdict is Verdict.APPROVED_LATE


def test_what_another_ticket_approves_stays_approved_and_the_fault_is_told() -> None:
    found = finding(
        change(version_id=SEAL.token),
        tickets=[ticket(), ticket(issue_key="OPS-7", issue_id="7")],
        evidence=evidence(issued(nonce="3" * 32)),
    )

    assert (found.verdict, found.ticket) == (Verdict.APPROVED, "OPS-7")
    assert "counterseal for OPS-42: counterseal-forged: no notary issued this token" in found.reason


def test_a_token_for_a_ticket_that_is_not_there_is_told_to_be_forged() -> None:
    found = finding(change(version_id=SEAL.token), evidence=evidence(issued(nonce="3" * 32)))

    assert found.verdict is Verdict.UNAPPROVED
    assert "counterseal-forged" in found.reason


@pytest.mark.parametrize("tickets", [[ticket()], []], ids=["proved", "standing"])
def test_a_proof_goes_before_a_standing_approval(tickets: list[Any]) -> None:
    said = {"standing": (standing(),)}
    found = finding(change(version_id=SEAL.token), tickets=tickets, said=said, evidence=evidence(SEAL))

    assert found.verdict is (Verdict.PROVED if tickets else Verdict.APPROVED)


@pytest.mark.parametrize(
    ("anchored", "signals"),
    [
        ({}, ("counterseal-unanchored",)),
        ({"1" * 32: T}, ("counterseal-unanchored",)),
        ({"1" * 32: at(seconds=-1)}, ()),
    ],
    ids=["no checkpoint", "one in the same second", "an older one"],
)
def test_a_proof_is_anchored_by_an_older_checkpoint(anchored: dict[str, Any], signals: tuple[str, ...]) -> None:
    found = finding(change(version_id=SEAL.token), tickets=[ticket()], evidence=evidence(SEAL, anchored=anchored))

    assert (found.verdict, found.signals) == (Verdict.PROVED, signals)


def test_issuances_may_come_with_the_tickets() -> None:
    given = evidence(SEAL)
    found = finding(
        change(version_id=SEAL.token),
        tickets=[ticket()],
        said={"issuances": given.issuances},
        evidence=replace(given, issuances=None),
    )

    assert found.verdict is Verdict.PROVED


FORGED = {
    "another's signature under the notary's key id": issued(by=OTHER_KEY),
    "a signature of something else": replace(SEAL, signature=b"s" * 64),
    "a genuine token with another entry": replace(SEAL, issuance=issuance(principal=BEN.arn)),
}


@pytest.mark.parametrize("case", FORGED)
def test_an_entry_that_the_notary_did_not_sign_proves_nothing(case: str) -> None:
    forged = FORGED[case]
    found = finding(change(version_id=forged.token), tickets=[ticket()], evidence=evidence(forged))

    assert found.verdict is Verdict.MISMATCHED
    assert f"counterseal-forged: its issuance entry is not what the notary key {KEY.key_id} signed" in found.reason


def test_a_signed_token_whose_code_is_wrong_is_forged_to_whoever_can_compute_it() -> None:
    wrong = KEY._replace(coding=OTHER_KEY.coding)
    seal = issued(by=wrong)
    found = [
        finding(change(version_id=seal.token), tickets=[ticket()], evidence=evidence(seal, key=key)).verdict
        for key in (KEY, PUBLIC)
    ]

    assert found == [Verdict.MISMATCHED, Verdict.PROVED]


def test_a_copy_that_was_altered_does_not_hide_the_genuine_entry() -> None:
    assert judged(FORGED["a genuine token with another entry"], SEAL).verdict is Verdict.PROVED


def test_a_ticket_that_no_token_can_name_makes_the_entry_forged() -> None:
    odd = replace(SEAL, issuance=issuance(issue_key="ops", issue_id="x"))
    signed = replace(odd, signature=KEY.notary().sign("counterseal/issuance", odd.signed_message()))
    found = finding(change(version_id=SEAL.token), tickets=[ticket()], evidence=evidence(signed))

    assert "counterseal-forged" in found.reason


@given(
    st.sampled_from([it for it in issuance().entry() if it not in ("schema", "not_before", "expires")]),
    st.text(st.characters(codec="utf-8"), min_size=1),
)
def test_whatever_is_altered_in_an_entry_proves_nothing(member: str, other: str) -> None:
    field = {"secret": "secret_arn"}.get(member, member)
    altered = replace(issuance(), **{field: getattr(issuance(), field) + other})
    found = judged(replace(SEAL, issuance=altered))

    assert found.verdict is not Verdict.PROVED


def test_the_result_says_what_was_missing_for_checking() -> None:
    assert outcome(as_of=LATER).counterseals_unchecked == "no issuances were given (--issuances FILE)"
    assert outcome(evidence=evidence(SEAL)).counterseals_unchecked == ""
