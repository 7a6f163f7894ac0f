"""What a start loads: held by sets of names, never by milliseconds (design part 3, rule 5)."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "asyncio",
    "boto3",
    "botocore",
    "cryptography",
    "duckdb",
    "email",
    "httpx2",
    "jinja2",
    "msgspec",
    "starlette",
    "urllib3",
}
# Each of these alone costs as much again as an empty interpreter.
COSTLY = {
    "argparse",
    "dataclasses",
    "enum",
    "importlib.metadata",
    "inspect",
    "json",
    "logging",
    "pathlib",
    "re",
    "typing",
}


def loaded(*arguments: str, folder: Path) -> set[str]:
    """Return the modules that a command loads beyond those of an empty interpreter."""
    return _imports("-m", "counterseal", *arguments, folder=folder) - _imports("-c", "pass", folder=folder)


def _imports(*arguments: str, folder: Path) -> set[str]:
    # -S: the hooks that an editable installation adds to every start are not the product's.
    source = Path(__file__).parents[2] / "src"
    site = [path for path in sys.path if path.endswith("site-packages")]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(source), *site]),
        "HOME": str(folder),
    }
    done = subprocess.run(
        [sys.executable, "-S", "-X", "importtime", *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(re.findall(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\S+)$", done.stderr, flags=re.MULTILINE))


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], []], ids=["version", "help", "nothing"])
def test_version_and_help_load_nothing_costly(arguments: list[str], tmp_path: Path) -> None:
    modules = loaded(*arguments, folder=tmp_path)

    assert modules & (HEAVY | COSTLY) == set()
    assert "counterseal.cli.main" in modules


def test_exec_without_references_loads_nothing_heavy(tmp_path: Path) -> None:
    modules = loaded("exec", "--", "true", folder=tmp_path)

    assert modules & (HEAVY | {"dataclasses", "inspect", "importlib.metadata"}) == set()
    assert "counterseal.delivery.execute" in modules


def test_a_command_loads_no_other_command(tmp_path: Path) -> None:
    modules = loaded("help", "exit-status", folder=tmp_path)

    commands = {name for name in modules if name.startswith("counterseal.cli.")}
    assert commands == {
        "counterseal.cli.main",
        "counterseal.cli.commands",
        "counterseal.cli.console",
        "counterseal.cli.parser",
        "counterseal.cli.help",
    }
