"""Servers that tests start on free loopback ports and end."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 30.0


def free_port() -> int:
    """Return a loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> Callable[[], bool]:
    """Return a question: does anything speak HTTP at this address yet?"""

    def ask() -> bool:
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310  # loopback, written by the test
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    return ask


@contextmanager
def running(
    command: Sequence[str | Path], *, log: Path, ready: Callable[[], bool], environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server for the length of a `with`; `log` keeps what it says.

    Raises:
        RuntimeError: it ended, or was not ready in time; the message holds the end of its log.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
        try:
            _wait(process, ready, log)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def eventually(ask: Callable[[], bool], *, seconds: float = 20.0) -> bool:
    """Ask again and again until the answer is yes, and return it; False where it was not within the time."""
    until = time.monotonic() + seconds
    while not ask():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)  # no test sleeps for luck: this waits for a condition, with a bound
    return True


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{process.args!r} did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)  # no test sleeps for luck: this waits for a server, with a bound
