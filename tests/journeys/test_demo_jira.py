"""A newcomer approves a ticket in the demonstration's Jira, and sees the verdict of the change follow."""

import re
import signal
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import pytest
from tests.servers import eventually, free_port
from tests.servers_up import Up, up

pytestmark = pytest.mark.enable_socket

PENDING = "PutSecretValue of shop/prod/delivery-tracking: emergency-pending"
APPROVED = "PutSecretValue of shop/prod/delivery-tracking: emergency"


class Newcomer:
    """Somebody with a browser that keeps cookies and runs no scripts."""

    def __init__(self) -> None:
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
        self.page = ""

    def goes(self, address: str, **sent: str) -> str:
        with self._opener.open(address, urlencode(sent).encode() if sent else None, timeout=20) as answer:
            self.page = answer.read().decode()
        return self.page

    def link(self, text: str) -> str:
        """Return where a link of the page leads, "" where there is none of that text."""
        found = re.search(rf'<a [^>]*href="([^"]*)"[^>]*>{re.escape(text)}</a>', self.page)
        return unescape(found[1]) if found else ""


def jira_of(running: Up) -> str:
    found = re.search(r"(http://127\.0\.0\.1:\d+)/browse/OPS-112", running.printed)
    assert found
    return found[1]


def is_gone(address: str) -> bool:
    try:
        Newcomer().goes(address)
    except URLError as failure:
        return isinstance(failure.reason, ConnectionRefusedError)
    return False


def test_an_approval_in_the_demonstrations_jira_is_a_new_verdict_on_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Were one of these read, the demonstration would not start.
    monkeypatch.setenv("COUNTERSEAL_NO_SUCH_SETTING", "x")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    newcomer, reader = Newcomer(), Newcomer()
    with up(tmp_path, "--demo", "--port", str(free_port())) as running:
        jira = jira_of(running)
        reader.goes(running.link)
        ticket = f"{jira}/browse/OPS-112"
        told = eventually(lambda: PENDING in newcomer.goes(ticket))
        change = newcomer.link(PENDING)
        before = reader.goes(change)

        newcomer.goes(jira + newcomer.link("Be Priya"))
        approve = re.search(r'action="(/browse/OPS-112/approve)"', newcomer.page)
        newcomer.goes(jira + (approve[1] if approve else ""), **{"as": "priya"})
        judged = eventually(lambda: "and it is explained" in reader.goes(change))
        answered = eventually(lambda: bool(newcomer.goes(ticket) and newcomer.link(APPROVED)))

        running.process.send_signal(signal.SIGINT)
        status = running.process.wait(timeout=20)
        printed = running.printed

    assert (told, judged, answered) == (True, True, True)
    assert "Emergency pending" in before
    assert change.startswith(running.address)
    assert newcomer.link(APPROVED) == change
    assert '<span class="badge resolved">resolved' in newcomer.page
    assert (status, "warning" in printed, "Traceback" in printed) == (0, False, False)
    assert not list(tmp_path.glob("counterseal-demo-*"))
    assert not (tmp_path / "state").exists()
    assert (is_gone(jira), is_gone(running.address)) == (True, True)


def test_every_ticket_of_the_story_hears_of_its_changes(tmp_path: Path) -> None:
    newcomer = Newcomer()
    with up(tmp_path, "--demo", "--port", str(free_port())) as running:
        jira = jira_of(running)
        tickets = set(re.findall(r"OPS-\d+", newcomer.goes(jira)))
        # Of OPS-114 there is nothing to say: it was approved, and nobody has done it.
        told = eventually(lambda: tickets - heard(newcomer, jira, tickets) == {"OPS-114"})

    assert len(tickets) == 10
    assert told


def heard(newcomer: Newcomer, jira: str, tickets: set[str]) -> set[str]:
    return {it for it in tickets if "sealed by Counterseal" in newcomer.goes(f"{jira}/browse/{it}")}
