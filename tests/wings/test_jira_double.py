"""The double of Jira keeps its word: what other tests rest on is true of it."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.wings.jira_asking import Client, clock_of

from counterseal.jira_double import world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.model import Flavour, Issue, RefusedChange
from counterseal.jira_double.rich_text import document

pytestmark = pytest.mark.enable_socket


@pytest.fixture(params=list(Flavour))
def double(request: pytest.FixtureRequest) -> Iterator[JiraDouble]:
    """Return a double of each flavour in turn."""
    with JiraDouble(request.param) as made:
        yield made


@pytest.fixture
def cloud() -> Iterator[JiraDouble]:
    with JiraDouble(Flavour.CLOUD) as made:
        yield made


@pytest.fixture
def data_center() -> Iterator[JiraDouble]:
    with JiraDouble(Flavour.DATA_CENTER) as made:
        yield made


# ---------------------------------------------------------------- signing in


def test_a_living_token_is_its_person(double: JiraDouble) -> None:
    reply = Client(double, world.BOB).get("myself")

    assert reply.status == 200
    assert reply.json["displayName"] == "Bob Example"
    assert reply.json["timeZone"] == "Europe/Berlin"


def test_a_dead_token_answers_as_to_nobody_and_only_a_header_tells(double: JiraDouble) -> None:
    client = Client(double)
    double.create_issue()
    double.kill(client.token)

    found = client.found("labels = x")

    assert (found.status, found.json["issues"]) == (200, [])
    assert found.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"
    assert client.get("myself").status == 401


def test_what_is_public_is_shown_to_nobody_as_well(double: JiraDouble) -> None:
    shown, kept = double.create_issue("PUB"), double.create_issue("OPS")
    nobody = Client(double, None)

    assert nobody.get(f"issue/{shown.issue_id}").status == 200
    assert nobody.get(f"issue/{kept.issue_id}").status == 404


def test_cloud_takes_scoped_tokens_at_the_gateway_only(cloud: JiraDouble) -> None:
    gateway = f"/ex/jira/{world.CLOUD_ID}"
    client = Client(cloud, prefix=gateway)
    cloud.site.tokens[client.token] = cloud.site.tokens[client.token]._replace(is_scoped=True)

    assert client.get("myself").status == 200
    assert client.ask("GET", "/rest/api/3/myself").status == 401
    cloud.kill(client.token)
    assert client.get("serverInfo").status == 401


def test_data_center_takes_basic_only_where_it_is_switched_on(data_center: JiraDouble) -> None:
    client = Client(data_center)
    basic = base64.b64encode(f"robot:{client.token}".encode()).decode()
    client.headers["Authorization"] = f"Basic {basic}"

    assert client.get("myself").status == 403
    data_center.takes_basic = True
    assert client.get("myself").json["name"] == "robot"


def test_a_token_ends_at_its_time(double: JiraDouble) -> None:
    client = Client(double)
    until = clock_of(double).moment + timedelta(days=1)
    double.site.tokens[client.token] = double.site.tokens[client.token]._replace(until=until)

    before = client.get("myself").status
    clock_of(double).advance(days=1)

    assert (before, client.get("myself").status) == (200, 401)


def test_a_refresh_token_serves_once_and_is_followed_by_another(cloud: JiraDouble) -> None:
    app = {"client_id": cloud.oauth.client_id, "client_secret": cloud.oauth.client_secret}
    client = Client(cloud, None, prefix=f"/ex/jira/{world.CLOUD_ID}")
    sent = {**app, "grant_type": "refresh_token", "refresh_token": cloud.refresh_token(world.BOB)}

    given = client.ask("POST", "/oauth/token", sent).json
    again = client.ask("POST", "/oauth/token", sent)
    following = client.ask("POST", "/oauth/token", {**sent, "refresh_token": given["refresh_token"]})
    stranger = client.ask("POST", "/oauth/token", {**sent, "client_secret": "guessed"})
    client.headers["Authorization"] = f"Bearer {given['access_token']}"

    assert (again.status, following.status, stranger.status) == (403, 200, 401)
    assert client.get("myself").json["displayName"] == "Bob Example"
    assert "canary" not in cloud.everything_said()


# ---------------------------------------------------------------- tickets


def test_a_ticket_is_found_under_its_old_key_and_under_its_id(double: JiraDouble) -> None:
    issue = double.create_issue("OPS")
    old_key = issue.issue_key
    double.move(issue, "SEC")
    client = Client(double)

    shown = [client.get(f"issue/{it}").json["key"] for it in (old_key, issue.issue_key, issue.issue_id)]

    assert shown == ["SEC-1"] * 3


def test_a_hidden_ticket_is_as_absent_as_one_that_never_was(double: JiraDouble) -> None:
    issue = double.create_issue()
    double.hide(issue)
    client = Client(double)

    hidden, absent = client.get(f"issue/{issue.issue_id}"), client.get("issue/OPS-999")

    assert hidden.status == absent.status == 404
    assert hidden.body == absent.body
    assert client.ids("project = OPS") == []


def test_an_edit_notes_what_was_and_what_is_and_what_stays_is_none(double: JiraDouble) -> None:
    issue = double.create_issue("OPS", {world.SECRET: "old"})
    clock_of(double).advance(minutes=5)

    double.edit(issue, {world.SECRET: "new", "summary": "Rotate a secret"})
    double.edit(issue, {world.SECRET: "new"})

    (history,) = issue.histories
    assert [(it.field, it.old_text, it.new_text) for it in history.items] == [("Secret", "old", "new")]
    assert issue.updated == double.clock()


def test_the_changelog_of_cloud_comes_page_by_page_oldest_first(cloud: JiraDouble) -> None:
    issue = cloud.create_issue()
    for word in "abc":
        cloud.edit(issue, {"summary": word})
    client = Client(cloud)
    path = f"issue/{issue.issue_id}/changelog"

    first, last = (client.get(path, startAt=it, maxResults=2).json for it in (0, 2))

    assert [it["items"][0]["toString"] for it in (*first["values"], *last["values"])] == ["a", "b", "c"]
    assert (first["isLast"], last["isLast"], first["total"]) == (False, True, 3)
    latest = client.get(f"issue/{issue.issue_id}", expand="changelog").json["changelog"]["histories"]
    assert [it["items"][0]["toString"] for it in latest] == ["c", "b", "a"]


def test_data_center_has_the_changelog_in_the_ticket_and_nowhere_else(data_center: JiraDouble) -> None:
    issue = data_center.create_issue()
    for word in "ab":
        data_center.edit(issue, {"summary": word})
    client = Client(data_center)

    shown = client.get(f"issue/{issue.issue_id}", expand="changelog").json["changelog"]

    assert [it["items"][0]["toString"] for it in shown["histories"]] == ["a", "b"]
    assert "fieldId" not in shown["histories"][0]["items"][0]
    assert client.get(f"issue/{issue.issue_id}/changelog").status == 404


def test_times_are_written_in_the_zone_of_who_reads(double: JiraDouble) -> None:
    issue = double.create_issue()

    created = [
        Client(double, it).get(f"issue/{issue.issue_id}").json["fields"]["created"] for it in (world.ROBOT, world.BOB)
    ]

    assert created == ["2026-01-02T03:00:00.250+0000", "2026-01-02T04:00:00.250+0100"]


def test_a_change_that_jira_does_not_take_is_refused_by_field(double: JiraDouble) -> None:
    client = Client(double)

    made = client.post("issue", {"fields": {"project": {"key": "OPS"}, "issuetype": {"name": "Change"}, "x": 1}})

    assert made.status == 400
    assert sorted(made.json["errors"]) == ["summary", "x"]


def test_rich_text_is_a_document_on_cloud_and_text_on_data_center(double: JiraDouble) -> None:
    client = Client(double)
    right, wrong = (document("Hi"), "Hi") if double.flavour is Flavour.CLOUD else ("Hi", document("Hi"))
    fields = {"project": {"key": "SEC"}, "issuetype": {"name": "Task"}, "summary": "S"}

    made = client.post("issue", {"fields": {**fields, "description": right}})
    refused = client.post("issue", {"fields": {**fields, "description": wrong}})

    assert client.get(f"issue/{made.json['id']}").json["fields"]["description"] == right
    assert refused.status == 400
    assert client.post(f"issue/{made.json['id']}/comment", {"body": wrong}).status == 400


def test_who_may_only_look_changes_nothing(double: JiraDouble) -> None:
    issue = double.create_issue()
    client = Client(double, world.ONLOOKER)
    path = f"issue/{issue.issue_id}"

    assert client.get(path).status == 200
    assert client.get(f"{path}/transitions").json["transitions"] == []
    assert client.post(f"{path}/transitions", {"transition": {"id": "11"}}).status == 403
    assert client.ask("PUT", f"{client.api}/{path}/properties/x", {}).status == 403
    assert issue.histories == []


# ---------------------------------------------------------------- searching


def test_queries_are_bounded_by_what_they_say(double: JiraDouble) -> None:
    first = double.create_issue("OPS", {"labels": ["cs-1", "x"]})
    clock_of(double).advance(minutes=10)
    second = double.create_issue("SEC")
    client = Client(double)
    millis = int(second.updated.timestamp() * 1000)

    assert client.ids("project in (OPS, SEC) order by key asc") == [first.issue_id, second.issue_id]
    assert client.ids("labels = cs-1") == [first.issue_id]
    assert client.ids('project = OPS AND status = "Approved"') == []
    assert client.ids(f"updated >= {millis} and project in (OPS,SEC)") == [second.issue_id]
    assert client.ids('updated >= "2026-01-02 03:10" AND project in (OPS,SEC)') == [second.issue_id]
    assert client.ids("updated >= -5m order by updated asc") == [second.issue_id]
    assert client.ids(f"id in ({first.issue_id}, SEC-1) order by updated desc") == [second.issue_id, first.issue_id]


def test_a_time_in_a_query_is_a_time_of_who_asks(double: JiraDouble) -> None:
    issue = double.create_issue("SEC")

    assert Client(double, world.BOB).ids('updated >= "2026-01-02 04:00" and project = SEC') == [issue.issue_id]
    assert Client(double, world.ROBOT).ids('updated >= "2026-01-02 04:00" and project = SEC') == []


@pytest.mark.parametrize(
    "jql",
    [
        "project = NONE",
        "key = OPS-404",
        "nothing = 1",
        "project = OPS OR project = SEC",
        'updated >= "2026-01-02 03:00:01"',
        "project = (",
        "project ~ OPS",
        "project = OPS order by colour",
    ],
)
def test_a_query_that_names_what_is_not_there_is_refused(double: JiraDouble, jql: str) -> None:
    reply = Client(double).found(jql)

    assert reply.status == 400
    assert reply.json["errorMessages"]


def test_cloud_gives_ids_only_unless_asked_and_no_total(cloud: JiraDouble) -> None:
    issues = [cloud.create_issue() for _ in range(3)]
    client = Client(cloud)
    cloud.page_limit = 2

    first = client.found("project = OPS").json
    second = client.found("project = OPS", nextPageToken=first["nextPageToken"]).json

    assert [it["id"] for it in (*first["issues"], *second["issues"])] == [it.issue_id for it in reversed(issues)]
    assert first["issues"][0] == {"id": issues[2].issue_id}
    assert (first["isLast"], second["isLast"]) == (False, True)
    assert "total" not in first
    assert "nextPageToken" not in second
    assert client.found("project = SEC", nextPageToken=first["nextPageToken"]).status == 400
    shown = client.found("project = OPS", fields="summary,status").json["issues"][0]
    assert sorted(shown["fields"]) == ["status", "summary"]


def test_cloud_refuses_a_query_without_bounds_and_the_search_that_is_gone(cloud: JiraDouble) -> None:
    client = Client(cloud)

    assert client.found("order by updated").status == 400
    assert client.get("search", jql="project = OPS").status == 410
    assert client.ask("POST", "/rest/api/2/search", {"jql": "project = OPS"}).status == 410


def test_data_center_searches_by_offset_with_a_total(data_center: JiraDouble) -> None:
    issues = [data_center.create_issue() for _ in range(3)]
    data_center.page_limit = 2
    client = Client(data_center)

    pages = [client.found("", startAt=it).json for it in (0, 2)]

    assert [it["id"] for page in pages for it in page["issues"]] == [it.issue_id for it in reversed(issues)]
    assert [(it["total"], it["startAt"], it["maxResults"]) for it in pages] == [(3, 0, 2), (3, 2, 2)]
    assert pages[0]["issues"][0]["fields"]["summary"] == "Rotate a secret"


def test_a_search_lags_behind_while_the_ticket_itself_does_not(double: JiraDouble) -> None:
    issue = double.create_issue()
    double.freeze_index()
    double.edit(issue, {"summary": "new"})
    late = double.create_issue()
    client = Client(double)

    shown = client.found("project = OPS", fields="summary").json["issues"]

    assert [(it["id"], it["fields"]["summary"]) for it in shown] == [(issue.issue_id, "Rotate a secret")]
    assert client.get(f"issue/{issue.issue_id}").json["fields"]["summary"] == "new"
    double.catch_up()
    assert client.ids("project = OPS") == [late.issue_id, issue.issue_id]


def test_cloud_reconciles_the_tickets_that_are_named(cloud: JiraDouble) -> None:
    cloud.freeze_index()
    issue = cloud.create_issue()
    client = Client(cloud)

    assert client.ids("project = OPS") == []
    found = client.found("project = OPS", reconcileIssues=issue.issue_id).json
    assert found["issues"] == [{"id": issue.issue_id}]


# ---------------------------------------------------------------- what hangs on tickets


def test_a_remote_link_is_replaced_whole_by_its_global_id(double: JiraDouble) -> None:
    issue = double.create_issue()
    client = Client(double)
    path = f"issue/{issue.issue_id}/remotelink"
    full = {"globalId": "g", "relationship": "sealed by", "object": {"url": "https://a", "title": "T", "summary": "S"}}

    made = client.post(path, full)
    changed = client.post(path, {"globalId": "g", "object": {"url": "https://b", "title": "T"}})

    assert (made.status, changed.status, made.json["id"]) == (201, 200, changed.json["id"])
    (shown,) = client.get(path).json
    assert shown["object"] == {"url": "https://b", "title": "T"}
    assert "relationship" not in shown
    assert len(issue.histories) == 1
    assert client.post(path, {"object": {"url": "https://a"}}).status == 400
    assert client.get(path, globalId="other").status == 404


def test_a_property_is_set_read_and_bounded_and_is_no_change_of_the_ticket(double: JiraDouble) -> None:
    issue = double.create_issue()
    updated = issue.updated
    clock_of(double).advance(minutes=1)
    client = Client(double)
    path = f"{client.api}/issue/{issue.issue_id}/properties/counterseal"

    statuses = [client.ask("PUT", path, it).status for it in ({"a": 1}, {"a": 2}, {"a": "x" * 32_768})]

    assert statuses == [201, 200, 400]
    assert client.ask("GET", path).json == {"key": "counterseal", "value": {"a": 2}}
    assert client.ask("GET", f"{path}x").status == 404
    assert issue.updated == updated


def test_a_comment_on_a_service_project_is_public_unless_it_says_otherwise(double: JiraDouble) -> None:
    issue = double.create_issue("OPS")
    client = Client(double)
    desk = f"/rest/servicedeskapi/request/{issue.issue_key}/comment"
    body = document("by the platform") if double.flavour is Flavour.CLOUD else "by the platform"

    client.post(f"issue/{issue.issue_id}/comment", {"body": body})
    client.ask("POST", desk, {"body": "by the desk"})
    client.ask("POST", desk, {"body": "internal", "public": False})

    assert [(it.text, it.is_public) for it in issue.comments] == [
        ("by the platform", True),
        ("by the desk", True),
        ("internal", False),
    ]
    assert [it["body"] for it in client.ask("GET", desk, public="false").json["values"]] == ["internal"]


# ---------------------------------------------------------------- approvals


def approvals(client: Client, issue: Issue) -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = client.ask("GET", f"/rest/servicedeskapi/request/{issue.issue_id}/approval").json[
        "values"
    ]
    return values


def test_a_round_is_complete_when_all_have_approved_and_moves_the_ticket(double: JiraDouble) -> None:
    issue = double.create_issue()
    double.request_approval(issue, world.BOB, world.CAROL)
    double.approve(issue, by=world.CAROL)
    client = Client(double)
    (half,) = approvals(client, issue)
    clock_of(double).advance(hours=1)

    double.approve(issue, by=world.BOB)

    (whole,) = approvals(client, issue)
    assert (half["finalDecision"], "completedDate" in half) == ("pending", False)
    assert [it["approverDecision"] for it in half["approvers"]] == ["pending", "approved"]
    assert (whole["finalDecision"], whole["completedDate"]["epochMillis"]) == ("approved", 1_767_326_400_250)
    assert issue.status == "Approved"
    assert issue.histories[-1].author == world.BOB


def test_one_refusal_declines_the_round(double: JiraDouble) -> None:
    issue = double.create_issue()
    double.request_approval(issue, world.BOB, world.CAROL)

    double.decline(issue, by=world.CAROL)

    assert (issue.rounds[0].decision, issue.status) == ("declined", "Declined")
    with pytest.raises(RefusedChange):
        double.approve(issue, by=world.BOB)


def test_only_an_approver_who_was_asked_answers_over_http(double: JiraDouble) -> None:
    issue = double.create_issue()
    one = double.request_approval(issue, world.BOB)
    path = f"/rest/servicedeskapi/request/{issue.issue_key}/approval/{one.round_id}"

    refused = Client(double, world.ALICE).ask("POST", path, {"decision": "approve"})
    bob = Client(double, world.BOB)
    can_answer = bob.ask("GET", path).json["canAnswerApproval"]
    taken = bob.ask("POST", path, {"decision": "approve"})

    assert (refused.status, can_answer, taken.status) == (403, True, 200)
    assert taken.json["finalDecision"] == "approved"


def test_an_agent_can_go_around_the_approval(double: JiraDouble) -> None:
    issue = double.create_issue()
    double.request_approval(issue)

    Client(double, world.DAVE).post(f"issue/{issue.issue_id}/transitions", {"transition": {"id": "41"}})

    assert (issue.status, issue.rounds[0].decision) == ("Approved", "pending")


def test_a_plain_ticket_has_no_rounds_and_an_unlicensed_desk_answers_with_a_page(double: JiraDouble) -> None:
    issue = double.create_issue("SEC")
    client = Client(double)
    path = f"/rest/servicedeskapi/request/{issue.issue_key}/approval"

    assert client.ask("GET", path).status == 404
    double.site.is_service_desk_licensed = False
    page = client.ask("GET", path)
    assert (page.status, page.headers.get_content_type()) == (403, "text/html")
    assert client.ask("GET", "/rest/servicedeskapi/info").json["isLicensedForUse"] is False
