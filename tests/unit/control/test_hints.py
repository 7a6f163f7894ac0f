"""Which ticket a message is about."""

import json

import pytest

from counterseal.control.hints import tickets_named


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ({"webhookEvent": "jira:issue_updated", "issue": {"id": "10042", "key": "SEC-7"}}, ("10042",)),
        ({"issue": {"id": 10042, "key": "SEC-7"}}, ("10042",)),
        ({"issue": {"key": "SEC-7"}}, ("SEC-7",)),
        ({"webhookEvent": "comment_created", "comment": {"id": "1"}, "issue": {"id": "3"}}, ("3",)),
        ({"issueLink": {"id": 1, "sourceIssueId": 10, "destinationIssueId": 11}}, ("10", "11")),
        ({"automationData": {"v": "1", "issueId": "10042", "issueKey": "SEC-7"}}, ("10042",)),
        ({"automationData": {"IssueId": "SEC-7"}}, ("SEC-7",)),
        ({"automationData": {"jira-key": "SEC-7", "jira-summary": "Rotate"}}, ("SEC-7",)),
        ({"webhookEvent": "project_created", "project": {"id": 1}}, ()),
    ],
)
def test_a_message_names_its_ticket(message: object, named: tuple[str, ...]) -> None:
    assert tickets_named(json.dumps(message).encode()) == named


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no json",
        b"[]",
        b"\xff",
        b'{"issue": null, "automationData": [], "issueLink": 3}',
        b'{"automationData": {"issueId": "{{issue.id}}"}}',
        b'{"automationData": {"issueId": ""}}',
        b'{"issue": {"id": "10042/../../myself"}}',
        b'{"issue": {"key": "SEC-7?expand=x"}}',
        b'{"issue": {"id": "0"}}',
    ],
)
def test_what_is_no_id_and_no_key_names_nothing(content: bytes) -> None:
    assert tickets_named(content) == ()
