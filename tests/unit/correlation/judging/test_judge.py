"""The decision table: for each verdict and each cause, what must be there and what the reason must say."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.unit.correlation.invented import (
    ANA,
    BEN,
    OTHER_ARN,
    SEALED,
    ZOE,
    T,
    approval,
    at,
    change,
    finding,
    outcome,
    rejection,
    session,
    ticket,
)

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.records.event import Operation
from counterseal.correlation.tickets.policy import Basis, Freeze, Policy
from counterseal.correlation.tickets.ticket import FieldEdit, StatusMove, Ticket, Window

NOT_YET: dict[str, Any] = {"approvals": ()}
URGENT: dict[str, Any] = {"emergency_declared_at": at(hours=-1)}
TWO = Policy(approvers_needed=2)
BY_STATUS = Policy(approved_statuses=frozenset({"approved"}))
FROZEN = Policy(freezes=(Freeze(start=at(days=-1), end=T, reason="year's end"),))
SOURCE = Policy(minimum_basis=Basis.SOURCE_IDENTITY)


def moved(when: Any, to: str, by: str = "") -> dict[str, Any]:
    return {"status_history": (StatusMove(at=when, to=to, by=by),)}


def edited(when: Any, field: str = "secrets") -> dict[str, Any]:
    return {"edits": (FieldEdit(at=when, field=field),)}


# name: (what differs in the change, in the ticket, the policy) -> verdict, what the reason says
APPROVED: dict[str, tuple[dict[str, Any], dict[str, Any], Policy]] = {
    "before the change": ({}, {}, Policy()),
    "in the very second": ({}, {"approvals": (approval(T),)}, Policy()),
    "at the first second of the window": ({}, {"window": Window(start=T, end=at(hours=1))}, Policy()),
    "at the last second of the window": ({}, {"window": Window(start=at(hours=-3), end=T)}, Policy()),
    "72 hours before, without a window": ({}, {"window": None, "approvals": (approval(at(hours=-72)),)}, Policy()),
    "again, within 72 hours": (
        {},
        {"window": None, "approvals": (approval(at(hours=-100)), approval(at(hours=-1)))},
        Policy(),
    ),
    "any operation": ({}, {"operations": frozenset({"any"})}, Policy()),
    "by a listed executor": (
        {"actor": BEN},
        {"executors": ("ben.j",), "approvals": (approval(at(hours=-2), by="dan.j"),)},
        Policy(),
    ),
    "by a mapped session name": ({"actor": session("ana@example.com")}, {}, Policy()),
    "by source identity": ({"actor": session(source_identity="OPS-42")}, {}, SOURCE),
    "by session tag": ({"actor": session(), "facts": {"session_tags": {"ticket": "OPS-42"}}}, {}, SOURCE),
    "by session name": ({"actor": session("ana-OPS-42")}, {}, Policy()),
    "rejected first, approved later": (
        {},
        {"approvals": (rejection(at(hours=-3)), approval(at(hours=-2)))},
        Policy(),
    ),
    "rejected after the change": ({}, {"approvals": (approval(at(hours=-2)), rejection(at(hours=2)))}, Policy()),
    "moved after the change to the status that rejects": (
        {},
        moved(at(hours=2), "Rejected") | {"status": "Rejected"},
        Policy(),
    ),
    "edited before the approval": ({}, edited(at(hours=-3)), Policy()),
    "edited after the change": ({}, edited(at(seconds=1)), Policy()),
    "edited and approved again": (
        {},
        edited(at(hours=-2)) | {"approvals": (approval(at(hours=-3)), approval(at(hours=-1)))},
        Policy(),
    ),
    "a comment after the approval": ({}, edited(at(hours=-1), "Comment"), Policy()),
    "a status edit that the history explains": (
        {},
        edited(at(hours=-1), "status") | moved(at(hours=-1), "In Progress"),
        Policy(),
    ),
    "work began": ({}, moved(at(hours=-1), "In Progress"), Policy()),
    "reopened after the change": ({}, moved(at(seconds=1), "Reopened"), Policy()),
    "reopened before the approval": ({}, moved(at(hours=-2, seconds=-1), "Reopened"), Policy()),
    "two of two": ({}, {"approvals": (approval(at(hours=-2)), approval(at(hours=-1), by="dan.j"))}, TWO),
    "by the requester, where duties need not be separate": (
        {},
        {"approvals": (approval(at(hours=-2), by="cleo.j"),)},
        Policy(separation_of_duties=False),
    ),
    "by a status that somebody else set": (
        {},
        NOT_YET | moved(at(hours=-1), "Approved", by="ben.j"),
        BY_STATUS,
    ),
    "by a status, the approvals unread": (
        {},
        {"approvals": None} | moved(at(hours=-1), "approved", by="ben.j"),
        BY_STATUS,
    ),
    "an emergency in a freeze": ({}, URGENT, FROZEN),
}


@pytest.mark.parametrize("case", APPROVED)
def test_a_change_is_approved(case: str) -> None:
    of_change, of_ticket, policy = APPROVED[case]

    found = finding(change(**of_change), tickets=[ticket(**of_ticket)], policy=policy)

    assert (found.verdict, found.ticket) == (Verdict.APPROVED, "OPS-42"), found.reason
    assert "OPS-42 was approved" in found.reason


MISMATCHED: dict[str, tuple[dict[str, Any], dict[str, Any], Policy, str]] = {
    "rejected": ({}, {"approvals": (rejection(at(hours=-2)),)}, Policy(), "rejected: OPS-42 was rejected by ben.j on"),
    "rejected after an approval": (
        {},
        {"approvals": (approval(at(hours=-2)), rejection(at(hours=-1)))},
        Policy(),
        "rejected",
    ),
    "rejected in the second of the approval": (
        {},
        {"approvals": (approval(at(hours=-2), by="dan.j"), rejection(at(hours=-2)))},
        Policy(),
        "rejected",
    ),
    "rejected only after the change": ({}, {"approvals": (rejection(at(hours=2)),)}, Policy(), "rejected"),
    "approved late and then rejected": (
        {},
        {"approvals": (approval(at(hours=1)), rejection(at(hours=2)))},
        Policy(),
        "rejected",
    ),
    "moved to a status that rejects": ({}, NOT_YET | moved(at(hours=-1), "Declined"), Policy(), "rejected"),
    "a status that rejects, without a date": ({}, {"status": "Rejected"}, Policy(), "since when is not recorded"),
    "a status that rejects, and a rejection that was overruled": (
        {},
        {"status": "Cancelled", "approvals": (rejection(at(hours=-3)), approval(at(hours=-2)))},
        Policy(),
        "rejected: OPS-42 stands in the status 'Cancelled', and since when is not recorded",
    ),
    "a status that rejects, and a move to it that was taken back": (
        {},
        {
            "status": "Rejected",
            "status_history": (
                StatusMove(at=at(hours=-5), to="Rejected"),
                StatusMove(at=at(hours=-4), to="In Progress"),
            ),
        },
        Policy(),
        "rejected: OPS-42 stands in the status 'Rejected', and since when is not recorded",
    ),
    "rejected by status, the approvals unread": (
        {},
        {"approvals": None, "status": "Rejected"},
        Policy(),
        "rejected",
    ),
    "reopened": ({}, moved(at(hours=-1), "Reopened"), Policy(), "reopened: OPS-42 was approved by ben.j on"),
    "reopened in the second of the approval": ({}, moved(at(hours=-2), "To Do"), Policy(), "moved to 'To Do'"),
    "reopened in the second of the change": ({}, moved(T, "To Do"), Policy(), "moved to 'To Do'"),
    "reopened, and approved again by too few": (
        {},
        moved(at(hours=-2), "To Do") | {"approvals": (approval(at(hours=-3)), approval(at(hours=-1), by="dan.j"))},
        TWO,
        "reopened",
    ),
    "edited": ({}, edited(at(hours=-1)), Policy(), "edited: OPS-42 was approved by ben.j on"),
    "edited in the second of the change": ({}, edited(T, "window"), Policy(), "its field 'window' was edited on"),
    "edited in the second of the approval": ({}, edited(at(hours=-2)), Policy(), "edited"),
    "a status edit that no history explains": ({}, edited(at(hours=-1), "status"), Policy(), "edited"),
    "edited, and when is unknown": ({}, {"changed_after_approval": True}, Policy(), "when is not recorded"),
    "one second before the window": (
        {},
        {"window": Window(start=at(seconds=1), end=at(hours=1))},
        Policy(),
        "outside-window",
    ),
    "one second after the window": (
        {},
        {"window": Window(start=at(hours=-3), end=at(seconds=-1))},
        Policy(),
        "the window of OPS-42 is 2026-03-10T09:00:00Z to 2026-03-10T11:59:59Z",
    ),
    "72 hours and a second after the approval": (
        {},
        {"window": None, "approvals": (approval(at(hours=-72, seconds=-1)),)},
        Policy(),
        "it covers 72 hours after its approval",
    ),
    "in a freeze, whose end belongs to it": ({}, {}, FROZEN, "in the freeze of"),
    "in a freeze without a reason": (
        {},
        {},
        Policy(freezes=(Freeze(start=T, end=T),)),
        "outside-window: the change was made on 2026-03-10T12:00:00Z, in the freeze",
    ),
    "another operation": (
        {},
        {"operations": frozenset({"delete"})},
        Policy(),
        "other-operation: the operation is value, and OPS-42 allows delete",
    ),
    "no operation at all": ({}, {"operations": frozenset()}, Policy(), "OPS-42 allows none"),
    "a known other person": (
        {"actor": BEN},
        {"approvals": (approval(at(hours=-2), by="dan.j"),)},
        Policy(),
        "is ben.j, and OPS-42 is for ana.j",
    ),
    "a known other person who cites the ticket": (
        {"actor": replace(BEN, source_identity="OPS-42")},
        {"approvals": (approval(at(hours=-2), by="dan.j"),)},
        Policy(),
        "other-actor",
    ),
    "approved by the requester": (
        {},
        {"approvals": (approval(at(hours=-2), by="cleo.j"),)},
        Policy(),
        "self-approved: OPS-42 was approved by cleo.j",
    ),
    "approved by the actor": (
        {},
        {"approvals": (approval(at(hours=-2), by="ana.j"),)},
        Policy(),
        "self-approved: OPS-42 was approved by ana.j",
    ),
    "approved by whom a cited session may be": (
        {"actor": session("OPS-42")},
        {"approvals": (approval(at(hours=-2), by="ana.j"),)},
        Policy(),
        "who may have made the change",
    ),
    "approved late by the requester": (
        {},
        {"approvals": (approval(at(hours=2), by="cleo.j"),)},
        Policy(),
        "self-approved",
    ),
    "one of two": ({}, {}, TWO, "too-few-approvals: OPS-42 has approvals by ben.j, and 2 people must approve"),
    "one person twice": (
        {},
        {"approvals": (approval(at(hours=-2)), approval(at(hours=-1)))},
        TWO,
        "too-few-approvals",
    ),
    "cited by source identity for another secret": (
        {"actor": session(source_identity="OPS-42")},
        {"secrets": (OTHER_ARN,)},
        Policy(),
        "other-secret: the change cites OPS-42, which names",
    ),
    "cited by a counterseal for another secret": (
        {"version_id": SEALED},
        {"secrets": ()},
        Policy(),
        (
            "names no secret and not this secret; the version id has the form of a counterseal for OPS-42: "
            "counterseal not checked: no issuances were given (--issuances FILE)"
        ),
    ),
    "an emergency that was rejected": (
        {},
        URGENT | {"approvals": (rejection(at(hours=2)),)},
        Policy(),
        "rejected",
    ),
    "several causes at once": (
        {},
        {"operations": frozenset({"tag"}), "approvals": (rejection(at(hours=-2)),)},
        Policy(),
        "other-operation: the operation is value, and OPS-42 allows tag; rejected: OPS-42 was rejected",
    ),
}


@pytest.mark.parametrize("case", MISMATCHED)
def test_a_change_is_mismatched_and_the_reason_names_the_cause(case: str) -> None:
    of_change, of_ticket, policy, words = MISMATCHED[case]

    found = finding(change(**of_change), tickets=[ticket(**of_ticket)], policy=policy)

    assert (found.verdict, found.ticket) == (Verdict.MISMATCHED, "OPS-42"), found.reason
    assert words in found.reason


OTHERWISE: dict[str, tuple[dict[str, Any], dict[str, Any], Policy, Verdict, str]] = {
    "approved one second late": (
        {},
        {"approvals": (approval(at(seconds=1)),)},
        Policy(),
        Verdict.APPROVED_LATE,
        "OPS-42 was approved by ben.j on 2026-03-10T12:00:01Z, after the change of 2026-03-10T12:00:00Z",
    ),
    "the second of two, late": (
        {},
        {"approvals": (approval(at(hours=-1)), approval(at(hours=1), by="dan.j"))},
        TWO,
        Verdict.APPROVED_LATE,
        "by ben.j and dan.j on 2026-03-10T13:00:00Z",
    ),
    "late, after it had been rejected": (
        {},
        {"approvals": (rejection(at(hours=-1)), approval(at(hours=1)))},
        Policy(),
        Verdict.APPROVED_LATE,
        "",
    ),
    "late, without a window": (
        {},
        {"approvals": (approval(at(days=6)),), "window": None},
        Policy(),
        Verdict.APPROVED_LATE,
        "",
    ),
    "declared an emergency and approved within the limit": (
        {},
        URGENT | {"approvals": (approval(at(hours=24)),)},
        Policy(),
        Verdict.EMERGENCY,
        "OPS-42 was declared an emergency on 2026-03-10T11:00:00Z, and OPS-42 was approved by ben.j on",
    ),
    "declared in the second of the change": (
        {},
        {"emergency_declared_at": T, "window": None, "approvals": (approval(at(hours=1)),)},
        Policy(),
        Verdict.EMERGENCY,
        "",
    ),
    "an emergency in a freeze, approved after": (
        {},
        URGENT | {"approvals": (approval(at(hours=1)),)},
        FROZEN,
        Verdict.EMERGENCY,
        "",
    ),
    "declared a second too late": (
        {},
        {"emergency_declared_at": at(seconds=1), "approvals": (approval(at(hours=1)),)},
        Policy(),
        Verdict.APPROVED_LATE,
        "",
    ),
    "declared so long ago that nothing is urgent": (
        {},
        {"emergency_declared_at": at(hours=-73), "window": None, "approvals": (approval(at(hours=1)),)},
        Policy(),
        Verdict.APPROVED_LATE,
        "",
    ),
    "an emergency approved a second past the limit": (
        {},
        URGENT | {"approvals": (approval(at(hours=24, seconds=1)),)},
        Policy(),
        Verdict.APPROVED_LATE,
        "past the limit of 24 hours for an emergency",
    ),
    "an emergency by nobody that is known": (
        {"actor": ZOE},
        URGENT | {"approvals": (approval(at(hours=1)),)},
        Policy(),
        Verdict.UNATTRIBUTED,
        "",
    ),
    "an emergency that nobody approved": (
        {},
        URGENT | NOT_YET,
        Policy(),
        Verdict.EMERGENCY_OVERDUE,
        "it was not approved by 2026-03-11T12:00:00Z, the limit of 24 hours",
    ),
    "an emergency that too few approved": (
        {},
        URGENT,
        TWO,
        Verdict.EMERGENCY_OVERDUE,
        "",
    ),
    "unread": ({}, {"approvals": None}, Policy(), Verdict.APPROVAL_UNKNOWN, "could not be read"),
    "unread, of an emergency": (
        {},
        URGENT | {"approvals": None},
        Policy(),
        Verdict.APPROVAL_UNKNOWN,
        "",
    ),
    "approved by somebody who is not named": (
        {},
        {"approvals": (approval(at(hours=-1), by=""),)},
        Policy(),
        Verdict.APPROVAL_UNKNOWN,
        "who approved it is not recorded",
    ),
    "asked for by somebody who is not named": (
        {},
        {"requester": ""},
        Policy(),
        Verdict.APPROVAL_UNKNOWN,
        "who asked for it is not recorded",
    ),
    "edited, and approved again by somebody who is not named": (
        {},
        edited(at(hours=-2)) | {"approvals": (approval(at(hours=-3)), approval(at(hours=-1), by=""))},
        Policy(),
        Verdict.APPROVAL_UNKNOWN,
        "who approved it is not recorded",
    ),
    "approved by a status that somebody unnamed set": (
        {},
        NOT_YET | moved(at(hours=-1), "Approved"),
        BY_STATUS,
        Verdict.APPROVAL_UNKNOWN,
        "",
    ),
    "an actor that maps to nobody": (
        {"actor": ZOE},
        {},
        Policy(),
        Verdict.UNATTRIBUTED,
        "user/zoe is nobody that the identity map knows",
    ),
    "a basis weaker than the policy asks for": (
        {},
        {},
        SOURCE,
        Verdict.UNATTRIBUTED,
        "mapped-actor is weaker than the source-identity that the policy asks for",
    ),
    "a ticket that names nobody to make the change": (
        {},
        {"assignee": ""},
        Policy(),
        Verdict.UNATTRIBUTED,
        "the ticket names nobody to make the change, which ana.j made",
    ),
    "a ticket that names nobody, by source identity": (
        {"actor": session(source_identity="OPS-42")},
        {"assignee": ""},
        Policy(),
        Verdict.UNATTRIBUTED,
        f"the ticket names nobody to make the change, which {session().arn} made",
    ),
    "a ticket that names nobody, by session name": (
        {"actor": session("OPS-42")},
        {"assignee": ""},
        Policy(),
        Verdict.UNATTRIBUTED,
        f"the ticket names nobody to make the change, which {session('OPS-42').arn} made",
    ),
    "of two, one who is not named, where duties need not be separate": (
        {},
        {"approvals": (approval(at(hours=-2)), approval(at(hours=-1), by=""))},
        Policy(approvers_needed=2, separation_of_duties=False),
        Verdict.APPROVAL_UNKNOWN,
        "who approved it is not recorded",
    ),
    "two who are not named, and may be two": (
        {},
        {"approvals": (approval(at(hours=-2), by=""),) * 2},
        TWO,
        Verdict.APPROVAL_UNKNOWN,
        "who approved it is not recorded",
    ),
    "late, by nobody that is known": (
        {"actor": ZOE},
        {"approvals": (approval(at(hours=1)),)},
        Policy(),
        Verdict.APPROVED_LATE,
        "",
    ),
    "a ticket that waits": (
        {},
        NOT_YET | {"status": "Open"},
        Policy(),
        Verdict.UNAPPROVED,
        "awaiting-approval: OPS-42 names this secret",
    ),
    "a ticket that waits, edited meanwhile": (
        {},
        NOT_YET | {"changed_after_approval": True},
        Policy(),
        Verdict.UNAPPROVED,
        "awaiting-approval",
    ),
    "a status is no approval": ({}, NOT_YET | moved(at(hours=-1), "Approved"), Policy(), Verdict.UNAPPROVED, ""),
    "a ticket that waits and does not fit": (
        {},
        NOT_YET | {"operations": frozenset({"tag"})},
        Policy(),
        Verdict.UNAPPROVED,
        "awaiting-approval",
    ),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_a_change_is_neither_approved_nor_mismatched(case: str) -> None:
    of_change, of_ticket, policy, verdict, words = OTHERWISE[case]

    found = finding(change(**of_change), tickets=[ticket(**of_ticket)], policy=policy)

    assert (found.verdict, found.ticket) == (verdict, "OPS-42"), found.reason
    assert words in found.reason


def test_an_emergency_is_pending_until_the_limit_and_overdue_after_it() -> None:
    waiting = ticket(**URGENT, **NOT_YET)
    limit = at(hours=24)

    pending = finding(change(), tickets=[waiting], as_of=limit)
    overdue = finding(change(), tickets=[waiting], as_of=limit + timedelta(seconds=1))

    assert (pending.verdict, overdue.verdict) == (Verdict.EMERGENCY_PENDING, Verdict.EMERGENCY_OVERDUE)
    assert "must be by 2026-03-11T12:00:00Z" in pending.reason


BASES = {
    Basis.SOURCE_IDENTITY: replace(ANA, source_identity="OPS-42", session_name="OPS-42"),
    Basis.SESSION_NAME: replace(ANA, session_name="ana-OPS-42"),
    Basis.MAPPED_ACTOR: ANA,
}


@pytest.mark.parametrize("basis", BASES)
def test_the_strongest_basis_is_reported(basis: Basis) -> None:
    assert finding(change(actor=BASES[basis]), tickets=[ticket()]).basis == basis


def test_an_unattributed_change_stands_on_the_window_alone_and_a_policy_may_let_that_do() -> None:
    strict, lenient = Policy(), Policy(minimum_basis=Basis.WINDOW)
    results = [outcome(change(actor=ZOE), tickets=[ticket()], policy=it) for it in (strict, lenient)]

    assert [it.findings[0].basis for it in results] == ["window", "window"]
    assert [it.findings[0].verdict for it in results] == [Verdict.UNATTRIBUTED, Verdict.UNATTRIBUTED]
    assert [it.is_clean() for it in results] == [False, True]


def best_of(*tickets: Ticket) -> str:
    return finding(change(), tickets=tickets).ticket


def test_the_best_of_several_tickets_wins_whatever_their_order() -> None:
    rejected = ticket(issue_key="OPS-1", approvals=(rejection(at(hours=-2)),))
    late = ticket(issue_key="OPS-2", approvals=(approval(at(hours=2)),))
    unread = ticket(issue_key="OPS-3", approvals=None)
    waiting = ticket(issue_key="OPS-4", approvals=())
    good = ticket(issue_key="OPS-5")

    assert best_of(rejected, late, good, unread, waiting) == "OPS-5"
    assert best_of(waiting, rejected, unread, late) == "OPS-2"
    assert best_of(waiting, rejected, unread) == "OPS-3"
    assert best_of(waiting, rejected) == "OPS-1"


def test_of_two_that_fail_the_one_with_fewer_causes_is_named() -> None:
    worse = ticket(issue_key="OPS-1", operations=frozenset({"tag"}), window=Window(start=at(days=-2), end=at(days=-1)))
    better = ticket(issue_key="OPS-2", operations=frozenset({"tag"}))

    assert best_of(worse, better) == "OPS-2"


def test_a_counterseal_is_recognised_and_never_proves() -> None:
    found = finding(change(version_id=SEALED), tickets=[ticket()])

    assert found.verdict is Verdict.APPROVED
    assert found.reason.endswith(
        "counterseal for OPS-42: counterseal not checked: no issuances were given (--issuances FILE)"
    )


def test_an_operation_that_had_to_be_assumed_is_said_to_be() -> None:
    found = finding(change("UpdateSecret", Operation.VALUE), tickets=[ticket(operations=frozenset({"metadata"}))])

    assert found.verdict is Verdict.MISMATCHED
    assert "could not be observed, so it is taken for a new value" in found.reason


MAPPED = Policy(jira_fields={"secrets": "Secret", "window_to": "customfield_5"})


def edited_in_jira(field: str, field_id: str, seconds: int = 1) -> dict[str, Any]:
    return {"edits": (FieldEdit(at=at(seconds=seconds), field=field, field_id=field_id),)}


@pytest.mark.parametrize(("field", "field_id"), [("Secret", "customfield_1"), ("Change end", "customfield_5")])
def test_what_jira_says_now_does_not_approve_what_was_done_before(field: str, field_id: str) -> None:
    """Else a ticket that is widened afterwards would explain a change that nobody approved."""
    found = finding(change(), tickets=(ticket(**edited_in_jira(field, field_id)),), policy=MAPPED)

    assert found.verdict is Verdict.APPROVAL_UNKNOWN
    assert f"its field '{field}' was edited on 2026-03-10T12:00:01Z" in found.reason


@pytest.mark.parametrize(
    ("approved", "seconds", "verdict"),
    [
        ((1,), 3599, Verdict.EMERGENCY),
        ((1,), 3600, Verdict.APPROVAL_UNKNOWN),
        ((1, 3), 7200, Verdict.EMERGENCY),
        ((1, 30), 7200, Verdict.APPROVED_LATE),
    ],
)
def test_an_emergency_that_was_edited_since_it_was_approved_may_have_been_another(
    approved: tuple[int, ...], seconds: int, verdict: Verdict
) -> None:
    """Else a ticket that is widened after its approval would explain a change that nobody approved."""
    urgent = URGENT | {"approvals": tuple(approval(at(hours=it)) for it in approved)}
    one = ticket(**urgent, **edited_in_jira("Secret", "customfield_1", seconds))

    assert finding(change(), tickets=(one,), policy=MAPPED).verdict is verdict
    assert finding(change(), tickets=(one,)).verdict is Verdict.EMERGENCY


def test_what_was_edited_since_leaves_a_mismatch_one() -> None:
    long_ago = {"window": None, "approvals": (approval(at(hours=-73)),)}
    found = finding(change(), tickets=(ticket(**long_ago, **edited_in_jira("Secret", "customfield_1")),), policy=MAPPED)

    assert found.verdict is Verdict.MISMATCHED
    assert "it covers 72 hours after its approval" in found.reason


@pytest.mark.parametrize(
    ("field", "field_id", "seconds", "verdict"),
    [
        ("Summary", "summary", 1, Verdict.APPROVED),
        ("Secret", "customfield_1", 0, Verdict.MISMATCHED),
        ("Secret", "", 1, Verdict.APPROVED),
    ],
)
def test_other_edits_mean_what_they_meant(field: str, field_id: str, seconds: int, verdict: Verdict) -> None:
    found = finding(change(), tickets=(ticket(**edited_in_jira(field, field_id, seconds)),), policy=MAPPED)

    assert found.verdict is verdict


OTHER_REPORTER = {"edits": (FieldEdit(at=at(minutes=10), field="reporter", field_id="reporter"),)}


def test_a_reporter_who_was_changed_since_does_not_make_an_approval_of_one_s_own_somebody_else_s() -> None:
    """Else whoever asked and approved would name another as the one who asked, once the change was made."""
    found = finding(change(), tickets=(ticket(**OTHER_REPORTER),))

    assert found.verdict is Verdict.APPROVAL_UNKNOWN
    assert "its field 'reporter' was edited on 2026-03-10T12:10:00Z" in found.reason


def test_who_asked_for_an_emergency_is_not_known_either_once_the_reporter_was_changed() -> None:
    urgent = URGENT | {"approvals": (approval(at(hours=1)),)}

    assert finding(change(), tickets=(ticket(**urgent, **OTHER_REPORTER),)).verdict is Verdict.APPROVAL_UNKNOWN


def test_where_duties_need_not_be_separate_the_reporter_may_change() -> None:
    found = finding(change(), tickets=(ticket(**OTHER_REPORTER),), policy=Policy(separation_of_duties=False))

    assert found.verdict is Verdict.APPROVED
