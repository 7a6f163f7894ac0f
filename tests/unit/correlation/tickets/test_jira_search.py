"""A Jira search response carries some of a ticket; the rest stays unknown and is said to."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.correlation.invented import ARN, change, finding

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.tickets.jira_search import is_jira_search, read_jira_search
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import (
    Approval,
    Decision,
    FieldEdit,
    StatusMove,
    Ticket,
    TicketSet,
    Wait,
    Window,
)
from counterseal.errors import MalformedInput, SettingsError

NAMED = {
    "secrets": "customfield_1",
    "operations": "customfield_2",
    "executors": "customfield_3",
    "window_from": "customfield_4",
    "window_to": "customfield_5",
    "emergency": "customfield_6",
    "account": "customfield_7",
    "region": "customfield_8",
}
ANA, BEN = {"accountId": "ana.j", "displayName": "Ana"}, {"accountId": "ben.j"}
ROUND = {
    "id": "1",
    "finalDecision": "approved",
    "approvers": [{"approver": BEN, "approverDecision": "approved"}, {"approver": ANA, "approverDecision": "pending"}],
    "createdDate": {"iso8601": "2026-03-10T08:00:00+0000"},
    "completedDate": {"iso8601": "2026-03-10T10:00:00+0000"},
}
HISTORIES = [
    {
        "author": BEN,
        "created": "2026-03-10T09:00:00.123+0000",
        "items": [{"field": "status", "fromString": "Open", "toString": "Approved"}, {"field": "summary"}, "noise"],
    }
]
CHANGELOG = {"startAt": 0, "maxResults": 1, "total": 1, "histories": HISTORIES}
CLOUD: dict[str, Any] = {
    "id": "10042",
    "key": "OPS-42",
    "fields": {
        "status": {"id": "3", "name": "Approved"},
        "reporter": {"accountId": "cleo.j"},
        "assignee": ANA,
        "customfield_1": {
            "type": "doc",
            "content": [{"type": "paragraph", "content": [{"type": "text", "text": ARN}]}],
        },
        "customfield_2": [{"value": "Value"}, {"value": "Label"}],
        "customfield_3": [BEN],
        "customfield_4": "2026-03-10T00:00:00.000+0000",
        "customfield_5": "2026-03-11T00:00:00.000+0000",
        "customfield_6": None,
        "customfield_7": "111122223333",
        "customfield_8": {"value": "eu-west-1"},
        "customfield_9": [ROUND],
        "created": "2026-03-10T07:00:00.000+0000",
        "labels": [],
    },
    "changelog": CHANGELOG,
}


def at(hour: int, day: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def read(*issues: Any, named: dict[str, str] | None = None, **more: Any) -> TicketSet:
    return read_jira_search({"issues": list(issues)} | more, NAMED if named is None else named)


def one(**changed: Any) -> Ticket:
    return read(CLOUD | changed).tickets[0]


def with_fields(**changed: Any) -> Ticket:
    return one(fields=CLOUD["fields"] | changed)


def test_a_response_is_told_from_a_ticket_file() -> None:
    assert is_jira_search({"issues": []})
    assert not is_jira_search({"tickets": []})
    assert not is_jira_search([])


def test_an_issue_of_jira_cloud_is_read() -> None:
    assert one() == Ticket(
        issue_id="10042",
        issue_key="OPS-42",
        secrets=(ARN,),
        operations=frozenset({"value", "label"}),
        status="Approved",
        account="111122223333",
        region="eu-west-1",
        requester="cleo.j",
        assignee="ana.j",
        executors=("ben.j",),
        approvals=(Approval(by="ben.j", at=at(10), decision=Decision.APPROVED),),
        waits=(Wait(start=at(8), end=at(10)),),
        window=Window(start=at(0), end=at(0, day=11)),
        edits=(FieldEdit(at=at(9), field="summary"),),
        status_history=(StatusMove(at=at(9), to="Approved", by="ben.j"),),
    )


def test_an_issue_of_data_center_is_read() -> None:
    fields = {"creator": {"name": "cleo", "key": "JIRAUSER1"}, "assignee": {"name": "ana"}, "customfield_1": "a, b\nc"}

    ticket = read({"id": "1", "key": "OPS-1", "fields": fields, "changelog": {"histories": []}}).tickets[0]

    assert (ticket.requester, ticket.assignee, ticket.secrets) == ("cleo", "ana", ("a", "b", "c"))


def test_a_decline_of_the_whole_round_is_a_rejection_whoever_gave_it() -> None:
    declined = ROUND | {"finalDecision": "declined", "approvers": [{"approver": BEN, "approverDecision": "declined"}]}

    assert with_fields(customfield_9=[declined]).approvals == (
        Approval(by="ben.j", at=at(10), decision=Decision.REJECTED),
        Approval(by="", at=at(10), decision=Decision.REJECTED),
    )


def test_a_time_may_stand_by_itself() -> None:
    assert with_fields(customfield_9=[ROUND | {"completedDate": "2026-03-10T10:00:00Z"}]).approvals == one().approvals


def test_without_the_field_of_approvals_they_are_unknown() -> None:
    told = read(CLOUD | {"fields": {it: value for it, value in CLOUD["fields"].items() if it != "customfield_9"}})

    assert told.tickets[0].approvals is None
    assert "OPS-42: its approvals are not among the fields, so they are unknown" in told.notes


@pytest.mark.parametrize(
    "changelog", [None, {}, {"histories": "x"}, CHANGELOG | {"total": 2}, CHANGELOG | {"total": "2"}]
)
def test_without_the_whole_history_no_approval_can_be_relied_on(changelog: Any) -> None:
    told = read(CLOUD | {"changelog": changelog})

    assert (told.tickets[0].approvals, told.tickets[0].status_history) == (None, ())
    assert told.notes[-1].startswith("OPS-42: its history is not in full here")


def test_fields_may_be_named_where_the_response_says_their_names() -> None:
    names = {"customfield_1": "Secret", "customfield_2": "Operation", "customfield_3": "Other"}

    told = read(CLOUD, names=names, named={"secrets": "Secret", "operations": "customfield_2"})

    assert (told.tickets[0].secrets, told.tickets[0].operations) == ((ARN,), frozenset({"value", "label"}))
    with pytest.raises(
        SettingsError, match=r"policy\.jira_fields\.secrets: Jira has no field 'Secrets' that we may see"
    ):
        read(CLOUD, names=names, named={"secrets": "Secrets"})


@pytest.mark.parametrize("end", ["customfield_4", "customfield_5"])
def test_with_half_a_window_no_approval_can_be_relied_on(end: str) -> None:
    told = read(CLOUD | {"fields": CLOUD["fields"] | {end: None}})

    [half] = told.tickets
    assert (half.window, half.approvals, half.status_history) == (None, None, ())
    assert told.notes[-1].startswith("OPS-42: its window has one end only")


def test_without_either_end_there_is_no_window() -> None:
    none = with_fields(customfield_4=None, customfield_5=None)

    assert (none.window, none.approvals) == (None, with_fields().approvals)


def declared(*edits: tuple[str, str]) -> datetime | None:
    histories = [
        {"author": ANA, "created": at, "items": [{"field": "Emergency since", "fieldId": field}]} for at, field in edits
    ]
    fields = CLOUD["fields"] | {"customfield_6": "2026-03-10T09:00:00.000+0000"}
    return one(fields=fields, changelog={"histories": histories}).emergency_declared_at


def test_an_emergency_was_declared_when_it_was_written_down_and_not_before() -> None:
    noon = "2026-03-10T12:00:00.000+0000"

    assert declared() == at(9)
    assert declared((noon, "customfield_6")) == at(12)
    assert declared(("2026-03-10T08:00:00.000+0000", "customfield_6"), (noon, "customfield_1")) == at(9)


def test_an_emergency_that_a_new_ticket_says_began_before_was_declared_when_the_ticket_was_made() -> None:
    made_after = with_fields(created="2026-03-10T13:00:00.000+0000", customfield_6="2026-03-10T11:00:00.000+0000")
    approved = replace(made_after, approvals=(Approval(by="ben.j", at=at(14), decision=Decision.APPROVED),), waits=())

    assert made_after.emergency_declared_at == at(13)
    assert finding(change(), tickets=[approved]).verdict is Verdict.APPROVED_LATE


def test_where_nothing_says_since_when_a_field_calls_it_one_it_is_no_emergency() -> None:
    told = read(CLOUD | {"fields": CLOUD["fields"] | {"created": None, "customfield_6": "2026-03-10T11:00:00Z"}})

    assert told.tickets[0].emergency_declared_at is None
    assert told.notes[-1].startswith("OPS-42: when it was made is not among the fields (created)")


def test_on_data_center_edits_of_custom_fields_are_told_apart_by_names_or_not_at_all() -> None:
    later = {"created": "2026-03-10T15:00:00Z", "author": BEN, "items": [{"field": "Secret", "fieldtype": "custom"}]}
    issue = CLOUD | {"changelog": {"histories": [later]}}
    names = {field: f"name of {field}" for field in NAMED.values()} | {"customfield_1": "Secret"}

    unnamed, named = read(issue), read(issue, names=names)

    assert (unnamed.tickets[0].approvals, unnamed.tickets[0].status_history) == (None, ())
    assert unnamed.notes[-1].endswith("not told apart here (ask with expand=changelog,names)")
    assert [it.field_id for it in named.tickets[0].edits] == ["customfield_1"]
    assert named.tickets[0].approvals


def test_a_word_of_which_a_part_is_bold_is_one_word_and_what_is_struck_out_is_none() -> None:
    def text(said: str, *marks: str) -> dict[str, Any]:
        return {"type": "text", "text": said, "marks": [{"type": it} for it in marks]}

    line = [text("prod/"), text("db", "strong"), {"type": "hardBreak"}, text("prod/old", "strike"), text(" prod/new")]
    rich = {"type": "doc", "content": [{"type": "paragraph", "content": line}]}

    assert with_fields(customfield_1=rich).secrets == ("prod/db", "prod/new")


def test_an_executor_may_be_text_or_nobody() -> None:
    assert with_fields(customfield_3=" ben ").executors == ("ben",)
    assert with_fields(customfield_3=[3, {}]).executors == ()


def test_text_is_found_in_odd_places() -> None:
    assert with_fields(customfield_1=[{"key": "a"}, {"other": 1}, " ", 3]).secrets == ("a",)


def test_what_it_cannot_carry_is_said() -> None:
    notes = "\n".join(read(CLOUD, named={}, total=7).notes)

    assert "says nothing of secrets and operations by itself: such a ticket covers no change" in notes
    assert "not carried by this Jira search response: executors, window_from, window_to, emergency" in notes
    assert "identities, standing, issuances" in notes
    assert "this Jira search response holds 1 of 7 issues" in notes


@pytest.mark.parametrize("more", [{"isLast": False}, {"nextPageToken": "x"}])
def test_a_page_that_is_not_the_last_is_said_to_be_one(more: dict[str, Any]) -> None:
    assert any("with more to come" in note for note in read(**more).notes)


def test_a_whole_response_needs_no_such_note() -> None:
    assert read(CLOUD, isLast=True).notes == ("not carried by a Jira search response: identities, standing, issuances",)


def test_what_is_unknown_never_passes() -> None:
    bare = {"id": "10042", "key": "OPS-42", "fields": {"status": {"name": "Approved"}}}
    named = read(CLOUD | {"changelog": None}).tickets
    cited = change(actor=change().actor.__class__(type="AssumedRole", source_identity="OPS-42"))

    assert finding(cited, tickets=read(bare).tickets).verdict is Verdict.MISMATCHED
    assert finding(change(), tickets=named).verdict is Verdict.APPROVAL_UNKNOWN
    assert finding(change(), tickets=read(CLOUD).tickets, policy=Policy()).verdict is Verdict.APPROVED


WRONG: dict[str, tuple[Any, str]] = {
    "issues that are no list": ({"issues": {}}, "issues must be a list"),
    "an issue without a key": ({"issues": [{"id": "1"}]}, r"issues\[0\] must be an issue with a key"),
    "an issue that is none": ({"issues": ["OPS-1"]}, r"issues\[0\] must be an issue with a key"),
    "fields that are none": ({"issues": [{"key": "A-1", "fields": []}]}, r"issues\[0\].fields must be an object"),
    "an operation that is none": (
        {"issues": [{"key": "A-1", "fields": {"customfield_2": "valve"}}]},
        r"issues\[0\].operations: 'valve' is not known",
    ),
    "a time that is none": (
        {"issues": [{"key": "A-1", "fields": {"customfield_6": "soon"}}]},
        r"issues\[0\].fields.customfield_6: 'soon' is not a time",
    ),
    "a window that ends first": (
        {"issues": [{"key": "A-1", "fields": {"customfield_4": "2026-02-01", "customfield_5": "2026-01-01"}}]},
        r"issues\[0\]: its window ends before it begins",
    ),
    "one issue twice": ({"issues": [CLOUD, CLOUD | {"id": "7"}]}, r"issues\[1\].key: 'OPS-42' is also issues\[0\]"),
    "a history without a time": (
        {"issues": [CLOUD | {"changelog": {"histories": [{"items": []}]}}]},
        r"issues\[0\].changelog.histories\[0\].created: '' is not a time",
    ),
    "a history whose items are none": (
        {"issues": [CLOUD | {"changelog": {"histories": [{"created": "2026-03-10T10:00:00Z", "items": 3}]}}]},
        r"issues\[0\].changelog.histories\[0\].items must be a list",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_by_its_place(case: str) -> None:
    document, message = WRONG[case]

    with pytest.raises(MalformedInput, match=message):
        read_jira_search(document, NAMED)
