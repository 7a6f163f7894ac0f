"""The commands in the documentation are run as they stand: every block fenced as `sh`, page by page."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def pages_with_commands() -> list[str]:
    """Return the pages that have something to run, by their place in the checkout."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    return sorted(str(page.relative_to(ROOT)) for page in pages if BLOCK.search(page.read_text(encoding="utf-8")))


def run_page(page: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the blocks of a page, one after another in one shell, in a folder with nothing but the examples."""
    programs = folder / "bin"
    programs.mkdir()
    command = programs / "counterseal"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m counterseal "$@"\n')
    command.chmod(0o755)
    work = folder / "work"
    work.mkdir()
    shutil.copytree(ROOT / "examples", work / "examples")
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "HOME": str(folder),
    }
    script = "\n".join(BLOCK.findall(page.read_text(encoding="utf-8")))
    return subprocess.run(
        ["/bin/sh", "-eu", "-c", script],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("name", pages_with_commands())
def test_the_commands_of_a_page_do_what_it_says(name: str, tmp_path: Path) -> None:
    done = run_page(ROOT / name, tmp_path)

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_a_page_whose_command_fails_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sh\ncounterseal nonsense\n```\n")

    assert run_page(page, tmp_path).returncode == 2


def test_the_readme_has_commands_that_are_run() -> None:
    assert "README.md" in pages_with_commands()
