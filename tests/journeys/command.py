"""The real command, as a process of its own in an empty environment."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"


def counterseal(
    *arguments: str | Path, folder: Path, environment: Mapping[str, str] | None = None, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run `counterseal` in a folder, with that folder as home and nothing of this machine's but PATH."""
    return subprocess.run(
        [sys.executable, "-m", "counterseal", *map(str, arguments)],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCE),
            "HOME": str(folder),
            "AWS_EC2_METADATA_DISABLED": "true",
            **(environment or {}),
        },
        input=given,
        capture_output=True,
        check=False,
        timeout=60,
    )
