"""Several processes that do the same kind of work, each on what it is given; the first fault in order is the fault."""

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext
from typing import Any, Generic, TypeVar

from counterseal.errors import CountersealError, Unreachable

Task = TypeVar("Task")
Result = TypeVar("Result")

# One in work and one in waiting: a worker need not stand still until we have looked at what it did.
_IN_HAND = 2

_NO_MORE: tuple[int, Any] = (-1, None)
_PARTING_SECONDS = 5.0


def in_processes(work: Callable[[Task], Result], tasks: Iterable[Task], *, jobs: int) -> Iterator[Result]:
    """Do all tasks in that many processes, and return what became of them as it comes, in any order.

    `work` and the tasks are sent to fresh interpreters (nothing is forked: we may have threads), so `work` is a
    function of some module. Tasks are taken only as there is somebody to do them. Where some fail, the error is that
    of the first one in their order, whoever was faster.

    Raises:
        CountersealError: what `work` raised.
        Unreachable: a process ended in the midst of a task; the message names the task.
    """
    context = get_context("spawn")
    crew = [_Worker(context, work) for _ in range(jobs)]
    failures: list[tuple[int, CountersealError]] = []
    try:
        waiting = enumerate(tasks)
        for worker in crew * _IN_HAND:
            worker.give_next(waiting)
        while busy := {worker.answers: worker for worker in crew if worker.tasks}:
            for pipe in wait(list(busy)):
                worker = busy[pipe]  # type: ignore[index]  # of what it was given, and that are connections
                number, result = worker.take()
                if isinstance(result, CountersealError):
                    failures.append((number, result))
                else:
                    yield result
                if not failures:
                    worker.give_next(waiting)
        if failures:
            raise min(failures, key=lambda it: it[0])[1]
    finally:
        for worker in crew:
            worker.dismiss()


class _Worker(Generic[Task, Result]):
    """One process, and what it has in hand."""

    def __init__(self, context: SpawnContext, work: Callable[[Task], Result]) -> None:
        theirs, self._orders = context.Pipe(duplex=False)
        self.answers, back = context.Pipe(duplex=False)
        self.tasks: dict[int, Task] = {}
        self._process = context.Process(target=serve, args=(work, theirs, back), daemon=True)
        self._process.start()
        # Ours are closed, so that the end of the process is the end of what we read.
        theirs.close()
        back.close()

    def give_next(self, waiting: Iterator[tuple[int, Task]]) -> None:
        """Give it the next task, if there is one."""
        for number, task in waiting:
            self.tasks[number] = task
            with suppress(BrokenPipeError):  # it has ended; taking its answer says so, and of what
                self._orders.send((number, task))
            return

    def take(self) -> tuple[int, Result | CountersealError]:
        """Return the next answer, with the number of its task; where the process has ended, that is the answer."""
        try:
            number, result = self.answers.recv()
        except EOFError:
            number, task = next(iter(self.tasks.items()))
            self.tasks = {}
            return number, self._lost(task)
        del self.tasks[number]
        return number, result

    def dismiss(self) -> None:
        """Let it go: it ends by itself where it has nothing in hand, else it is ended."""
        with suppress(BrokenPipeError):
            self._orders.send(_NO_MORE)
        self._orders.close()
        self.answers.close()
        if self.tasks:
            self._process.terminate()
        self._process.join(_PARTING_SECONDS)
        self._process.close() if self._process.exitcode is not None else self._process.kill()

    def _lost(self, task: Task) -> Unreachable:
        self._process.join(_PARTING_SECONDS)
        return Unreachable(
            f"the process that read {task} ended in the midst of it (status {self._process.exitcode})",
            hint="is there memory enough? --jobs 1 reads in one process",
        )


def serve(work: Callable[[Any], Any], orders: "Connection[Any, Any]", answers: "Connection[Any, Any]") -> None:
    """Do what is ordered until there is no more; this is all that a process of the crew does."""
    # An interrupt at the keyboard reaches everybody: whoever gave the orders says what comes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError):
        while (order := orders.recv()) != _NO_MORE:
            number, task = order
            try:
                result = work(task)
            except CountersealError as failure:
                result = failure
            answers.send((number, result))
