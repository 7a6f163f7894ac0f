"""The command `policy explain`, on records and on the ledger."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.story import record, ticket, write_logs, write_tickets
from tests.unit.cli.test_findings import recorded
from tests.unit.correlation.making import object_call
from tests.unit.ledger.samples import verdict

from counterseal.cli import policy_explain
from counterseal.cli.console import Console
from counterseal.cli.parser import command_parser
from counterseal.errors import NotFound, UsageError


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))


def told(*arguments: str | Path) -> tuple[str, str]:
    output, notes = io.StringIO(), io.StringIO()
    parsed = command_parser("policy explain", policy_explain).parse_args(
        [*map(str, arguments), "--as-of", "2026-03-20"]
    )
    assert policy_explain.run(parsed, Console(output, notes)) == 0
    return output.getvalue(), notes.getvalue()


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return write_logs(tmp_path, record(number=1), record("GetSecretValue", number=2), record("TagResource", number=3))


def test_every_ticket_every_check_and_what_would_have_helped_are_told(tmp_path: Path, logs: Path) -> None:
    tickets = write_tickets(tmp_path, ticket(assignee="ben.j", requester="dan.j", approvals=[
        {"by": "cleo.j", "at": "2026-03-10T10:00:00Z", "decision": "approved"}
    ]))  # fmt: skip

    shown, _ = told("e-1", logs, "--tickets", tickets)

    lines = shown.splitlines()
    assert lines[0].startswith("mismatched: a ticket names the secret and does not cover this change")
    assert "  passes   operation: the operation is value, and it allows value" in lines
    assert any(it.startswith("  FAILS    actor: the actor arn:aws:iam::111122223333:user/ana is ana.j") for it in lines)
    assert "OPS-42 makes it mismatched" in lines
    assert "What would have made it approved" in lines
    assert any(it.startswith("  OPS-42 would approve it if ben.j had made the change") for it in lines)
    assert "Settings of the policy that decided" in lines


def test_a_change_that_no_ticket_names_is_told_what_a_ticket_would_need(logs: Path) -> None:
    shown, _ = told("e-1", logs)

    assert "none names this secret with a window near the change, and none is cited" in shown
    assert "a ticket would approve it that names the secret, allows value" in shown


def test_scripts_get_the_same_as_one_document(tmp_path: Path, logs: Path) -> None:
    document: dict[str, Any] = json.loads(
        told("e-1", logs, "--tickets", write_tickets(tmp_path, ticket()), "--json")[0]
    )

    [one] = document["explanations"]
    assert document["schema"] == "counterseal/explanation/v1"
    assert (one["finding"]["event_id"], one["finding"]["verdict"]) == ("e-1", "approved")
    assert {it["passes"] for it in one["tickets"][0]["checks"]} == {True}


@pytest.mark.parametrize(
    ("event", "more", "said"),
    [
        ("e-9", (), "no record has the event id 'e-9'"),
        ("e-2", (), "no record has the event id 'e-2'"),
        ("e-1", ("--account", "999999999999"), "'e-1' was not recorded in 999999999999"),
    ],
)
def test_what_is_not_there_is_not_explained(logs: Path, event: str, more: tuple[str, ...], said: str) -> None:
    with pytest.raises(NotFound, match=said):
        told(event, logs, *more)


def test_an_event_that_gives_no_finding_says_what_it_is(tmp_path: Path) -> None:
    logs = write_logs(tmp_path, record("StopLogging", number=4, eventSource="cloudtrail.amazonaws.com"))

    with pytest.raises(NotFound, match=r"StopLogging \('e-4'\) is a guard event, and gives no finding of its own"):
        told("e-4", logs)


def test_what_was_done_to_an_object_of_a_guarded_bucket_gives_no_finding_of_its_own(tmp_path: Path) -> None:
    logs, policy = write_logs(tmp_path, object_call("DeleteObject", eventID="e-4")), tmp_path / "policy.toml"
    policy.write_text('[policy]\nguarded_buckets = ["acme-logs"]\n')

    with pytest.raises(NotFound, match=r"DeleteObject \('e-4'\) is a guard event, and gives no finding of its own"):
        told("e-4", logs, "--policy", policy)


def test_without_records_the_ledger_tells_what_it_holds() -> None:
    recorded(verdict("e-1", "unapproved", reason="no ticket names it"))

    shown, notes = told("e-1")

    assert shown.startswith("unapproved: no ticket covers the change")
    assert "  no ticket names it" in shown.splitlines()
    assert "  ask the actor; undo the change, or open a ticket for it" in shown.splitlines()
    assert "give the PATH of the records" in notes


def test_scripts_are_told_what_the_ledger_holds() -> None:
    recorded(verdict("e-1", "unapproved"))

    document = json.loads(told("e-1", "--json")[0])

    assert (document["explanations"], document["recorded"][0]["event_id"]) == ([], "e-1")


@pytest.mark.parametrize("more", [(), ("--account", "999999999999")])
def test_what_the_ledger_does_not_hold_is_not_found(more: tuple[str, ...]) -> None:
    recorded(verdict("e-1", "unapproved"))

    with pytest.raises(NotFound, match="stands in the ledger"):
        told("e-2" if not more else "e-1", *more)


def test_what_judges_must_fit_together(logs: Path) -> None:
    with pytest.raises(UsageError, match="--checkpoint and --checkpoint-key go together"):
        told("e-1", logs, "--checkpoint", "kept")
