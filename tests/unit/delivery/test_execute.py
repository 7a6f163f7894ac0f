"""Finding a program, and becoming it."""

import sys
from pathlib import Path

import pytest

from counterseal.delivery.execute import execute, find_program
from counterseal.errors import CommandNotExecutable, CommandNotFound, Refused


@pytest.fixture
def folders(tmp_path: Path) -> str:
    """Return a search path: `tool` is a folder in the first, a file in the second, a program in the third."""
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    (tmp_path / "one/tool").mkdir()
    (tmp_path / "two/tool").write_text("")
    program(tmp_path / "three/tool", "#!/bin/sh\n")
    (tmp_path / "two/file").write_text("")
    return ":".join(str(tmp_path / name) for name in ("one", "two", "three"))


def program(file: Path, text: str) -> str:
    """Write an executable file."""
    file.write_text(text)
    file.chmod(0o755)
    return str(file)


def test_the_first_that_can_be_run_is_found(folders: str) -> None:
    assert find_program("tool", folders) == folders.split(":")[2] + "/tool"


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    path = program(tmp_path / "x", "")

    assert find_program(path, "") == path


def test_an_empty_entry_is_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "here", "")
    monkeypatch.chdir(tmp_path)

    assert find_program("here", ":/nowhere") == "./here"


def test_without_a_search_path_the_usual_one_counts() -> None:
    assert find_program("sh", None).endswith("/sh")


@pytest.mark.parametrize("name", ["nonesuch", "", "./nonesuch"])
def test_what_is_nowhere_is_not_found(name: str, folders: str) -> None:
    with pytest.raises(CommandNotFound):
        find_program(name, folders)


def test_what_cannot_be_run_is_not_executable(folders: str) -> None:
    with pytest.raises(CommandNotExecutable):
        find_program("file", folders)


def test_a_file_that_is_no_program_is_not_executable(tmp_path: Path) -> None:
    with pytest.raises(CommandNotExecutable, match="not a program"):
        execute([program(tmp_path / "x", "text")], {}, None)


def test_a_missing_interpreter_is_named_as_the_cause(tmp_path: Path) -> None:
    with pytest.raises(CommandNotExecutable, match="interpreter"):
        execute([program(tmp_path / "x", "#!/nowhere/sh\n")], {}, None)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(Refused, match="more than one program can be given"):
        execute([sys.executable], {b"BIG": b"x" * 200_000}, None)


def test_a_refusal_of_the_system_is_in_its_words(tmp_path: Path) -> None:
    busy = tmp_path / "busy"
    busy.write_bytes(Path("/bin/true").read_bytes())
    busy.chmod(0o755)
    with busy.open("ab"), pytest.raises(CommandNotExecutable, match="busy"):
        execute([str(busy)], {}, None)
