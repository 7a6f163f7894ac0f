"""Goes through folders for the files of records in them."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from counterseal.errors import CountersealError, Denied, MalformedInput, NotFound

SUFFIXES = (".json", ".json.gz", ".jsonl", ".jsonl.gz")
"""What is read in a folder; a file that is named itself is read whatever its name."""


class Walk:
    """Goes through folders and files once each, however links and paths lead back to them.

    `skipped` counts what was left alone for its name.
    """

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.skipped = 0
        self._seen: set[tuple[int, int]] = set()
        self._met = 0  # files, and folders walked before: an empty folder is one where nothing was met

    def files(self, paths: Sequence[Path]) -> Iterator[Path]:
        """Go through all files to read. What is named itself is left out where a folder holds it too.

        Raises:
            NotFound: a path is not there, or a folder holds no file of records.
            Denied: a file or folder may not be read.
            MalformedInput: it cannot be read.
        """
        statuses = [(path, status_of(path)) for path in paths]
        named = {_identity(status) for _, status in statuses if not stat.S_ISDIR(status.st_mode)}
        for path, status in statuses:
            if stat.S_ISDIR(status.st_mode):
                met_before = self._met
                for file, its_status in self._folder(path):
                    if not named or _identity(its_status) not in named:
                        yield file
                if self._met == met_before:
                    hint = f"records come in files that end in {', '.join(SUFFIXES)}"
                    raise NotFound(f"no file of records is in {str(path)!r}", hint=hint)
            elif _identity(status) not in self._seen:
                self._seen.add(_identity(status))
                yield path

    def _folder(self, folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
        identity = _identity(status_of(folder))
        if identity in self._seen:
            self._met += 1
            return
        self._seen.add(identity)
        try:
            inside = sorted(folder.iterdir())
        except OSError as failure:
            raise in_our_words(failure, folder) from failure
        for path in inside:
            wanted = path.name.lower().endswith(SUFFIXES)
            status = status_of(path, follow=wanted or path.exists())
            if stat.S_ISDIR(status.st_mode):
                yield from self._folder(path)
            elif wanted and stat.S_ISREG(status.st_mode):
                self._met += 1
                yield path, status
            else:
                self.skipped += 1


def status_of(path: Path, *, follow: bool = True) -> os.stat_result:
    """Return what the file system says of a file or folder.

    Raises:
        NotFound: it is not there.
        Denied: it may not be looked at.
        MalformedInput: it cannot be read.
    """
    try:
        return path.stat(follow_symlinks=follow)
    except OSError as failure:
        raise in_our_words(failure, path) from failure


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def in_our_words(failure: OSError, path: Path) -> CountersealError:
    """Return the failure to read a file or folder as one of ours."""
    match failure:
        case FileNotFoundError():
            return NotFound(f"nothing is at {str(path)!r}", hint="look whether the name is right")
        case PermissionError():
            return Denied(f"{str(path)!r} may not be read", hint="run as a user who may, or leave it out")
        case _:
            return MalformedInput(f"{str(path)!r} cannot be read: {failure.strerror}")
