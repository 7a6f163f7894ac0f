"""The commands that only read, on a ledger that can only be read where it lies."""

from pathlib import Path

import pytest
from tests.unit.ledger.blocking import block
from tests.unit.ledger.samples import TickingClock, audit_run, event, verdict

from counterseal.assembly.ledgers import open_ledger
from counterseal.assembly.settings import load_settings
from counterseal.cli.main import main
from counterseal.errors import Denied


@pytest.fixture(autouse=True)
def _blocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))
    ledger = open_ledger(load_settings(), TickingClock())
    ledger.append("audit", [event("e-1"), verdict("e-1", "unapproved"), audit_run()])
    ledger.close()
    block(tmp_path / "state" / "ledger.sqlite")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("ledger verify", "holds: every entry is there"),
        ("ledger export -", '"schema":"counterseal/ledger-export/v1"'),
        ("ledger show", "audit-run"),
        ("report summary", "unapproved"),
        ("findings list", "1 count, 0 waived, 1 listed"),
        ("findings show e-1", "Proof of the place in the ledger"),
        ("identity list", "Nobody is mapped"),
        ("metrics", 'counterseal_ledger_entries{stream="audit"} 3'),
    ],
)
def test_it_answers_and_leaves_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, said: str
) -> None:
    assert main(command.split()) == 0

    assert said in capsys.readouterr().out
    assert [it.name for it in (tmp_path / "state").iterdir() if it.exists()] == ["ledger.sqlite"]


def test_what_has_to_be_written_is_denied(capsys: pytest.CaptureFixture[str]) -> None:
    waive = ["findings", "waive", "e-1", "--by", "cleo", "--why", "known", "--until", "2026-04-01", "--as-of"]

    assert main([*waive, "2026-03-20"]) == Denied.exit_status
    assert "may not be written" in capsys.readouterr().err
