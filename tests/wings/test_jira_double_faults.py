"""What the double of Jira sends by itself, how it goes wrong on demand, and what it keeps."""

import http.client
import json
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doubles.alert_receivers import HookServer, serving
from tests.doubles.jira_program import story
from tests.servers import free_port, running
from tests.wings.jira_asking import Client

from counterseal.jira_double import faults, world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.hooks import signature
from counterseal.jira_double.model import Flavour, Hook

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


@pytest.fixture
def receiver() -> Iterator[HookServer]:
    with serving(server := HookServer()):
        yield server


def hook(double: JiraDouble, receiver: HookServer, *, jql: str = "") -> Hook:
    """Return a new webhook that leads to the receiver."""
    url = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
    made = Hook(hook_id="7", name="ours", url=url, events=("jira:issue_updated",), secret="hook secret", jql=jql)
    double.site.hooks["7"] = made
    return made


# ---------------------------------------------------------------- webhooks


def test_a_webhook_never_leaves_this_machine(double: JiraDouble, receiver: HookServer) -> None:
    hook(double, receiver).url = "http://audit.example/hook"

    double.edit(double.create_issue(), {"summary": "Changed"})

    assert [it.status for it in double.hooks.sent] == [0]


def test_a_change_is_told_and_signed_over_the_raw_body(double: JiraDouble, receiver: HookServer) -> None:
    hook(double, receiver)
    issue = double.create_issue()

    double.edit(issue, {"summary": "new"})

    ((headers, body),) = receiver.got
    told = json.loads(body)
    assert headers["X-Hub-Signature"] == signature("hook secret", body)
    assert (told["webhookEvent"], told["issue"]["id"]) == ("jira:issue_updated", issue.issue_id)
    assert told["changelog"]["items"][0]["toString"] == "new"
    assert "emailAddress" not in told["user"] or double.flavour is Flavour.DATA_CENTER
    assert ("X-Atlassian-Webhook-Identifier" in headers) == (double.flavour is Flavour.CLOUD)


def test_the_signature_is_that_of_the_official_vector() -> None:
    expected = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"

    assert signature("It's a Secret to Everybody", b"Hello World!") == expected


def test_a_filter_and_a_list_of_events_keep_messages_back(double: JiraDouble, receiver: HookServer) -> None:
    hook(double, receiver, jql="project = SEC")

    double.edit(double.create_issue("OPS"), {"summary": "a"})
    assert receiver.got == []

    double.edit(double.create_issue("SEC"), {"summary": "b"})
    assert len(receiver.got) == 1


def test_messages_are_lost_doubled_forged_and_out_of_order_where_a_test_says_so(
    cloud: JiraDouble, receiver: HookServer
) -> None:
    hook(cloud, receiver)
    issue = cloud.create_issue()

    cloud.hooks.loses = True
    cloud.edit(issue, {"summary": "lost"})
    cloud.hooks.loses, cloud.hooks.duplicates = False, True
    cloud.edit(issue, {"summary": "doubled"})
    cloud.hooks.duplicates, cloud.hooks.forges = False, True
    cloud.edit(issue, {"summary": "forged"})
    cloud.hooks.forges, cloud.hooks.holds, cloud.hooks.disorders = False, True, True
    cloud.edit(issue, {"summary": "first"})
    cloud.edit(issue, {"summary": "second"})
    came_before = len(receiver.got)
    cloud.hooks.deliver()

    said = [json.loads(body)["issue"]["fields"]["summary"] for _, body in receiver.got]
    assert said == ["doubled", "doubled", "forged", "second", "first"]
    assert came_before == 3
    identifiers = [headers["X-Atlassian-Webhook-Identifier"] for headers, _ in receiver.got]
    assert identifiers[0] == identifiers[1]
    signed = [headers["X-Hub-Signature"] == signature("hook secret", body) for headers, body in receiver.got]
    assert signed == [True, True, False, True, True]


def test_cloud_sends_again_what_was_not_taken_and_data_center_does_not(
    double: JiraDouble, receiver: HookServer
) -> None:
    hook(double, receiver)
    issue = double.create_issue()
    receiver.status = 503
    double.edit(issue, {"summary": "a"})
    receiver.status = 204

    again = double.hooks.retry()

    expected = ["1"] if double.flavour is Flavour.CLOUD else []
    assert [it.headers["X-Atlassian-Webhook-Retry"] for it in again] == expected
    assert double.hooks.retry() == []


def test_a_refusal_is_never_sent_again(cloud: JiraDouble, receiver: HookServer) -> None:
    hook(cloud, receiver)
    receiver.status = 401

    cloud.edit(cloud.create_issue(), {"summary": "a"})

    assert cloud.hooks.retry() == []


def test_webhooks_are_made_by_administrators_and_keep_their_secret(double: JiraDouble) -> None:
    is_cloud = double.flavour is Flavour.CLOUD
    path = "/rest/webhooks/1.0/webhook" if is_cloud else "/rest/jira-webhook/1.0/webhooks"
    sent = {"name": "n", "url": "https://x", "events": ["jira:issue_updated"]}
    secret = {"secret": "canary"} if is_cloud else {"configuration": {"SECRET": "canary"}, "secret": "passed over"}
    admin = Client(double, world.ADMIN)

    made = admin.ask("POST", path, {**sent, **secret})
    shown = admin.ask("GET", path)

    assert made.status == 201
    assert b"canary" not in made.body + shown.body
    assert [it.secret for it in double.site.hooks.values()] == ["canary"]
    assert Client(double, world.ROBOT).ask("GET", path).status == 403


def test_data_center_ten_has_no_webhooks_under_the_old_path(data_center: JiraDouble) -> None:
    assert Client(data_center, world.ADMIN).ask("GET", "/rest/webhooks/1.0/webhook").status == 404


# ---------------------------------------------------------------- faults


def test_faults_hold_where_and_as_often_as_they_are_put(double: JiraDouble) -> None:
    client = Client(double)
    with double.inject(faults.broken(), "/rest/api/*/myself", skip=1, times=1):
        statuses = [client.get("myself").status for _ in range(3)]
        other = client.get("field").status

    assert (statuses, other) == ([200, 503, 200], 200)
    assert double.faults == []


def test_a_dead_token_can_hide_the_header_as_well(double: JiraDouble) -> None:
    double.inject(faults.dead_token(None))

    reply = Client(double).found("labels = x")

    assert (reply.status, reply.json["issues"]) == (200, [])
    assert "X-Seraph-LoginReason" not in reply.headers


def test_a_throttled_answer_says_how_long_and_why(double: JiraDouble) -> None:
    double.inject(faults.throttled(7, "jira-per-issue-on-write"))

    reply = Client(double).get("myself")

    assert reply.status == 429
    assert (reply.headers["Retry-After"], reply.headers["RateLimit-Reason"]) == ("7", "jira-per-issue-on-write")


def test_a_cut_before_changes_nothing_and_a_cut_after_has_changed_it(double: JiraDouble) -> None:
    issue = double.create_issue()
    client = Client(double)
    sent = {"transition": {"id": "11"}}

    with double.inject(faults.cut()), pytest.raises(http.client.HTTPException):
        client.post(f"issue/{issue.issue_id}/transitions", sent)
    before = issue.status
    with double.inject(faults.cut_after()), pytest.raises(http.client.HTTPException):
        client.post(f"issue/{issue.issue_id}/transitions", sent)

    assert (before, issue.status) == ("Open", "Waiting for approval")


def test_a_slow_answer_waits_for_its_gate(double: JiraDouble) -> None:
    gate, replies = threading.Event(), []
    placed = double.inject(faults.slow(gate))
    asking = threading.Thread(target=lambda: replies.append(Client(double).get("myself")))
    asking.start()

    assert placed.reached.wait(10)
    assert replies == []
    gate.set()
    asking.join()

    assert [it.status for it in replies] == [200]


def test_a_double_that_is_down_refuses_connections_and_comes_back_with_all_it_holds(double: JiraDouble) -> None:
    client = Client(double)
    issue = double.create_issue()

    with double.down():
        with pytest.raises(ConnectionRefusedError):
            client.get("myself")
        double.edit(issue, {"summary": "meanwhile"})

    assert client.get(f"issue/{issue.issue_id}").json["fields"]["summary"] == "meanwhile"


# ---------------------------------------------------------------- what it keeps


def test_every_request_is_kept_without_the_value_of_its_token(double: JiraDouble) -> None:
    client = Client(double)

    client.post("issue", {"fields": {"summary": "canary-of-the-body"}})

    (seen,) = double.asked("/issue", "POST")
    assert (seen.status, seen.path) == (400, f"{client.api}/issue")
    assert "canary-of-the-body" in double.everything_said()
    assert client.token not in double.everything_said()
    assert client.headers["Authorization"].split()[1] not in double.everything_said()


def test_the_story_of_the_program_is_told_in_full(double: JiraDouble) -> None:
    story(double)

    assert [it.status for it in double.site.issues.values()] == ["Approved", "Waiting for approval", "Open"]


def test_the_program_says_where_it_is_and_with_which_tokens(tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port()
    command = [sys.executable, "-m", "tests.doubles.jira_program", "--flavour", "data-center", "--port", str(port)]

    with running(command, log=log, ready=lambda: "admin@example.com" in log.read_text(encoding="utf-8")):
        said = log.read_text(encoding="utf-8").split()
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/rest/api/2/myself",
            headers={"Authorization": f"Bearer {said[said.index('robot@example.com') + 1]}"},
        )
        with urllib.request.urlopen(asked) as answer:  # noqa: S310  # loopback
            me = json.load(answer)

    assert f"http://127.0.0.1:{port}/" in said
    assert me["name"] == "robot"
