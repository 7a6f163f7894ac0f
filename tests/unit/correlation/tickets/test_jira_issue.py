"""One issue of Jira becomes a ticket, whoever asked for it."""

from datetime import UTC, datetime
from typing import Any

from tests.unit.correlation.invented import ARN, T, at, change, finding, ticket

from counterseal.clock import format_time
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.records.event import Actor
from counterseal.correlation.tickets.covered import approval_digest
from counterseal.correlation.tickets.jira_fields import FieldNames
from counterseal.correlation.tickets.jira_issue import IssueParts, deciders_of, names_in, read_issue
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import FieldEdit, StatusMove, Ticket

KNOWN = [("customfield_1", "Secret"), ("customfield_2", "Operation"), ("customfield_3", "status")]
NAMES = FieldNames({"secrets": "Secret", "operations": "Operation"}, KNOWN)
CAB = {"ben.j": frozenset({"CAB"})}
FIELDS: dict[str, Any] = {
    "reporter": {"accountId": "cleo.j"},
    "assignee": {"accountId": "ana.j"},
    "status": {"name": "Approved"},
    "customfield_1": ARN,
    "customfield_2": {"value": "value"},
}


def entry(when: datetime, *items: dict[str, Any], by: str = "ben.j") -> dict[str, Any]:
    return {"created": format_time(when), "author": {"accountId": by}, "items": list(items)}


def moved(to: str, **more: Any) -> dict[str, Any]:
    return {"field": "status", "fieldtype": "jira", "fieldId": "status", "toString": to} | more


def rounds(when: datetime, **more: Any) -> dict[str, Any]:
    return {
        "finalDecision": "approved",
        "approvers": [{"approver": {"accountId": "ben.j"}, "approverDecision": "approved"}],
        "createdDate": format_time(at(hours=-4)),
        "completedDate": format_time(when),
    } | more


APPROVED = [rounds(at(hours=-2))]
MOVE = entry(
    at(hours=1),
    {"field": "project", "fieldtype": "jira", "from": "1", "to": "2"},
    {"field": "Key", "fieldtype": "jira", "fromString": "OPS-42", "toString": "SEC-7"},
)


def read(*history: dict[str, Any], groups: dict[str, frozenset[str]] | None = None, **changed: Any) -> Ticket:
    parts = IssueParts(issue_id="10042", issue_key="OPS-42", fields=FIELDS, history=history, rounds=APPROVED)
    return read_issue(parts._replace(**changed), NAMES, groups)


def verdict(one: Ticket, policy: Policy | None = None, **changed: Any) -> Verdict:
    return finding(change(**changed), tickets=[one], policy=policy).verdict


def test_what_was_approved_in_time_approves() -> None:
    assert verdict(read()) is Verdict.APPROVED


def test_rounds_or_history_that_could_not_be_read_leave_it_unknown() -> None:
    assert verdict(read(rounds=None)) is Verdict.APPROVAL_UNKNOWN
    assert verdict(read(history=None)) is Verdict.APPROVAL_UNKNOWN
    assert read(history=None).status_history == ()


def test_no_round_is_no_approval() -> None:
    assert verdict(read(rounds=[])) is Verdict.UNAPPROVED


def test_an_edit_is_known_by_name_and_id_and_voids_unless_the_policy_leaves_it_out() -> None:
    edited = read(entry(at(hours=-1), {"field": "Operation", "fieldtype": "custom"}, {"field": "Note", "fieldId": "n"}))

    assert edited.edits == (
        FieldEdit(at=at(hours=-1), field="Operation", field_id="customfield_2"),
        FieldEdit(at=at(hours=-1), field="Note", field_id="n"),
    )
    note = read(entry(at(hours=-1), {"field": "Note", "fieldId": "n"}))
    assert verdict(note) is Verdict.MISMATCHED
    assert verdict(note, Policy(uncovered_fields=frozenset({"n"}))) is Verdict.APPROVED
    assert verdict(note, Policy(uncovered_fields=frozenset({"note"}))) is Verdict.APPROVED


def test_an_edit_of_a_mapped_field_voids_whatever_it_is_called() -> None:
    policy = Policy(jira_fields={"secrets": "Customfield_1"})
    edited = read(entry(at(hours=-1), {"field": "comment", "fieldId": "customfield_1"}))

    assert verdict(edited, policy) is Verdict.MISMATCHED
    assert verdict(edited) is Verdict.APPROVED


def test_the_move_of_a_status_says_who_made_it_and_in_which_groups_they_are() -> None:
    one = read(entry(at(hours=-2), moved("Approved")), rounds=[], groups=CAB)
    policy = Policy(approved_statuses=frozenset({"approved"}), approver_groups=frozenset({"cab"}))

    assert one.status_history == (StatusMove(at=at(hours=-2), to="Approved", by="ben.j", groups=CAB["ben.j"]),)
    assert verdict(one, policy) is Verdict.APPROVED


def test_a_custom_field_that_is_named_status_approves_nothing() -> None:
    forged = [moved("Approved", fieldtype="custom"), moved("Approved", fieldId="customfield_3")]
    one = read(entry(at(hours=-2), *forged), rounds=[])

    assert one.status_history == ()
    assert [it.field_id for it in one.edits] == ["status", "customfield_3"]
    assert verdict(one, Policy(approved_statuses=frozenset({"approved"}))) is Verdict.UNAPPROVED


def test_a_ticket_is_found_by_the_key_that_it_had() -> None:
    one = read(MOVE, issue_key="SEC-7")
    cites = Actor(type="AssumedRole", arn="arn:aws:sts::1:assumed-role/x/y", source_identity="OPS-42")
    named = Actor(type="AssumedRole", arn="arn:aws:sts::1:assumed-role/x/y", session_name="OPS-42")

    assert one.former_keys() == {"OPS-42"}
    assert verdict(one, actor=cites) is Verdict.APPROVED
    assert finding(change(actor=cites), tickets=[one]).basis == "source-identity"
    assert finding(change(actor=named), tickets=[one]).basis == "session-name"
    assert verdict(read(MOVE, issue_key="SEC-7", fields=FIELDS | {"customfield_1": "x"}), actor=cites) is (
        Verdict.MISMATCHED
    )


def test_only_the_key_of_jira_itself_moves_a_ticket() -> None:
    assert read(entry(T, {"field": "Key", "fieldtype": "custom", "fromString": "OPS-1"})).former_keys() == frozenset()


def test_what_an_approval_covered_does_not_change_with_a_later_move() -> None:
    assert approval_digest(read(MOVE, issue_key="SEC-7"), T) == approval_digest(read(), T)
    assert approval_digest(read(MOVE, issue_key="SEC-7"), at(hours=2)) != approval_digest(read(), at(hours=2))


def test_the_key_of_a_time_is_the_one_that_the_next_move_took() -> None:
    twice = ticket(
        issue_key="C-3",
        edits=(
            FieldEdit(at=at(hours=2), field="Key", former_key="B-2"),
            FieldEdit(at=at(hours=1), field="Key", former_key="A-1"),
            FieldEdit(at=at(hours=3), field="summary"),
        ),
    )

    assert [twice.key_at(at(hours=hour)) for hour in (0, 1, 2)] == ["A-1", "B-2", "C-3"]
    assert twice.goes_by({"X-1"}, {"B-2"})
    assert not twice.goes_by({"X-1", ""})


def test_whose_groups_are_asked_for() -> None:
    one = read(entry(at(hours=-2), moved("Approved"), by="dan.j"), entry(T, moved("Done"), by=""))

    assert deciders_of(one) == {"ben.j", "dan.j"}


def test_the_year_that_is_told_is_utc() -> None:
    assert read(entry(datetime(2026, 1, 1, tzinfo=UTC), {"field": "x"})).edits[0].at.tzinfo is UTC


def test_names_that_people_see_are_found_wherever_they_stand() -> None:
    ben, ana = {"accountId": "1", "displayName": "Ben"}, {"accountId": "2", "displayName": "Ana"}

    assert names_in({"a": [{"b": ben}], "c": "x"}, (ana, {"accountId": 3, "displayName": "Eve"})) == {
        "1": "Ben",
        "2": "Ana",
    }
