"""The door: finds the command that was asked for, runs it, and turns errors into words and an exit status.

It is read at every start, so at import it loads nothing but the table below.
"""

import errno
import sys

from counterseal import __version__
from counterseal.cli.commands import COMMANDS
from counterseal.errors import INTERRUPTED, CountersealError, Unreachable, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run the command line and return its exit status (the table is in `errors.py`)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _open_what_is_closed()
    try:
        return _dispatch(given)
    except CountersealError as failure:
        _explain(failure)
        return failure.exit_status
    except KeyboardInterrupt:
        sys.stderr.write("counterseal: interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_has_left()
    except OSError as failure:
        # What writes to a file that it names speaks for itself: without a name it is what we print to.
        if failure.filename is not None or failure.errno not in _NO_ROOM:
            raise
        return _cannot_print(failure)


def _dispatch(given: list[str]) -> int:
    if not given or given[0] in ("--help", "-h"):
        return _print_help()
    if given[0] in ("--version", "-V"):
        sys.stdout.write(f"counterseal {__version__}\n")
        return 0
    return _run(given[0], given[1:])


def _open_what_is_closed() -> None:
    """Let a command that was started with a closed stdout or stderr (`>&-`) print to nowhere, and do its work."""
    import os

    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  # for as long as we run


def _print_help() -> int:
    from counterseal.cli.help_text import HELP

    sys.stdout.write(HELP)
    return 0


def _run(name: str, arguments: list[str]) -> int:
    if name not in COMMANDS:
        raise UsageError(f"there is no command {name!r}", hint=_nearest(name))
    from counterseal.cli.console import Console
    from counterseal.cli.parser import command_parser

    # A letter that the output's encoding has not is spelt out, as Python does on stderr.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # Python opens this one
    # Not importlib: it is not loaded yet, and -X importtime does not see what it imports.
    module = __import__(f"counterseal.cli.{COMMANDS[name].module}", fromlist=["run"])
    parsed = command_parser(name, module).parse_args(arguments)
    status: int = module.run(parsed, Console(sys.stdout, sys.stderr))
    # Flushed here, so that a reader who has left is noticed while it can still be answered.
    sys.stdout.flush()
    return status


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    return f"did you mean counterseal {near[0]}?" if near else "counterseal --help lists the commands"


def _explain(failure: CountersealError) -> None:
    sys.stderr.write(f"counterseal: error: {failure}\n")
    if failure.hint:
        sys.stderr.write(f"counterseal: hint: {failure.hint}\n")


def _reader_has_left() -> int:
    """End quietly, as `cat file | head` does: 128 and SIGPIPE's number."""
    _print_no_more()
    return 141


def _cannot_print(failure: OSError) -> int:
    told = Unreachable(
        f"the output cannot be written: {failure.strerror}",
        hint="what was printed is not whole: make room, run it again",
    )
    _explain(told)
    _print_no_more()
    return told.exit_status


def _print_no_more() -> None:
    """Let what Python flushes once more at exit go nowhere: it must not raise again."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
