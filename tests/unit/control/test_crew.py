"""Work in several processes: all of it, once, and an error that names what was lost."""

import os
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import Pipe, active_children
from pathlib import Path
from typing import Any

import pytest
from tests.unit.control import crew_work

from counterseal.control.crew import in_processes, serve
from counterseal.errors import CountersealError, MalformedInput, Unreachable


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("tasks", [0, 1, 20])
def test_every_task_is_done_once(jobs: int, tasks: int) -> None:
    assert sorted(in_processes(crew_work.double, range(tasks), jobs=jobs)) == [2 * number for number in range(tasks)]
    assert active_children() == []


def test_tasks_are_taken_only_as_there_is_somebody_to_do_them() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    with closing(in_processes(crew_work.double, tasks(), jobs=2)) as results:  # type: ignore[type-var]
        next(results)
        assert len(taken) < 10

    assert active_children() == []


def test_a_failure_is_raised_as_it_was_with_its_hint() -> None:
    with pytest.raises(MalformedInput, match="1 is odd") as refused:
        list(in_processes(crew_work.refuse_odd, range(100), jobs=2))

    assert refused.value.hint == "take another"
    assert active_children() == []


def test_the_first_failure_in_order_is_the_failure_whoever_was_faster(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)

    with pytest.raises(MalformedInput, match="the one that was to r"):
        list(in_processes(crew_work.meet, [f"{fifo}:r", f"{fifo}:w"], jobs=2))


def test_the_end_of_a_process_is_an_error_that_names_its_task() -> None:
    with pytest.raises(Unreachable, match=r"read 3 ended in the midst of it \(status -9\)") as lost:
        list(in_processes(crew_work.end_at_three, range(100), jobs=2))

    assert "--jobs 1" in lost.value.hint
    assert active_children() == []


def test_a_fault_of_our_own_ends_the_process_and_is_no_result(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unreachable, match=r"read 1 ended in the midst of it \(status 1\)"):
        list(in_processes(crew_work.stop_at_one, range(10), jobs=1))

    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_worker_answers_in_order_until_there_is_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    (theirs, orders), (answers, back) = Pipe(duplex=False), Pipe(duplex=False)
    for order in ((0, 2), (1, 3), (2, 4), (-1, None)):
        orders.send(order)

    serve(crew_work.refuse_odd, theirs, back)

    got: list[tuple[int, Any]] = [answers.recv() for _ in range(3)]
    assert [it if not isinstance(it[1], CountersealError) else (it[0], str(it[1])) for it in got] == [
        (0, 2),
        (1, "3 is odd"),
        (2, 4),
    ]
    for pipe in (theirs, orders, answers, back):
        pipe.close()


def test_a_worker_ends_when_nobody_gives_orders_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    (theirs, orders), (answers, back) = Pipe(duplex=False), Pipe(duplex=False)
    orders.send((0, 2))
    orders.close()

    serve(crew_work.double, theirs, back)

    assert answers.recv() == (0, 4)
    for pipe in (theirs, answers, back):
        pipe.close()
