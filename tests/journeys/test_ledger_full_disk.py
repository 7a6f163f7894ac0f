"""A disk that is full loses nothing that was acknowledged, and once there is room the ledger goes on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_UNSHARE = shutil.which("unshare") or ""
_MOUNTED = 'mount -t tmpfs -o size=3m ledger-test "$1" && exec "$2" -m tests.journeys.ledger_on_full_disk "$1"'


def _may_mount() -> bool:
    """Say whether this user may have a mount of his own; a container's root often may not."""
    return (
        bool(_UNSHARE)
        and subprocess.run([_UNSHARE, "--mount", "true"], capture_output=True, check=False).returncode == 0
    )


@pytest.mark.skipif(not _may_mount(), reason="a small disk for the test can be mounted by root only")
def test_a_full_disk_loses_nothing_and_the_ledger_goes_on_once_there_is_room(root: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()

    ended = subprocess.run(
        [_UNSHARE, "--mount", "sh", "-c", _MOUNTED, "sh", disk, sys.executable],
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"},
        capture_output=True,
        check=True,
    )

    told = json.loads(ended.stdout)
    assert told["acknowledged"] > 0
    assert (told["held"], told["holds"]) == (told["acknowledged"], True)
    assert "no room: the disk is full" in told["refusal"]
    assert "nothing was recorded" in told["hint"]
    assert (told["held_after"], told["holds_after"]) == (told["acknowledged"] + 1, True)
