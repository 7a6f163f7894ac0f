"""`counterseal up` as a program of its own, for the length of a `with`."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

from tests.servers import running

_LINK = re.compile(r"http://127\.0\.0\.1:\d+/sign-in\?token=\S+")


class Up:
    """The running program, and what it printed so far."""

    def __init__(self, process: Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def printed(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def link(self) -> str:
        """Return the newest sign-in link."""
        links: list[str] = _LINK.findall(self.printed)
        return links[-1]

    @property
    def address(self) -> str:
        return self.link.split("/sign-in")[0]


@contextmanager
def up(folder: Path, *arguments: str | Path) -> Iterator[Up]:
    """Start it with a state directory of its own under the folder, and wait for the link."""
    log = folder / "up.log"
    command = [sys.executable, "-m", "counterseal", "up", *arguments]
    environment = {"COUNTERSEAL_STATE_DIRECTORY": str(folder / "state"), "TMPDIR": str(folder)}
    with running(
        command, log=log, ready=lambda: bool(_LINK.search(log.read_text(encoding="utf-8"))), environment=environment
    ) as process:
        yield Up(process, log)
