"""Staging a value and moving its label are one use of a counterseal, and nothing else is."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.unit.correlation.invented import (
    BEN,
    IDENTITIES,
    OTHER_ARN,
    approval,
    at,
    change,
    move,
    outcome,
    standing,
    ticket,
)
from tests.unit.correlation.sealing import evidence, issued, revoked

from counterseal.correlation.judging.finding import Finding
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.records.event import Event, Operation

SEAL = issued()
PENDING = {"stages": ("AWSPENDING",)}
STAGED = change(version_id=SEAL.token, facts=PENDING)


def promoted(**changed: Any) -> Event:
    return move(SEAL.token, event_id="e-2", **({"time": at(minutes=5)} | changed))


def taken_back(**changed: Any) -> Event:
    facts = {"stage": "AWSPENDING", "remove_from": SEAL.token}
    defaults = {"event_id": "e-3", "time": at(minutes=6), "facts": facts}
    return change("UpdateSecretVersionStage", Operation.LABEL, **(defaults | changed))


def audited(*events: Event, given: Evidence | None = None, **more: Any) -> list[Finding]:
    found = outcome(*events, evidence=given or evidence(SEAL), **({"tickets": [ticket()]} | more)).findings
    return sorted(found, key=lambda it: it.event_id)


def verdicts(*events: Event, **more: Any) -> list[str]:
    return [it.verdict for it in audited(*events, **more)]


def test_a_staged_value_its_promotion_and_the_end_of_its_staging_are_one_use() -> None:
    found = audited(STAGED, promoted(), taken_back())

    assert [it.verdict for it in found] == ["proved"] * 3
    assert [it.signals for it in found] == [("counterseal-unanchored",)] * 3
    assert "it makes current what PutSecretValue staged on 2026-03-10T12:00:00Z" in found[1].reason
    assert "it ends the staging of what PutSecretValue staged" in found[2].reason


def test_taking_a_staged_value_back_is_the_rest_of_its_use() -> None:
    assert verdicts(STAGED, taken_back()) == ["proved", "proved"]


def test_the_order_within_a_second_does_not_matter() -> None:
    assert verdicts(STAGED, promoted(time=STAGED.time), taken_back(time=STAGED.time)) == ["proved"] * 3


def test_a_second_promotion_is_a_rollback() -> None:
    later = change(event_id="e-4", time=at(minutes=10))
    back = move(SEAL.token, event_id="e-5", time=at(minutes=20))

    assert verdicts(STAGED, promoted(), later, back)[-1] == "silent-rollback"


def test_a_value_that_was_current_at_once_is_not_promoted_again() -> None:
    assert verdicts(change(version_id=SEAL.token), promoted())[1] == "silent-rollback"


NOT_THE_REST: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "somebody else": ({"actor": BEN}, {}, "other-actor"),
    "after it was revoked": (
        {"time": at(hours=2)},
        {"given": evidence(SEAL, revoked(revoked_at=at(hours=1)))},
        "counterseal-revoked",
    ),
    "another label": ({"stage": "mine"}, {}, "other-operation"),
}


@pytest.mark.parametrize("case", NOT_THE_REST)
def test_what_an_approval_would_not_cover_is_not_the_rest_of_it(case: str) -> None:
    changed, more, cause = NOT_THE_REST[case]
    first, second = audited(STAGED, promoted(**changed), **more)

    assert (first.verdict, second.verdict) == ("proved", "mismatched")
    assert cause in second.reason


def test_what_comes_after_it_expired_is_not_the_rest_of_it() -> None:
    short = issued(expires=at(minutes=4))
    staged, late = (
        replace(STAGED, version_id=short.token),
        move(short.token, event_id="e-2", time=at(minutes=5)),
    )
    found = audited(staged, late, given=evidence(short))

    assert [it.verdict for it in found] == ["proved", "mismatched"]
    assert "counterseal-expired" in found[1].reason


def test_a_version_of_another_secret_is_not_the_rest_of_it() -> None:
    moved = promoted(secret_arn=OTHER_ARN, secret_name="other", secret_given="other")

    assert verdicts(STAGED, moved) == ["proved", "silent-rollback"]


def test_nothing_is_the_rest_of_a_use_that_was_not_granted() -> None:
    forged = evidence(issued(nonce="3" * 32))

    assert verdicts(STAGED, promoted(), given=forged) == ["mismatched", "mismatched"]


def test_nothing_is_the_rest_of_what_the_records_do_not_show() -> None:
    assert verdicts(promoted()) == ["silent-rollback"]


def test_without_issuances_it_is_approved_as_the_staging_is() -> None:
    found = audited(STAGED, promoted(), given=Evidence())

    assert [it.verdict for it in found] == ["approved", "approved"]
    assert "counterseal not checked" in found[1].reason


def test_an_ordinary_version_id_is_no_use_of_a_counterseal() -> None:
    staged = replace(STAGED, version_id="00000000-0000-4000-8000-000000000001")

    assert verdicts(staged, move(staged.version_id, event_id="e-2", time=at(minutes=5))) == ["approved", "mismatched"]


def test_an_approval_of_the_label_itself_is_not_made_worse() -> None:
    by_dan = (approval(at(hours=-2), by="dan.j"),)
    for_labels = ticket(issue_key="OPS-7", operations=frozenset({"label"}), assignee="ben.j", approvals=by_dan)
    found = audited(STAGED, promoted(actor=BEN), tickets=[ticket(), for_labels])

    assert (found[1].verdict, found[1].ticket) == ("approved", "OPS-7")


def test_the_end_of_a_staging_that_the_records_do_not_show_is_the_rest_of_nothing() -> None:
    [found] = audited(taken_back())

    assert found.verdict == "mismatched"
    assert found.reason == "other-operation: the operation is label, and OPS-42 allows value"


FOR_BEN = ticket(issue_key="OPS-7", issue_id="7", assignee="ben.j", approvals=(approval(at(hours=-2), by="dan.j"),))
BEN_MAY_WRITE = {"standing": (standing(principal=BEN.arn),)}


def test_another_ticket_for_values_does_not_let_its_people_move_the_label() -> None:
    first, second = audited(STAGED, promoted(actor=BEN), tickets=[ticket(), FOR_BEN])

    assert (first.verdict, second.verdict) == ("proved", "mismatched")
    assert "other-actor: the counterseal was issued to" in second.reason


def test_a_standing_approval_of_values_does_not_let_its_principal_move_the_label() -> None:
    staged, moved = replace(STAGED, actor=BEN), promoted(actor=BEN)
    forged = evidence(issued(nonce="3" * 32))
    found = audited(staged, moved, tickets=[], given=forged, said={"identities": IDENTITIES, **BEN_MAY_WRITE})

    assert [(it.verdict, it.basis) for it in found] == [("approved", "standing"), ("unapproved", "")]
