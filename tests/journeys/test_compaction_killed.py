"""A compaction that is killed: the ledger and its copy stay whole, and the next one finishes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.journeys.command import SOURCE, counterseal
from tests.unit.ledger.samples import event, verdict

from counterseal.clock import SystemClock
from counterseal.ledger.sqlite import SqliteLedger

COMPACT = ("ledger", "compact-to-parquet", "copy")

# Every file is brought to the disk before it gets its name, and its folder after: the process dies at one of these.
KILLED = """
import os, signal, sys
from counterseal.cli.main import main
fsync, left = os.fsync, int(sys.argv[1])
def until_killed(descriptor):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(descriptor)
os.fsync = until_killed
status = main(sys.argv[2:])
print(int(sys.argv[1]) - left)
sys.exit(status)
"""
NEVER = 1_000_000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with a ledger."""
    (tmp_path / "counterseal.toml").write_text('[state]\ndirectory = "."\n')
    fill(tmp_path, "first")
    return tmp_path


def fill(home: Path, name: str) -> None:
    ledger = SqliteLedger.at(home / "ledger.sqlite", SystemClock())
    names = [f"{name}-{number}" for number in range(3)]
    ledger.append("audit", [*map(event, names), *(verdict(it, "unapproved") for it in names)])
    ledger.close()


def killed_at(home: Path, step: int) -> "subprocess.CompletedProcess[str]":
    """Compact in a process that dies at that step."""
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(step), *COMPACT],
        cwd=home,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def steps_of(home: Path) -> int:
    """Compact to the end, and return how many steps that took."""
    done = killed_at(home, NEVER)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.splitlines()[-1])


def told(home: Path) -> list[str]:
    """Return the changes that the copy tells of."""
    shown = counterseal("report", "discrepancies", "--parquet", "copy", "--json", folder=home)
    assert shown.returncode == 0, shown.stderr
    return sorted(row["event_id"] for row in json.loads(shown.stdout)["rows"])


def holds(home: Path) -> bool:
    """Say whether the ledger is whole, and its copy is one."""
    verified = [counterseal("ledger", "verify", *it, folder=home) for it in ((), ("--parquet", "copy"))]
    return [it.returncode for it in verified] == [0, 0]


def left_over(home: Path) -> set[str]:
    """Return the files that the manifest does not list."""
    manifest = json.loads((home / "copy/_manifest.json").read_bytes())
    listed = {it["file"] for it in (*manifest["tables"], *manifest["views"])}
    there = {it.relative_to(home / "copy").as_posix() for it in (home / "copy").rglob("*") if it.is_file()}
    return there - listed - {"_manifest.json", ".lock"}


FIRST = [f"first-{number}" for number in range(3)]
SECOND = [f"second-{number}" for number in range(3)]

# Which step, and what the copy tells of then. The last two are those of the manifest.
PLACES = {
    "before its first file is whole": (0, FIRST),
    "after its first file": (1, FIRST),
    "in its midst": (6, FIRST),
    "before the manifest is whole": (-2, FIRST),
    "after the manifest": (-1, [*FIRST, *SECOND]),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_compaction_that_is_killed_leaves_ledger_and_copy_whole(
    place: str, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert counterseal(*COMPACT, folder=home).returncode == 0
    fill(home, "second")
    elsewhere = shutil.copytree(home, tmp_path_factory.mktemp("elsewhere") / "home")
    which, then = PLACES[place]

    killed = killed_at(home, range(1, steps_of(elsewhere) + 1)[which])

    assert killed.returncode == -9, killed.stderr
    assert holds(home)
    assert told(home) == then
    assert counterseal(*COMPACT, folder=home).returncode == 0
    assert holds(home)
    assert told(home) == [*FIRST, *SECOND]
    assert left_over(home) == set()


def test_a_first_compaction_that_is_killed_is_no_copy_and_the_next_one_is(home: Path) -> None:
    killed = killed_at(home, 3)
    verified = counterseal("ledger", "verify", "--parquet", "copy", folder=home)

    assert killed.returncode == -9, killed.stderr
    assert verified.returncode == 4
    assert b"there is no compacted ledger" in verified.stderr
    assert counterseal(*COMPACT, folder=home).returncode == 0
    assert holds(home)
    assert told(home) == FIRST
    assert left_over(home) == set()
