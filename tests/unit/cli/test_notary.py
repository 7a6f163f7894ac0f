"""`seal` and `notary`, from the first key to a proved change on another machine."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.story import ACCOUNT, ANA, ARN, REGION, record, ticket, write_logs, write_tickets

from counterseal.assembly.checkpoints import checkpoint_now, create_signing_key
from counterseal.assembly.settings import load_settings
from counterseal.cli.main import main
from counterseal.clock import FixedClock, format_time

WHAT = ["--secret", ARN, "--operation", "value", "--principal", ANA, "--tickets", "tickets.json"]


def ago(minutes: int) -> str:
    return format_time(datetime.now(UTC) - timedelta(minutes=minutes))


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))
    approvals = [{"by": "ben.j", "at": ago(10), "decision": "approved"}]
    write_tickets(tmp_path, ticket(approvals=approvals, window=None))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def prove(capsys: pytest.CaptureFixture[str], folder: Path, token: str, *more: str) -> dict[str, Any]:
    request = {"secretId": ARN, "clientRequestToken": token}
    logs = write_logs(folder, record(time=ago(-1), requestParameters=request))
    status, shown, _ = run(capsys, "audit", str(logs), "--tickets", "tickets.json", "--json", *more)
    found: dict[str, Any] = json.loads(shown)["findings"][0]
    return {"status": status, **found}


def test_a_change_is_proved_elsewhere_with_the_right_to_verify_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(capsys, "notary", "init")[1].startswith("notary-")
    (tmp_path / "verify.keys").write_text(run(capsys, "notary", "keys")[1])
    _, token, note = run(capsys, "seal", "OPS-42", *WHAT)
    (tmp_path / "issuances.json").write_text(run(capsys, "notary", "export")[1])
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "elsewhere"))
    given = ["--issuances", "issuances.json", "--notary-key", "verify.keys"]
    found = prove(capsys, tmp_path, token.strip(), *given)

    assert (found["status"], found["verdict"], found["version_id"]) == (0, "proved", token.strip())
    assert "for one use" in note
    assert not (tmp_path / "elsewhere").exists()


def anchored(capsys: pytest.CaptureFixture[str], folder: Path, *, minutes: int) -> str:
    """Issue a counterseal, sign a checkpoint by a clock that stood then, keep both, and return the token."""
    run(capsys, "notary", "init")
    token = run(capsys, "seal", "OPS-42", *WHAT)[1].strip()
    settings = load_settings()
    create_signing_key(settings)
    clock = FixedClock(datetime.now(UTC) + timedelta(minutes=minutes))
    (folder / "kept.checkpoint").write_bytes(checkpoint_now(settings, clock)[0].exported())
    (folder / "verify.keys").write_text(run(capsys, "notary", "keys")[1])
    (folder / "issuances.json").write_text(run(capsys, "notary", "export")[1])
    return token


ELSEWHERE = ["--issuances", "issuances.json", "--notary-key", "verify.keys"]
KEPT = ["--checkpoint", "kept.checkpoint", "--checkpoint-key", "state/ledger-signing-key.pub"]


@pytest.mark.parametrize(
    ("minutes", "given", "signals"),
    [
        (0, [*ELSEWHERE, *KEPT], []),
        (5, [*ELSEWHERE, *KEPT], ["counterseal-unanchored"]),
        (0, ELSEWHERE, ["counterseal-unanchored"]),
        (0, ["--record"], []),
        (5, ["--record"], ["counterseal-unanchored"]),
    ],
)
def test_a_proof_is_anchored_by_a_checkpoint_older_than_the_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], minutes: int, given: list[str], signals: list[str]
) -> None:
    found = prove(capsys, tmp_path, anchored(capsys, tmp_path, minutes=minutes), *given)

    assert (found["verdict"], found["signals"]) == ("proved", signals)


def test_the_evidence_shows_the_counterseal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token = anchored(capsys, tmp_path, minutes=0)
    prove(capsys, tmp_path, token, "--record")
    shown = run(capsys, "findings", "show", "e-1")[1]
    told = json.loads(run(capsys, "findings", "show", "e-1", "--json")[1])["counterseal"]
    run(capsys, "notary", "revoke", token, "--reason", "laptop lost")

    assert "anchored   since" in shown
    assert (told["token"], told["position"], told["revoked_at"]) == (token, 1, None)
    assert told["entry"]["issue_key"] == "OPS-42"
    assert ": laptop lost" in run(capsys, "findings", "show", "e-1")[1]


def test_a_ledger_without_the_public_half_of_its_key_anchors_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token = anchored(capsys, tmp_path, minutes=0)
    (tmp_path / "state" / "ledger-signing-key.pub").unlink()

    assert prove(capsys, tmp_path, token, "--record")["signals"] == ["counterseal-unanchored"]


def test_an_audit_that_fails_makes_no_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "audit", "absent", "--record")[0] == 4
    assert not (tmp_path / "state").exists()


def test_keys_are_for_their_owner_and_old_ones_still_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = run(capsys, "notary", "init")[1].strip()
    issued = json.loads(run(capsys, "seal", "OPS-42", *WHAT, "--json", "--expires", "30m")[1])
    new = run(capsys, "notary", "init", "--new-key")[1].strip()
    (tmp_path / "issuances.json").write_text(run(capsys, "notary", "export")[1])
    given = ["--issuances", "issuances.json", "--notary-key", "state/notary.keys"]

    assert issued["notary_key"] == old != new
    assert json.loads(run(capsys, "seal", "OPS-42", *WHAT, "--json")[1])["notary_key"] == new
    assert stat.S_IMODE((tmp_path / "state" / "notary.keys").stat().st_mode) == 0o600
    assert len(run(capsys, "notary", "keys")[1].splitlines()) == 2
    assert prove(capsys, tmp_path, issued["token"], *given)["verdict"] == "proved"


def test_what_is_revoked_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "notary", "init")
    token = run(capsys, "seal", "OPS-42", *WHAT)[1].strip()
    status, shown, _ = run(capsys, "notary", "revoke", token, "--reason", "laptop lost")
    (tmp_path / "issuances.json").write_text(run(capsys, "notary", "export")[1])
    found = prove(capsys, tmp_path, token, "--issuances", "issuances.json", "--notary-key", "state/notary.keys")

    assert status == 0
    assert "is revoked from" in shown
    assert (found["status"], found["verdict"]) == (10, "mismatched")
    assert found["reason"].startswith("counterseal-revoked: ")


WRONG: dict[str, tuple[list[str], int, str]] = {
    "a second notary": (["notary", "init"], 9, "there is a notary already"),
    "revoke without a reason": (["notary", "revoke", "x"], 2, "revoke needs a token and --reason"),
    "keys with a token": (["notary", "keys", "x"], 2, "keys takes no token"),
    "a new key for an export": (["notary", "export", "--new-key"], 2, "--new-key goes with init"),
    "no span": (["seal", "OPS-42", *WHAT, "--expires", "soon"], 2, "'soon' is not a span of time"),
    "a ticket that is not there": (["seal", "OPS-1", *WHAT], 4, "no ticket 'OPS-1' is in"),
    "no issuances": (["audit", ".", "--issuances", "tickets.json"], 12, "'tickets.json': unknown key"),
    "a key file that is none": (["audit", ".", "--notary-key", "tickets.json"], 12, "is no notary key"),
    "a key file that is not there": (["audit", ".", "--notary-key", "absent"], 4, "there is no file 'absent'"),
    "a checkpoint without its key": (["audit", ".", "--checkpoint", "x", "--issuances", "y"], 2, "go together"),
    "a checkpoint without issuances": (["audit", ".", *KEPT], 2, "with --issuances"),
    "a folder for a key": (["audit", ".", "--notary-key", "state"], 6, "cannot be read"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, status, said = WRONG[case]
    run(capsys, "notary", "init")
    answer = run(capsys, *arguments)

    assert answer[:2] == (status, "")
    assert said in answer[2]


def test_without_a_notary_nothing_is_issued(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, said = run(capsys, "seal", "OPS-42", *WHAT)

    assert status == 4
    assert "hint: counterseal notary init makes the notary's key" in said


def test_keys_that_others_may_read_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "notary", "init")
    (tmp_path / "state" / "notary.keys").chmod(0o640)
    status, _, said = run(capsys, "seal", "OPS-42", *WHAT)

    assert status == 9
    assert "others than you may use the notary's keys" in said


def test_the_settings_name_the_file_and_what_is_in_its_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSEAL_NOTARY_KEY_FILE", str(tmp_path / "tickets.json" / "k"))
    status, _, said = run(capsys, "notary", "init")

    assert status == 13
    assert "cannot be made" in said


def test_a_name_needs_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "notary", "init")
    named = ["--secret", "db/password", *WHAT[2:]]

    assert run(capsys, "seal", "OPS-42", *named)[0] == 9
    assert run(capsys, "seal", "OPS-42", *named, "--account", ACCOUNT, "--region", REGION)[0] == 0
