"""Objects as files in one folder: private, written whole or not at all, and compared and swapped between processes."""

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from counterseal.errors import Conflict, CountersealError, Denied, ObjectNotFound, Unreachable
from counterseal.objects.interface import ObjectStore, StoredObject
from counterseal.objects.naming import checked_name, checked_prefix, content_tag

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# O_NONBLOCK, so that a pipe put in the place of a file cannot hold us.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LOCK = ".lock"
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_IN_THE_WAY = (errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.EEXIST)


class LocalObjects:
    """An object store in a folder. No symbolic link below the folder is followed."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when something is first stored."""
        self._folder = folder

    def read(self, object_name: str) -> StoredObject:
        """Return the content and its tag.

        Raises:
            ObjectNotFound: nothing is stored under that name.
            Denied: the file system refuses, or a symbolic link stands in the way.
            Unreachable: the disk failed.
            Refused: the text names no object.
        """
        with _in_our_words(checked_name(object_name)), self._parent(object_name) as parent:
            content = _read(_file(object_name), parent)
        return StoredObject(content, content_tag(content))

    def read_if_changed(self, object_name: str, tag: str) -> StoredObject | None:
        """Return the content and its tag, or None where it still has this tag.

        Raises:
            ObjectNotFound, Denied, Unreachable, Refused: as `read`.
        """
        stored = self.read(object_name)
        return None if stored.tag == tag else stored

    def create(self, object_name: str, content: bytes) -> str:
        """Store a new object and return its tag.

        Raises:
            Conflict: something is stored under that name.
            Denied, Unreachable, Refused: as `read`.
        """
        with _in_our_words(checked_name(object_name)), self._locked(), self._parent(object_name, make=True) as parent:
            if _exists(_file(object_name), parent):
                raise Conflict(f"{object_name!r} is stored already")
            _write(_file(object_name), content, parent)
        return content_tag(content)

    def replace(self, object_name: str, content: bytes, *, tag: str) -> str:
        """Put a new content in the place of the one with this tag, and return the new tag.

        Raises:
            Conflict: the object has another tag by now, or is gone.
            Denied, Unreachable, Refused: as `read`.
        """
        with _in_our_words(checked_name(object_name)), self._locked():
            try:
                present = self.read(object_name).tag
            except ObjectNotFound:
                present = ""
            if present != tag:
                raise Conflict(f"{object_name!r} is no longer what was read")
            with self._parent(object_name) as parent:
                _write(_file(object_name), content, parent)
        return content_tag(content)

    def delete(self, object_name: str) -> None:
        """Delete the object, if it is there.

        Raises:
            Denied, Unreachable, Refused: as `read`.
        """
        with (
            suppress(ObjectNotFound),
            _in_our_words(checked_name(object_name)),
            self._locked(),
            self._parent(object_name) as parent,
        ):
            os.unlink(_file(object_name), dir_fd=parent)
            os.fsync(parent)

    def names(self, prefix: str) -> Iterator[str]:
        """Give the names that start with this text, in ascending order.

        Raises:
            Denied, Unreachable: as `read`.
            Refused: no name starts like this.
        """
        checked_prefix(prefix)
        with _in_our_words(str(self._folder)):
            found = sorted(name for name in self._walk() if name.startswith(prefix))
        return iter(found)

    def _walk(self) -> Iterator[str]:
        for folder, folders, files in os.walk(self._folder, onerror=_raise_unless_absent):
            # What starts with a dot is ours alone: the lock, and files not yet whole.
            folders[:] = [name for name in folders if not name.startswith(".")]
            inside = Path(folder).relative_to(self._folder)
            yield from (inside.joinpath(name).as_posix() for name in files if not name.startswith("."))

    @contextmanager
    def _parent(self, object_name: str, *, make: bool = False) -> Iterator[int]:
        """Open the folder that holds the object, part by part, following no link."""
        if make:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder, _FOLDER)
        try:
            for part in object_name.split("/")[:-1]:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(part, 0o700, dir_fd=descriptor)
                inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other writers out, in this process and in others, for the length of a `with`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _file(object_name: str) -> str:
    return object_name.rpartition("/")[2]


def _read(file: str, parent: int) -> bytes:
    descriptor = os.open(file, _READ, dir_fd=parent)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EISDIR, "not a file")
        return stream.read()


def _exists(file: str, parent: int) -> bool:
    try:
        os.stat(file, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _write(file: str, content: bytes, parent: int) -> None:
    """Write beside the file, and move it into place only when all of it is on the disk."""
    unfinished = f".{secrets.token_hex(8)}"
    descriptor = os.open(unfinished, _WRITE, 0o600, dir_fd=parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
        os.rename(unfinished, file, src_dir_fd=parent, dst_dir_fd=parent)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(unfinished, dir_fd=parent)
        raise
    os.fsync(parent)


def _raise_unless_absent(failure: OSError) -> None:
    if not isinstance(failure, FileNotFoundError):
        raise failure


@contextmanager
def _in_our_words(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        raise _as_ours(failure, name) from failure


def _as_ours(failure: OSError, name: str) -> CountersealError:
    if isinstance(failure, FileNotFoundError):
        return ObjectNotFound(f"nothing is stored as {name!r}")
    if failure.errno in _DENIED:
        return Denied(f"the file system refuses access to {name!r}: {failure.strerror}")
    if failure.errno in _IN_THE_WAY:
        return Denied(
            f"something that is no plain file or folder stands where {name!r} belongs",
            hint="a storage folder holds no symbolic links",
        )
    return Unreachable(f"the disk failed at {name!r}: {failure.strerror}")


_: type[ObjectStore] = LocalObjects
