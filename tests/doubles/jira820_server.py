"""jira820, an imitation of Jira Data Center 8.20 by other people, on loopback: what ours is checked against.

It takes anybody for its one user, and knows tickets by their key only. It has no approvals, issue properties, groups or
webhooks, and no second page of any answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT
from tests.servers import answers, free_port, running

PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
PROJECT = "OPS"


@contextmanager
def running_jira820(folder: Path) -> Iterator[str]:
    """Run it for the length of a `with`, on the same made-up tickets each time, and return its address."""
    port = free_port()
    environment = {
        "JIRA820_HOST": "127.0.0.1",
        "JIRA820_PORT": str(port),
        "JIRA820_DATE": "2026-01-02",
        "JIRA820_SEED": "1",
        "JIRA820_PROJECT_KEY": PROJECT,
    }
    url = f"http://127.0.0.1:{port}"
    ready = answers(f"{url}/rest/api/2/serverInfo")
    with running([PYTHON, "-m", "jira820"], log=folder / "log", ready=ready, environment=environment):
        yield url
