"""The double's Cloud answers as Atlassian's published description says, relaxed by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doubles.jira_description import Description
from tests.wings.jira_asking import Client

from counterseal.jira_double import faults, world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.model import Issue
from counterseal.jira_double.rich_text import document

pytestmark = [pytest.mark.enable_socket, pytest.mark.shared_data]


@pytest.fixture(scope="session")
def description(shared_data: Path) -> Description:
    return Description(shared_data)


@pytest.fixture
def double() -> Iterator[JiraDouble]:
    with JiraDouble("cloud") as made:
        yield made


@pytest.fixture
def issue(double: JiraDouble) -> Issue:
    """Return a ticket with something of everything."""
    people = {"assignee": world.DAVE, world.EXECUTORS: [world.ALICE, world.CAROL], "labels": ["a", "b"]}
    issue = double.approved_issue("OPS", {"description": "One.\n\nTwo.", world.OPERATION: "rotate", **people})
    double.edit(issue, {world.SECRET: "db", "assignee": None, world.EXECUTORS: [world.BOB], "labels": ["c"]})
    double.comment(issue, "words")
    double.move(issue, "SEC")
    return issue


def problems(description: Description, double: JiraDouble) -> list[str]:
    """Return what the exchanges so far did not hold of what is published."""
    covered = [it for it in double.seen if description.covers(it)]
    assert covered
    return [problem for it in covered for problem in description.problems(it)]


def test_what_it_reads_out_is_as_published(description: Description, double: JiraDouble, issue: Issue) -> None:
    client = Client(double)
    double.page_limit = 3
    path = f"issue/{issue.issue_key}"

    for asked in ("myself", "serverInfo", "field", "mypermissions?permissions=BROWSE_PROJECTS", "user/search?query=a"):
        assert client.get(asked).status == 200
    for asked in (path, f"{path}/changelog", f"{path}/comment", f"{path}/transitions", f"{path}/remotelink"):
        assert client.get(asked).status == 200
    assert client.get(path, expand="changelog", fields="*all", properties="x").status == 200
    for more in ({}, {"fields": "*all"}, {"fields": "summary", "expand": "changelog"}):
        assert client.found("project in (OPS, SEC)", **more).status == 200
    assert client.post("search/jql", {"jql": "project = SEC", "fields": ["updated"], "maxResults": 1}).status == 200

    assert problems(description, double) == []


def test_what_it_takes_is_answered_as_published(description: Description, double: JiraDouble, issue: Issue) -> None:
    client = Client(double)
    path = f"issue/{issue.issue_id}"
    fields = {"project": {"key": "SEC"}, "issuetype": {"name": "Task"}, "summary": "S", "description": document("D")}

    statuses = [
        client.post("issue", {"fields": fields}).status,
        client.post("issue", {"fields": {}}).status,
        client.ask("PUT", f"{client.api}/{path}", {"fields": {"summary": "T"}}).status,
        client.post(f"{path}/comment", {"body": document("C")}).status,
        client.ask("PUT", f"{client.api}/{path}/properties/counterseal", {"a": 1}).status,
        client.get(f"{path}/properties/counterseal").status,
        client.post(f"{path}/remotelink", {"globalId": "g", "object": {"url": "https://a", "title": "T"}}).status,
        client.get(f"{path}/remotelink").status,
        client.get(f"{path}/remotelink", globalId="g").status,
        client.post(f"{path}/transitions", {"transition": {"id": "105"}}).status,
        client.ask("DELETE", f"{client.api}/{path}").status,
    ]

    assert statuses == [201, 400, 204, 201, 201, 200, 201, 200, 200, 204, 204]
    assert problems(description, double) == []


def test_what_is_not_there_is_answered_as_published(description: Description, double: JiraDouble) -> None:
    nobody, robot = Client(double, None), Client(double)

    statuses = [
        nobody.get("myself").status,
        nobody.post("issue", {"fields": {}}).status,
        robot.get("issue/OPS-404").status,
        robot.get("issue/OPS-404/changelog").status,
        robot.get("search/jql", jql="order by key").status,
    ]

    assert statuses == [401, 401, 404, 404, 400]
    assert problems(description, double) == []


def test_what_is_not_as_published_is_noticed(description: Description, double: JiraDouble) -> None:
    client = Client(double)
    client.post("search/jql", {"jql": "project = OPS", "color": 1})
    double.inject(faults.other_json({"isLast": "no", "issues": [], "more": 1}))
    client.found("project = OPS")
    client.ask("DELETE", f"{client.api}/myself")
    client.get("field", colour="red")

    said = "\n".join(problems(description, double))

    assert "'color' was unexpected" in said
    assert "'no' is not of type 'boolean'" in said
    assert "'more' was unexpected" in said
    assert "DELETE /rest/api/3/myself: there is no such call" in said
    assert "'colour' is no parameter" in said
