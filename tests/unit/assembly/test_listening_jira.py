"""A Jira that is followed and answered while messages are taken in."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.sns import NOW
from tests.unit.assembly.test_listening import CLOCK, Noted
from tests.unit.control.test_process import event

from counterseal.assembly.embedded import Reading
from counterseal.assembly.inboxes import House, open_inbox
from counterseal.assembly.jira_mirror import Following, following, jira_hook
from counterseal.assembly.jira_settings import JiraSettings
from counterseal.assembly.ledgers import open_ledger
from counterseal.assembly.listening import listening
from counterseal.assembly.settings import Settings
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.errors import NotFound, SettingsError, Unreachable
from counterseal.inbox.letter import Arrival
from counterseal.jira.interface import Field
from counterseal.jira.mirroring import CaughtUp


class Followed:
    """A Jira that was read up to now, or does not answer."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.times = 0
        self.go = threading.Event()

    def catch_up(self, progress: Any = None) -> CaughtUp:
        self.times += 1
        self.go.wait(20)
        if self.failure:
            raise self.failure
        return CaughtUp(0, 0, NOW)

    def reread(self, id_or_key: str, *, since: datetime | None = None) -> bool:
        return False

    def ticket(self, issue_key: str) -> TicketSet:
        return TicketSet()

    def concerning(self, secrets: Any, *, since: datetime, until: datetime) -> TicketSet:
        return TicketSet(known_until=NOW - timedelta(days=4000) if self.failure else NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(state_directory=tmp_path / "state")
    made.state_directory.mkdir()
    with closing(open_inbox(made, CLOCK)) as inbox:
        inbox.store([Arrival("event-bridge", "x", "m-1", event("e-1"))])
    return made


def verdicts(settings: Settings, jira: Followed, noted: Noted, answer: Callable[[], object] | None = None) -> list[str]:
    """Return what is concluded once Jira was asked, and not before."""
    with closing(open_ledger(settings, CLOCK)) as ledger:
        house = House(ledger, jira, answer)  # type: ignore[arg-type]
        with listening(house, Reading(()), settings, CLOCK, noted) as intake:
            assert intake is not None
            assert not noted.heard.is_set()
            jira.go.set()
            assert noted.heard.wait(20)
        return [str(it.body()["verdict"]) for it in ledger.read("inbox") if it.kind == "verdict"]


def test_nothing_is_decided_before_jira_was_asked(settings: Settings) -> None:
    assert verdicts(settings, Followed(), Noted("1 messages processed")) == ["unapproved"]


def test_where_jira_does_not_answer_changes_are_unknown(settings: Settings) -> None:
    noted = Noted("1 messages processed")

    assert verdicts(settings, Followed(Unreachable("Jira did not answer")), noted) == ["approval-unknown"]
    assert "counterseal: warning: Jira did not answer" in noted.said


def test_tickets_are_answered_after_a_decision(settings: Settings) -> None:
    noted = Noted("no answer")

    def once() -> object:
        raise Unreachable("no answer")

    assert verdicts(settings, Followed(), noted, once) == ["unapproved"]
    assert "counterseal: warning: no answer" in noted.said


def test_a_ticket_file_goes_before_jira(tmp_path: Path) -> None:
    settings = Settings(state_directory=tmp_path, jira=JiraSettings(url="https://jira.example"))

    with following(Reading((), tmp_path / "tickets.json"), settings, CLOCK) as jira:
        assert jira is None


def test_after_a_failure_messages_do_not_wait_for_silence_one_by_one(tmp_path: Path) -> None:
    asked: list[str] = []

    def opened() -> Any:
        asked.append("opened")
        raise Unreachable("Jira did not answer")

    settings = Settings(state_directory=tmp_path, jira=JiraSettings(url="https://jira.example", projects=("OPS",)))
    with following(Reading(()), settings, CLOCK) as jira:
        assert isinstance(jira, Following)
        jira._open = opened
        for _ in range(3):
            with pytest.raises(Unreachable):
                jira.reread("1")
        with pytest.raises(Unreachable):
            jira.catch_up()

    assert asked == ["opened", "opened"]


def test_a_webhook_needs_its_secret(tmp_path: Path) -> None:
    settings = Settings(state_directory=tmp_path, jira=JiraSettings(webhook_secret_env=("JIRA_HOOK",)))

    assert jira_hook(Settings(state_directory=tmp_path), CLOCK) is None
    assert jira_hook(settings, CLOCK, {"JIRA_HOOK": "x" * 32}) is not None
    with pytest.raises(SettingsError, match="JIRA_HOOK"):
        jira_hook(settings, CLOCK, {})


class Connection:
    """One connection to a Jira that answers nothing but whether it is open."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.is_open = False
        self.failure = failure

    @contextmanager
    def opened(self) -> Iterator[Any]:
        self.is_open = True
        yield self
        self.is_open = False

    def fields(self) -> list[Any]:
        if self.failure:
            raise self.failure
        return [Field("customfield_1", "Secret")]

    def issue(self, id_or_key: str, *, fields: Any = ()) -> Any:
        raise NotFound("there is no such ticket")


def test_one_threads_failure_closes_no_other_threads_connection(tmp_path: Path) -> None:
    made = [Connection(), Connection(Unreachable("Jira did not answer"))]
    waiting = iter(made)
    settings = Settings(
        state_directory=tmp_path,
        jira=JiraSettings(url="https://jira.example", projects=("OPS",)),
        policy={"jira_fields": {"secrets": "Secret"}},
    )
    with following(Reading(()), settings, CLOCK) as jira:
        assert jira is not None
        jira._open = lambda: next(waiting).opened()
        assert not jira.reread("1")
        other = threading.Thread(target=suppressed(jira.catch_up))
        other.start()
        other.join(20)

        assert [it.is_open for it in made] == [True, False]

    assert [it.is_open for it in made] == [False, False]


def test_who_asks_while_the_program_ends_is_told_so(tmp_path: Path) -> None:
    closed = Connection(RuntimeError("the client has been closed"))
    settings = Settings(state_directory=tmp_path, jira=JiraSettings(url="https://jira.example", projects=("OPS",)))
    with following(Reading(()), settings, CLOCK) as jira:
        assert jira is not None
        jira._open = closed.opened
        with pytest.raises(RuntimeError):
            jira.reread("1")
        jira.close()
        with pytest.raises(Unreachable, match="the program ends"):
            jira.reread("1")


def suppressed(ask: Callable[[], object]) -> Callable[[], None]:
    def asked() -> None:
        with suppress(Unreachable):
            ask()

    return asked
