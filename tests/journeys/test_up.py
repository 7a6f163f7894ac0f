"""A newcomer starts Counterseal, follows the link, and stops it again."""

import os
import re
import signal
import socket
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

import pytest
from tests.servers import free_port
from tests.servers_up import up

from counterseal.assembly.demo import tell, write_story
from counterseal.clock import SystemClock

pytestmark = pytest.mark.enable_socket

MARK = "Demonstration: this data is invented."


class Visitor:
    """Somebody with a browser that keeps cookies and runs no scripts."""

    def __init__(self) -> None:
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))

    def asks(self, address: str, *, method: str = "GET", **headers: str) -> tuple[int, str]:
        request = Request(address, method=method, headers=headers)  # noqa: S310  # loopback, written by the test
        try:
            with self._opener.open(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()


def ended(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Return what `counterseal up` said, where it is expected to end by itself."""
    environment = {**os.environ, "COUNTERSEAL_STATE_DIRECTORY": str(folder / "state")}
    return subprocess.run(
        [sys.executable, "-m", "counterseal", "up", *map(str, arguments)],
        capture_output=True, text=True, timeout=60, check=False, env=environment,
    )  # fmt: skip


def test_a_newcomer_sees_an_honest_empty_page(tmp_path: Path) -> None:
    with up(tmp_path, "--port", str(free_port())) as running:
        status, page = Visitor().asks(running.link)

    assert status == 200
    assert "Nothing has been looked at yet" in page
    assert MARK not in page


@pytest.mark.parametrize(("metrics", "expected"), [("true", 200), ("false", 401)])
def test_prometheus_asks_without_a_sign_in_where_that_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, metrics: str, expected: int
) -> None:
    monkeypatch.setenv("COUNTERSEAL_UP_METRICS", metrics)
    with up(tmp_path, "--port", str(free_port())) as running:
        status, text = Visitor().asks(f"{running.address}/metrics")
        page, _ = Visitor().asks(f"{running.address}/changes")

    assert (status, page) == (expected, 401)
    assert ("counterseal_blind_seconds 0\n" in text) is (expected == 200)


def test_the_link_works_once_and_the_session_goes_on(tmp_path: Path) -> None:
    first, second = Visitor(), Visitor()
    with up(tmp_path, "--port", str(free_port())) as running:
        first.asks(running.link)
        again, words = second.asks(running.link)
        onward, _ = first.asks(f"{running.address}/changes")

    assert again == 401
    assert "works once" in words
    assert onward == 200


def test_without_signing_in_every_page_says_where_the_link_is(tmp_path: Path) -> None:
    paths = ("/", "/changes", "/changes/x", "/coverage", "/words", "/sign-in", "/nowhere")
    with up(tmp_path, "--port", str(free_port())) as running:
        answers = [Visitor().asks(running.address + path) for path in paths]

    assert {status for status, _ in answers} == {401}
    assert all("terminal where counterseal up is running" in page for _, page in answers)


def test_the_token_stands_in_the_terminal_once_and_no_request_is_logged(tmp_path: Path) -> None:
    with up(tmp_path, "--port", str(free_port())) as running:
        visitor, token = Visitor(), running.link.split("=")[-1]
        visitor.asks(running.link)
        visitor.asks(running.link)
        printed = running.printed

    assert printed.count(token) == 1


def test_another_link_can_be_asked_for_from_our_own_page_alone(tmp_path: Path) -> None:
    with up(tmp_path, "--port", str(free_port())) as running:
        address = f"{running.address}/sign-in/new-link"
        ours, page = Visitor().asks(address, method="POST", Origin=running.address)
        forged, _ = Visitor().asks(address, method="POST", Origin="https://evil.example")

    assert ours == 200
    assert "Look at the terminal" in page
    assert forged == 403


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_it_is_told_to(tmp_path: Path, stop: signal.Signals) -> None:
    with up(tmp_path, "--demo", "--port", str(free_port())) as running:
        Visitor().asks(running.link)
        running.process.send_signal(stop)
        status = running.process.wait(timeout=20)
        printed = running.printed

    assert status == 0
    assert "Traceback" not in printed
    assert not list(tmp_path.glob("counterseal-demo-*"))


def test_the_demonstration_shows_the_story_and_says_that_it_is_one(tmp_path: Path) -> None:
    visitor = Visitor()
    with up(tmp_path, "--demo", "--port", str(free_port())) as running:
        _, first = visitor.asks(running.link)
        _, changes = visitor.asks(f"{running.address}/changes")
        paths = sorted(set(re.findall(r"/changes/[\w-]+", changes)))
        evidence = [visitor.asks(running.address + path) for path in paths]
        printed = running.printed

    assert "6 findings need an explanation" in first
    assert "1 more is waived" in first
    for words in (
        "Proved",
        "Unapproved",
        "Mismatched",
        "Approved late",
        "Emergency pending",
        "Inherited",
        "Refused attempt",
    ):
        assert words in first
    assert "45 minutes" in first
    assert len(evidence) == 16
    assert {status for status, _ in evidence} == {200}
    assert all(MARK in page for page in (first, changes, *(page for _, page in evidence)))
    assert "Look at:" in printed


def test_the_demonstration_does_not_touch_the_real_ledger(tmp_path: Path) -> None:
    with up(tmp_path, "--demo", "--port", str(free_port())) as running:
        Visitor().asks(running.link)

        assert not (tmp_path / "state").exists()


def test_records_and_tickets_of_ones_own_are_shown_and_kept(tmp_path: Path) -> None:
    files = write_story(tmp_path, tell(SystemClock().now()))
    with up(tmp_path, "--port", str(free_port()), "--logs", files.logs, "--tickets", files.tickets) as running:
        _, read = Visitor().asks(running.link)
    with up(tmp_path, "--port", str(free_port())) as running:
        _, kept = Visitor().asks(running.link)

    assert "7 findings need an explanation" in read
    assert "7 findings need an explanation" in kept
    assert MARK not in read + kept


def test_two_can_run_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with up(tmp_path / "one") as one, up(tmp_path / "two") as two:
        visitor = Visitor()
        visitor.asks(one.link)
        visitor.asks(two.link)

        assert visitor.asks(one.address)[0] == visitor.asks(two.address)[0] == 200


def test_a_port_that_is_taken_and_asked_for_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = ended("--port", str(port), folder=tmp_path)

    assert said.returncode == 11
    assert f"port {port} of 127.0.0.1" in said.stderr
    assert "free one" in said.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--host", "0.0.0.0"], 9, "'0.0.0.0' is not served"),  # noqa: S104  # it is refused
        (["--port", "0"], 2, "'0' is not a port"),
        (["--port", "99999"], 2, "'99999' is not a port"),
        (["--port", "x"], 2, "'x' is not a port"),
        (["--demo", "--logs", "x"], 2, "--demo shows invented data alone"),
        (["--tickets", "x"], 2, "are about records"),
        (["--policy", "x"], 2, "are about records"),
        (["--logs", "nowhere"], 4, "'nowhere'"),
    ],
)
def test_what_cannot_be_is_refused_in_words(tmp_path: Path, arguments: list[str], status: int, words: str) -> None:
    said = ended(*arguments, folder=tmp_path)

    assert said.returncode == status
    assert words in said.stderr
    assert "hint:" in said.stderr
    assert "sign-in" not in said.stdout


def test_a_missing_part_is_named_with_the_way_to_get_it() -> None:
    without = (
        "import sys; sys.modules['starlette'] = None; from counterseal.cli.main import main; sys.exit(main(['up']))"
    )
    said = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True, timeout=60, check=False)

    assert said.returncode == 14
    assert "the pages need starlette" in said.stderr
    assert "[web]" in said.stderr
