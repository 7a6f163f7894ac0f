"""Files that hold a key or a token of somebody's: what is in one, and whether others may use it."""

import os
import stat
from pathlib import Path
from typing import NamedTuple

_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO


class KeyFile(NamedTuple):
    """The content, and whether others than the owner of the file may read or write it."""

    content: bytes
    others_may: bool


def read_key_file(file: Path, *, most: int, follows: bool = True) -> KeyFile:
    """Read as many bytes of a file as `most`. A pipe in its place holds nobody up; `follows` a symbolic link.

    Raises:
        OSError: it cannot be read: who asks has the words for it.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follows else os.O_NOFOLLOW)
    descriptor = os.open(file, flags)
    with os.fdopen(descriptor, "rb") as stream:
        others_may = bool(stat.S_IMODE(os.fstat(descriptor).st_mode) & _OTHERS_MAY)
        return KeyFile(stream.read(most), others_may)


def write_new_key_file(file: Path, content: bytes) -> None:
    """Write a file that was not there, for its owner alone: whole, or not at all.

    Raises:
        FileExistsError: it was there.
        OSError: it cannot be written: who asks has the words for it.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
    except BaseException:
        # Half a key would stand in the way of a whole one.
        file.unlink()
        raise
