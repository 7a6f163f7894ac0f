"""Parsers that cost little and write as wide as the terminal."""

import subprocess
import sys
from types import ModuleType

import pytest

from counterseal.cli import help as help_command
from counterseal.cli.parser import command_parser


@pytest.mark.parametrize(("columns", "widest"), [("50", 48), ("0", 78), ("wide", 78), (None, 78)])
def test_help_is_written_for_the_width_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, columns: str | None, widest: int
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "__stdout__", None)
    for given in filter(None, [columns]):
        monkeypatch.setenv("COLUMNS", given)
    module = ModuleType("long", "A description.")
    vars(module)["add_arguments"] = lambda parser: parser.add_argument("file", help="word " * 60)

    written = command_parser("long", module).format_help()

    assert max(map(len, written.splitlines())) <= widest
    assert max(map(len, written.splitlines())) > widest - 6


def test_a_parser_is_made_without_the_archive_libraries_of_shutil() -> None:
    code = (
        "import sys; from counterseal.cli import help; from counterseal.cli.parser import command_parser;"
        "command_parser('help', help).parse_args([]); print(sorted({'shutil', 'typing', 'json'} & set(sys.modules)))"
    )

    ended = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)

    assert ended.stdout == "[]\n"


def test_a_description_keeps_its_lines() -> None:
    assert "Explain a topic." in command_parser("help", help_command).format_help()
