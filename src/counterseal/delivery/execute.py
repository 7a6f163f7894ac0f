"""Runs a program in place of this one: its exit status and the signals it gets are its own."""

import errno
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from counterseal.errors import CommandNotExecutable, CommandNotFound, Refused

# POSIX, execvp(): where PATH is unset.
_DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"

# Python ignores these from its start on, and what is ignored stays ignored in the program: then `yes | head` hangs.
_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)


def execute(command: Sequence[str], environment: Mapping[bytes, bytes], search_path: str | None) -> NoReturn:
    """Become the program: it keeps this process's id, so its exit status and its death by signal are exact.

    Raises:
        CommandNotFound: there is no such program.
        CommandNotExecutable: there is one, and it cannot be run.
        Refused: the values are too long for an environment.
    """
    program = find_program(command[0], search_path)
    sys.stdout.flush()
    sys.stderr.flush()
    before = {ignored: signal.signal(ignored, signal.SIG_DFL) for ignored in _IGNORED_BY_PYTHON}
    try:
        os.execve(program, list(command), dict(environment))  # noqa: S606  # no shell in between is the point
    except OSError as failure:
        for ignored, handler in before.items():
            signal.signal(ignored, handler)
        raise _cannot_run(command[0], failure) from None


def find_program(name: str, search_path: str | None) -> str:
    """Return the path of a program: as it is where it has a slash, else the first on the search path.

    Raises:
        CommandNotFound: it is nowhere.
        CommandNotExecutable: what is there is a directory or may not be executed.
    """
    if "/" in name:
        candidates = [name]
    else:
        folders = (_DEFAULT_PATH if search_path is None else search_path).split(":")
        # POSIX: an empty entry of PATH is the working directory.
        candidates = [os.path.join(folder or ".", name) for folder in folders]  # noqa: PTH118  # pathlib costs a start
    there = [path for path in candidates if name and os.path.exists(path)]  # noqa: PTH110  # as above
    for path in there:
        if os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113  # as above
            return path
    if there:
        raise CommandNotExecutable(f"{there[0]!r} cannot be run: it is a directory or not executable")
    raise CommandNotFound(f"there is no command {name!r}", hint="look for a typing error, and at PATH")


def _cannot_run(name: str, failure: OSError) -> Exception:
    match failure.errno:
        case errno.E2BIG:
            return Refused(
                f"the arguments and values for {name!r} are more than one program can be given",
                hint="deliver the longest in a file",
            )
        case errno.ENOEXEC:
            return CommandNotExecutable(f"{name!r} is not a program", hint="a script begins with a line like #!/bin/sh")
        case errno.ENOENT:
            return CommandNotExecutable(f"{name!r} needs an interpreter that is not there", hint="look at its #! line")
        case _:
            return CommandNotExecutable(f"{name!r} cannot be run: {failure.strerror}")
