"""The ticket file is read to the letter, and what is wrong is named by its place."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.unit.correlation.sealing import issued

from counterseal.correlation.records.event import Operation
from counterseal.correlation.tickets.counterseal import IssuanceSet
from counterseal.correlation.tickets.issuance_file import issuance_items
from counterseal.correlation.tickets.ticket import Approval, Decision, FieldEdit, Standing, StatusMove, Window
from counterseal.correlation.tickets.ticket_file import (
    DECISIONS,
    STANDING_KEYS,
    TICKET_KEYS,
    TOP_KEYS,
    read_ticket_file,
)
from counterseal.errors import MalformedInput

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
AT = "2026-03-10T12:00:00Z"
WHOLE: dict[str, Any] = {
    "id": "10042",
    "key": "OPS-42",
    "secrets": ["db/password", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"],
    "account": "111122223333",
    "region": "eu-west-1",
    "operations": ["value", "label"],
    "status": "Approved",
    "requester": "cleo.j",
    "assignee": "ana.j",
    "executors": ["dan.j"],
    "approvals": [
        {"by": "ben.j", "at": AT, "decision": "approved"},
        {"by": "eve.j", "at": "2026-03-10T13:00:00.5+0100", "decision": "declined"},
    ],
    "window": {"from": AT, "to": AT},
    "emergency": {"declared_at": AT},
    "edits": [{"at": AT, "field": "secrets"}],
    "status_history": [{"at": AT, "to": "Approved"}],
    "changed_after_approval": True,
}
STANDING = {
    "principal": "arn:aws:iam::111122223333:role/ci",
    "secrets": ["app/*"],
    "operations": ["any"],
    "ticket": "OPS-1",
    "owner": "cleo.j",
    "expires": "2027-01-01",
}
FILE = {"tickets": [WHOLE], "identities": {"ana.j": ["ana"]}, "standing": [STANDING], "issuances": []}


def test_every_member_is_read() -> None:
    told = read_ticket_file(FILE)

    [one] = told.tickets
    assert (one.issue_id, one.issue_key, one.status, one.account, one.region) == (
        "10042",
        "OPS-42",
        "Approved",
        "111122223333",
        "eu-west-1",
    )
    assert one.operations == {Operation.VALUE, Operation.LABEL}
    assert (one.requester, one.assignee, one.executors) == ("cleo.j", "ana.j", ("dan.j",))
    assert one.approvals == (
        Approval(by="ben.j", at=NOON, decision=Decision.APPROVED),
        Approval(by="eve.j", at=NOON, decision=Decision.REJECTED),
    )
    assert one.window == Window(start=NOON, end=NOON)
    assert one.emergency_declared_at == NOON
    assert one.edits == (FieldEdit(at=NOON, field="secrets"),)
    assert one.status_history == (StatusMove(at=NOON, to="Approved"),)
    assert one.changed_after_approval
    assert told.identities == {"ana.j": ("ana",)}
    assert told.standing == (
        Standing(
            principal="arn:aws:iam::111122223333:role/ci",
            secrets=("app/*",),
            operations=frozenset({"any"}),
            issue_key="OPS-1",
            owner="cleo.j",
            expires=datetime(2027, 1, 1, tzinfo=UTC),
        ),
    )
    assert told.issuances is None
    assert told.notes == ()


def test_an_empty_file_holds_no_ticket() -> None:
    assert read_ticket_file({}).tickets == ()


def test_no_approval_is_told_from_approvals_that_could_not_be_read() -> None:
    texts: list[dict[str, Any]] = [{"approvals": []}, {"approvals": None}, {}]

    assert [read_ticket_file({"tickets": [{"key": "A-1"} | it]}).tickets[0].approvals for it in texts] == [
        (),
        None,
        None,
    ]


def test_up_to_when_jira_was_read_may_be_said() -> None:
    assert read_ticket_file({"known_until": AT}).known_until == NOON
    assert read_ticket_file({"known_until": None}).known_until is None
    assert read_ticket_file({}).known_until is None


def test_groups_of_whoever_decided_may_be_given() -> None:
    approved = {"by": "ben", "at": AT, "decision": "approved", "groups": ["CAB"]}
    moved = {"at": AT, "to": "Approved", "by": "ben", "groups": []}
    document = {"tickets": [{"key": "A-1", "approvals": [approved], "status_history": [moved]}]}
    [one] = read_ticket_file(document).tickets

    assert [it.groups for it in one.approvals or ()] == [frozenset({"CAB"})]
    assert one.status_history == (StatusMove(at=NOON, to="Approved", by="ben", groups=frozenset()),)


@pytest.mark.parametrize("name", ["edits", "status_history", "changed_after_approval"])
def test_a_history_that_could_not_be_read_leaves_no_approval_to_rely_on(name: str) -> None:
    told = read_ticket_file({"tickets": [WHOLE | {name: None}]})

    assert told.tickets[0].approvals is None
    # Where the policy takes a status for an approval, a move is one as well.
    assert told.tickets[0].status_history == ()
    assert told.notes == (f"tickets[0]: {name} could not be read, so no approval of it can be relied on",)


def test_optional_members_may_be_null() -> None:
    names = ("id", "account", "region", "requester", "assignee", "executors", "window", "emergency", "status")

    [one] = read_ticket_file({"tickets": [WHOLE | dict.fromkeys(names)]}).tickets

    assert (one.issue_id, one.account, one.requester, one.executors, one.window) == ("", "", "", (), None)
    assert one.emergency_declared_at is None


def test_a_name_that_matches_nothing_is_noted() -> None:
    told = read_ticket_file({"tickets": [{"key": "A-1", "secrets": ["{{issue.customfield_1}}"]}]})

    assert told.notes == (
        "tickets[0].secrets: '{{issue.customfield_1}}' is neither a secret's name nor its ARN and matches nothing",
    )


WRONG: dict[str, tuple[Any, str, str]] = {
    "no object": ([], "the document must be an object with named members, and is a list", ""),
    "an unknown key": ({"ticket": []}, "unknown key ticket", "did you mean 'tickets'?"),
    "an unknown key deep inside": (
        {"tickets": [WHOLE | {"key": "A-1"}, WHOLE | {"aprovals": []}]},
        "unknown key tickets[1].aprovals",
        "did you mean 'approvals'?",
    ),
    "a key like no other": (
        {"zzz": 1},
        "unknown key zzz",
        "known are: identities, issuances, known_until, standing, tickets",
    ),
    "tickets that are no list": ({"tickets": {}}, "tickets must be a list, and is an object", ""),
    "a ticket that is none": ({"tickets": ["A-1"]}, "tickets[0] must be an object", ""),
    "no key": ({"tickets": [{}]}, "tickets[0].key must be text, and is missing or null", ""),
    "an empty key": ({"tickets": [{"key": " "}]}, "tickets[0].key must be text, and is empty text", ""),
    "a number for text": (
        {"tickets": [WHOLE | {"account": 111122223333}]},
        "tickets[0].account must be text, and is a number",
        "",
    ),
    "a list of numbers": (
        {"tickets": [WHOLE | {"secrets": ["a", 1]}]},
        "tickets[0].secrets[1] must be text, and is a number",
        "",
    ),
    "half a character": ({"tickets": [{"key": "\ud800"}]}, "tickets[0].key holds a lone surrogate", ""),
    "text for a flag": (
        {"tickets": [WHOLE | {"changed_after_approval": "no"}]},
        "tickets[0].changed_after_approval must be true or false, and is text",
        "",
    ),
    "an unknown operation": (
        {"tickets": [WHOLE | {"operations": ["valve"]}]},
        "tickets[0].operations: 'valve' is not known",
        "did you mean 'value'?",
    ),
    "an unknown decision": (
        {"tickets": [WHOLE | {"approvals": [{"by": "b", "at": AT, "decision": "aproved"}]}]},
        "tickets[0].approvals[0].decision: 'aproved' is not known",
        "did you mean 'approved'?",
    ),
    "no time": (
        {"tickets": [WHOLE | {"approvals": [{"by": "b", "decision": "approved"}]}]},
        "tickets[0].approvals[0].at must be a time such as 2026-01-31T12:00:00Z, and is missing or null",
        "",
    ),
    "a time that is none": (
        {"tickets": [WHOLE | {"edits": [{"at": "yesterday", "field": "x"}]}]},
        "tickets[0].edits[0].at: 'yesterday' is not a time",
        "write it like",
    ),
    "a window without an end": (
        {"tickets": [WHOLE | {"window": {"from": AT}}]},
        "tickets[0].window.to must be a time",
        "",
    ),
    "a window that ends before it begins": (
        {"tickets": [WHOLE | {"window": {"from": AT, "to": "2026-03-09"}}]},
        "tickets[0].window ends before it begins",
        "`from` comes first",
    ),
    "a window that is none": ({"tickets": [WHOLE | {"window": "today"}]}, "tickets[0].window must be an object", ""),
    "an emergency that is none": ({"tickets": [WHOLE | {"emergency": True}]}, "is true or false", ""),
    "one ticket twice": ({"tickets": [WHOLE, WHOLE]}, "tickets[1].key: 'OPS-42' is also tickets[0]", "give each"),
    "one id under two keys": (
        {"tickets": [WHOLE, {"key": "OPS-1"}, {"key": "OPS-2"}, WHOLE | {"key": "NEW-7"}]},
        "tickets[3].id: '10042' is also tickets[0]",
        "give each",
    ),
    "identities that are no lists": ({"identities": {"ana": "x"}}, "identities.ana must be a list, and is text", ""),
    "a standing approval without end": (
        {"standing": [STANDING | {"expires": None}]},
        "standing[0].expires must be a time",
        "",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_by_its_place(case: str) -> None:
    document, message, hint = WRONG[case]

    with pytest.raises(MalformedInput) as refused:
        read_ticket_file(document)

    assert message in str(refused.value)
    assert hint in refused.value.hint


@pytest.fixture(scope="module")
def schema(root: Path) -> Any:
    return json.loads((root / "docs/reference/ticket-file.schema.json").read_text(encoding="utf-8"))


def test_the_published_schema_names_the_keys_and_words_of_the_code(schema: Any) -> None:
    parts = schema["$defs"]

    assert list(schema["properties"]) == list(TOP_KEYS)
    assert list(parts["ticket"]["properties"]) == list(TICKET_KEYS)
    assert list(parts["standing"]["properties"]) == list(STANDING_KEYS)
    assert set(parts["operations"]["items"]["enum"]) == {*Operation, "any"}
    assert set(parts["approval"]["properties"]["decision"]["enum"]) == set(DECISIONS)


def test_the_published_schema_takes_what_the_code_takes(schema: Any) -> None:
    Draft202012Validator.check_schema(schema)

    assert list(Draft202012Validator(schema).iter_errors(FILE)) == []
    assert list(Draft202012Validator(schema).iter_errors({"tickets": [WHOLE | {"window": None}]})) == []


# A schema cannot say these three: times in all their forms, order in a window, two tickets of one key or id.
UNSAID = {
    "a time that is none",
    "a window that ends before it begins",
    "one ticket twice",
    "one id under two keys",
    "half a character",
}


@pytest.mark.parametrize("case", sorted(set(WRONG) - UNSAID))
def test_the_published_schema_refuses_what_the_code_refuses(case: str, schema: Any) -> None:
    assert list(Draft202012Validator(schema).iter_errors(WRONG[case][0]))


@pytest.mark.parametrize("file", ["tests/data/simulation-2023.tickets.json", "examples/tickets.json"])
def test_the_ticket_files_of_tests_and_examples_fit_the_schema(file: str, root: Path, schema: Any) -> None:
    document = json.loads((root / file).read_text(encoding="utf-8"))

    assert list(Draft202012Validator(schema).iter_errors(document)) == []


def test_the_example_of_the_reference_is_a_ticket_file(root: Path, schema: Any) -> None:
    page = (root / "docs/reference/ticket-file.md").read_text(encoding="utf-8")
    example = json.loads(page.partition("```json\n")[2].partition("```")[0])

    assert list(Draft202012Validator(schema).iter_errors(example)) == []
    assert [it.issue_key for it in read_ticket_file(example).tickets] == ["OPS-42"]
    assert set(example["tickets"][0]) == set(TICKET_KEYS)


ONE = "tickets[0]"
MUST_BE_SAID: dict[str, tuple[dict[str, Any], str]] = {
    "a ticket's key": ({"key": ""}, f"{ONE}.key must be"),
    "when it was decided": ({"approvals": [{"by": "b", "decision": "approved"}]}, f"{ONE}.approvals[0].at must be"),
    "what": ({"approvals": [{"by": "b", "at": AT}]}, f"{ONE}.approvals[0].decision must be"),
    "nothing else of an emergency": ({"emergency": {"x": AT}}, f"unknown key {ONE}.emergency.x"),
    "when it moved": ({"status_history": [{"to": "x"}]}, f"{ONE}.status_history[0].at must be"),
    "where to": ({"status_history": [{"at": AT}]}, f"{ONE}.status_history[0].to must be"),
    "nothing else of a move": (
        {"status_history": [{"at": AT, "to": "x", "via": "y"}]},
        f"unknown key {ONE}.status_history[0].via",
    ),
}


@pytest.mark.parametrize("name", ["principal", "ticket", "expires"])
def test_a_standing_approval_says_who_by_which_ticket_and_until_when(name: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        read_ticket_file({"standing": [STANDING | {name: None}]})

    assert str(refused.value).startswith(f"standing[0].{name} must be")


@pytest.mark.parametrize("case", MUST_BE_SAID)
def test_what_must_be_said_is_asked_for_by_its_place(case: str) -> None:
    changed, said = MUST_BE_SAID[case]

    with pytest.raises(MalformedInput) as refused:
        read_ticket_file({"tickets": [WHOLE | changed]})

    assert str(refused.value).startswith(said)


def test_what_is_not_said_is_not_so() -> None:
    [one] = read_ticket_file({"tickets": [{"key": "A-1", "edits": [], "status_history": []}]}).tickets

    assert (one.changed_after_approval, one.edits, one.status_history, one.emergency_declared_at) == (
        False,
        (),
        (),
        None,
    )


def test_several_histories_that_could_not_be_read_are_named_together() -> None:
    told = read_ticket_file({"tickets": [WHOLE | {"edits": None, "status_history": None}]})

    assert told.notes == ("tickets[0]: edits, status_history could not be read, so no approval of it can be relied on",)


def test_a_hint_says_what_to_do() -> None:
    backwards = WHOLE | {"window": {"from": AT, "to": "2026-03-10T11:00:00Z"}}

    with pytest.raises(MalformedInput) as refused:
        read_ticket_file({"tickets": [backwards]})
    assert refused.value.hint == "`from` comes first, `to` is the end"
    with pytest.raises(MalformedInput) as refused:
        read_ticket_file({"tickets": [WHOLE, WHOLE]})
    assert refused.value.hint == "give each ticket once, as it is now"


def test_issuances_may_stand_in_the_file() -> None:
    item = issuance_items(IssuanceSet(issued=(issued(),)))

    told = read_ticket_file({"tickets": [], "issuances": item})

    assert told.issuances == IssuanceSet(issued=(issued(),))
