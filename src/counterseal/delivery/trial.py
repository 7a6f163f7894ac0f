"""A new value tried by a program: it is given the value in its environment, and its exit status decides."""

import subprocess
import sys
from collections.abc import Collection, Mapping

from counterseal.delivery.environment import child_environment
from counterseal.errors import CommandNotExecutable
from counterseal.hidden import Hidden

# What the program says is for people: standard output belongs to the result of the command that runs it.
_SHELL = "/bin/sh"


def try_value(
    command: str, variable: str, value: Hidden, *, environment: Mapping[bytes, bytes], withheld: Collection[str] = ()
) -> int:
    """Run a shell command with the value in a variable, and return its exit status; what it prints goes to stderr.

    Raises:
        CommandNotExecutable: there is no shell to run it with.
        Refused: the value holds a NUL, which no environment can carry.
    """
    child = child_environment(environment, {variable.encode(): value}, withheld=withheld)
    sys.stderr.flush()
    try:
        # The command is what the person typed for a shell; the value is in none of its arguments.
        done = subprocess.run(  # noqa: S603
            [_SHELL, "-c", command], env=child, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
        )
    except OSError as failure:
        raise CommandNotExecutable(f"{_SHELL} cannot be run: {failure.strerror}") from None
    # POSIX shells say 128 and the signal's number of a program that a signal ended.
    return done.returncode if done.returncode >= 0 else 128 - done.returncode
