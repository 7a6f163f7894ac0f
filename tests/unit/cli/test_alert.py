"""`alert`: what goes out, once, over receivers that are down and up again."""

import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.cli.test_findings_watch import Steps, record
from tests.unit.ledger.samples import audit_run, verdict, waiver

from counterseal.assembly.alerting import Watch, open_outbox
from counterseal.assembly.recorded import recorded
from counterseal.assembly.settings import load_settings
from counterseal.cli import alert as command
from counterseal.cli.alert import Passing
from counterseal.cli.console import Console
from counterseal.cli.parser import command_parser
from counterseal.control.notify import deliver
from counterseal.errors import NotFound, SettingsError, Unreachable, UsageError
from counterseal.outbox.notice import Notice

SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-Ab12Cd"


class Receiver:
    """A receiver that can be down, and one that takes a notice and is killed before it is noted."""

    def __init__(self) -> None:
        self.taken: list[Notice] = []
        self.is_down = False
        self.after: Callable[[], None] = lambda: None

    def deliver(self, notice: Notice) -> None:
        if self.is_down:
            raise Unreachable("it is down")
        self.taken.append(notice)
        self.after()

    def told(self) -> list[tuple[str, str]]:
        return [(it["what"], it["event_id"]) for it in map(json.loads, [it.body for it in self.taken])]


class Killed(BaseException):
    """Nothing after this is done."""


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))
    settings("")
    (tmp_path / "secret").write_text("0123456789abcdef\n", encoding="utf-8")
    record(verdict("e-0", "unapproved"), audit_run())


def settings(more: str) -> None:
    head = '[alerts.chat]\nkind = "webhook"\nurl = "http://127.0.0.1:9/x"\nsecret_file = "secret"\n'
    Path("counterseal.toml").write_text(head + more, encoding="utf-8")


def pass_once(receiver: Receiver, steps: Steps | None = None, *, existing: bool = False) -> str:
    output, clock = io.StringIO(), steps or Steps()
    found = load_settings()
    with closing(open_outbox(found, clock)) as outbox, recorded(found) as parts:
        passing = Passing(Watch(parts, outbox, found.alerts), outbox, {"chat": receiver}, clock)
        passing.once(Console(output, io.StringIO()), existing=existing)
    return output.getvalue()


def run(*arguments: str) -> tuple[str, str]:
    output, notes = io.StringIO(), io.StringIO()
    command.run(command_parser("alert", command).parse_args(arguments), Console(output, notes))
    return output.getvalue(), notes.getvalue()


def test_the_first_pass_begins_at_now_and_later_ones_send_what_is_new() -> None:
    receiver = Receiver()
    assert pass_once(receiver) == "0 new alerts, 0 sent, 0 waiting\n"
    record(verdict("e-1", "unapproved"), verdict("e-2", "approved"))
    assert pass_once(receiver) == "1 new alerts, 1 sent, 0 waiting\n"
    assert pass_once(receiver) == "0 new alerts, 0 sent, 0 waiting\n"

    assert receiver.told() == [("new", "e-1")]


def test_what_stood_before_is_sent_where_asked_for_and_only_once() -> None:
    receiver = Receiver()
    pass_once(receiver)
    pass_once(receiver, existing=True)
    pass_once(receiver, existing=True)

    assert receiver.told() == [("new", "e-0")]


def test_what_changes_is_waived_or_is_settled_is_told() -> None:
    receiver = Receiver()
    pass_once(receiver)
    record(verdict("e-0", "mismatched"))
    pass_once(receiver)
    record(waiver(verdict("e-0", "mismatched"), "2026-03-10T13:00:00Z"))
    pass_once(receiver)
    later = Steps(timedelta(hours=2))
    later.wait(0)
    pass_once(receiver, later)
    record(verdict("e-0", "approved"))
    pass_once(receiver, later)

    assert receiver.told() == [("changed", "e-0"), ("waived", "e-0"), ("counts-again", "e-0"), ("settled", "e-0")]
    assert len({it.idempotency_key for it in receiver.taken}) == 4


def test_a_receiver_that_was_down_gets_everything_once_it_is_up() -> None:
    receiver = Receiver()
    pass_once(receiver)
    receiver.is_down = True
    for number in (1, 2, 3):
        record(verdict(f"e-{number}", "unapproved"))
        with pytest.raises(Unreachable, match="chat: it is down"):
            pass_once(receiver)
    assert json.loads(run("list", "--json")[0])["counts"] == {"chat": 3}
    assert "it is down" in run("list")[0]

    receiver.is_down = False
    assert pass_once(receiver) == "0 new alerts, 3 sent, 0 waiting\n"
    assert sorted(receiver.told()) == [("new", "e-1"), ("new", "e-2"), ("new", "e-3")]


def test_killed_between_sending_and_noting_it_sends_again_with_the_same_key() -> None:
    receiver = Receiver()
    pass_once(receiver)
    record(verdict("e-1", "unapproved"))

    def die() -> None:
        raise Killed

    receiver.after = die
    with pytest.raises(Killed):
        pass_once(receiver)
    receiver.after = lambda: None
    pass_once(receiver)

    assert [it.body for it in receiver.taken[:1]] == [it.body for it in receiver.taken[1:]]
    assert len({it.idempotency_key for it in receiver.taken}) == 1


def test_a_receiver_that_fails_is_left_alone_ever_longer() -> None:
    receiver = Receiver()
    pass_once(receiver)
    record(verdict("e-1", "unapproved"))
    receiver.is_down = True
    steps = Steps(*[timedelta(seconds=4), timedelta(seconds=1), timedelta(seconds=9), timedelta(seconds=1)])
    tried = []
    with closing(open_outbox(load_settings(), steps)) as outbox, recorded(load_settings()) as parts:
        Watch(parts, outbox, load_settings().alerts).look(steps)
        for _ in range(4):
            tried.append(bool(deliver(outbox, {"chat": receiver}, steps).failures))
            steps.wait(0)
        tried.append(bool(deliver(outbox, {"chat": receiver}, steps).failures))

    assert tried == [True, False, True, False, True]


def test_only_one_process_delivers() -> None:
    receiver = Receiver()
    pass_once(receiver)
    record(verdict("e-1", "unapproved"))
    other = open_outbox(load_settings(), Steps())
    with other.delivering() as alone:
        assert alone
        assert pass_once(receiver) == "1 new alerts, 0 sent, 1 waiting\n"
    other.close()
    pass_once(receiver)

    assert receiver.told() == [("new", "e-1")]


def said(more: str = "", **changed: Any) -> dict[str, Any]:
    settings(more)
    receiver = Receiver()
    pass_once(receiver)
    record(verdict("e-1", "unapproved", secret=SECRET_ARN, reason=f"{SECRET_ARN} was changed", **changed))
    pass_once(receiver)
    found: dict[str, Any] = json.loads(receiver.taken[0].body)
    return found


def test_an_alert_names_the_secret_and_no_whole_arn() -> None:
    found = said()

    assert found["reason"] == "…db/password-Ab12Cd was changed"
    assert found["secret_name"] == "db/password"
    assert (found["time"], found["actor_name"], found["ticket"]) == ("2026-03-10T11:00:00Z", "ada", "OPS-1")
    assert "arn:" not in json.dumps(found)
    assert "link" not in found


def test_a_link_and_whole_arns_are_there_where_they_are_set() -> None:
    found = said('link = "https://watch.example/changes/{event_id}"\nfull_arns = true\n')

    assert found["reason"].startswith(SECRET_ARN)
    assert found["link"] == "https://watch.example/changes/e-1"


def test_a_receiver_hears_of_the_verdicts_it_names() -> None:
    settings('verdicts = ["mismatched"]\n')
    receiver = Receiver()
    pass_once(receiver)
    record(verdict("e-1", "unapproved"), verdict("e-2", "mismatched"))
    pass_once(receiver)

    assert receiver.told() == [("new", "e-2")]


@pytest.mark.parametrize("statement", ["DELETE FROM notices", "UPDATE notices SET body = x'00'"])
def test_what_was_to_be_sent_is_not_altered(statement: str) -> None:
    receiver = Receiver()
    pass_once(receiver, existing=True)
    with (
        closing(sqlite3.connect("state/outbox.sqlite")) as connection,
        pytest.raises(sqlite3.IntegrityError, match="forgets nothing"),
    ):
        connection.execute(statement)


def test_without_a_receiver_nothing_is_sent() -> None:
    Path("counterseal.toml").write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match="nobody"):
        run("send")


def test_a_name_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="'chatt'") as refused:
        run("test", "chatt")
    assert "chat" in refused.value.hint


@pytest.mark.parametrize("seconds", ["0", "nan", "3601"])
def test_a_pause_that_is_none_is_refused(seconds: str) -> None:
    with pytest.raises(UsageError, match="--interval"):
        run("run", f"--interval={seconds}")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('kind = "pigeon"', "webhook or mail"),
        ('kind = "webhook"\nurl = "http://example.com"\nsecret_file = "s"', "is http"),
        ('kind = "webhook"\nurl = "https://u:p@example.com"\nsecret_file = "s"', "no address"),
        ('kind = "webhook"\nurl = "https://example.com"', "secret_file is missing"),
        ('kind = "mail"\nhost = "mx.example"\nfrom = "a@b.c"\nto = "d@e.f"\ntls = "none"', "tls is none"),
        ('kind = "mail"\nhost = "mx.example"\nfrom = "a@b.c"', "needs host, from and to"),
        ('kind = "mail"\nhost = "mx.example"\nfrom = "a@b.c"\nto = "d@e.f"\nport = 0', "a number"),
        ('kind = "mail"\nhost = "mx.example"\nfrom = "a@b.c"\nto = "d@e.f"\nport = "25"', "wrong kind"),
        ('kind = "mail"\nhost = "mx.example"\nfrom = "a@b.c"\nto = "d@e.f"\nusername = "u"', "go together"),
        ('kind = "mail"\nhost = "mx.example"\nfrom = "a@b.c"\nto = "d@e.f\\nBcc: x@y.z"', "are addresses"),
        ('kiind = "mail"', "unknown setting alerts.x.kiind"),
    ],
)
def test_settings_that_would_not_do_are_refused(lines: str, said: str) -> None:
    Path("counterseal.toml").write_text(f"[alerts.x]\n{lines}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=said):
        load_settings()
