"""The door of the command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from counterseal import __version__
from counterseal.cli.commands import COMMANDS
from counterseal.cli.help_text import HELP
from counterseal.cli.main import main
from counterseal.cli.parser import top_level_help


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"counterseal {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_is_printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert capsys.readouterr().out == HELP


def test_the_checked_in_help_is_that_of_the_commands() -> None:
    assert top_level_help() == HELP


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])

    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: counterseal {name}")


def test_an_unknown_command_is_named_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audti"]) == 2
    said = capsys.readouterr().err
    assert "there is no command 'audti'" in said
    assert "did you mean counterseal audit?" in said


def test_a_command_like_no_other_points_to_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["qqqq"]) == 2
    assert "counterseal --help lists the commands" in capsys.readouterr().err


def test_an_unknown_argument_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", "--nonsense"]) == 2
    assert "counterseal help --help shows how it is used" in capsys.readouterr().err


def test_help_lists_the_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", "exit-status"]) == 0
    printed = capsys.readouterr().out
    assert "10      an audit, trail verify, or findings list --exit-status found at least one discrepancy" in printed


def test_help_without_a_topic_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    assert capsys.readouterr().out == HELP


def test_a_reader_who_leaves_early_ends_it_quietly() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "counterseal", "help", "exit-status"],
        stdout=write_end,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write_end)

    assert done.returncode == 141
    assert done.stderr == b""


def test_a_full_disk_under_the_output_is_told_and_is_no_fault_of_ours() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "counterseal", "help", "exit-status"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 7
    assert done.stderr.startswith(b"counterseal: error: the output cannot be written: No space left on device\n")
    assert b"Traceback" not in done.stderr


def test_a_command_started_with_its_output_closed_does_its_work(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    script = f"exec {sys.executable} -m counterseal exec -- touch {ran} >&- 2>&-"

    done = subprocess.run(["/bin/sh", "-c", script], env=os.environ, check=False)

    assert (done.returncode, ran.exists()) == (0, True)


def test_a_letter_that_the_output_has_not_is_spelt_out(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "counterseal", "doctor", "jira"],
        env={"PYTHONIOENCODING": "ascii", "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    assert done.stdout.startswith(b"\\u2717 settings: jira.url is not set\n")
    assert done.stderr == b""
