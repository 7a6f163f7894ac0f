"""Tickets are read from a file as it stands at that moment."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from counterseal.clock import FixedClock
from counterseal.control.tickets import FileTickets, KeptTickets
from counterseal.correlation.tickets.policy import Policy
from counterseal.errors import MalformedInput, NotFound

EXAMPLE = Path(__file__).parents[3] / "examples/tickets.json"
SOME_TIME = datetime(2026, 3, 10, tzinfo=UTC)


def test_one_ticket_comes_with_the_people_and_standing_approvals_of_its_file() -> None:
    whole = FileTickets(EXAMPLE, Policy()).concerning((), since=SOME_TIME, until=SOME_TIME)

    one = FileTickets(EXAMPLE, Policy()).ticket(whole.tickets[0].issue_key)

    assert one.tickets == whole.tickets[:1]
    assert (one.identities, one.standing) == (whole.identities, whole.standing)


def test_a_ticket_that_the_file_does_not_hold_is_named() -> None:
    with pytest.raises(NotFound, match="'OPS-999'"):
        FileTickets(EXAMPLE, Policy()).ticket("OPS-999")


LATER = FixedClock(datetime(2100, 1, 1, tzinfo=UTC))
WRITTEN = 1_700_000_000


def standing(ticket: str) -> dict[str, Any]:
    return {"principal": "ci", "secrets": ["db"], "operations": ["value"], "ticket": ticket, "owner": "o",
            "expires": "2026-12-31"}  # fmt: skip


def write(file: Path, ticket: str, *, seconds: int = WRITTEN) -> Path:
    """Write a file that holds a standing approval, and say when that was."""
    content = json.dumps({"standing": [standing(ticket)]})
    file.write_text(content, encoding="utf-8")
    os.utime(file, (seconds, seconds))
    return file


def test_a_file_that_did_not_change_is_not_even_read_again(tmp_path: Path) -> None:
    file, kept = write(tmp_path / "tickets.json", "OPS-1"), KeptTickets(LATER)
    first = kept.read(file, Policy())

    # Nothing of what is looked at tells it from what was there: only who reads it sees it.
    with file.open("r+b") as opened:
        opened.write(b"[")
    os.utime(file, (WRITTEN, WRITTEN))

    assert kept.read(file, Policy()) is first


@pytest.mark.parametrize("change", ["longer", "later", "another file"])
def test_a_change_is_seen(change: str, tmp_path: Path) -> None:
    file, kept = write(tmp_path / "tickets.json", "OPS-1"), KeptTickets(LATER)
    kept.read(file, Policy())

    changes = {
        "longer": lambda: write(file, "OPS-22"),
        "later": lambda: write(file, "OPS-2", seconds=WRITTEN + 1),
        "another file": lambda: write(tmp_path / "other", "OPS-2").replace(file),
    }
    changes[change]()

    assert kept.read(file, Policy()).standing[0].issue_key != "OPS-1"


def test_a_change_is_seen_in_a_file_that_was_written_just_now(tmp_path: Path) -> None:
    file, kept = (
        write(tmp_path / "tickets.json", "OPS-1"),
        KeptTickets(FixedClock(datetime.fromtimestamp(WRITTEN, UTC))),
    )
    kept.read(file, Policy())

    write(file, "OPS-2")

    assert kept.read(file, Policy()).standing[0].issue_key == "OPS-2"


def test_what_was_written_anew_with_the_same_content_is_not_parsed_again(tmp_path: Path) -> None:
    file, kept = write(tmp_path / "tickets.json", "OPS-1"), KeptTickets(LATER)
    first = kept.read(file, Policy())

    write(file, "OPS-1", seconds=WRITTEN + 1)

    assert kept.read(file, Policy()) is first


def test_another_policy_or_file_is_read_for_itself(tmp_path: Path) -> None:
    file, kept = write(tmp_path / "tickets.json", "OPS-1"), KeptTickets(LATER)
    first = kept.read(file, Policy())

    assert kept.read(file, Policy(approvers_needed=2)) is not first
    assert kept.read(write(tmp_path / "other", "OPS-2"), Policy()).standing[0].issue_key == "OPS-2"


def test_a_file_that_is_gone_or_broken_is_said_to_be_and_read_once_it_is_whole(tmp_path: Path) -> None:
    file, kept = write(tmp_path / "tickets.json", "OPS-1"), KeptTickets(LATER)
    kept.read(file, Policy())

    file.write_text("{")
    with pytest.raises(MalformedInput, match="is not JSON"):
        kept.read(file, Policy())
    file.unlink()
    with pytest.raises(NotFound):
        kept.read(file, Policy())

    assert kept.read(write(file, "OPS-22"), Policy()).standing[0].issue_key == "OPS-22"
