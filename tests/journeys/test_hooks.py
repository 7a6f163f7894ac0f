"""`up` with hooks: AWS delivers over HTTPS beside pages that stay closed, and what it delivers becomes a finding."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from tests.journeys.command import counterseal
from tests.servers import free_port
from tests.servers_up import Up, up
from tests.sns import FOLDER, TOPIC, body
from tests.unit.control.test_process import event

from counterseal.web.serving import listen

pytestmark = pytest.mark.enable_socket

KEY = "invented for these tests"
SETTINGS = f"""
[intake]
sns_topics = ["{TOPIC}"]
sns_authorities = "{FOLDER / "authority.pem"}"
event_bridge_key_env = "HOOK_KEY"
"""


@contextmanager
def hooked(folder: Path) -> Iterator[Up]:
    """Run it with hooks."""
    (folder / "counterseal.toml").write_text(SETTINGS)
    os.environ["HOOK_KEY"] = KEY
    os.environ["COUNTERSEAL_SETTINGS"] = str(folder / "counterseal.toml")
    try:
        with up(folder, "--port", str(free_port())) as running:
            yield running
    finally:
        del os.environ["HOOK_KEY"], os.environ["COUNTERSEAL_SETTINGS"]


def post(address: str, content: bytes, **headers: str) -> tuple[int, str]:
    """Post as a proxy hands on what AWS sent."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    said = {"Host": "hooks.example.com", "X-Forwarded-For": "198.51.100.7", **named}
    request = Request(address, data=content, method="POST", headers=said)  # noqa: S310  # loopback, written by the test
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def test_an_event_that_is_posted_becomes_a_finding(tmp_path: Path) -> None:
    state = {"COUNTERSEAL_STATE_DIRECTORY": str(tmp_path / "state")}
    with hooked(tmp_path) as running:
        address = f"{running.address}/hooks/event-bridge"
        taken = [post(address, event("e-1"), Content_Type="application/json", X_Api_Key=KEY) for _ in range(2)]
        refused = post(address, event("e-2"), Content_Type="application/json", X_Api_Key="guessed and guessed")
        forged = post(f"{running.address}/hooks/sns", body("message altered"), Content_Type="text/plain")
        page = post(f"{running.address}/sign-out", b"", Content_Type="text/plain")

    assert taken == [(200, "stored\n")] * 2
    assert (refused[0], forged[0]) == (403, 403)
    assert page[0] in {403, 421}  # the pages know neither the proxy nor its name
    # What was not processed when it ended is processed by whoever comes next.
    counterseal("inbox", "quarantine", "1", "--why", "to free it again", folder=tmp_path, environment=state)
    assert counterseal("inbox", "retry", "--all", folder=tmp_path, environment=state).returncode == 0
    listed = counterseal("findings", "list", "--json", folder=tmp_path, environment=state)
    assert [it["event_id"] for it in json.loads(listed.stdout)["findings"]] == ["e-1"]


def test_hooks_that_are_not_set_up_are_not_there(tmp_path: Path) -> None:
    with up(tmp_path, "--port", str(free_port())) as running:
        status, _ = post(f"{running.address}/hooks/sns", body("version 2"), Content_Type="text/plain")

    assert status in {403, 421}


def test_no_answer_is_held_back_on_a_kept_connection() -> None:
    """Let asyncio see that it is TCP: else it leaves Nagle's algorithm on, and each answer waits for an ACK."""
    with closing(listen(None)) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with closing(accepted):
            assert accepted.proto == socket.IPPROTO_TCP
