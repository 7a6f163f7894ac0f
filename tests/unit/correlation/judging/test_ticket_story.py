"""A ticket in words: what counts, what does not and why, and what is missing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.correlation.invented import T, approval, at, change, finding, rejection, ticket

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.ticket_story import Story, tell
from counterseal.correlation.tickets.policy import Freeze, Policy
from counterseal.correlation.tickets.ticket import FieldEdit, StatusMove, Ticket, Wait, Window

CAB = Policy(approver_groups=frozenset({"cab"}))


def told(one: Ticket, policy: Policy | None = None) -> Story:
    return tell(one, Rules(policy=policy or Policy(), as_of=T))


def decided(one: Ticket, policy: Policy | None = None) -> list[tuple[bool | None, str]]:
    return [(it.counts, it.said) for it in told(one, policy).decisions]


def test_an_approved_ticket_lacks_nothing() -> None:
    story = told(ticket(account="111122223333", region="eu-west-1"))

    assert (story.approves, story.lacking) == (True, ())
    assert story.covers == (
        "the secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-AbCdEf",
        "the operations value",
        "changes from 2026-03-10T00:00:00Z to 2026-03-10T18:00:00Z",
    )
    assert story.people == (
        "cleo.j asked for it",
        "ana.j may make the change",
        "1 person who neither asked for it nor makes the change must approve it",
    )
    assert decided(ticket()) == [(True, "ben.j approved: counts")]


def test_what_is_covered_by_name_says_where() -> None:
    story = told(ticket(secrets=("db",), account="1", region="eu-west-1", window=None, emergency_declared_at=T))

    assert story.covers[0] == "the secret db in 1 eu-west-1"
    assert "changes within 72 hours of its approval: it has no window of its own" in story.covers
    assert "an emergency, declared on 2026-03-10T12:00:00Z" in story.covers


def test_who_must_approve_depends_on_the_policy() -> None:
    policy = replace(CAB, approvers_needed=2, separation_of_duties=False)

    assert told(ticket(), policy).people[2] == "2 people, of cab must approve it"


EDIT = FieldEdit(at=at(hours=-1), field="Secret")
MOVED = StatusMove(at=at(hours=-1), to="Open", by="eve.j")
BY_STATUS = Policy(approved_statuses=frozenset({"fine"}))
FINE = StatusMove(at=at(hours=-1), to="Fine", by="ben.j")

NOT_COUNTING: dict[str, tuple[dict[str, Any], Policy | None, bool | None, str]] = {
    "an edit": ({"edits": (EDIT,)}, None, False, ", for Secret was edited on 2026-03-10T11:00:00Z"),
    "an edit of a nameless field": (
        {"edits": (replace(EDIT, field=""),)},
        None,
        False,
        ", for a field was edited on 2026-03-10T11:00:00Z",
    ),
    "a move": ({"status_history": (MOVED,)}, None, False, ", for it moved to 'Open' on 2026-03-10T11:00:00Z"),
    "a rejection": (
        {"approvals": (approval(at(hours=-2)), rejection(at(hours=-1)))},
        None,
        False,
        ", for it was declined on 2026-03-10T11:00:00Z",
    ),
    "an edit without a date": (
        {"changed_after_approval": True},
        None,
        False,
        ", for the ticket was edited afterwards, and when is not recorded",
    ),
    "a status": ({"status": "Rejected"}, None, False, ", for it stands in the status 'Rejected'"),
    "the future": (
        {"approvals": (approval(at(hours=1)),)},
        None,
        False,
        ", for it was given after 2026-03-10T12:00:00Z",
    ),
    "one's own": (
        {"approvals": (approval(at(hours=-2), by="cleo.j"),)},
        None,
        False,
        ", for whoever asks cannot approve",
    ),
    "another group": (
        {"approvals": (replace(approval(at(hours=-2)), groups=frozenset({"x"})),)},
        CAB,
        False,
        ", for they are in none of the approver groups",
    ),
    "an unknown group": ({}, CAB, None, ", for in which groups they are could not be read"),
    "a wait": ({"waits": (Wait(start=at(hours=-1)),)}, None, False, " while another decision is asked for"),
    "nobody": (
        {"approvals": (approval(at(hours=-2), by=""),)},
        None,
        None,
        ", for who asked, or who approved, is not recorded",
    ),
    "nobody who asked": ({"requester": ""}, None, None, ", for who asked, or who approved, is not recorded"),
}


@pytest.mark.parametrize("case", NOT_COUNTING)
def test_an_approval_that_does_not_count_says_why(case: str) -> None:
    changed, policy, counts, why = NOT_COUNTING[case]
    one = ticket(**changed)
    story = told(one, policy)

    verb = "does not count" if counts is False else "is not known to count"
    assert story.decisions[0].counts is counts
    assert story.decisions[0].said.endswith(f"{verb}{why}")
    assert story.approves is (None if counts is None else False)
    assert story.lacking


@pytest.mark.parametrize("case", NOT_COUNTING)
def test_the_story_says_what_the_rules_say(case: str) -> None:
    changed, policy, _, _ = NOT_COUNTING[case]
    one = ticket(**changed)

    assert finding(change(), tickets=[one], policy=policy, as_of=T).verdict is not Verdict.APPROVED
    assert told(one, policy).approves is not True


def test_an_approval_by_a_move_says_so() -> None:
    assert decided(ticket(approvals=(), status_history=(FINE,)), BY_STATUS) == [
        (True, "ben.j approved by moving the ticket: counts")
    ]


def test_rejections_are_told_with_whoever_gave_them() -> None:
    moved = StatusMove(at=at(hours=-1), to="Rejected", by="eve.j")
    one = ticket(approvals=(rejection(at(hours=-2), by=""),), status_history=(moved,))

    assert decided(one) == [(False, "the round as a whole declined"), (False, "eve.j declined by moving the ticket")]


def test_edits_since_the_first_approval_are_told() -> None:
    edits = (
        FieldEdit(at=at(hours=-3), field="before"),
        FieldEdit(at=at(hours=-1), field="comment"),
        FieldEdit(at=at(hours=-0.5), field="Key", former_key="OPS-1"),
        FieldEdit(at=at(hours=-0.25), field=""),
    )

    assert [it.said for it in told(ticket(edits=edits)).edits] == [
        "comment was edited, which takes no approval back",
        "Key was edited (it was OPS-1 before): it takes back the approvals before it",
        "a field was edited: it takes back the approvals before it",
    ]
    assert told(ticket(edits=edits, approvals=())).edits == ()


def test_moves_are_told_in_order() -> None:
    later = StatusMove(at=T, to="Done")

    assert [it.said for it in told(ticket(status_history=(later, MOVED))).moves] == [
        "eve.j moved it to 'Open'",
        "somebody who is not recorded moved it to 'Done'",
    ]


LACKING: dict[str, tuple[dict[str, Any], Policy | None, str]] = {
    "no secret": ({"secrets": ()}, None, "it names no secret, so it covers no change"),
    "no operation": ({"operations": frozenset()}, None, "it names no operation, so it covers no change"),
    "nobody": ({"assignee": ""}, None, "it names nobody to make the change: assign it to somebody"),
    "no approval": ({"approvals": ()}, None, "1 person must approve it"),
    "too few": ({}, Policy(approvers_needed=3), "2 people must approve it"),
    "again": ({"edits": (EDIT,)}, None, "1 person must approve it again"),
    "unread": ({"approvals": None}, None, "its decisions could not be read"),
    "a wait": (
        {"waits": (Wait(start=at(hours=-1)),)},
        None,
        "the decision that was asked for on 2026-03-10T11:00:00Z has not been given yet",
    ),
    "not yet": (
        {"window": Window(start=at(hours=1), end=at(hours=2))},
        None,
        "its window opens on 2026-03-10T13:00:00Z",
    ),
    "over": (
        {"window": Window(start=at(hours=-2), end=at(hours=-1))},
        None,
        "its window ended on 2026-03-10T11:00:00Z",
    ),
    "long ago": (
        {"window": None},
        Policy(default_window=timedelta(hours=1)),
        "it was approved more than 1 hours ago, and has no window of its own",
    ),
    "a freeze": (
        {},
        Policy(freezes=(Freeze(start=at(hours=-1), end=at(hours=1), reason="year's end"),)),
        "there is a freeze until 2026-03-10T13:00:00Z year's end",
    ),
}


@pytest.mark.parametrize("case", LACKING)
def test_what_is_missing_is_said(case: str) -> None:
    changed, policy, missing = LACKING[case]

    story = told(ticket(**changed), policy)

    assert story.lacking == (missing,)
    assert story.approves is (None if case == "unread" else False)


def test_a_freeze_that_is_over_is_not_told() -> None:
    over = Policy(freezes=(Freeze(start=at(hours=-3), end=at(hours=-1)),))

    assert told(ticket(), over).lacking == ()


def test_without_a_window_a_fresh_approval_is_enough() -> None:
    assert told(ticket(window=None)).lacking == ()


def test_it_is_told_as_one_object() -> None:
    moved = FieldEdit(at=at(hours=-3), field="Key", former_key="OPS-1")
    story = told(ticket(edits=(moved,))).as_json()

    assert (story["key"], story["former_keys"], story["approves"]) == ("OPS-42", ["OPS-1"], True)
    assert story["decisions"] == [{"at": "2026-03-10T10:00:00Z", "said": "ben.j approved: counts", "counts": True}]


def test_a_rejection_before_the_approval_takes_nothing_back() -> None:
    one = ticket(approvals=(rejection(at(hours=-3)), approval(at(hours=-2))))

    assert decided(one)[1] == (True, "ben.j approved: counts")


@pytest.mark.parametrize(
    ("one", "until"),
    [
        (ticket(), at(hours=6)),
        (ticket(window=None), at(hours=70)),
        (ticket(window=Window(start=at(days=-2), end=at(hours=-1))), at(hours=-1)),
        (ticket(approvals=()), None),
        (ticket(approvals=None), None),
    ],
    ids=["in its window", "72 hours after the approval", "over", "not approved", "not known"],
)
def test_an_approval_counts_until_its_window_or_the_time_of_the_policy_ends(one: Ticket, until: object) -> None:
    assert told(one).until == until


def test_what_it_comes_to_is_said_in_one_sentence() -> None:
    said = [told(it).says for it in (ticket(), ticket(approvals=()), ticket(approvals=None))]

    assert said == [
        "approves changes that it covers, if they are made now",
        "approves no change now",
        "may or may not approve a change now: that is not known",
    ]
