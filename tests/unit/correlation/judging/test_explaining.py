"""Explanations: the checks that they name are those that decided, and each failure has a remedy."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs
from tests.unit.correlation.invented import (
    BEN,
    IDENTITIES,
    LATER,
    ZOE,
    approval,
    at,
    change,
    kms,
    population,
    rejection,
    service_event,
    session,
    standing,
    ticket,
)
from tests.unit.correlation.judging.test_judge import APPROVED, FROZEN, MISMATCHED, OTHERWISE, URGENT, edited, moved
from tests.unit.correlation.sealing import evidence, issued, revoked

from counterseal.correlation.judging.approvals import Cause
from counterseal.correlation.judging.audit import grounds_of
from counterseal.correlation.judging.checks import Check
from counterseal.correlation.judging.deciding import Deciding
from counterseal.correlation.judging.explaining import Explanation, explain
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.records.event import Event, Kind, Operation
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Standing, Ticket, TicketSet

OF_CAUSE = {
    Cause.OTHER_SECRET: "secret",
    Cause.OTHER_OPERATION: "operation",
    Cause.OUTSIDE_WINDOW: "window",
    Cause.TOO_FEW_APPROVALS: "approvals",
    Cause.SELF_APPROVED: "separation of duties",
    Cause.REJECTED: "rejection",
    Cause.REOPENED: "status",
    Cause.EDITED: "edits",
    Cause.OTHER_ACTOR: "actor",
    Cause.COUNTERSEAL_FORGED: "counterseal",
    Cause.COUNTERSEAL_REUSED: "counterseal",
    Cause.COUNTERSEAL_REVOKED: "counterseal",
    Cause.COUNTERSEAL_EXPIRED: "counterseal",
}


def explained(
    *events: Event,
    tickets: Iterable[Ticket] = (),
    policy: Policy | None = None,
    given: Evidence | None = None,
    approvals: tuple[Standing, ...] = (),
) -> Explanation:
    """Explain the finding about the event e-1."""
    rules = Rules(policy=policy or Policy(), as_of=LATER)
    told = TicketSet(tickets=tuple(tickets), identities=IDENTITIES, standing=approvals)
    held = population(events)
    deciding = Deciding(held, grounds_of(held, told, rules, given))
    [finding] = [it for it in deciding.findings() if it.event_id == "e-1"]
    [event] = [it for it in held.events if it.event_id == "e-1"]
    return explain(finding, event, deciding, rules.policy)


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        (frozenset({"staff"}), "ben.j is in none of the approver groups"),
        (None, "in which groups ben.j is could not be read"),
    ],
)
def test_an_approval_that_does_not_count_for_its_groups_says_so(groups: frozenset[str] | None, said: str) -> None:
    approvals = (replace(approval(at(hours=-2)), groups=groups),)
    policy = Policy(approver_groups=frozenset({"cab"}))

    found = explained(change(), tickets=[ticket(approvals=approvals)], policy=policy)

    assert said in one_check("approvals", found).said


def named(checks: Iterable[Check], *answers: bool | None) -> list[str]:
    return [it.name for it in checks if it.passes in answers]


def one_check(name: str, of: Explanation) -> Check:
    [found] = [it for it in of.tickets[0].checks if it.name == name]
    return found


@pytest.mark.parametrize("case", APPROVED)
def test_what_is_approved_passes_every_check(case: str) -> None:
    of_change, of_ticket, policy = APPROVED[case]

    found = explained(change(**of_change), tickets=[ticket(**of_ticket)], policy=policy)

    [one] = found.tickets
    assert (one.verdict, one.remedy, found.remedies) == (Verdict.APPROVED, "", ())
    assert not named(one.checks, False, None)
    assert one.said == found.finding.reason


@pytest.mark.parametrize("case", MISMATCHED)
def test_every_cause_of_a_mismatch_is_a_check_that_fails_with_a_remedy(case: str) -> None:
    of_change, of_ticket, policy, _ = MISMATCHED[case]

    found = explained(change(**of_change), tickets=[ticket(**of_ticket)], policy=policy)

    [one] = found.tickets
    causes = [
        Cause(it.partition(":")[0]) for it in found.finding.reason.split("; ") if it.partition(":")[0] in set(Cause)
    ]
    assert causes
    assert {OF_CAUSE[it] for it in causes} <= set(named(one.checks, False))
    assert all(it.remedy for it in one.checks if not it.passes)
    assert found.remedies == (one.remedy,)
    assert one.remedy.startswith("OPS-42 would approve it if ")


@pytest.mark.parametrize("case", OTHERWISE)
def test_what_is_not_approved_has_a_check_that_does_not_pass(case: str) -> None:
    of_change, of_ticket, policy, verdict, _ = OTHERWISE[case]

    found = explained(change(**of_change), tickets=[ticket(**of_ticket)], policy=policy)

    [one] = found.tickets
    assert one.verdict is verdict
    assert named(one.checks, False, None)
    assert one.remedy
    assert found.remedies == (() if verdict is Verdict.EMERGENCY else (one.remedy,))


def test_what_became_of_each_approval_is_told() -> None:
    given = (
        approval(at(hours=-3), by="cleo.j"),
        approval(at(hours=-2), by="dan.j"),
        approval(at(hours=-1), by=""),
        approval(at(hours=1)),
    )

    found = one_check(
        "approvals", explained(change(), tickets=[ticket(approvals=given)], policy=Policy(approvers_needed=2))
    )

    assert found.passes is False
    assert found.said == (
        "2 must approve before the change; "
        "cleo.j approved on 2026-03-10T09:00:00Z and does not count: the approval is one's own; "
        "dan.j approved on 2026-03-10T10:00:00Z, which does not count or was not enough; "
        "somebody who is not recorded approved on 2026-03-10T11:00:00Z, which does not count or was not enough; "
        "ben.j approved on 2026-03-10T13:00:00Z, after the change"
    )
    assert found.remedy == "2 people who may approve it had done so by 2026-03-10T12:00:00Z"


def test_an_approval_that_counts_says_since_when() -> None:
    found = one_check("approvals", explained(change(), tickets=[ticket()]))

    assert found.said == (
        "1 must approve before the change; ben.j approved on 2026-03-10T10:00:00Z; "
        "that is enough since 2026-03-10T10:00:00Z"
    )


def test_nobody_who_approved_is_told() -> None:
    found = explained(change(), tickets=[ticket(approvals=())])

    assert "nobody approved it" in one_check("approvals", found).said
    assert found.remedies == (
        "OPS-42 would approve it if 1 person who may approve it had done so by 2026-03-10T12:00:00Z",
    )


def test_decisions_that_could_not_be_read_are_unknown_and_no_failure() -> None:
    found = one_check("approvals", explained(change(), tickets=[ticket(approvals=None)]))

    assert found.passes is None
    assert "its decisions could not be read" in found.said


@pytest.mark.parametrize(
    ("of_ticket", "said"),
    [
        ({}, "and its window is 2026-03-10T00:00:00Z to 2026-03-10T18:00:00Z"),
        ({"window": None}, "and without a window it covers 72 hours after 2026-03-10T10:00:00Z"),
        ({"window": None, "approvals": ()}, "no approval before the change from which one could be reckoned"),
    ],
)
def test_the_window_that_held_is_told(of_ticket: dict[str, Any], said: str) -> None:
    found = one_check("window", explained(change(), tickets=[ticket(**of_ticket)]))

    assert found.passes
    assert found.said.startswith("the change was made on 2026-03-10T12:00:00Z")
    assert found.said.endswith(said)


@pytest.mark.parametrize(
    ("separate", "said"),
    [(True, "cleo.j asked for it; whoever"), (False, "the policy does not ask that approver, requester and actor")],
)
def test_who_may_not_approve_is_told(*, separate: bool, said: str) -> None:
    found = explained(change(), tickets=[ticket()], policy=Policy(separation_of_duties=separate))

    assert one_check("separation of duties", found).said.startswith(said)


def test_an_approval_of_ones_own_has_one_remedy_and_not_two() -> None:
    found = explained(change(), tickets=[ticket(approvals=(approval(at(hours=-2), by="cleo.j"),))])

    assert found.remedies == (
        "OPS-42 would approve it if somebody other than ana.j and cleo.j had approved it by 2026-03-10T12:00:00Z",
    )


@pytest.mark.parametrize(
    ("actor", "of_ticket", "policy", "said"),
    [
        (ZOE, {}, Policy(), "it is for ana.j, and arn:aws:iam::111122223333:user/zoe is nobody that the identity map"),
        (BEN, {"assignee": "", "approvals": (approval(at(hours=-2), by="dan.j"),)}, Policy(), "the actor is ben.j"),
        (
            session("ana@example.com"),
            {},
            APPROVED["by source identity"][2],
            "that is weaker than the policy's source-identity",
        ),
    ],
    ids=["nobody known", "the ticket names nobody", "too weakly"],
)
def test_an_actor_that_is_not_known_well_enough_is_unknown(
    actor: Any, of_ticket: dict[str, Any], policy: Policy, said: str
) -> None:
    found = explained(change(actor=actor), tickets=[ticket(**of_ticket)], policy=policy)

    check = one_check("actor", found)
    assert (found.finding.verdict, check.passes) == (Verdict.UNATTRIBUTED, None)
    assert said in check.said


@pytest.mark.parametrize(
    ("declared", "passes", "said"),
    [
        (at(hours=-1), True, "it could be approved until 2026-03-11T12:00:00Z"),
        (at(hours=1), False, "it was declared an emergency on 2026-03-10T13:00:00Z, which does not cover this change"),
    ],
)
def test_an_emergency_is_a_check_where_one_was_declared(declared: Any, *, passes: bool, said: str) -> None:
    found = explained(change(), tickets=[ticket(emergency_declared_at=declared, approvals=())])

    check = one_check("emergency", found)
    assert (check.passes, bool(check.remedy)) == (passes, not passes)
    assert said in check.said
    assert "emergency" not in found.remedies[0]
    assert any(it.startswith("emergency_limit_hours") for it in found.settings)


SEALED = change(version_id=issued().token)


@pytest.mark.parametrize(
    ("given", "passes", "said"),
    [
        (None, None, "it was not checked: no issuances were given"),
        (evidence(), False, "counterseal-forged: no notary issued this token"),
        (evidence(issued(), revoked(revoked_at=at(hours=-0.1))), False, "counterseal-revoked: it was revoked on"),
        (evidence(issued()), True, "verified; no checkpoint older than the change covers its issuance"),
        (evidence(issued(), anchored={"1" * 32: at(minutes=-1)}), True, "it was issued for this change and verified"),
    ],
    ids=["unchecked", "forged", "revoked", "not anchored", "anchored"],
)
def test_a_counterseal_is_a_check_where_the_change_carries_one(
    given: Evidence | None, *, passes: bool | None, said: str
) -> None:
    found = explained(SEALED, tickets=[ticket()], given=given)

    check = one_check("counterseal", found)
    assert (check.passes, bool(check.remedy)) == (passes, not passes)
    assert said in check.said
    assert ("it carries no counterseal" in found.beside) is False


def test_a_counterseal_for_no_ticket_given_is_told_beside() -> None:
    unchecked, forged = explained(SEALED), explained(SEALED, given=evidence())

    assert any("a counterseal that was not checked" in it for it in unchecked.beside)
    assert any("that does not hold (counterseal-forged)" in it for it in forged.beside)


def test_without_a_ticket_what_one_would_have_to_say_is_told() -> None:
    one, two = explained(change(), policy=Policy()), explained(change(), policy=Policy(approvers_needed=2))

    assert one.tickets == ()
    assert one.remedies == (
        (
            "a ticket would approve it that names the secret, allows value, is for whoever made the change, and was "
            "approved by somebody else by 2026-03-10T12:00:00Z"
        ),
    )
    assert "approved by 2 other people" in two.remedies[0]
    assert one.settings == ("candidate_days = 7: tickets with a window farther away are not considered",)


def test_the_change_is_told_in_sentences() -> None:
    found = explained(change("UpdateSecret", actor=session("ana-OPS-42")), tickets=[ticket()])

    assert found.change[0].startswith(
        "UpdateSecret of arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password"
    )
    assert found.change[1].startswith("as an operation it is value (whether it changed the value could not be observed")
    assert found.change[2].endswith("assumed-role/Admin/ana-OPS-42, whom the identity map does not know")
    assert found.change[3] == "it cites OPS-42"


def test_an_operation_and_a_secret_that_nobody_knows_are_said_to_be() -> None:
    bare = change(operation=None, secret_arn="", secret_name="", secret_given="", actor=BEN)

    found = explained(bare)

    assert found.change[0].startswith("PutSecretValue of a secret that was not recorded")
    assert found.change[1] == "as an operation it is none that is known"
    assert found.change[2].endswith(", who is ben.j")
    assert found.change[3] == "it cites no ticket"


def test_standing_approvals_are_told_expired_ones_too() -> None:
    lasting = explained(change(), approvals=(standing(),))
    expired = explained(change(), approvals=(standing(expires=at(hours=-1)),))

    assert (lasting.finding.verdict, lasting.remedies) == (Verdict.APPROVED, ())
    assert lasting.beside[0].endswith("until 2026-06-18T12:00:00Z")
    assert any(it.startswith("standing:") for it in lasting.settings)
    assert expired.beside[0].endswith("until 2026-03-10T11:00:00Z, which is before the change: it had expired")
    assert explained(change()).beside[0] == "no standing approval names this actor, secret and operation"


def test_a_step_of_a_rotation_says_what_it_inherits_or_that_it_does_not() -> None:
    function = "arn:aws:lambda:eu-west-1:111122223333:function:rotate"
    rotates = change(
        "RotateSecret", Operation.ROTATION, event_id="r", time=at(hours=-1), facts={"rotation_lambda": function}
    )
    step = change(actor=session("rotate", role="rotate"))
    started = service_event("RotationStarted", time=at(minutes=-1))
    approving = ticket(operations=frozenset({"rotation"}))

    inherits = explained(rotates, started, step, tickets=[approving])
    alone = explained(step)

    assert (inherits.finding.verdict, inherits.remedies) == (Verdict.INHERITED, ())
    assert any(it.startswith("a step of the rotation that started") for it in inherits.beside)
    assert any(it.startswith("no approved rotation was seen") for it in alone.beside)
    assert not any("rotation" in it for it in explained(change("DeleteSecret", Operation.DELETE)).beside)


def test_signals_are_told_in_words() -> None:
    repeat = change(event_id="e-0", time=at(minutes=-1))

    found = explained(repeat, change(), kms(time=at(minutes=-1)))

    assert any(it.startswith("signal repeat: the token of a version was given again") for it in found.beside)


@pytest.mark.parametrize(
    ("of_ticket", "policy", "setting"),
    [
        ({"window": None}, Policy(), "default_window_hours"),
        (moved(at(hours=-1), "Reopened"), Policy(), "approved_statuses"),
        (edited(at(hours=-1)), Policy(), "uncovered_fields"),
        (URGENT, Policy(), "emergency_limit_hours"),
        ({}, FROZEN, "freeze: 2026-03-09T12:00:00Z to 2026-03-10T12:00:00Z year's end"),
        ({}, Policy(baseline=at(hours=1)), "baseline = 2026-03-10T13:00:00Z"),
        ({}, Policy(), "approvers_needed = 1"),
        ({}, Policy(), "separation_of_duties = true"),
        ({}, Policy(), "minimum_basis = 'mapped-actor'"),
    ],
)
def test_a_setting_is_told_where_it_decides_and_nowhere_else(
    of_ticket: dict[str, Any], policy: Policy, setting: str
) -> None:
    decided = explained(change(), tickets=[ticket(**of_ticket)], policy=policy)
    otherwise = explained(change(), policy=Policy())

    assert any(it.startswith(setting) for it in decided.settings)
    assert not any(it.startswith(setting) for it in otherwise.settings)


def test_of_several_tickets_each_is_told_the_best_first() -> None:
    worse = ticket(issue_key="OPS-7", issue_id="7", approvals=(rejection(at(hours=-2)),))
    better = ticket(approvals=(approval(at(hours=2)),))

    found = explained(change(), tickets=[worse, better])

    assert [it.issue_key for it in found.tickets] == ["OPS-42", "OPS-7"]
    assert [it.partition(" ")[0] for it in found.remedies] == ["OPS-42", "OPS-7"]


def test_what_is_no_change_has_no_checks() -> None:
    found = explained(change(kind=Kind.ATTEMPT, error_code="AccessDenied"), tickets=[ticket()])

    assert (found.finding.verdict, found.tickets, found.beside, found.remedies) == (Verdict.ATTEMPT, (), (), ())
    assert found.change == ("PutSecretValue on 2026-03-10T12:00:00Z",)
    assert found.means == "a write that AWS refused"


def test_a_promotion_is_explained_as_the_rest_of_its_use() -> None:
    token = issued().token
    staged = structs.replace(SEALED, event_id="s-1", time=at(minutes=-5), facts={"stages": ("AWSPENDING",)})
    promoted = change(
        "UpdateSecretVersionStage",
        Operation.LABEL,
        version_id="",
        facts={"stage": "AWSCURRENT", "move_to": token},
    )

    found = explained(staged, promoted, tickets=[ticket()], given=evidence(issued()))

    assert found.finding.verdict is Verdict.PROVED
    assert not named(found.tickets[0].checks, False, None)


def test_an_explanation_is_printed_as_one_object() -> None:
    shown: Any = explained(change(), tickets=[ticket(approvals=None)]).as_json()

    assert list(shown) == ["finding", "means", "change", "tickets", "beside", "settings", "remedies"]
    assert shown["finding"]["verdict"] == "approval-unknown"
    assert list(shown["tickets"][0]) == ["ticket", "verdict", "said", "checks", "remedy"]
    assert shown["tickets"][0]["checks"][3] | {"said": ""} == {
        "name": "approvals",
        "passes": None,
        "said": "",
        "remedy": "what could not be read could be read, and said that it was approved in time",
    }
