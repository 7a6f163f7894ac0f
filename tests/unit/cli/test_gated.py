"""`put aws-sm://` and `rotate` refuse a command line that says too little, too much, or two things at once."""

import io
import json
from argparse import Namespace
from pathlib import Path

import pytest

from counterseal.cli.console import Console
from counterseal.cli.gate_arguments import show_looked
from counterseal.cli.main import main

SECRET = "aws-sm://eu-west-1/db/password"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))


T = ("--ticket", "OPS-42")
BAD: dict[str, tuple[tuple[str, ...], int, str]] = {
    "no gate": (("put", SECRET), 9, "--no-ticket writes without"),
    "two gates": (("put", SECRET, *T, "--no-ticket"), 2, "three ways: give one"),
    "a ticket and a token": (("put", SECRET, *T, "--token", "x"), 2, "three ways: give one"),
    "a version": (("put", f"{SECRET}?stage=AWSPREVIOUS", *T), 2, "leave out what stands behind ?"),
    "a field that is made": (("put", f"{SECRET}#/a", *T, "--create"), 2, "makes a whole secret"),
    "a version that is made": (("put", SECRET, *T, "--create", "--if-version", "x"), 2, "makes a whole secret"),
    "tags of what is there": (("put", SECRET, *T, "--tag", "a=b"), 2, "are for --create"),
    "an empty value in AWS": (("put", SECRET, *T, "--allow-empty"), 2, "--allow-empty is for safe://"),
    "a key file in AWS": (("put", SECRET, *T, "--create-key-file"), 2, "--create-key-file is for safe://"),
    "a ticket for a safe": (("put", "safe://team/db", *T), 2, "--ticket is for aws-sm://"),
    "a version of a safe": (("put", "safe://team/db", "--if-version", "x"), 2, "is not the number of a version"),
    "a span that is none": (("put", SECRET, *T, "--expires", "soon"), 2, "is not a span of time"),
    "a bucket": (("put", "s3://bucket/object"), 2, "is not in a safe"),
    "a rotation without a ticket": (("rotate", SECRET), 2, "no ticket is given"),
    "a rotation in a safe": (("rotate", "safe://team/db", *T), 2, "is not in AWS Secrets Manager"),
    "a variable that is none": (("rotate", SECRET, *T, "--as", "A B"), 2, "cannot be the variable"),
    "a variable of ours": (("rotate", SECRET, *T, "--as", "COUNTERSEAL_X"), 2, "cannot be the variable"),
    "a field handed over": (("rotate", f"{SECRET}#/a", *T, "--hand-over"), 2, "lets AWS draw and test"),
    "a test handed over": (("rotate", SECRET, *T, "--hand-over", "--test", "true"), 2, "lets AWS draw and test"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_meant_is_refused(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, status, said = BAD[case]

    assert (main(arguments), said in " ".join(capsys.readouterr().err.split())) == (status, True)


def test_what_a_check_found_is_json_where_that_is_asked_for() -> None:
    output = io.StringIO()

    show_looked(Console(output, io.StringIO()), Namespace(json=True), "it would be written")

    printed = json.loads(output.getvalue())
    assert printed.pop("schema") == "counterseal/gated-change/v1"
    assert printed == {"outcome": "checked", "said": "it would be written"}
