"""Passes over a ledger that changes, and what each receiver was told."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.ledger.samples import NOON, TickingClock, audit_run, ended, verdict, waiver

from counterseal.assembly.alerts import Telling, open_outbox
from counterseal.assembly.ledgers import open_ledger, open_reports
from counterseal.assembly.settings import load_settings
from counterseal.clock import format_time
from counterseal.ledger import Draft

TOML = '[alerts.chat]\nkind = "webhook"\nurl = "http://127.0.0.1:9/x"\nsecret_env = "CHAT_SECRET"\n'


class HandClock:
    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time


class Chat:
    """A receiver that takes everything."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    def send(self, key: str, body: str) -> None:
        self.taken.append((json.loads(body)["what"], key))


def record(*drafts: Draft, hours: int = 0) -> None:
    clock = TickingClock()
    clock.turn_back(-timedelta(hours=hours))
    ledger = open_ledger(load_settings(), clock)
    ledger.append("audit", drafts)
    ledger.close()


def tell(chat: Chat, clock: HandClock) -> None:
    settings = load_settings()
    ledger = open_ledger(settings)
    with open_outbox(settings) as outbox:
        Telling(settings, open_reports(ledger), outbox, {"chat": chat}, clock).once()
    ledger.close()


def test_a_waiver_that_was_ended_early_and_said_again_until_the_same_day_is_told_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))
    Path("counterseal.toml").write_text(TOML, encoding="utf-8")
    found, chat, clock = verdict("e-1", "unapproved"), Chat(), HandClock()
    record(found, audit_run())
    tell(chat, clock)
    for hour in (0, 1):
        record(waiver(found), hours=hour)
        tell(chat, clock)
        record(ended(found, format_time(clock.now())), hours=hour)
        tell(chat, clock)

    assert [what for what, _ in chat.taken] == ["waived", "counts-again", "waived", "counts-again"]
    assert len({key for _, key in chat.taken}) == 4


def test_a_second_waiver_of_the_same_person_and_its_end_are_told_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))
    Path("counterseal.toml").write_text(TOML, encoding="utf-8")
    found, chat, clock = verdict("e-1", "unapproved"), Chat(), HandClock()
    record(found, audit_run())
    tell(chat, clock)
    for until in ("2026-03-10T13:00:00Z", "2026-03-10T15:00:00Z"):
        record(waiver(found, until))
        tell(chat, clock)
        clock.time += timedelta(hours=2)
        tell(chat, clock)

    assert [what for what, _ in chat.taken] == ["waived", "counts-again", "waived", "counts-again"]
    assert len({key for _, key in chat.taken}) == 4
