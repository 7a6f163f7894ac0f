"""Alerts from the ledger to a real webhook and a real mail server: told once, told late, told after a kill."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.alert_receivers import HookServer, MailServer, serving
from tests.journeys.command import SOURCE, counterseal
from tests.journeys.story import ARN, record, ticket, write_logs, write_tickets

pytestmark = pytest.mark.enable_socket

SECRET = "a secret that both sides know"  # invented
VARIABLES = {"HOOK_SECRET": SECRET}


@pytest.fixture
def hook() -> Iterator[HookServer]:
    server = HookServer()
    with serving(server):
        yield server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    with serving(server):
        yield server


class Home:
    """A folder with settings, a ledger, and somebody who is told."""

    def __init__(self, folder: Path, hook: HookServer, mail: MailServer | None = None) -> None:
        self.folder = folder
        text = f"""
            [state]
            directory = "."
            [alerts.ops]
            kind = "webhook"
            url = "http://127.0.0.1:{hook.server_address[1]}/hooks/PATH-IS-SECRET"
            secret_env = "HOOK_SECRET"
        """
        if mail:
            text += f"""
            [alerts.team]
            kind = "mail"
            host = "127.0.0.1"
            port = {mail.server_address[1]}
            tls = "none"
            from = "audit@acme.example"
            to = ["team@acme.example"]
            """
        (folder / "counterseal.toml").write_text(text)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        return counterseal(*arguments, folder=self.folder, environment=VARIABLES)

    def audit(self, *records: dict[str, Any], tickets: tuple[dict[str, Any], ...] = ()) -> None:
        write_logs(self.folder, *records)
        write_tickets(self.folder, *tickets)
        done = self.run("audit", "logs", "--tickets", "tickets.json", "--record", "--as-of", "2026-03-20")
        assert done.returncode in {0, 10}, done.stderr


@pytest.fixture
def home(tmp_path: Path, hook: HookServer) -> Home:
    return Home(tmp_path, hook)


def bodies(hook: HookServer) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in hook.got]


def test_the_first_pass_takes_stock_and_the_next_tells_what_is_new(home: Home, hook: HookServer) -> None:
    home.audit(record(number=1))
    first = home.run("alert", "send")
    home.audit(record(number=1), record("DeleteSecret", number=2))
    second, third = home.run("alert", "send"), home.run("alert", "send")

    assert (first.returncode, second.returncode, third.returncode) == (0, 0, 0)
    assert b"took stock" in first.stderr
    [(headers, body)] = hook.got
    told = json.loads(body)
    assert (told["what"], told["verdict"], told["event"], told["event_id"]) == (
        "new",
        "unapproved",
        "DeleteSecret",
        "e-2",
    )
    signed = f"{headers['X-Counterseal-Timestamp']}.".encode() + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Counterseal-Signature"] == f"sha256={expected}"
    assert headers["Idempotency-Key"] == told["key"]
    assert ARN.encode() not in body


def test_what_is_there_already_is_told_where_that_is_asked_for(home: Home, hook: HookServer) -> None:
    home.audit(record(number=1))

    home.run("alert", "send", "--existing")

    assert [(it["what"], it["event_id"]) for it in bodies(hook)] == [("new", "e-1")]


def test_a_discrepancy_that_was_explained_is_told_to_be_settled(home: Home, hook: HookServer) -> None:
    home.audit(record(number=1))
    home.run("alert", "send")
    home.audit(record(number=1), tickets=(ticket(),))
    home.run("alert", "send")

    [told] = bodies(hook)
    assert (told["what"], told["verdict"], told["verdict_before"]) == ("settled", "approved", "unapproved")


def test_a_waiver_is_told_and_that_somebody_ended_it(home: Home, hook: HookServer) -> None:
    home.audit(record(number=1))
    home.run("alert", "send")
    next_month = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    waived = home.run("findings", "waive", "e-1", "--by", "cleo", "--why", "known", "--until", next_month)
    home.run("alert", "send")
    unwaived = home.run("findings", "unwaive", "e-1", "--by", "dora", "--why", "it was not known")
    home.run("alert", "send")

    assert (waived.returncode, unwaived.returncode) == (0, 0), waived.stderr + unwaived.stderr
    assert [(it["what"], it["counts"]) for it in bodies(hook)] == [("waived", False), ("counts-again", True)]


def test_a_receiver_that_is_down_is_told_when_it_is_back(home: Home, hook: HookServer) -> None:
    hook.status = 503
    home.audit(record(number=1))

    down = home.run("alert", "send", "--existing")
    waiting = home.run("alert", "list")
    too_soon = home.run("alert", "send")

    assert (down.returncode, too_soon.returncode) == (7, 0)
    assert b"1 alerts were not taken" in down.stderr
    assert b"HTTP 503" in waiting.stdout
    assert b"PATH-IS-SECRET" not in waiting.stdout + down.stderr
    assert len(hook.got) == 1

    hook.status = 204
    make_due(home)
    back, none_left = home.run("alert", "send"), home.run("alert", "list", "--json")

    assert back.returncode == 0
    assert [it["key"] for it in bodies(hook)] == [bodies(hook)[0]["key"]] * 2
    assert json.loads(none_left.stdout) == {"schema": "counterseal/outbox/v1", "waiting": []}


def make_due(home: Home) -> None:
    """Let the pause before the next try be over."""
    import sqlite3

    with sqlite3.connect(home.folder / "outbox.sqlite") as outbox:
        outbox.execute("UPDATE alerts SET next_at = queued_at")


def test_killed_after_it_told_and_before_it_knew_it_tells_the_same_again(
    home: Home, hook: HookServer, root: Path
) -> None:
    home.audit(record(number=1))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED],
        cwd=home.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{SOURCE}{os.pathsep}{root}", **VARIABLES},
        capture_output=True,
        check=False,
    )

    assert killed.returncode == -9, killed.stderr
    assert home.run("alert", "send").returncode == 0
    first, again = hook.got
    assert first[1] == again[1]
    assert first[0]["Idempotency-Key"] == again[0]["Idempotency-Key"]
    assert home.run("alert", "send").returncode == 0
    assert len(hook.got) == 2


# The process ends in the very moment between the receiver's answer and the outbox.
KILLED = """
import os, signal
from counterseal.outbox.sqlite import SqliteOutbox
from counterseal.cli.main import main
SqliteOutbox.taken = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
main(["alert", "send", "--existing"])
"""


def test_of_two_processes_at_once_one_tells(home: Home, hook: HookServer, root: Path) -> None:
    home.audit(record(number=1), record("DeleteSecret", number=2))
    hook.answering.clear()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{SOURCE}{os.pathsep}{root}", **VARIABLES}
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=home.folder, env=environment, stdout=subprocess.PIPE)
        for code in (AT_ONCE, AT_ONCE)
    ]
    try:
        # One of them tells, and the other has come as far as it may.
        assert hook.arrived.wait(30)
        assert [process.stdout.readline() for process in started if process.stdout] == [b"at the lock\n"] * 2
    finally:
        hook.answering.set()

    assert [process.communicate()[1] for process in started] == [None, None]
    assert [process.returncode for process in started] == [0, 0]
    assert sorted(it["event_id"] for it in bodies(hook)) == ["e-1", "e-2"]


# The process says when it asks for the lock.
AT_ONCE = """
import fcntl, sys
from counterseal.cli.main import main
flock = fcntl.flock
fcntl.flock = lambda *of: (print("at the lock", flush=True), flock(*of))
sys.exit(main(["alert", "send", "--existing"]))
"""


def test_mail_and_webhook_are_told_each_for_itself(tmp_path: Path, hook: HookServer, mail: MailServer) -> None:
    home = Home(tmp_path, hook, mail)
    hook.status = 500
    home.audit(record(number=1))

    home.run("alert", "send", "--existing")

    [message] = mail.got
    assert "Subject: [Counterseal] new: unapproved, db/password\r\n" in message
    assert f"Message-ID: <{bodies(hook)[0]['key']}@acme.example>\r\n" in message
    assert "no ticket names db/password" in message
    assert "arn:" not in message


def test_a_receiver_can_be_tried_out(home: Home, hook: HookServer) -> None:
    done, unknown = home.run("alert", "test", "ops"), home.run("alert", "test", "nobody")

    assert (done.returncode, done.stdout) == (0, b"taken by ops\n")
    assert (bodies(hook)[0]["what"], bodies(hook)[0]["counts"]) == ("test", False)
    assert unknown.returncode == 4
    assert b"the settings name ops" in unknown.stderr


def test_metrics_count_findings_and_alerts_that_wait(home: Home, hook: HookServer) -> None:
    hook.status = 500
    home.audit(record(number=1))
    home.run("alert", "send", "--existing")

    shown, written = home.run("metrics"), home.run("metrics", "--textfile", "counterseal.prom")

    assert b'counterseal_findings{verdict="unapproved",counts="true"} 1\n' in shown.stdout
    assert b'counterseal_alerts_waiting{receiver="ops"} 1\n' in shown.stdout
    assert (written.returncode, written.stdout) == (0, b"")
    assert (home.folder / "counterseal.prom").stat().st_mode & 0o777 == 0o644
    assert b"counterseal_last_audit_age_seconds" in (home.folder / "counterseal.prom").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("alert", "send"), 13, b"HOOK_SECRET is not set"),
        (("alert", "list"), 4, b"there is no outbox"),
        (("alert", "run", "--interval", "0"), 2, b"--interval must be above 0"),
    ],
)
def test_what_cannot_be_is_said(home: Home, arguments: tuple[str, ...], status: int, said: bytes) -> None:
    done = counterseal(*arguments, folder=home.folder)

    assert done.returncode == status
    assert said in done.stderr


def test_settings_that_name_nobody_are_said_to(tmp_path: Path) -> None:
    done = counterseal("alert", "send", folder=tmp_path)

    assert done.returncode == 4
    assert b"name nobody who is told" in done.stderr
