"""Parsers for the commands, and the top-level help that is checked in as `help_text.py`."""

import argparse
from types import ModuleType
from typing import NoReturn

from counterseal.cli.commands import COMMANDS
from counterseal.errors import UsageError


class _Parser(argparse.ArgumentParser):
    """argparse, speaking through our errors: so that every refusal looks alike and none echoes a value."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print.

        Raises:
            UsageError: always.
        """
        raise UsageError(message, hint=f"{self.prog} --help shows how it is used")


def command_parser(name: str, module: ModuleType) -> argparse.ArgumentParser:
    """Return the parser of one command, whose file adds its own arguments."""
    parser = _Parser(
        prog=f"counterseal {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
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
