"""What the double of Jira refuses, as Jira does: calls that are none, fields and queries that it does not have."""

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.wings.jira_asking import Client

from counterseal.jira_double import faults, world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.model import Flavour, RefusedChange
from counterseal.jira_double.rich_text import plain

pytestmark = pytest.mark.enable_socket


@pytest.fixture(params=list(Flavour))
def double(request: pytest.FixtureRequest) -> Iterator[JiraDouble]:
    """Return a double of each flavour in turn."""
    with JiraDouble(request.param) as made:
        yield made


def sent_raw(client: Client, path: str, body: str, kind: str = "application/json") -> int:
    """Return the status of what was sent as it is."""
    place = urlsplit(client.double.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    connection.request("POST", path, body, client.headers | {"Content-Type": kind})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(
    "query",
    [
        "project",
        "project ~ OPS",
        "project in OPS",
        "project in (OPS",
        "project in (OPS SEC)",
        "project > OPS",
        "updated != 2026-01-01",
        "updated >= 01.01.2026",
        "colour = red",
        "project = OPS AND",
        "project = OPS OR project = SEC",
        "project = OPS ORDER key",
        "project = OPS ORDER BY colour",
        'project = "OPS',
    ],
)
def test_a_query_that_is_none_is_refused(double: JiraDouble, query: str) -> None:
    assert Client(double).found(query).status == 400


def test_a_query_is_bounded_by_status_type_and_time_and_put_in_order(double: JiraDouble) -> None:
    first, second = double.create_issue(), double.approved_issue("SEC")
    client = Client(double)

    assert client.ids("status = Approved") == [second.issue_id]
    assert client.ids("issuetype = Change ORDER BY id ASC") == [first.issue_id, second.issue_id]
    assert client.ids("type = Change ORDER BY key DESC, id") == [second.issue_id, first.issue_id]
    assert client.ids("type = Change ORDER BY status ASC") == [second.issue_id, first.issue_id]
    assert client.ids("type = Change ORDER BY created, id") == [first.issue_id, second.issue_id]
    assert client.ids("created > 2026-01-03") == client.ids("created < '2026/01/01 10:00'") == []
    assert client.ids("project not in (OPS)") == client.ids("project = SEC AND created <= 2027-01-01")
    assert Client(double).found("key = OPS-999").status == 400


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"labels": "red"}, 400),
        ({"labels": ["two words"]}, 400),
        ({world.SECRET: 7}, 400),
        ({"assignee": {"name": "nobody", "accountId": "nobody"}}, 400),
        ({world.EXECUTORS: [{"name": "bob", "accountId": world.BOB.account_id}]}, 204),
        ({world.OPERATION: {"value": "rotate"}, "labels": ["red"], "assignee": None}, 204),
        ({"colour": "red"}, 400),
    ],
)
def test_a_field_takes_what_is_of_its_kind(double: JiraDouble, fields: dict[str, Any], status: int) -> None:
    client = Client(double)
    path = f"{client.api}/issue/{double.create_issue().issue_id}"

    assert client.ask("PUT", path, {"fields": fields}).status == status


def test_rich_text_of_cloud_is_a_document() -> None:
    with JiraDouble() as double:
        client = Client(double)
        issue = double.create_issue()
        path = f"{client.api}/issue/{issue.issue_id}"
        refused = client.ask("PUT", path, {"fields": {"description": "plain"}}).status
        other = client.post(f"issue/{issue.issue_id}/comment", {"body": "plain"}).status

    assert (refused, other) == (400, 400)


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ({"type": "inlineCard", "attrs": {"url": "https://a.example"}}, "https://a.example"),
        ({"type": "hardBreak"}, "\n"),
    ],
)
def test_what_stands_in_a_paragraph_has_a_text(node: dict[str, Any], text: str) -> None:
    inner = [{"type": "paragraph", "content": [node]}]
    listed = [{"type": "bulletList", "content": [{"type": "listItem", "content": inner}]}]

    assert plain({"type": "doc", "version": 1, "content": inner}) == text
    assert plain({"type": "doc", "version": 1, "content": listed}) == text


@pytest.mark.parametrize(
    "content",
    [
        "text",
        ["text"],
        [{"type": "dance"}],
        [{"type": "paragraph", "content": [{"type": "text", "text": ""}]}],
        [{"type": "paragraph", "content": [{"type": "dance"}]}],
    ],
)
def test_a_document_with_what_may_not_stand_there_is_none(content: object) -> None:
    with pytest.raises(ValueError, match=r"node|may not stand here"):
        plain({"type": "doc", "version": 1, "content": content})


def test_what_is_not_there_is_not_found(double: JiraDouble) -> None:
    client, admin = Client(double), Client(double, world.ADMIN)
    desk = f"/rest/servicedeskapi/request/{double.create_issue().issue_key}"
    path = "/rest/webhooks/1.0/webhook" if double.flavour is Flavour.CLOUD else "/rest/jira-webhook/1.0/webhooks"
    issue = f"issue/{double.create_issue().issue_id}"

    assert client.ask("GET", desk).json["reporter"]["displayName"] == "Alice Example"
    assert client.ask("GET", f"{desk}/approval/999").status == 404
    assert admin.ask("GET", f"{path}/999").status == 404
    assert admin.ask("POST", path, {"name": "n"}).status == 400
    assert client.get("project/NONE").status == 404
    assert client.get("project/10001").json["key"] == "OPS"
    assert client.get("mypermissions", projectKey="NONE", permissions="BROWSE_PROJECTS").status == 404
    assert client.get("mypermissions", permissions="DANCE").status == 400
    assert client.get("user/search").status == 400
    assert client.get("issue/OPS-1/comment", maxResults="many").status == 400
    assert client.ask("DELETE", f"{client.api}/{issue}/properties/none").status == 404
    assert client.post(f"{issue}/transitions", {"transition": {}}).status == 400
    assert client.ask("PATCH" if double.flavour is Flavour.CLOUD else "DELETE", f"{client.api}/myself").status in (
        405,
        501,
    )


def test_properties_are_listed_and_taken_away(double: JiraDouble) -> None:
    client = Client(double)
    issue = double.create_issue()
    path = f"{client.api}/issue/{issue.issue_id}/properties"
    client.ask("PUT", f"{path}/counterseal.x", {"a": 1})

    listed = [it["key"] for it in client.ask("GET", path).json["keys"]]

    assert client.ask("DELETE", f"{path}/counterseal.x").status == 204
    assert (listed, issue.properties) == (["counterseal.x"], {})


def test_an_approval_is_answered_with_yes_or_no_and_a_comment_has_a_text(double: JiraDouble) -> None:
    issue = double.create_issue()
    one = double.request_approval(issue, world.BOB)
    bob = Client(double, world.BOB)
    desk = f"/rest/servicedeskapi/request/{issue.issue_key}"

    assert bob.ask("POST", f"{desk}/approval/{one.round_id}", {"decision": "maybe"}).status == 400
    assert bob.ask("POST", f"{desk}/comment", {"body": ""}).status == 400
    config = bob.ask("GET", f"{desk}/approval/{one.round_id}/config").status
    assert config == (404 if double.flavour is Flavour.CLOUD else 200)


def test_what_is_no_json_or_no_object_is_refused(double: JiraDouble) -> None:
    client = Client(double)
    path = f"{client.api}/issue"

    assert [sent_raw(client, path, it) for it in ("{", "[]")] == [400, 400]
    assert sent_raw(client, path, "{}", "text/plain") == 415


def test_a_search_has_its_bounds_on_cloud() -> None:
    with JiraDouble() as double:
        double.create_issue()
        client = Client(double)
        assert client.found("project = OPS", reconcileIssues=",".join(map(str, range(51)))).status == 400
        assert client.found("project = OPS", nextPageToken="!").status == 400  # of a page
        client.headers["Authorization"] = "Bearer x"
        assert client.get("myself").status == 403
        client.headers["Authorization"] = "Basic !"
        assert client.get("myself").headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"


def test_hands_are_refused_what_people_are(double: JiraDouble) -> None:
    plain_issue, service = double.create_issue("SEC"), double.create_issue("OPS")

    with pytest.raises(RefusedChange):
        double.request_approval(plain_issue, world.BOB)
    with pytest.raises(RefusedChange):
        double.transition(service, "Done")
    double.request_approval(service, world.BOB)
    double.move(service, "SEC")

    assert (service.issue_key, service.status) == ("SEC-2", "Open")


def test_an_answer_can_be_half_or_lack_what_is_documented(double: JiraDouble) -> None:
    client = Client(double)
    whole = client.get("myself")

    with double.inject(faults.half()):
        half = client.get("myself")
    with double.inject(faults.without("displayName")):
        lacking = client.get("myself")

    assert whole.body.startswith(half.body)
    assert set(whole.json) - set(lacking.json) == {"displayName"}
