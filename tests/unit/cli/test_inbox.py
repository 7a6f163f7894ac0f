"""The commands `inbox` and `intake`, over an inbox with messages in it."""

import io
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.unit.control.test_consume import URL, FakeQueue, message
from tests.unit.control.test_process import event

from counterseal.assembly import listening
from counterseal.assembly.inboxes import open_inbox
from counterseal.assembly.settings import load_settings
from counterseal.cli import inbox as inbox_command
from counterseal.cli import intake as intake_command
from counterseal.cli.console import Console
from counterseal.cli.parser import command_parser
from counterseal.clock import SystemClock
from counterseal.control.consume import Consumer, Received
from counterseal.errors import Denied, NotFound, Refused, UsageError
from counterseal.inbox.letter import Arrival, State


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))


def run(name: str, *arguments: str) -> tuple[str, str, bytes]:
    """Return what a command printed, what it noted, and the exact bytes it wrote."""
    module = {"inbox": inbox_command, "intake": intake_command}[name]
    written, notes = io.BytesIO(), io.StringIO()
    output = io.TextIOWrapper(written, encoding="utf-8")
    parsed = command_parser(name, module).parse_args(list(arguments))
    assert module.run(parsed, Console(output, notes)) == 0
    output.flush()
    return written.getvalue().decode(errors="replace"), notes.getvalue(), written.getvalue()


def keep(*bodies: bytes, quarantine: str = "") -> None:
    inbox = open_inbox(load_settings(), SystemClock())
    inbox.store([Arrival("sqs", URL, f"m-{number}", body) for number, body in enumerate(bodies)], quarantine=quarantine)
    inbox.close()


def states() -> list[State]:
    inbox = open_inbox(load_settings(), SystemClock())
    found = [it.state for it in inbox.letters()]
    inbox.close()
    return found


def test_without_an_inbox_nothing_is_listed_as_if_it_were_empty() -> None:
    with pytest.raises(NotFound, match="no inbox"):
        run("inbox", "list")


def test_messages_are_listed_with_state_and_reason() -> None:
    keep(b"{}", b"[]", quarantine="no \x1b[31mrecord")

    shown, noted, _ = run("inbox", "list", "--state", "quarantined", "--limit", "1")

    assert "no \\x1b[31mrecord" in shown
    assert len(shown.splitlines()) == 2
    assert "0 new, 0 processed, 2 quarantined" in noted


def test_an_empty_list_prints_no_table() -> None:
    keep(b"{}")

    assert run("inbox", "list", "--state", "processed")[0] == ""


def test_a_script_gets_one_document() -> None:
    keep(b"{}")

    listed = json.loads(run("inbox", "list", "--json")[0])

    assert listed["schema"] == "counterseal/inbox/v1"
    assert listed["counts"] == {"new": 1, "processed": 0, "quarantined": 0}
    (one,) = listed["messages"]
    assert (one["number"], one["channel"], one["size_bytes"]) == (1, "sqs", 2)


def test_a_state_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="no state 'odd'"):
        run("inbox", "list", "--state", "odd")


def test_a_message_is_shown_and_its_body_exactly() -> None:
    keep(b"\xff\x00exact")

    shown, _, _ = run("inbox", "show", "1")
    _, _, body = run("inbox", "show", "1", "--body")

    assert f"origin       {URL}" in shown
    assert "exact" not in shown
    assert body == b"\xff\x00exact"


def test_a_message_is_quarantined_for_a_reason() -> None:
    keep(b"{}")

    run("inbox", "quarantine", "1", "--why", "of the test account")

    assert "of the test account" in run("inbox", "list")[0]
    with pytest.raises(Refused, match="quarantined already"):
        run("inbox", "quarantine", "1", "--why", "again")
    with pytest.raises(Refused, match="has a reason"):
        run("inbox", "quarantine", "1", "--why", " ")


def test_a_quarantined_message_is_processed_when_it_is_retried() -> None:
    keep(event("e-1"), b"no JSON", quarantine="a fault that is mended")

    assert run("inbox", "retry", "--all")[0] == "2 messages freed; 1 processed, 1 back in quarantine\n"

    assert states() == [State.PROCESSED, State.QUARANTINED]


def test_a_retry_says_which() -> None:
    keep(event("e-1"))

    for given in ([], ["1", "--all"]):
        with pytest.raises(UsageError, match="either numbers or --all"):
            run("inbox", "retry", *given)
    with pytest.raises(NotFound, match="none of these is quarantined"):
        run("inbox", "retry", "1")


def test_a_retry_that_waits_for_another_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from counterseal.control.process import Processed, Processing

    keep(b"{}", quarantine="x")
    monkeypatch.setattr(Processing, "run", lambda _: Processed(delayed="no answer"))

    assert "some wait: no answer" in run("inbox", "retry", "1")[1]


def opens(monkeypatch: pytest.MonkeyPatch, queue: FakeQueue) -> list[Any]:
    """Have the command meet this queue; return the settings that it was opened with."""
    opened: list[Any] = []

    def consumer(inbox: Any, settings: Any, stopping: Any, *, announce: Any) -> Consumer:
        opened.append(settings.intake)
        return Consumer(queue, inbox, stopping, announce=announce)

    monkeypatch.setattr(listening, "queue_consumer", consumer)
    return opened


def test_a_queue_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = opens(monkeypatch, FakeQueue([message("a")._replace(body=event("e-1"))], [message("b")]))

    shown, noted, _ = run("intake", "queue", URL, "--access", "default", "--once")

    assert shown == "2 new messages\n"
    assert "1 messages processed, 1 put into quarantine" in noted
    assert (opened[0].queue, opened[0].access) == (URL, "default")
    assert states() == [State.PROCESSED, State.QUARANTINED]


def test_an_empty_queue_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSEAL_INTAKE_QUEUE", URL)
    opened = opens(monkeypatch, FakeQueue())

    assert run("intake", "queue", "--once")[:2] == ("0 new messages\n", "")

    assert opened[0].queue == URL


def test_a_queue_must_be_named() -> None:
    with pytest.raises(UsageError, match="which queue"):
        run("intake", "queue")


class Signalling(FakeQueue):
    """A queue at which a signal arrives while its second batch is waited for."""

    def __init__(self, number: int, *batches: list[Received]) -> None:
        super().__init__(*batches)
        self._number = number

    def receive(self, *, wait_seconds: int, hidden_seconds: int) -> Any:
        # Once: a second SIGINT would end everything at once.
        if not self.batches and self._number:
            number, self._number = self._number, 0
            os.kill(os.getpid(), number)
        return super().receive(wait_seconds=wait_seconds, hidden_seconds=hidden_seconds)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_after_what_it_holds(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(number)
    queue = Signalling(number, [message("a")._replace(body=event("e-1"))])
    opens(monkeypatch, queue)

    _, noted, _ = run("intake", "queue", URL)

    assert queue.done() == [("delete", ["a"])]
    assert "Ctrl+C ends it" in noted
    assert signal.getsignal(number) is before


def test_a_refusal_ends_it_with_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    opens(monkeypatch, FakeQueue(Denied("sqs:ReceiveMessage is not allowed")))

    with pytest.raises(Denied, match="ReceiveMessage"):
        run("intake", "queue", URL)
