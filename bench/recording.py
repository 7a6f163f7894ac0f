"""A trail read, judged and recorded in a ledger, by the installed command: against gzip, json and SQLite alone."""

import os
import sqlite3
import tempfile
from contextlib import ExitStack
from pathlib import Path
from shlex import quote
from typing import Any

from msgspec.json import decode

from bench.contestants.changes import digest
from bench.figures import Comparison, Sense
from bench.harness import OURS, Effort, Launcher, Method, Plan, Table, measure, our_environment, versions
from bench.trail import write_set

NAIVE = "gzip + json + sqlite3"
JOBS = {1: "audit --record, one process", 2: "audit --record, two processes"}
AT_LEAST_6B = {1: None, 2: 10.0}
ROUNDS = 3  # each turn is a whole audit


def tables(effort: Effort) -> list[Table]:
    """Measure whole processes, each into a new ledger; the peak is that of the largest of its processes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (logs := folder / "logs").mkdir()
        trail = write_set(logs, records=effort.events)
        launcher = stack.enter_context(Launcher(folder))
        naive: list[str | Path] = [
            OURS / "python",
            "-m",
            "bench.contestants.recording_plain",
            logs,
            folder / "plain.sqlite",
        ]
        plan = Plan(
            title=f"CloudTrail files into a ledger: {trail.records:,} records in {trail.files} files",
            methods=[
                launcher.method(NAIVE, naive, lambda out: out.decode().strip(), our_environment()),
                *(_audit(launcher, folder, jobs) for jobs in JOBS),
            ],
            comparisons=[
                Comparison(
                    subject=JOBS[jobs], baseline=NAIVE, sense=Sense.SPEED, limit=limit, goal="6b" if limit else ""
                )
                for jobs, limit in AT_LEAST_6B.items()
            ],
            notes=[
                f"{trail.raw_bytes / 1e6:.1f} MB, {trail.stored_bytes / 1e6:.1f} MB packed; {trail.changes:,} changes",
                "ours reads, judges every change (no tickets), chains, stores and prints every event and finding",
                f"{NAIVE}: stores the records of changes in one table, and judges nothing",
                "peak: that of the largest process",
                f"{len(os.sched_getaffinity(0))} cores; {versions(OURS / 'python', 'isal', 'msgspec')}",
            ],
            units={"events": trail.records, "MB": trail.raw_bytes / 1e6},
        )
        return [measure(plan, ROUNDS, effort)]


def _audit(launcher: Launcher, folder: Path, jobs: int) -> Method:
    state = folder / f"state-{jobs}"
    command = f"{quote(str(OURS / 'counterseal'))} audit {quote(str(folder / 'logs'))} --record --jobs {jobs}"
    # 10: there are changes that nothing explains, for there are no tickets.
    whole = f"rm -rf {quote(str(state))}; {command} --as-of 2026-03-31 >/dev/null; test $? -eq 10"
    return launcher.method(
        JOBS[jobs],
        ["/bin/sh", "-c", whole],
        lambda _: digest(recorded(state / "ledger.sqlite")),
        our_environment(COUNTERSEAL_STATE_DIRECTORY=str(state)),
    )


def recorded(ledger: Path) -> list[str]:
    """Return the ids of the changes that a ledger holds."""
    if not ledger.exists():
        return []
    opened = sqlite3.connect(ledger)
    bodies: list[dict[str, Any]] = [
        decode(content)["body"] for (content,) in opened.execute("SELECT content FROM entries WHERE kind = 'event'")
    ]
    opened.close()
    return [body["event_id"] for body in bodies if body["event_kind"] == "change"]
