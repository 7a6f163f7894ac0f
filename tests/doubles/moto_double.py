"""Moto as a server of its own, from the environment of the oracles: a second opinion where it has one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import answers, free_port, running


@contextmanager
def running_moto(program: Path, folder: Path) -> Iterator[str]:
    """Run it on a free loopback port, and give its address. It checks no signatures and holds no policy."""
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    with running(
        [program, "-H", "127.0.0.1", "-p", str(port)], log=folder / "log", ready=answers(f"{endpoint}/moto-api/")
    ):
        yield endpoint
