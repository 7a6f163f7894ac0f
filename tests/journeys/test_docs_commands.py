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
    return run_script("\n".join(blocks_of(page)), folder)


def blocks_of(page: Path) -> list[str]:
    """Return what a page has to run, exactly as it stands there."""
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def run_script(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run commands in one shell, in a folder with nothing but the examples."""
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


COUNTERSEAL = ROOT / "docs/formats/counterseal.md"
OTHER_ENTRY = "sed -i 's/user.ana/user\\/eve/' issuances.json"
OTHER_TOKEN = "tr 'A-Za-z' 'B-ZAb-za' < token | sed 's/^.*[.]/OPS-42./' > other && mv other token"


@pytest.mark.parametrize("changed", ["true", OTHER_ENTRY, OTHER_TOKEN])
@pytest.mark.parametrize("check", [1, 2], ids=["signature", "code"])
def test_openssl_alone_tells_a_true_counterseal_from_a_changed_one(changed: str, check: int, tmp_path: Path) -> None:
    made, signature, code = blocks_of(COUNTERSEAL)
    # The code is that of the entry that the check of the signature cut out.
    cut_out = signature.splitlines(keepends=True)[0]
    script = "\n".join([made, changed, cut_out, [signature, code][check - 1]])

    done = run_script(script, tmp_path)

    assert "openssl" in [signature, code][check - 1]
    assert (done.returncode == 0) is (changed == "true"), f"{done.stdout}\n{done.stderr}"
