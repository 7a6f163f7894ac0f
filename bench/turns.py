"""The loop of a contestant: it runs one job for one turn when it is asked to, and says what the turn cost.

It runs in the environments of the peers: the standard library only, and nothing else of this folder.
"""

import gc
import marshal
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Job(NamedTuple):
    """What is timed, and how its result is put into a form that can be compared (not timed)."""

    run: Callable[[], Any]
    outcome: Callable[[Any], str | None]


class Turn(NamedTuple):
    """One turn: seconds and CPU seconds for one call, the process's peak memory so far, the outcome or the failure."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    outcome: str | None
    failure: str


Prepare = Callable[..., Job]


def serve(jobs: Mapping[str, Prepare]) -> None:
    """Answer requests (job, arguments, seconds a turn should last) from the standard input until it ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up between the answers
    prepared: dict[tuple[str, ...], tuple[Job, int]] = {}
    while True:
        try:
            name, arguments, turn_seconds = marshal.load(sys.stdin.buffer)  # noqa: S302  # our own pipe
        except EOFError:
            return
        turn = _answer(jobs, prepared, (name, *arguments), turn_seconds)
        marshal.dump(tuple(turn), answers)
        answers.flush()


def _answer(
    jobs: Mapping[str, Prepare],
    prepared: dict[tuple[str, ...], tuple[Job, int]],
    asked: tuple[str, ...],
    turn_seconds: float,
) -> Turn:
    try:
        if asked not in prepared:
            job = jobs[asked[0]](*asked[1:])
            prepared[asked] = job, repetitions(job.run, turn_seconds)
        return take_turn(*prepared[asked])
    except Exception as failure:  # noqa: BLE001  # whatever went wrong voids the row, and is said there
        return Turn(0.0, 0.0, 0, None, f"{asked[0]} failed: {type(failure).__name__}: {failure}")


def repetitions(run: Callable[[], object], turn_seconds: float) -> int:
    """Return how many calls fill a turn.

    The first call is not counted: it loads what is loaded late. Of two tries the shorter counts. Otherwise one
    pause at the wrong moment would leave so few calls to a turn that it measures cold caches.
    """
    run()
    count = 1
    while True:
        elapsed = min(_calls(run, count), _calls(run, count))
        if elapsed >= turn_seconds / 4:
            return max(1, round(count * turn_seconds / elapsed))
        count *= 4


def _calls(run: Callable[[], object], count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        run()
    return time.perf_counter() - start


def take_turn(job: Job, count: int) -> Turn:
    """Run the job `count` times and return the cost of one."""
    run, result = job.run, None
    gc.collect()
    # Whoever had the processor since the last turn has left nothing of ours in its caches.
    for _ in range(count // 10):
        run()
    cpu = time.process_time_ns()
    start = time.perf_counter_ns()
    for _ in range(count):
        result = run()
    seconds = (time.perf_counter_ns() - start) / 1e9 / count
    cpu_seconds = (time.process_time_ns() - cpu) / 1e9 / count
    return Turn(seconds, cpu_seconds, peak_bytes(), job.outcome(result), "")


def peak_bytes() -> int:
    """Return the most memory this process ever held: VmHWM, which unlike ru_maxrss starts afresh at `exec`."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123  # pathlib is memory, too
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
