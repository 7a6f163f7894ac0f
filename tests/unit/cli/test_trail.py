"""The command `trail verify`, and what `audit` says of the same: what they print, and with which status."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.journeys.story import record, ticket, write_tickets
from tests.trail import FIRST, HOUR, Trail, public_keys, three_hours, write_json

from counterseal.cli.main import main


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    """Return a trail of four hours, in the third of which a secret was changed."""
    made = three_hours(tmp_path / "copy")
    records = json.dumps({"Records": [record(time="2026-03-10T12:00:00Z")]}).encode()
    made.hour(made.log(FIRST + 3.2 * HOUR, records))
    return made


def saved(trail: Trail, *, signed: bool = True) -> list[str]:
    keys = ["--public-keys", str(write_json(Path("keys.json"), public_keys()))]
    return [*keys, "--signatures", str(write_json(Path("s.json"), trail.signatures()))] if signed else keys


def verify(trail: Trail, *more: str, signed: bool = True) -> int:
    return main(["trail", "verify", str(trail.root), *saved(trail, signed=signed), *more])


def audit(trail: Trail, *more: str) -> int:
    tickets = write_tickets(trail.root.parent, ticket())
    return main(["audit", str(trail.root), "--tickets", str(tickets), "--as-of", "2026-03-20", *more])


def test_faults_are_recorded_and_listed_as_the_audit_counted_them(
    trail: Trail, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))
    first_log(trail).unlink()
    assert audit(trail, *saved(trail), "--record") == 10
    capsys.readouterr()

    assert main(["findings", "list", "--json", "--as-of", "2026-03-20"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(it["verdict"], it["counts"]) for it in listed["findings"]] == [("trail-fault", True)]
    found = listed["findings"][0]
    assert found["reason"] == "missing-file: the digest lists it, and it is not here"

    waived = ["--by", "cleo", "--why", "known", "--until", "2026-06-30", "--as-of", "2026-03-20"]
    assert main(["findings", "waive", found["finding"], *waived]) == 0
    assert main(["findings", "list", "--exit-status", "--verdict", "trail-fault", "--as-of", "2026-03-20"]) == 0
    assert main(["findings", "show", found["event_id"], "--as-of", "2026-03-20"]) == 0
    assert "waived_by" in capsys.readouterr().out


def first_log(trail: Trail) -> Path:
    return trail.path(trail.digests[0].said["logFiles"][0]["s3Object"])


def test_a_whole_trail_is_said_in_one_line(trail: Trail, capsys: pytest.CaptureFixture[str]) -> None:
    span = "2026-03-10T10:00:00Z to 2026-03-10T14:00:00Z"

    assert verify(trail) == 0
    assert capsys.readouterr().out.splitlines() == [
        "No discrepancy",
        "",
        f"Complete    111122223333 eu-west-1  {span}  4 log files, all as delivered (trail main of eu-west-1)",
    ]


def test_what_is_not_proved_is_said_and_no_discrepancy(trail: Trail, capsys: pytest.CaptureFixture[str]) -> None:
    trail.log(FIRST + 5 * HOUR)
    trail.log(FIRST + 6 * HOUR)

    assert verify(trail, signed=False) == 0
    shown = capsys.readouterr().out
    assert "\nNot proved  111122223333 eu-west-1  2026-03-10T13:00:00Z to 2026-03-10T14:00:00Z  unproved: " in shown
    assert "\nNot proved  3 files are here" in shown


def test_what_is_wrong_comes_with_its_reason_and_what_to_do(trail: Trail, capsys: pytest.CaptureFixture[str]) -> None:
    first_log(trail).unlink()
    Trail(trail.root, region="us-east-1").log(FIRST)

    assert verify(trail) == 10
    shown = capsys.readouterr().out
    assert shown.startswith("2 discrepancies\n")
    assert "\nmissing-file (1)  a log file was delivered and is not here\n  To do: fetch it again" in shown
    assert "\n  2026-03-10T10:00:00Z to 2026-03-10T11:00:00Z  111122223333 eu-west-1\n    AWSLogs/1111" in shown
    assert "\n  111122223333 us-east-1\n    there are log files" in shown
    assert "\nNot proved  1 file is here" in shown


def test_names_do_not_command_the_terminal(trail: Trail, capsys: pytest.CaptureFixture[str]) -> None:
    odd = trail.path(trail.digests[1].said["logFiles"][0]["s3Object"])
    odd.with_name(odd.name.replace(".json", "\x1b[2J.json")).write_bytes(b"{}")

    assert verify(trail) == 10
    assert "\x1b" not in (shown := capsys.readouterr().out)
    assert "\\x1b[2J" in shown


def test_json_is_the_completeness_of_the_audit(trail: Trail, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(trail, "--json") == 0
    alone = json.loads(capsys.readouterr().out)
    assert audit(trail, *saved(trail), "--json") == 0
    whole = json.loads(capsys.readouterr().out)
    schema = json.loads((root / "docs/reference/audit.schema.json").read_text())

    assert whole["completeness"] == alone
    assert list(Draft202012Validator(schema).iter_errors(whole)) == []
    assert [it["outcome"] for it in alone["hours"]] == ["proved"] * 4


def test_the_bucket_may_be_named(trail: Trail, capsys: pytest.CaptureFixture[str]) -> None:
    assert (verify(trail, "--bucket", "acme-trail"), verify(trail, "--bucket", "other")) == (0, 10)
    assert "moved-digest (4)" in capsys.readouterr().out


def test_an_audit_says_which_hours_are_complete_and_no_longer_that_none_was_checked(
    trail: Trail, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(trail) == 0
    assert "were not checked (--public-keys FILE, --verify-digests)" in capsys.readouterr().out
    assert audit(trail, *saved(trail)) == 0
    shown = capsys.readouterr().out
    assert "not checked (--public-keys" not in shown
    assert "\nComplete    111122223333 eu-west-1  2026-03-10T10:00:00Z to" in shown


def test_an_altered_file_is_a_discrepancy_of_the_audit(trail: Trail, capsys: pytest.CaptureFixture[str]) -> None:
    trail.write(trail.digests[0].said["logFiles"][0]["s3Object"], b'{"Records":[  ]}')

    assert audit(trail, *saved(trail)) == 10
    shown = capsys.readouterr().out
    assert shown.startswith("1 discrepancy\n")
    assert "\naltered-file (1)  a log file is not what CloudTrail delivered\n" in shown


def test_signatures_without_keys_are_a_slip(trail: Trail, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(trail, "--signatures", "s.json") == 2
    assert "give --public-keys FILE as well" in capsys.readouterr().err


@pytest.mark.parametrize(("content", "status"), [("{", 12), ("{}", 12), ("[]", 12)])
def test_keys_that_cannot_be_read_are_an_error(content: str, status: int, trail: Trail) -> None:
    Path("none.json").write_text(content)

    assert main(["trail", "verify", str(trail.root), "--public-keys", "none.json"]) == status
    assert audit(trail, "--public-keys", "none.json") == status


def test_a_folder_without_digests_is_not_found(trail: Trail, capsys: pytest.CaptureFixture[str]) -> None:
    keys = saved(trail, signed=False)

    assert main(["trail", "verify", str(first_log(trail).parent), *keys]) == 4
    assert "CloudTrail-Digest beside CloudTrail" in capsys.readouterr().err


def test_the_progress_is_drawn_for_a_person_alone(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen: Any = Screen()
    monkeypatch.setattr("sys.stderr", screen)

    assert verify(trail) == 0
    assert "comparing 1 of 4 log files\r" in screen.getvalue()
    assert screen.getvalue().endswith("comparing 4 of 4 log files\r\x1b[K")
