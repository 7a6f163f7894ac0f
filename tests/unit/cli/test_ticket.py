"""The command `ticket`, on a ticket file: what it tells people and scripts, and its exit status."""

import io
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.story import ANA, ticket, write_tickets

from counterseal.assembly.ledgers import open_ledger
from counterseal.assembly.settings import load_settings
from counterseal.cli import ticket as command
from counterseal.cli.console import Console
from counterseal.cli.parser import command_parser
from counterseal.control.identities import Pair, Said, record_mappings
from counterseal.errors import NotFound, SettingsError

OPEN = {"from": "2026-01-01", "to": "2999-01-01"}


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))


class Told:
    """What the command said."""

    def __init__(self, *arguments: str | Path) -> None:
        output, notes = io.StringIO(), io.StringIO()
        parsed = command_parser("ticket", command).parse_args([*map(str, arguments)])
        self.status = command.run(parsed, Console(output, notes))
        self.shown, self.notes = output.getvalue(), notes.getvalue()

    @property
    def json(self) -> Any:
        return json.loads(self.shown)


def tickets(folder: Path, **changed: Any) -> Path:
    return write_tickets(folder, ticket(window=OPEN, **changed))


def show(file: Path, *more: str) -> Told:
    return Told("show", "OPS-42", "--tickets", file, *more)


def check(file: Path, *more: str) -> Told:
    return Told("check", "OPS-42", "--tickets", file, "--secret", "db/password", *more)


def test_a_ticket_is_shown_in_words(tmp_path: Path) -> None:
    told = show(tickets(tmp_path))

    lines = told.shown.splitlines()
    assert told.status == 0
    assert lines[0].startswith("OPS-42: ")
    assert lines[1] == "✓ OPS-42 approves changes that it covers, if they are made now"
    assert "Covers" in lines
    assert any(it.endswith("approved: counts") and it.startswith("  ✓ ") for it in lines)
    assert "Missing" not in lines
    assert lines[-1].startswith("As of ")


def test_what_is_missing_stands_first(tmp_path: Path) -> None:
    told = show(tickets(tmp_path, approvals=[]))

    lines = told.shown.splitlines()
    assert lines[1:5] == ["✗ OPS-42 approves no change now", "", "Missing", "  1 person must approve it"]
    assert "  nobody has decided" in lines


def test_what_could_not_be_read_is_not_called_missing_approval(tmp_path: Path) -> None:
    told = show(tickets(tmp_path, approvals=None, edits=None))

    assert "? OPS-42 may or may not approve a change now: that is not known" in told.shown
    assert "  ? the approvals could not be read" in told.shown
    assert "counterseal: note: " in told.notes


def test_what_happened_is_told_with_its_time_and_a_terminal_obeys_nothing(tmp_path: Path) -> None:
    history = [{"at": "2026-03-10T09:00:00Z", "to": "Approved\x1b[2J", "by": "ben.j"}]
    edits = [{"at": "2999-03-10T09:00:00Z", "field": "comment"}]

    told = show(tickets(tmp_path, status_history=history, edits=edits))

    assert "  2999-03-10T09:00:00Z  comment was edited, which takes no approval back" in told.shown
    assert "\x1b" not in told.shown


def test_scripts_get_one_document(tmp_path: Path) -> None:
    told = show(tickets(tmp_path), "--json").json

    assert (told["schema"], told["key"], told["approves"]) == ("counterseal/ticket/v1", "OPS-42", True)
    assert told["decisions"][0]["counts"] is True


def test_a_change_that_it_approves_gives_status_0(tmp_path: Path) -> None:
    told = check(tickets(tmp_path), "--principal", "arn:aws:iam::111122223333:user/ana")

    assert (told.status, told.notes) == (0, "")
    assert told.shown.startswith("✓ OPS-42 approves this change now\n  It would be approved: OPS-42 was approved by")


def test_a_change_that_it_does_not_approve_gives_status_10_and_the_reason(tmp_path: Path) -> None:
    told = check(tickets(tmp_path), "--operation", "delete")

    assert told.status == 10
    assert told.shown.startswith("✗ OPS-42 does not approve this change now\n  It would be mismatched: other-operation")
    assert "a session that cites the ticket" in told.notes


def test_the_answer_to_a_question_is_for_scripts_too(tmp_path: Path) -> None:
    told = check(tickets(tmp_path, approvals=[]), "--json")

    assert told.status == 10
    assert {it: told.json[it] for it in ("schema", "key", "approves", "verdict")} == {
        "schema": "counterseal/ticket-check/v1",
        "key": "OPS-42",
        "approves": False,
        "verdict": "unapproved",
    }


def test_the_policy_given_holds(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[policy]\napprovers_needed = 2\n", encoding="utf-8")

    assert "2 people who neither asked" in show(tickets(tmp_path), "--policy", str(policy)).shown


def test_without_a_source_of_tickets_the_settings_are_incomplete() -> None:
    with pytest.raises(SettingsError, match="where tickets are read"):
        Told("show", "OPS-42")


def test_a_ticket_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="OPS-99"):
        Told("show", "OPS-99", "--tickets", tickets(tmp_path))


def test_whom_the_ledger_maps_is_known_here_too(tmp_path: Path) -> None:
    file = write_tickets(tmp_path, ticket(window=OPEN), identities={})
    before = check(file, "--principal", ANA)
    settings = load_settings()
    with closing(open_ledger(settings)) as ledger:
        record_mappings(ledger, [Pair("ana.j", ANA)], Said("cleo", "asked her"), {})

    assert (before.status, check(file, "--principal", ANA).status) == (10, 0)
