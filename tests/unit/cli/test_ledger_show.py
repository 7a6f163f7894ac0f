"""The newest entries of the ledger, from the command line."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.cli.test_ledger_parquet import told
from tests.unit.ledger.samples import TickingClock, event, verdict

from counterseal.assembly.ledgers import open_ledger
from counterseal.assembly.settings import load_settings
from counterseal.cli import ledger
from counterseal.control.identities import Pair, Said, record_mappings, record_removal
from counterseal.ledger import EntryKind, draft


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))


def places(*arguments: str) -> list[tuple[str, int]]:
    """Return stream and position of each entry that is shown."""
    lines = told(ledger, "show", "--json", *arguments)[0].splitlines()
    return [(it["stream"], it["position"]) for it in map(json.loads, lines)]


def test_the_last_entry_is_the_newest_though_the_clock_had_gone_back() -> None:
    clock = TickingClock()
    opened = open_ledger(load_settings(), clock)
    opened.append("audit", [verdict("e-1", "unapproved")])
    opened.append("audit", [event("e-2")])
    clock.turn_back(timedelta(hours=1))
    opened.append("audit", [verdict("e-1", "approved")])
    clock.turn_back(timedelta(hours=-2))
    opened.append("other", [event("e-3")])
    opened.close()

    assert places("--limit", "2") == [("other", 1), ("audit", 3)]
    assert places("--kind", "verdict") == [("audit", 3), ("audit", 1)]
    assert places("--stream", "audit") == [("audit", 3), ("audit", 2), ("audit", 1)]
    assert places("--limit", "0") == []


def test_who_mapped_whom_and_who_took_it_back_is_shown() -> None:
    opened = open_ledger(load_settings(), TickingClock())
    record_mappings(opened, [Pair("ben.j", "ben@example.com")], Said("ana", "asked him"), {})
    record_removal(opened, Pair("ben.j", "ben@example.com"), Said("cleo", "he left"))
    opened.close()

    shown = told(ledger, "show", "--stream", "identities")[0].splitlines()

    assert shown[1].endswith("identity-mapping  ben@example.com is not ben.j, by cleo")
    assert shown[2].endswith("identity-mapping  ben@example.com is ben.j, by ana")


def test_what_was_done_to_an_object_is_shown_with_bucket_and_object() -> None:
    body = json.loads(event("g-1", name="DeleteObject", service="s3", secret_name="").body)
    opened = open_ledger(load_settings(), TickingClock())
    opened.append("audit", [draft(EntryKind.GUARD_EVENT, body | {"resource": "acme-logs", "object": "a/b"})])
    opened.close()

    assert told(ledger, "show")[0].splitlines()[1].endswith("guard-event  g-1 acme-logs a/b")


def test_what_a_terminal_would_obey_is_spelt_out_and_nothing_is_said_to_be_nothing() -> None:
    opened = open_ledger(load_settings(), TickingClock())
    opened.append("audit", [verdict("e-1", "unapproved", secret_name="db\x1b[2J")])
    opened.close()

    assert "db\\x1b[2J" in told(ledger, "show")[0]
    assert told(ledger, "show", "--stream", "none") == ("", "counterseal: note: nothing was found\n")
