"""`counterseal resolve` without a store: what it lists, notes and refuses."""

import json
from pathlib import Path

import pytest

from counterseal.cli.main import main

URI = "aws-sm://us-east-2/db"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_check_lists_references_and_remarks(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".env").write_text(f"A={URI}?default=canary#/x\nB={{ATL_SECURED}}\nC={URI}\n")

    assert main(["resolve", ".env", "--check"]) == 0

    shown = capsys.readouterr()
    assert [line.split(maxsplit=3) for line in shown.out.splitlines()] == [
        ["line", "column", "reference", "remark"],
        ["1", "3", f"{URI}#/x", "has a default"],
        ["2", "3", "—", "belongs to Atlassian's own secret storage"],
        ["3", "3", URI],
    ]
    assert "canary" not in shown.out + shown.err


def test_check_as_json_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    Path("app.conf").write_text(f"A={URI}?default=canary\nb: {URI}\n")

    assert main(["resolve", "app.conf", "--check", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {
        "schema": "counterseal/references/v1",
        "file": "app.conf",
        "references": [{"line": 1, "column": 3, "reference": URI, "has_default": True, "belongs_to": None}],
        "overlooked_lines": [2],
    }


def test_a_text_without_references_is_printed_and_noted(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    Path("app.conf").write_bytes(b"b: aws-sm://us-east-2/db\r\n\xff")

    assert main(["resolve", "app.conf"]) == 0

    shown = capfdbinary.readouterr()
    assert shown.out == b"b: aws-sm://us-east-2/db\r\n\xff"
    assert b"app.conf: line 1 has what looks like a reference and was left alone" in shown.err
    assert b"app.conf: no reference is in it" in shown.err


def test_the_format_can_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    Path("app.conf").write_text("A aws-sm\\://us-east-2/db\n")

    assert main(["resolve", "app.conf", "--check", "--format", "properties"]) == 0

    assert URI in capsys.readouterr().out


def test_json_goes_with_check_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolve", "app.conf", "--json"]) == 2

    assert "--json goes with --check" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolve", "absent.conf"]) == 2

    assert "'absent.conf' cannot be read: No such file or directory" in capsys.readouterr().err


def test_the_output_is_not_the_input(capsys: pytest.CaptureFixture[str]) -> None:
    Path("app.conf").write_text("A=1\n")

    assert main(["resolve", "app.conf", "--output", "./app.conf"]) == 9

    assert "its references would be lost" in capsys.readouterr().err
    assert Path("app.conf").read_text() == "A=1\n"


def test_the_output_is_written_where_it_is_wanted() -> None:
    Path("app.conf").write_text("A=1\n")

    assert main(["resolve", "app.conf", "--output", "out.conf"]) == 0

    assert Path("out.conf").read_text() == "A=1\n"


def test_a_mistake_names_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("app.properties").write_text("a=\\u12\n")

    assert main(["resolve", "app.properties", "--check"]) == 12

    assert "app.properties: line 1 has a \\u" in capsys.readouterr().err
