"""A ledger that several processes write, and that a killed process leaves whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from counterseal.clock import SystemClock
from counterseal.ledger.sqlite import SqliteLedger


def writer(root: Path, path: Path, name: str, *, batches: int, size: int) -> "subprocess.Popen[str]":
    """Start a process that appends."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.ledger_writer", str(path), name, str(batches), str(size)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("size", "acknowledged"), [(1, 5), (1, 40), (50, 3)])
def test_a_killed_writer_loses_nothing_that_was_acknowledged(
    root: Path, tmp_path: Path, size: int, acknowledged: int
) -> None:
    path = tmp_path / "ledger.sqlite"
    with writer(root, path, "w", batches=100_000, size=size) as process:
        assert process.stdout
        told = [process.stdout.readline() for _ in range(acknowledged)]
        process.kill()
        told += process.stdout.readlines()

    ledger = SqliteLedger.at(path, SystemClock())
    held = [entry.body()["event_id"] for entry in ledger.read("audit")]
    expected = [f"w-{batch}-{number}" for batch in range(len(held) // size) for number in range(size)]
    whole_lines = [line for line in told if line.endswith("\n")]

    assert process.returncode == -9
    assert len(whole_lines) >= acknowledged
    assert len(held) >= len(whole_lines) * size
    # Whole transactions only, in order, and the chain goes on from there.
    assert held == expected
    assert ledger.verify() is None
    again = writer(root, path, "again", batches=1, size=1).communicate()[0]
    assert again == f"again-0 {len(held) + 1}\n"
    assert ledger.verify() is None
    ledger.close()


def test_two_processes_append_to_one_chain(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    # Neither finds a file: they make it at the same time as well.
    writers = [writer(root, path, name, batches=60, size=3) for name in ("a", "b", "a")]

    told = [process.communicate()[0] for process in writers]

    ledger = SqliteLedger.at(path, SystemClock())
    held = [entry.body()["event_id"] for entry in ledger.read("audit")]
    assert [process.returncode for process in writers] == [0, 0, 0]
    assert [text.count("\n") for text in told] == [60, 60, 60]
    # Two of them record the same events: each stands there once.
    assert sorted(held) == sorted(f"{name}-{batch}-{it}" for name in "ab" for batch in range(60) for it in range(3))
    assert ledger.verify() is None
    ledger.close()
