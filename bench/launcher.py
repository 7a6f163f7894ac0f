"""A small process that starts others and says what each cost: run it as `python -I -S launcher.py`.

It exists for the peak memory. Linux counts what the starting process held until `exec` as the child's own, so a child
of a large harness never reads smaller than the harness. This process holds less than any interpreter it starts.
For the same reason it imports nothing but what the interpreter has built in.
"""

import marshal
import posix
import sys
import time


def launch(argv: list[str], environment: dict[str, str], folder: str, output: str) -> tuple[float, float, int, int]:
    """Run one process to its end; return wall seconds, CPU seconds (user and system), peak bytes, exit status."""
    # Written by name before and read by name after: no pipe that could fill, no reader that takes part.
    actions = [
        (posix.POSIX_SPAWN_OPEN, 0, "/dev/null", posix.O_RDONLY, 0),
        (posix.POSIX_SPAWN_OPEN, 1, output, posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC, 0o600),
        (posix.POSIX_SPAWN_OPEN, 2, f"{output}.notes", posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC, 0o600),
    ]
    posix.chdir(folder)
    start = time.perf_counter_ns()
    child = posix.posix_spawn(argv[0], argv, environment, file_actions=actions)
    _, status, used = posix.wait4(child, 0)
    elapsed = time.perf_counter_ns() - start
    return elapsed / 1e9, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, posix.waitstatus_to_exitcode(status)


def main() -> None:
    """Answer one request after another until there are no more."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            request = marshal.load(requests)  # noqa: S302  # our own pipe
        except EOFError:
            return
        marshal.dump(launch(*request), answers)
        answers.flush()


if __name__ == "__main__":
    main()
