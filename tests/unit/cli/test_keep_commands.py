"""The commands of safes, inside one process: what they print, and what they refuse."""

import io
import json
import sys
from pathlib import Path

import pytest

from counterseal.cli import get as get_command
from counterseal.cli.console import Console
from counterseal.cli.main import main
from counterseal.cli.parser import command_parser
from counterseal.errors import Refused, UsageError

SECRET = "safe://team/db/password"


class Bytes(io.TextIOWrapper):
    """A stream as a program sees it, on a terminal or not."""

    def __init__(self, content: bytes = b"", *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8", write_through=True)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def written(self) -> bytes:
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue()


class Commands:
    """Runs commands in a home of their own, and keeps what they said."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.output = b""
        self.notes = ""

    def __call__(self, *arguments: str, given: bytes = b"") -> int:
        output, notes = Bytes(), io.StringIO()
        for name, stream in (("stdin", Bytes(given)), ("stdout", output), ("stderr", notes)):
            self._monkeypatch.setattr(sys, name, stream)
        status = main(arguments)
        self.output, self.notes = output.written(), notes.getvalue()
        return status


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COUNTERSEAL_PASSWORD", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COUNTERSEAL_UNLOCK_KEY_FILE", str(tmp_path / "team.key"))
    commands = Commands(monkeypatch)
    assert commands("put", SECRET, "--create-key-file", given=b'{"user": "app", "number": 12345678901234567890}') == 0
    return commands


def test_tables_for_people_name_every_secret_and_every_step(run: Commands) -> None:
    run("put", "safe://team/other", given=b"2")
    run("remove", SECRET)
    run("restore", SECRET, "--version", "1")
    run("remove", "safe://team/other")

    run("list", "safe://team/")
    listed = [line.split() for line in run.output.decode().splitlines()]
    run("list", "safe://team", "--removed")
    everything = run.output
    run("history", SECRET)
    history = [line.split() for line in run.output.decode().splitlines()]

    assert [line[:2] for line in listed] == [["secret", "version"], ["db/password", "2"]]
    assert b"1 (removed)" in everything
    assert [line[:2] for line in history] == [["version", "what"], ["2", "restore"], ["1", "remove"], ["1", "put"]]


def test_documents_for_scripts_hold_what_they_promise(run: Commands) -> None:
    run("list", "safe://team", "--json")
    listed = json.loads(run.output)
    run("history", SECRET, "--json")
    history = json.loads(run.output)

    assert (listed["schema"], listed["safe"]) == ("counterseal/list/v1", "team")
    assert set(listed["secrets"][0]) == {"name", "version", "changed", "author", "removed"}
    assert (history["schema"], history["secret"], history["current"]) == ("counterseal/history/v1", SECRET, 1)
    assert set(history["entries"][0]) == {"version", "action", "time", "author", "restored_from"}


def test_a_field_is_got_by_its_pointer_and_a_default_only_where_nothing_is(run: Commands) -> None:
    run("get", f"{SECRET}#/number")
    assert run.output == b"12345678901234567890"
    assert run("get", f"{SECRET}#/absent") == 5
    run("get", f"{SECRET}?default=none#/absent")
    assert run.output == b"none"
    run("get", "safe://team/absent?default=none")
    assert run.output == b"none"


def test_a_value_comes_from_a_file_byte_for_byte(run: Commands, tmp_path: Path) -> None:
    (tmp_path / "value").write_bytes(bytes(range(256)) * 400)

    run("put", SECRET, "--file", "value", given=b"not this")
    run("get", SECRET)

    assert run.output == bytes(range(256)) * 400


def test_an_empty_value_is_sealed_where_it_is_meant(run: Commands) -> None:
    assert run("put", SECRET, "--allow-empty") == 0
    assert run("get", SECRET) == 0
    assert run.output == b""


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("get", "safe://team/absent"), 4, "no secret is named 'absent' in safe://team"),
        (("get", "safe://absent/x"), 4, "there is no safe safe://absent"),
        (("get", f"{SECRET}?version=9"), 4, "has no version 9"),
        (("get", "aws-sm://us-east-2/x"), 2, "is not in a safe"),
        (("get", "safe://team"), 3, "no name stands behind the slash"),
        (("put", "safe://team/x#/field"), 2, "names more than a secret"),
        (("put", "safe://team/x?version=1"), 2, "names more than a secret"),
        (("put", "safe://team/x?default=1"), 2, "names more than a secret"),
        (("put", "safe://team/x", "--file", "absent"), 12, "'absent' cannot be read"),
        (("put", "safe://team/x"), 9, "the value is empty"),
        (("put", SECRET, "--allow-empty", "--if-version", "7"), 11, "is at version 1, not at version 7"),
        (("put", "safe://team/x", "--create-key-file", "--allow-empty"), 9, "is there already"),
        (("list", SECRET), 2, "names a secret"),
        (("list", "team"), 3, "this is not a reference"),
        (("restore", SECRET), 9, "is not removed"),
        (("restore", SECRET, "--version", "0"), 2, "there is no version 0"),
    ],
)
def test_each_mistake_has_its_words_and_its_status(
    run: Commands, arguments: tuple[str, ...], status: int, said: str
) -> None:
    assert run(*arguments) == status
    assert said in run.notes
    assert run.output == b""


def test_a_value_beyond_64_mib_is_refused(run: Commands, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)

    assert run("put", SECRET, "--file", "large") == 9
    assert "more than 64 MiB" in run.notes


def on_a_terminal(*arguments: str) -> bytes:
    output = Bytes(terminal=True)
    parsed = command_parser("get", get_command).parse_args(arguments)
    get_command.run(parsed, Console(output, io.StringIO()))
    return output.written()


def test_a_terminal_gets_a_line_end_and_a_program_does_not(run: Commands) -> None:
    run("put", SECRET, given="schön".encode())

    assert on_a_terminal(SECRET) == "schön\n".encode()
    run("get", SECRET)
    assert run.output == "schön".encode()


@pytest.mark.parametrize("value", [b"\x1b]0;gotcha\x07", b"\xff\xfe"], ids=["escapes", "not-utf-8"])
def test_what_is_not_text_is_not_thrown_at_a_terminal_unless_forced(run: Commands, value: bytes) -> None:
    run("put", SECRET, given=value)

    with pytest.raises(Refused, match="is not text"):
        on_a_terminal(SECRET)
    assert on_a_terminal(SECRET, "--force") == value + b"\n"


def test_without_anything_to_type_on_a_value_must_be_given(run: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    from counterseal.cli import put as put_command

    monkeypatch.setattr(sys, "stdin", Bytes(terminal=True))
    monkeypatch.setattr("os.open", no_terminal)
    parsed = command_parser("put", put_command).parse_args([SECRET])

    with pytest.raises(UsageError, match="no terminal to ask for the value"):
        put_command.run(parsed, Console(Bytes(), io.StringIO()))


def no_terminal(*_: object, **__: object) -> int:
    raise OSError
