"""Parsers for the commands, and the top-level help that is checked in as `help_text.py`.

Every command loads it, `exec` among them: it imports argparse and nothing heavier.
"""

import argparse
import os
import sys

from counterseal.cli.commands import COMMANDS
from counterseal.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import NoReturn


class _Parser(argparse.ArgumentParser):
    """argparse, speaking through our errors: so that every refusal looks alike and none echoes a value."""

    def error(self, message: str) -> "NoReturn":
        """Raise what argparse would print.

        Raises:
            UsageError: always.
        """
        raise UsageError(message, hint=f"{self.prog} --help shows how it is used")


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal, without shutil.

    argparse makes a formatter for every argument that is added, and without a width each asks shutil,
    whose import brings bz2, lzma and zlib: a fifth of an empty interpreter.
    """

    def __init__(self, prog: str) -> None:
        """Take the command's name; argparse leaves two columns free at the right, and so do we."""
        super().__init__(prog, width=terminal_columns() - 2)


def terminal_columns() -> int:
    """Return the width to write for: COLUMNS, else the terminal's, else 80, as `shutil.get_terminal_size` does."""
    try:
        return int(os.environ["COLUMNS"]) or _asked_of_terminal()
    except (KeyError, ValueError):
        return _asked_of_terminal()


def _asked_of_terminal() -> int:
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80


def command_parser(name: str, module: "ModuleType") -> argparse.ArgumentParser:
    """Return the parser of one command, whose file adds its own arguments."""
    parser = _Parser(
        prog=f"counterseal {name}",
        description=module.__doc__,
        formatter_class=_Formatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    return parser


def top_level_help() -> str:
    """Return the help of `counterseal` itself, from the table of commands."""
    width = max(map(len, COMMANDS))
    lines = [
        "usage: counterseal COMMAND [ARGUMENT ...]",
        "",
        "Every secret sealed. Every change countersealed.",
    ]
    groups = dict.fromkeys(command.group for command in COMMANDS.values())
    for group in groups:
        lines += ["", f"{group}:"]
        lines += [f"  {name:<{width}}  {it.summary}" for name, it in COMMANDS.items() if it.group == group]
    lines += [
        "",
        "counterseal COMMAND --help explains a command.",
        "counterseal --version prints the version.",
        "counterseal help exit-status lists what the exit statuses mean.",
    ]
    return "\n".join(lines) + "\n"
