"""Messages, and processes that are killed over them: nothing is lost, nothing is doubled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.control.test_process import event

from counterseal.clock import SystemClock
from counterseal.inbox.letter import State
from counterseal.inbox.sqlite import SqliteInbox
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.sqlite import SqliteLedger


def fill(folder: Path, count: int) -> set[str]:
    """Put messages into the queue, one event in two of them, and return the ids of the events."""
    (folder / "queue").mkdir()
    for number in range(count):
        (folder / "queue" / f"m-{number:04}").write_bytes(event(f"e-{number // 2}"))
    return {f"e-{number // 2}" for number in range(count)}


def worker(root: Path, folder: Path, stop_at: str = "never") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.inbox_worker", str(folder), stop_at],
        cwd=root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])},
        stdout=subprocess.PIPE,
        text=True,
    )


def kill_there(process: "subprocess.Popen[str]") -> None:
    """Kill a process once it says that it is where it should be killed."""
    with process:
        assert process.stdout
        assert process.stdout.readline() == "here\n"
        process.kill()
    assert process.returncode == -9


def check_all_is_there_once(folder: Path, count: int, ids: set[str]) -> None:
    inbox = SqliteInbox.at(folder / "state/inbox.sqlite", SystemClock())
    ledger = SqliteLedger.at(folder / "state/ledger.sqlite", SystemClock())
    letters = inbox.letters(limit=10 * count)
    bodies = [it.body() for it in ledger.read("inbox") if it.kind is EntryKind.VERDICT]
    events = [it.body()["event_id"] for it in ledger.read("inbox") if it.kind is EntryKind.EVENT]
    conflicts = [it for it in ledger.read("inbox") if it.kind is EntryKind.CONFLICT]

    assert [it.message_id for it in letters] == [f"m-{number:04}" for number in range(count)]
    assert {it.state for it in letters} == {State.PROCESSED}
    assert sorted(events) == sorted(ids)
    assert sorted(it["event_id"] for it in bodies) == sorted(ids)
    assert conflicts == []
    assert ledger.verify() is None
    inbox.close()
    ledger.close()


@pytest.mark.parametrize("where", ["delete", "process", "settle"])
def test_a_process_killed_between_two_steps_loses_and_doubles_nothing(where: str, root: Path, tmp_path: Path) -> None:
    ids = fill(tmp_path, 6)

    kill_there(worker(root, tmp_path, stop_at=where))

    left = len(list((tmp_path / "queue").iterdir()))
    assert left == (6 if where == "delete" else 0)
    assert worker(root, tmp_path).communicate()[0] == "done\n"
    check_all_is_there_once(tmp_path, 6, ids)


def test_processes_killed_anywhere_and_two_at_once_lose_and_double_nothing(root: Path, tmp_path: Path) -> None:
    ids = fill(tmp_path, 120)

    for tenths in (4, 5, 6, 7):
        processes = [worker(root, tmp_path) for _ in range(2)]
        for process in processes:
            try:
                process.communicate(timeout=tenths / 5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()

    last = [worker(root, tmp_path) for _ in range(2)]
    assert [process.communicate()[0] for process in last] == ["done\n", "done\n"]
    inbox = SqliteInbox.at(tmp_path / "state/inbox.sqlite", SystemClock())
    assert inbox.counts() == {State.NEW: 0, State.PROCESSED: 120, State.QUARANTINED: 0}
    inbox.close()
    check_all_is_there_once(tmp_path, 120, ids)
