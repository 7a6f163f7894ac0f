"""An audit that is killed, while it reads and while it records: done again, it has lost and doubled nothing."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.command import SOURCE, counterseal
from tests.journeys.recording_writer import AS_OF, BATCH
from tests.journeys.story import record, write_logs

from counterseal.clock import SystemClock, format_time
from counterseal.ledger.sqlite import SqliteLedger

OPTIONS = ("--record", "--as-of", format_time(AS_OF))
AUDIT = ("audit", "logs", *OPTIONS)


def new_home(folder: Path) -> Path:
    """Make a folder with a ledger of its own, and three files of records of which some stand in two files."""
    folder.mkdir()
    (folder / "counterseal.toml").write_text('[state]\ndirectory = "."\n')
    write_logs(folder)
    for number in range(3):
        records = [record(number=it) for it in range(10 * number, 10 * number + 12)]
        (folder / f"logs/{number}.json").write_text(json.dumps({"Records": records}))
    return folder


def held(home: Path) -> list[tuple[str, Any]]:
    """Return what the ledger says, whatever the order; that it holds is seen to."""
    ledger = SqliteLedger.at(home / "ledger.sqlite", SystemClock())
    said = [(entry.kind.value, json.dumps(entry.body())) for entry in ledger.read("audit")]
    broken = ledger.verify()
    ledger.close()
    assert broken is None
    return sorted(said)


def started(home: Path, root: Path, *command: str) -> "subprocess.Popen[str]":
    """Start a process in that folder."""
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=home,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{SOURCE}{os.pathsep}{root}", "HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.fixture
def undisturbed(tmp_path: Path) -> list[tuple[str, Any]]:
    """Return what a ledger holds after an audit that nobody killed."""
    home = new_home(tmp_path / "undisturbed")
    assert counterseal(*AUDIT, folder=home).returncode == 10
    return held(home)


@pytest.mark.parametrize(("committed", "jobs"), [(0, 1), (1, 2), (4, 1)])
def test_killed_while_it_records_it_loses_and_doubles_nothing(
    tmp_path: Path, root: Path, undisturbed: list[tuple[str, Any]], committed: int, jobs: int
) -> None:
    home = new_home(tmp_path / "killed")
    with started(home, root, "tests.journeys.recording_writer", "logs", "ledger.sqlite", str(jobs)) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(committed):
            assert process.stdout.readline() == "begun\n"
            process.stdin.write("go on\n")
            process.stdin.flush()
        assert process.stdout.readline() == "begun\n"
        process.kill()

    # Whole batches only: of the one that had begun, nothing.
    assert len(held(home)) == committed * BATCH
    assert counterseal(*AUDIT, folder=home).returncode == 10
    assert held(home) == undisturbed

    assert b": 0 entries added" in counterseal(*AUDIT, folder=home).stderr
    assert held(home) == undisturbed


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_killed_while_it_reads_it_has_recorded_nothing_and_leaves_no_process(
    tmp_path: Path, root: Path, undisturbed: list[tuple[str, Any]], jobs: str
) -> None:
    home = new_home(tmp_path / "killed")
    os.mkfifo(home / "last.json")

    process = started(home, root, "counterseal", "audit", "logs", "last.json", *OPTIONS, "--jobs", jobs)
    # Opened only when somebody opens it for reading: the files before it have been read, or are being read.
    # Where the reader is gone by then, nobody takes what is written.
    with suppress(BrokenPipeError), (home / "last.json").open("w") as last:
        process.kill()
        last.write(json.dumps({"Records": [record()]}))
    # Its pipe ends when all that it started has ended.
    process.communicate()

    assert process.returncode == -9
    assert not (home / "ledger.sqlite").exists()
    assert counterseal(*AUDIT, folder=home).returncode == 10
    assert held(home) == undisturbed
