"""A ledger that can only be read where it lies."""

from pathlib import Path


def block(path: Path) -> Path:
    """Let SQLite make no file beside it, as on a read-only medium, and return it: root is stopped too, as not by chmod.

    Write-ahead logging needs both files, and what has their names leads into a folder that is not.
    """
    for beside in ("wal", "shm"):
        path.with_name(f"{path.name}-{beside}").symlink_to(path.parent / "absent" / beside)
    return path


def unblock(path: Path) -> None:
    """Let SQLite make them again."""
    for beside in ("wal", "shm"):
        path.with_name(f"{path.name}-{beside}").unlink()
