"""Reference pages that are made of the code, so that they cannot say anything else."""

import argparse
import ast
import os
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from counterseal.assembly.alert_settings import ALERT_SETTINGS
from counterseal.assembly.known_settings import ACCESS_SETTINGS, ENVIRONMENT_ONLY, SETTINGS
from counterseal.cli.commands import COMMANDS
from counterseal.cli.parser import command_parser
from counterseal.errors import CountersealError, exit_statuses

SOURCE = Path(__file__).parent.parent / "src" / "counterseal"
_MADE = "<!-- Made from the code by `make golden`; a test compares. -->\n"

_SETTINGS = """\
Settings are read once, from `counterseal.toml` (the nearest one from the working directory upward, or the one that
`COUNTERSEAL_SETTINGS` names), then from the environment, which is stronger. Relative paths are relative to the file.
An unknown key is refused, with the nearest right one. No secret is ever written in this file in plain text.
"""

_ACCESSES = """
## Accesses: `[aws.NAME]`

A named way of signing in to AWS. The one named `default` need not be set.
"""

_POLICY = """
## Policy: `[policy]`

What counts as an approval: [policy.md](policy.md).
"""

_ERRORS = """
`exec` replaces itself with the command: once that runs, the exit status is the command's own. What Counterseal
itself refuses before that is printed as `counterseal: error: …`, with a hint where there is something to do.
"""

_LIBRARY = """\
These names may be imported; everything else may change without notice. Counterseal is young: before 1.0 a
release may change them too, and its changelog says so.
"""


def cli_page() -> str:
    """Return docs/reference/cli.md: what every command prints when asked for --help."""
    os.environ["COLUMNS"] = "100"
    parts = ["# Commands\n", _MADE]
    for name, command in COMMANDS.items():
        parser = command_parser(name, import_module(f"counterseal.cli.{command.module}"))
        parts.append(f"## counterseal {name}\n\n{command.summary[0].upper()}{command.summary[1:]}.\n")
        parts += [f"```text\n{it.format_help().rstrip()}\n```\n" for it in (parser, *_actions(parser))]
    return "\n".join(parts)


def _actions(parser: argparse.ArgumentParser) -> Iterable[argparse.ArgumentParser]:
    """Return the parsers of a command's own actions, such as `findings list`."""
    for action in parser._actions:  # noqa: SLF001  # argparse names them nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            yield from action.choices.values()


def settings_page() -> str:
    """Return docs/reference/settings.md."""
    parts = [
        "# Settings\n",
        _MADE,
        _SETTINGS,
        "| Setting | Variable | Meaning |\n|---|---|---|",
    ]
    parts += [f"| `{name}` | `{it.variable}` | {it.meaning} |" for name, it in SETTINGS.items()]
    parts.append(_ACCESSES)
    parts.append("| Key | Meaning |\n|---|---|")
    parts += [f"| `{name}` | {meaning} |" for name, meaning in ACCESS_SETTINGS.items()]
    parts.append(
        "\n## Alerts\n\nEach table `[alerts.NAME]` sets up a receiver: [send alerts](../how-to/send-alerts.md).\n"
    )
    parts.append("| Key | Meaning |\n|---|---|")
    parts += [f"| `{name}` | {meaning} |" for name, meaning in ALERT_SETTINGS.items()]
    parts.append(_POLICY)
    parts.append("## Environment only\n\n| Variable | Meaning |\n|---|---|")
    parts += [f"| `{name}` | {meaning} |" for name, meaning in ENVIRONMENT_ONLY.items()]
    return "\n".join(parts) + "\n"


def errors_page() -> str:
    """Return docs/reference/errors.md: exit statuses, and every error with its sentence."""
    parts = ["# Errors and exit statuses\n", _MADE, "| Status | Meaning |\n|---|---|"]
    parts += [f"| {status} | {meaning} |" for status, meaning in exit_statuses().items()]
    parts.append(_ERRORS)
    parts.append("| Error | Status | When |\n|---|---|---|")
    waiting: list[type[CountersealError]] = [CountersealError]
    while waiting:
        error = waiting.pop(0)
        sentence = (error.__doc__ or "").split("\n")[0]
        parts.append(f"| `{error.__name__}` | {error.exit_status} | {sentence} |")
        waiting = error.__subclasses__() + waiting
    return "\n".join(parts) + "\n"


def library_page() -> str:
    """Return docs/reference/library.md: the names that others may import, room by room."""
    parts = [
        "# Library\n",
        _MADE,
        _LIBRARY,
    ]
    for package in sorted(SOURCE.glob("*/__init__.py")):
        names = _public_names(package)
        if names:
            caption = (ast.get_docstring(ast.parse(package.read_text(encoding="utf-8"))) or "").split("\n")[0]
            parts.append(f"## counterseal.{package.parent.name}\n\n{caption}\n")
            parts += [f"* `{name}`" for name in names]
            parts.append("")
    return "\n".join(parts)


def _public_names(package: Path) -> list[str]:
    for node in ast.parse(package.read_text(encoding="utf-8")).body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value)
            ):
                return [str(name) for name in ast.literal_eval(value)]
    return []
