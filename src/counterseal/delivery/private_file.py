"""A file that only its owner reads, written whole or not at all."""

import os
import stat
from tempfile import mkstemp

from counterseal.errors import Refused, UsageError


def write_private(path: str, content: bytes) -> None:
    """Write a file with mode 0600: complete under its name, or the old one untouched.

    Raises:
        Refused: the name is a symbolic link or no regular file.
        UsageError: the operating system does not let it be written there; nothing was.
    """
    _refuse_what_is_no_file(path)
    folder = os.path.dirname(path) or "."  # noqa: PTH120  # this file is on the way of `exec`: no pathlib
    try:
        # mkstemp: O_EXCL, O_NOFOLLOW and 0600 whatever the umask (security: B-24).
        descriptor, temporary = mkstemp(prefix=".counterseal-", dir=folder)
    except OSError as failure:
        raise _not_written(path, failure) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105  # as above; it replaces a link and never follows it
    except OSError as failure:
        os.unlink(temporary)  # noqa: PTH108  # as above
        raise _not_written(path, failure) from None


def _refuse_what_is_no_file(path: str) -> None:
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return
    if stat.S_ISLNK(mode):
        raise Refused(f"{path!r} is a symbolic link, and values do not follow links", hint="name the file it points at")
    if not stat.S_ISREG(mode):
        raise Refused(f"{path!r} is not a file")


def _not_written(path: str, failure: OSError) -> UsageError:
    return UsageError(f"{path!r} cannot be written: {failure.strerror}")
