"""The threads that take messages and process them while a program runs."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.sns import FOLDER, NOW, TOPIC
from tests.unit.control.test_consume import URL, FakeQueue, message
from tests.unit.control.test_process import event

from counterseal.assembly import listening as listening_file
from counterseal.assembly.embedded import Reading
from counterseal.assembly.inboxes import House, open_inbox
from counterseal.assembly.ledgers import open_ledger
from counterseal.assembly.listening import Workers, listening, queue_consumer, sentence
from counterseal.assembly.settings import IntakeSettings, Settings
from counterseal.aws import AwsAccess
from counterseal.clock import FixedClock
from counterseal.control.consume import Consumer
from counterseal.control.intake_state import Failure, IntakeState
from counterseal.control.process import Processed
from counterseal.control.receive import Outcome
from counterseal.errors import Denied, SettingsError, Unreachable
from counterseal.inbox.letter import Arrival, State
from counterseal.ledger.interface import Ledger

CLOCK = FixedClock(NOW)
EVENT_BRIDGE = IntakeSettings(event_bridge_key_env="HOOK_KEY")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HOOK_KEY", "invented for these tests")
    return Settings(state_directory=tmp_path / "state")


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    with closing(open_ledger(settings, CLOCK)) as opened:
        yield opened


class Noted:
    """What a person was told; who waits for a word hears it."""

    def __init__(self, wanted: str = "") -> None:
        self.said: list[str] = []
        self.heard = threading.Event()
        self._wanted = wanted

    def __call__(self, text: str) -> None:
        self.said.append(text)
        if self._wanted in text:
            self.heard.set()


def test_without_settings_nothing_listens_and_no_inbox_is_made(settings: Settings, ledger: Ledger) -> None:
    with listening(House(ledger), Reading(()), settings, CLOCK, Noted()) as intake:
        assert intake is None

    assert not (settings.state_directory / "inbox.sqlite").exists()


def test_what_another_command_took_in_is_told_of(settings: Settings, ledger: Ledger) -> None:
    with closing(open_inbox(settings, CLOCK)) as inbox:
        inbox.store([Arrival("sqs", "queue", "m-1", b"poison")], quarantine="it is not JSON")

    with listening(House(ledger), Reading(()), settings, CLOCK, Noted()) as intake:
        assert intake is not None
        assert intake.reception is None
        assert intake.state() == IntakeState(quarantined=1, last_at=NOW, last_from="sqs: queue")


def test_what_is_posted_is_processed_while_the_program_runs(settings: Settings, ledger: Ledger) -> None:
    noted = Noted("1 messages processed")

    with listening(House(ledger), Reading(()), settings._replace(intake=EVENT_BRIDGE), CLOCK, noted) as intake:
        assert intake is not None
        assert intake.reception is not None
        answer = intake.reception.take_event(event("e-1"), {"x-api-key": "invented for these tests"})
        assert noted.heard.wait(20)

    assert answer.outcome is Outcome.STORED
    assert [it.body()["event_id"] for it in ledger.read("inbox") if it.kind == "verdict"] == ["e-1"]


def test_what_lay_there_is_processed_at_the_start(settings: Settings, ledger: Ledger) -> None:
    with closing(open_inbox(settings, CLOCK)) as inbox:
        inbox.store([Arrival("event-bridge", "x", "m-1", event("e-1"))])
    noted = Noted("1 messages processed")

    with listening(House(ledger), Reading(()), settings._replace(intake=EVENT_BRIDGE), CLOCK, noted):
        assert noted.heard.wait(20)


def test_a_queue_is_taken_from_while_the_program_runs(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = FakeQueue([message("a")._replace(body=event("e-1"))])
    _opens(monkeypatch, lambda inbox, stopping, announce: Consumer(queue, inbox, stopping, announce=announce))
    monkeypatch.setattr(queue, "receive", _once(queue.receive))
    noted = Noted("1 messages processed")

    with listening(House(ledger), Reading(()), settings._replace(intake=IntakeSettings(queue=URL)), CLOCK, noted):
        assert noted.heard.wait(20)

    assert queue.done() == [("delete", ["a"])]


def _opens(monkeypatch: pytest.MonkeyPatch, make: Callable[..., Consumer]) -> None:
    def opened(inbox: Any, _: Settings, stopping: Any, *, announce: Any) -> Consumer:
        return make(inbox, stopping, announce)

    monkeypatch.setattr(listening_file, "queue_consumer", opened)


def _once(receive: Callable[..., Any]) -> Callable[..., Any]:
    """Give what is there, then wait for ever, as a long poll nearly does."""
    given = threading.Event()

    def received(**arguments: Any) -> Any:
        if given.is_set():
            threading.Event().wait(60)
        given.set()
        return receive(**arguments)

    return received


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening_file, "_GRACE_SECONDS", 0.2)
    monkeypatch.setattr(listening_file, "RETRY_SECONDS", 0.01)


_NOTHING = Processed()


class Failing:
    """A consumer, or a processing, that fails so often and then ends the work."""

    def __init__(self, workers: Workers, failures: list[Exception], result: Processed = _NOTHING) -> None:
        self._workers = workers
        self._failures = failures
        self._result = result

    def run(self, *_: object) -> Processed:
        if self._failures:
            raise self._failures.pop(0)
        self._workers.stopping.set()
        return self._result


def test_a_queue_that_refuses_is_asked_again_and_complained_of_once() -> None:
    noted = Noted()
    workers = Workers(noted, CLOCK)

    workers.consume(Failing(workers, [Denied("no", hint="ask"), Denied("no", hint="ask")]), is_all=False)  # type: ignore[arg-type]

    assert noted.said == ["counterseal: warning: no (ask)"]
    assert workers.failure is None
    assert workers.last == Failure(NOW, "no")


def test_where_the_queue_is_all_its_refusal_ends_the_work() -> None:
    workers = Workers(Noted(), CLOCK)

    workers.consume(Failing(workers, [Denied("no")]), is_all=True)  # type: ignore[arg-type]

    assert workers.stopping.is_set()
    assert str(workers.failure) == "no"


def test_a_failure_of_processing_is_told_and_tried_again() -> None:
    noted = Noted()
    workers = Workers(noted, CLOCK)

    workers.process(Failing(workers, [Unreachable("busy")], Processed(processed=2, delayed="no answer")))  # type: ignore[arg-type]

    assert noted.said == [
        "counterseal: warning: busy",
        "counterseal: 2 messages processed, some wait: no answer",
    ]
    assert workers.last == Failure(NOW, "no answer")


def test_work_that_has_ended_begins_nothing() -> None:
    workers = Workers(Noted(), CLOCK)
    workers.stopping.set()
    workers.news.set()

    workers.process(Failing(workers, [Unreachable("never asked")]))  # type: ignore[arg-type]
    workers.consume(Failing(workers, [Unreachable("never asked")]), is_all=True)  # type: ignore[arg-type]

    assert workers.failure is None


def test_whoever_is_told_to_end_while_it_waits_does_no_more() -> None:
    workers = Workers(Noted(), CLOCK)

    workers.process(Failing(workers, [], Processed(delayed="x")))  # type: ignore[arg-type]

    assert workers.stopping.is_set()


def test_what_became_of_messages_is_said_in_a_sentence() -> None:
    assert sentence(Processed()) == ""
    said = sentence(Processed(processed=1, quarantined=2, delayed="no answer"))
    assert said.startswith("counterseal: 1 messages processed, 2 put into quarantine")
    assert said.endswith("some wait: no answer")


def test_the_region_of_a_queue_is_that_of_its_address(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    monkeypatch.setattr(
        "counterseal.aws.session.client", lambda service, access, **more: opened.append((service, access.region, more))
    )
    named = settings._replace(
        intake=IntakeSettings(queue=URL, access="audit"), aws={"audit": AwsAccess(name="audit", region="eu-west-1")}
    )

    with closing(open_inbox(settings, CLOCK)) as inbox:
        assert isinstance(queue_consumer(inbox, named, threading.Event()), Consumer)

        with pytest.raises(SettingsError, match="not the address"):
            queue_consumer(inbox, settings._replace(intake=IntakeSettings(queue="x")), threading.Event())

    assert opened == [("sqs", "us-east-2", {"endpoint": "", "waits_seconds": 20})]


def test_a_topic_opens_the_hook_of_sns(settings: Settings, ledger: Ledger) -> None:
    intake = IntakeSettings(sns_topics=(TOPIC,), sns_authorities=FOLDER / "authority.pem")

    with listening(House(ledger), Reading(()), settings._replace(intake=intake), CLOCK, Noted()) as listened:
        assert listened is not None
        reception = listened.reception
        assert reception is not None
        assert (reception.takes_sns, reception.takes_events) == (True, False)
        with closing(open_inbox(settings, CLOCK)) as inbox:
            assert inbox.counts()[State.NEW] == 0
