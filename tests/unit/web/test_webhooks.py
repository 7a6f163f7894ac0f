"""The addresses that AWS delivers to: beside the pages, and with a guard of their own."""

import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from tests.sns import NOW, AnyAddress, FakeFiles, body, check

from counterseal.clock import FixedClock
from counterseal.control.jira_hook import JiraHook
from counterseal.control.receive import Answer, EventBridgeKey, Headers, Outcome, Reception
from counterseal.hidden import Hidden
from counterseal.inbox.sqlite import SqliteInbox
from counterseal.web import webhooks
from counterseal.web.webhooks import MOST_BYTES, MOST_BYTES_OF_JIRA, with_hooks

SNS = {"content-type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": "Notification"}
EVENT_BRIDGE = {"content-type": "application/json; charset=utf-8", "x-api-key": "invented for these tests"}


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Say that this is a page."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"a page"})


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[SqliteInbox]:
    with closing(SqliteInbox.at(tmp_path / "inbox", FixedClock(NOW))) as opened:
        yield opened


def visitor(inbox: SqliteInbox, files: FakeFiles | None = None) -> TestClient:
    key = EventBridgeKey("x-api-key", Hidden(b"invented for these tests"))
    return TestClient(with_hooks(pages, Reception(inbox, sns=check(files), event_bridge=key)))


def test_a_message_is_stored_and_acknowledged(inbox: SqliteInbox) -> None:
    answer = visitor(inbox).post("/hooks/sns", content=body("version 2"), headers=SNS)

    assert (answer.status_code, answer.text) == (200, "stored\n")
    assert inbox.body(1) == body("version 2")
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_an_event_comes_through_a_proxy_with_another_name(inbox: SqliteInbox) -> None:
    headers = EVENT_BRIDGE | {"host": "hooks.example.com", "x-forwarded-for": "198.51.100.7", "via": "1.1 proxy"}

    answer = visitor(inbox).post("/hooks/event-bridge", content=b'{"id": "e-1"}', headers=headers)

    assert answer.status_code == 200
    assert inbox.body(1) == b'{"id": "e-1"}'


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("message altered", 403),
        ("another topic", 403),
        ("no id", 400),
        ("an hour and a second old", 403),
    ],
)
def test_the_answer_says_whether_it_is_worth_trying_again(name: str, status: int, inbox: SqliteInbox) -> None:
    assert visitor(inbox).post("/hooks/sns", content=body(name), headers=SNS).status_code == status

    assert inbox.letters() == []


def test_our_own_outage_is_worth_trying_again(inbox: SqliteInbox) -> None:
    answer = visitor(inbox, FakeFiles({})).post("/hooks/sns", content=body("version 2"), headers=SNS)

    assert answer.status_code == 503


@pytest.mark.parametrize(
    ("headers", "status"), [({}, 401), ({"x-api-key": "guessed and guessed again"}, 403), (EVENT_BRIDGE, 400)]
)
def test_an_event_must_bring_the_key_and_an_id(headers: dict[str, str], status: int, inbox: SqliteInbox) -> None:
    said = {"content-type": "application/json"} | headers

    assert visitor(inbox).post("/hooks/event-bridge", content=b"[]", headers=said).status_code == status


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_only_post_is_taken(method: str, inbox: SqliteInbox) -> None:
    assert visitor(inbox).request(method, "/hooks/sns").status_code == 405


@pytest.mark.parametrize("kind", ["", "text/html", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_no_form_of_a_browser_is_taken(kind: str, inbox: SqliteInbox) -> None:
    answer = visitor(inbox).post("/hooks/sns", content=body("version 2"), headers=SNS | {"content-type": kind})

    assert answer.status_code == 415


def test_what_is_too_long_is_not_read(inbox: SqliteInbox) -> None:
    client = visitor(inbox)

    declared = client.post("/hooks/sns", content=bytes(MOST_BYTES + 1), headers=SNS)
    in_pieces = client.post("/hooks/sns", content=iter([bytes(MOST_BYTES), b"1"]), headers=SNS)

    assert (declared.status_code, in_pieces.status_code) == (413, 413)


def test_what_is_at_the_limit_is_read(inbox: SqliteInbox) -> None:
    padded = json.dumps({"id": "e-1", "pad": ""})
    content = padded.replace('""', f'"{"x" * (MOST_BYTES - len(padded))}"').encode()

    assert len(content) == MOST_BYTES
    assert visitor(inbox).post("/hooks/event-bridge", content=content, headers=EVENT_BRIDGE).status_code == 200


def test_a_hook_that_is_not_set_up_is_not_there(inbox: SqliteInbox) -> None:
    only_sns = TestClient(with_hooks(pages, Reception(inbox, sns=check(AnyAddress()))))
    key = EventBridgeKey("x-api-key", Hidden(b"invented for these tests"))
    only_events = TestClient(with_hooks(pages, Reception(inbox, event_bridge=key)))

    assert only_sns.post("/hooks/event-bridge", content=b"{}", headers=EVENT_BRIDGE).status_code == 404
    assert only_events.post("/hooks/sns", content=b"{}", headers=SNS).status_code == 404


def test_without_hooks_every_path_is_a_page(inbox: SqliteInbox) -> None:
    for reception in (None, Reception(inbox)):
        assert with_hooks(pages, reception) is pages


def test_pages_stay_pages(inbox: SqliteInbox) -> None:
    assert visitor(inbox).get("/").text == "a page"
    assert visitor(inbox).get("/hooksx").text == "a page"


class _Slow:
    """Takes a message only when it is let go."""

    takes_sns = True
    takes_events = False
    takes_jira = False

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()

    def take_sns(self, body: bytes, headers: Headers) -> Answer:
        self.begun.set()
        self.go.wait(10)
        return Answer(Outcome.STORED)


async def _asked(app: object, receive: Receive) -> int:
    statuses: list[int] = []

    async def send(message: object) -> None:
        if message["type"] == "http.response.start":  # type: ignore[index]
            statuses.append(message["status"])  # type: ignore[index]

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/hooks/sns",
        "headers": [(name.encode(), value.encode()) for name, value in SNS.items()],
        "query_string": b"",
    }
    await app(scope, receive, send)  # type: ignore[operator]
    return statuses[0]


def test_a_flood_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    import anyio

    monkeypatch.setattr(webhooks, "MOST_AT_ONCE", 1)
    slow, statuses = _Slow(), []

    async def whole() -> dict[str, object]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def both() -> None:
        app = with_hooks(pages, slow)  # type: ignore[arg-type]

        async def first() -> None:
            statuses.append(await _asked(app, whole))

        async with anyio.create_task_group() as group:
            group.start_soon(first)
            assert await anyio.to_thread.run_sync(slow.begun.wait, 10)
            statuses.append(await _asked(app, whole))
            slow.go.set()

    anyio.run(both)

    assert statuses == [503, 200]


def test_a_body_that_drips_is_left(inbox: SqliteInbox, monkeypatch: pytest.MonkeyPatch) -> None:
    import anyio

    monkeypatch.setattr(webhooks, "BODY_SECONDS", 0.01)

    async def never() -> dict[str, object]:
        await anyio.sleep_forever()
        return {}

    assert anyio.run(_asked, with_hooks(pages, Reception(inbox, sns=check())), never) == 408


def test_a_sender_that_leaves_is_not_waited_for(inbox: SqliteInbox) -> None:
    import anyio

    async def gone() -> dict[str, object]:
        return {"type": "http.disconnect"}

    assert anyio.run(_asked, with_hooks(pages, Reception(inbox, sns=check())), gone) == 400


def from_jira(body: bytes) -> dict[str, str]:
    signature = hmac.new(b"invented", body, sha256).hexdigest()
    return {"content-type": "application/json; charset=UTF-8", "X-Hub-Signature": f"sha256={signature}"}


def jira_visitor(inbox: SqliteInbox) -> TestClient:
    hook = JiraHook([Hidden(b"invented")], FixedClock(NOW))
    return TestClient(with_hooks(pages, Reception(inbox, jira=hook)))


def test_a_webhook_of_jira_is_stored_and_acknowledged(inbox: SqliteInbox) -> None:
    answer = jira_visitor(inbox).post("/hooks/jira", content=b"{}", headers=from_jira(b"{}"))

    assert (answer.status_code, answer.text) == (200, "stored\n")
    assert inbox.body(1) == b"{}"


def test_a_ticket_with_a_long_description_is_not_lost(inbox: SqliteInbox) -> None:
    large = b'{"text": "' + b"x" * (2 * MOST_BYTES) + b'"}'

    assert jira_visitor(inbox).post("/hooks/jira", content=large, headers=from_jira(large)).status_code == 200


def test_what_jira_itself_would_drop_is_not_begun(inbox: SqliteInbox) -> None:
    headers = from_jira(b"{}") | {"content-length": str(MOST_BYTES_OF_JIRA + 1)}

    assert jira_visitor(inbox).post("/hooks/jira", content=b"{}", headers=headers).status_code == 413


def test_while_two_large_ones_are_read_jira_is_asked_to_try_again(
    inbox: SqliteInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "MOST_LARGE_AT_ONCE", 0)
    large = b" " * (MOST_BYTES + 1)

    assert jira_visitor(inbox).post("/hooks/jira", content=large, headers=from_jira(large)).status_code == 503
