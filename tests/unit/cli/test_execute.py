"""`counterseal exec` before the program takes over."""

import pytest

from counterseal.cli.main import main


def test_what_belongs_to_another_product_is_noted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JDBC_PASSWORD", "{ATL_SECURED}")

    assert main(["exec", "--", "nonesuch-program"]) == 127

    shown = capsys.readouterr().err
    assert "variable JDBC_PASSWORD belongs to Atlassian's own secret storage and was left alone" in shown
    assert "there is no command 'nonesuch-program'" in shown


def test_only_and_pristine_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exec", "--only", "A", "--pristine", "B", "--", "true"]) == 2

    assert "not allowed with" in capsys.readouterr().err


def test_a_command_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exec"]) == 2

    assert "COMMAND" in capsys.readouterr().err
