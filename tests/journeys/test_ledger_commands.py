"""The commands of the ledger as a person runs them: made, kept elsewhere, verified there, and never signed in vain."""

import json
import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.journeys.command import counterseal
from tests.journeys.test_ledger_processes import writer
from tests.unit.ledger.samples import event

from counterseal.clock import SystemClock
from counterseal.errors import Unreachable
from counterseal.ledger.checkpoint import read_checkpoints
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.ledger.verifying import verify_ledger


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with a ledger of five events."""
    (tmp_path / "counterseal.toml").write_text('[state]\ndirectory = "."\n')
    fill(tmp_path, "first")
    return tmp_path


def fill(home: Path, name: str) -> None:
    """Append five events."""
    ledger = SqliteLedger.at(home / "ledger.sqlite", SystemClock())
    ledger.append("audit", [event(f"{name}-{number}") for number in range(5)])
    ledger.close()


def run(home: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """Run `counterseal ledger`."""
    return counterseal("ledger", *arguments, folder=home)


KEPT = ("--checkpoint", "kept", "--public-key", "ledger-signing-key.pub")


def test_a_checkpoint_kept_elsewhere_finds_what_was_cut_off(home: Path) -> None:
    made = run(home, "checkpoint", "--create-key-file", "--export", "kept")
    holds = run(home, "verify", *KEPT)
    shutil.move(home / "ledger.sqlite", home / "evidence.sqlite")
    shutil.rmtree(home / "ledger.sqlite-wal", ignore_errors=True)
    ledger = SqliteLedger.at(home / "ledger.sqlite", SystemClock())
    ledger.append("audit", [event("another")])
    ledger.close()
    without, broken = run(home, "verify"), run(home, "verify", *KEPT)

    assert (made.returncode, holds.returncode, without.returncode) == (0, 0, 0), made.stderr + holds.stderr
    assert stat.S_IMODE((home / "ledger-signing-key").stat().st_mode) == 0o600
    assert b"1 with a signature that was checked" in holds.stdout
    assert b"without a checkpoint" in without.stderr
    assert broken.returncode == 16
    assert b"entry 2 of the stream 'audit' is missing" in broken.stderr


def test_an_export_is_verified_where_there_is_no_ledger(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    run(home, "checkpoint", "--create-key-file", "--export", "kept")
    exported, printed = run(home, "export", "out.jsonl"), run(home, "export", "-")
    for name in ("out.jsonl", "kept", "ledger-signing-key.pub"):
        shutil.copy(home / name, elsewhere)
    content = (elsewhere / "out.jsonl").read_bytes()

    holds = run(elsewhere, "verify", "--file", "out.jsonl", *KEPT)
    (elsewhere / "out.jsonl").write_bytes(content.replace(b"first-3", b"first-4"))
    broken = run(elsewhere, "verify", "--file", "out.jsonl", *KEPT)

    assert exported.returncode == 0
    assert printed.stdout == content
    assert holds.returncode == 0, holds.stderr
    assert broken.returncode == 16
    assert b"entry 4 of the stream 'audit' is altered" in broken.stderr


def test_a_ledger_that_is_broken_is_not_signed(home: Path) -> None:
    run(home, "checkpoint", "--create-key-file")
    connection = sqlite3.connect(home / "ledger.sqlite", isolation_level=None)
    connection.execute("DROP TRIGGER entries_are_not_deleted")
    connection.execute("DELETE FROM entries WHERE stream = 'audit' AND position > 3")
    connection.close()

    refused = run(home, "checkpoint", "--export", "kept")

    assert refused.returncode == 16
    assert not (home / "kept").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["checkpoint"], 13, b"there is no signing key"),
        (["verify", "--checkpoint", "kept"], 2, b"proves nothing without the key"),
        (["verify", "--checkpoint", "kept", "--public-key", "absent"], 4, b"there is no file 'absent'"),
        (["verify", "--public-key", "counterseal.toml"], 12, b"not the public half"),
        (["verify", "--public-key", "."], 6, b"cannot be read"),
        (["verify", "--file", "absent"], 4, b"there is no file 'absent'"),
        (["export", "absent/out"], 6, b"cannot be written"),
        (["show", "--kind", "nonsense"], 2, b"the kinds are event"),
        ([], 2, b"STEP"),
    ],
)
def test_what_is_asked_wrongly_is_answered_clearly(home: Path, arguments: list[str], status: int, said: bytes) -> None:
    done = run(home, *arguments)

    assert done.returncode == status
    assert said in done.stderr


def test_a_ledger_that_is_not_there_is_not_an_empty_one(tmp_path: Path) -> None:
    done = run(tmp_path, "verify")

    assert done.returncode == 4
    assert b"there is no ledger" in done.stderr


def test_a_checkpoint_of_another_key_is_a_broken_seal(home: Path) -> None:
    run(home, "checkpoint", "--create-key-file", "--export", "kept")
    (home / "ledger-signing-key").unlink()
    run(home, "checkpoint", "--create-key-file")

    assert run(home, "verify", *KEPT).returncode == 8


def test_a_key_is_never_written_over_and_never_anybodys(home: Path) -> None:
    run(home, "checkpoint", "--create-key-file")
    again = run(home, "checkpoint", "--create-key-file")
    (home / "ledger-signing-key").chmod(0o644)
    open_to_all = run(home, "checkpoint")
    (home / "ledger-signing-key").unlink()
    (home / "ledger-signing-key").mkdir()
    folder = run(home, "checkpoint")

    assert (again.returncode, open_to_all.returncode, folder.returncode) == (9, 9, 13)
    assert b"already" in again.stderr
    assert b"chmod 600" in open_to_all.stderr


def test_the_newest_entries_are_shown(home: Path) -> None:
    fill(home, "second")
    run(home, "checkpoint", "--create-key-file")

    table = run(home, "show", "--limit", "2")
    lines = run(home, "show", "--kind", "event", "--stream", "audit", "--json").stdout.splitlines()

    assert table.stdout.count(b"\n") == 3
    assert len(lines) == 10
    assert json.loads(lines[0])["body"]["event_id"] == "second-4"


def test_two_processes_append_and_checkpoint_at_once(root: Path, home: Path) -> None:
    run(home, "checkpoint", "--create-key-file")
    writers = [writer(root, home / "ledger.sqlite", name, batches=40, size=3) for name in ("a", "b")]
    told = [run(home, "checkpoint", "--export", f"kept-{number}") for number in range(3)]
    for process in writers:
        process.communicate()
    run(home, "checkpoint", "--export", "kept-3")

    kept = [part for number in range(4) for part in ("--checkpoint", f"kept-{number}")]
    done = run(home, "verify", *kept, "--public-key", "ledger-signing-key.pub")

    assert [it.returncode for it in told] == [0, 0, 0]
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("after", [0, 1, 20])
def test_a_process_killed_while_checkpointing_leaves_a_ledger_that_holds(root: Path, home: Path, after: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.ledger_checkpointer", str(home / "ledger.sqlite")],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        acknowledged = [process.stdout.readline() for _ in range(after + 1)]
        process.kill()

    ledger = SqliteLedger.at(home / "ledger.sqlite", SystemClock())
    assert process.returncode == -9
    assert len(list(read_checkpoints(ledger))) >= len(acknowledged)
    verify_ledger(ledger)
    ledger.close()
    assert run(home, "checkpoint", "--create-key-file").returncode == 0


def test_a_file_that_may_not_grow_is_said_and_leaves_a_ledger_that_holds(home: Path) -> None:
    ledger = SqliteLedger.at(home / "ledger.sqlite", SystemClock())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(Unreachable, match="the ledger") as refusal:
            ledger.append("audit", [event(f"more-{number}") for number in range(1000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert "nothing was recorded" in refusal.value.hint
    assert ledger.head("audit").position == 5
    verify_ledger(ledger)
    assert ledger.append("audit", [event("more")]).added == 1
    ledger.close()


FULL = """
mount -t tmpfs -o size=256k none "$1" || exit 99
cp counterseal.toml "$1" && cd "$1"
"$2" -m tests.journeys.ledger_writer "$1/ledger.sqlite" w 1000 20
echo "status $?"
"$2" -m counterseal ledger verify
"""


def may_mount() -> bool:
    """Say whether this process may mount a small disk of its own."""
    unshare = shutil.which("unshare")
    if os.geteuid() or not unshare:
        return False
    trial = [unshare, "-m", "sh", "-c", "mount -t tmpfs -o size=64k none /mnt"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="a disk of its own can be mounted by root alone")
def test_a_full_disk_is_said_and_leaves_a_ledger_that_holds(root: Path, home: Path) -> None:
    disk = home / "disk"
    disk.mkdir()

    done = subprocess.run(
        [shutil.which("unshare") or "", "-m", "sh", "-c", FULL, "sh", str(disk), sys.executable],
        cwd=home,
        env={**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert "Unreachable: the ledger" in done.stderr
    assert "has no room: the disk is full" in done.stderr
    assert "status 1" in done.stdout
    assert "holds: every entry is there" in done.stdout, done.stderr
