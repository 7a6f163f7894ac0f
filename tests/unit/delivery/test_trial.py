"""A new value is tried by a program that finds it in its environment, and nowhere else."""

from pathlib import Path

import pytest

from counterseal.delivery import trial
from counterseal.delivery.trial import try_value
from counterseal.errors import CommandNotExecutable, Refused
from counterseal.hidden import Hidden

ENVIRONMENT = {b"PATH": b"/usr/bin:/bin", b"KEPT": b"yes", b"KEY": b"ours", b"COUNTERSEAL_PASSWORD": b"safe"}


def tried(command: str, value: bytes = b"canary") -> int:
    return try_value(command, "PENDING_VALUE", Hidden(value), environment=ENVIRONMENT, withheld=["KEY"])


def test_the_exit_status_decides() -> None:
    assert [tried(it) for it in ("true", "exit 7", "kill -9 $$")] == [0, 7, 137]


def test_the_value_is_in_the_environment_byte_for_byte_beside_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "seen"

    assert tried(f'printf %s "$PENDING_VALUE,$KEPT,$KEY,$COUNTERSEAL_PASSWORD" > {file}', b"it's \xff\n") == 0
    assert file.read_bytes() == b"it's \xff\n,yes,,"


def test_what_it_prints_goes_to_people(capfd: pytest.CaptureFixture[str]) -> None:
    tried("echo said; echo complained >&2")

    shown = capfd.readouterr()
    assert shown.out == ""


def test_it_gets_nothing_of_standard_input() -> None:
    assert tried('test -z "$(cat)"') == 0


def test_a_value_that_no_environment_can_carry_is_refused() -> None:
    with pytest.raises(Refused, match="NUL"):
        tried("true", b"a\0b")


def test_without_a_shell_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_SHELL", "/nowhere/sh")

    with pytest.raises(CommandNotExecutable, match="/nowhere/sh"):
        tried("true")
