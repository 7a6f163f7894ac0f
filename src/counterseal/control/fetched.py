"""Keeps what was fetched on this machine until all of it was used, so that a run that was cut short can go on."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from uuid import uuid4

from counterseal.errors import Conflict, Denied

_BESIDE = ".metadata"


class Kept(NamedTuple):
    """What was fetched: where it lies, and what its writer put beside it."""

    path: Path
    metadata: Mapping[str, str]


class Fetched:
    """A folder of what one reading fetches. The name of a file is the digest of what it holds: a place and its tag.

    Used in a `with`: it is removed where the reading came to its end, and kept where it was cut short. A file is there
    whole or not at all, so the next reading fetches what is not there, or has another tag by now.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when it is entered."""
        self._folder = folder
        self._lock = -1

    def __enter__(self) -> Self:
        """Make the folder, and see that nobody else reads into it.

        Raises:
            Denied: it cannot be made.
            Conflict: somebody else reads the same.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as failure:
            raise _denied(self._folder, failure) from failure
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as failure:
            os.close(self._lock)
            said = f"another run is reading the same into {str(self._folder)!r}"
            raise Conflict(said, hint="wait for it to end") from failure
        for partial in self._folder.glob("*.partial"):
            partial.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove everything where all went well."""
        if kind is None:
            shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)

    def find(self, name: str, tag: str) -> Kept | None:
        """Return what was fetched under that name with that tag; None where it was not."""
        path = self._path(name, tag)
        if not path.exists():
            return None
        beside = path.with_suffix(_BESIDE)
        return Kept(path, json.loads(beside.read_bytes()) if beside.exists() else {})

    def keep(self, name: str, tag: str, pieces: Iterable[bytes], *, metadata: Mapping[str, str] | None = None) -> Kept:
        """Write what is fetched, and return it once it lies on the disk.

        Raises:
            Denied: it cannot be written.
        """
        path = self._path(name, tag)
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            if metadata:
                self._write(path.with_suffix(_BESIDE), [json.dumps(dict(metadata)).encode()])
            self._write(path, pieces)
        except OSError as failure:
            raise _denied(self._folder, failure) from failure
        return Kept(path, metadata or {})

    def scratch(self) -> Path:
        """Return the path of a file of one's own, which is removed with the rest."""
        return self._folder / f"{uuid4()}.partial"

    def _write(self, path: Path, pieces: Iterable[bytes]) -> None:
        partial = self.scratch()
        try:
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def _path(self, name: str, tag: str) -> Path:
        digest = hashlib.sha256(json.dumps([name, tag]).encode()).hexdigest()
        return self._folder / digest[:2] / digest


def _denied(folder: Path, failure: OSError) -> Denied:
    return Denied(
        f"what is fetched cannot be kept in {str(folder)!r}: {failure.strerror}",
        hint="state.directory in the settings names another place",
    )
