"""A folder of Parquet: names within it, files that are whole or not there, and one writer at a time."""

import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from counterseal.errors import Denied, Refused, Unreachable
from counterseal.reports.manifest import FILE_NAME

# What begins with a dot is passed over by Hive, Athena and everybody who looks for Parquet.
_UNFINISHED = ".unfinished-"
_LOCK = ".lock"
_SPILL = ".spill"
_OURS = re.compile(r"(kind|view)=.+")
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Make the folder where there is none, and be its only writer for the length of a `with`.

    Raises:
        Denied: it may not be written.
        Refused: it holds something else.
        Unreachable: another compaction is at work there, or the disk is full or failing.
    """
    with in_our_words(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        found = {it.name for it in folder.iterdir()} - {FILE_NAME, _LOCK, _SPILL, f"{_UNFINISHED}{FILE_NAME}"}
        foreign = sorted(name for name in found if not _OURS.fullmatch(name))
        if foreign:
            raise Refused(
                f"{str(folder)!r} holds {foreign[0]!r}, which is no compacted ledger's", hint="name a new folder"
            )
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unreachable(f"another compaction is at work in {str(folder)!r}", hint="wait for it to end") from None
        with in_our_words(folder):
            yield
    finally:
        os.close(descriptor)


@contextmanager
def in_our_words(folder: Path) -> Iterator[None]:
    """Say what the file system refuses as an error of ours.

    Raises:
        Denied: the folder may not be read or written.
        Unreachable: the disk is full or failing.
    """
    try:
        yield
    except (PermissionError, FileNotFoundError, NotADirectoryError, FileExistsError) as failure:
        raise Denied(f"the folder {str(folder)!r} cannot be written: {failure.strerror}") from failure
    except OSError as failure:
        raise Unreachable(f"the folder {str(folder)!r} cannot be written: {failure.strerror}") from failure


def spill(folder: Path) -> Path:
    """Return where DuckDB may put what does not fit into memory."""
    return folder / _SPILL


def part_name(table: str, month: str, stream: str, first: int, last: int) -> str:
    """Return the name of the file that holds a table's rows of these entries of a stream. PARQUET-1.2."""
    named = stream if _PLAIN.fullmatch(stream) else hashlib.sha256(stream.encode()).hexdigest()
    return f"kind={table}/month={month}/{named}-{first:012}-{last:012}.parquet"


def write_whole(folder: Path, name: str, write: Callable[[Path], None]) -> str:
    """Have a file written under a name that nobody reads, give it its own when it is whole, and return its SHA-256."""
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{_UNFINISHED}{target.name}")
    write(unfinished)
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    unfinished.replace(target)
    _sync(target.parent)
    return digest


def remove_others(folder: Path, listed: Collection[str]) -> int:
    """Remove the Parquet files that the manifest does not list, and return how many those were."""
    removed = 0
    for place in sorted(folder.glob("*=*")):
        for file in sorted(place.rglob("*.parquet")):
            if file.relative_to(folder).as_posix() not in listed:
                file.unlink()
                removed += 1
        for empty in sorted((it for it in place.rglob("*") if it.is_dir() and not any(it.iterdir())), reverse=True):
            empty.rmdir()
    return removed


def _sync(folder: Path) -> None:
    """Make a rename outlive the machine."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
