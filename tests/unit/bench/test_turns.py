"""The loop of a contestant."""

import marshal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bench.turns import Job, Turn, repetitions, take_turn

SERVER = """
from bench.turns import Job, serve
def shout(word):
    print("stray text that must not end up between the answers")
    return Job(run=word.upper, outcome=str)
serve({"shout": shout})
"""


def ask(root: Path, *requests: tuple[Any, ...]) -> list[Turn]:
    ended = subprocess.run(
        [sys.executable, "-c", SERVER],
        input=b"".join(marshal.dumps(request) for request in requests),
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(root)},
    )
    answers = []
    rest = ended.stdout
    while rest:
        answers.append(Turn(*marshal.loads(rest)))  # noqa: S302  # what our own program wrote
        rest = rest[len(marshal.dumps(tuple(answers[-1]))) :]
    return answers


def test_a_turn_costs_what_one_call_costs_and_keeps_the_last_outcome() -> None:
    calls: list[int] = []

    def run() -> int:
        calls.append(len(calls))
        return len(calls)

    turn = take_turn(Job(run=run, outcome=str), 3)

    assert turn.outcome == "3"
    assert turn.seconds > 0
    assert turn.peak_bytes > 1_000_000


def test_a_job_that_is_over_at_once_is_repeated_until_the_turn_is_filled() -> None:
    assert repetitions(lambda: None, 0.004) > 1000


def test_a_first_call_that_takes_long_does_not_make_the_turns_short() -> None:
    calls: list[int] = []

    def run() -> None:
        calls.append(sum(range(500_000 if not calls else 1)))

    assert repetitions(run, 0.004) > 100


def test_a_job_longer_than_the_turn_is_run_once() -> None:
    assert repetitions(lambda: sum(range(300_000)), 0.0001) == 1


def test_a_contestant_answers_each_request_and_keeps_stray_text_out(root: Path) -> None:
    turns = ask(root, ("shout", ("hush",), 0.001), ("shout", ("hush",), 0.001))

    assert [turn.outcome for turn in turns] == ["HUSH", "HUSH"]
    assert [turn.failure for turn in turns] == ["", ""]


@pytest.mark.parametrize(
    ("request_", "failure"), [(("sing", (), 0.001), "KeyError"), (("shout", (7,), 0.001), "AttributeError")]
)
def test_a_job_that_fails_says_how_and_the_contestant_goes_on(
    root: Path, request_: tuple[Any, ...], failure: str
) -> None:
    failed, after = ask(root, request_, ("shout", ("hush",), 0.001))

    assert failure in failed.failure
    assert after.outcome == "HUSH"
