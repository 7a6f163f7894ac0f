"""Turns are taken in rounds, and a table is weighed as a whole."""

import sys
from pathlib import Path

import pytest
from bench.figures import Comparison, Guard, Sample, Verdict
from bench.harness import Absent, Effort, Method, Plan, environment, installed, interleave, measure

NO_WAITING = Effort(quiet_seconds=0.0)


class Log:
    """Methods that write down when they were called."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def method(self, name: str, seconds: float = 1.0) -> Method:
        def take() -> Sample:
            self.calls.append(name)
            return Sample(seconds=seconds, cpu_seconds=seconds, peak_bytes=1, outcome="same")

        return Method(name, take)


def test_every_method_takes_one_turn_a_round_and_changes_neighbours() -> None:
    log = Log()

    samples = interleave([log.method("a"), log.method("b"), log.method("c")], rounds=3)

    assert "".join(log.calls) == "abccbaabc"
    assert {name: len(turns) for name, turns in samples.items()} == {"a": 3, "b": 3, "c": 3}


def test_a_table_warms_up_once_measures_and_weighs() -> None:
    log = Log()
    plan = Plan(
        title="t",
        methods=[log.method("ours", 1.0), log.method("theirs", 4.0), Absent("another", "not installed")],
        comparisons=[
            Comparison(subject="ours", baseline="theirs", limit=0.5),
            Comparison(subject="ours", baseline="another"),
        ],
        guards=[Guard(what="modules", figure="3", wanted="≤ 2", holds=False)],
    )

    table = measure(plan, 2, NO_WAITING)

    assert log.calls == ["ours", "theirs", "ours", "theirs", "theirs", "ours"]
    assert [it.verdict for it in table.judgements] == [Verdict.HOLDS, Verdict.SKIPPED, Verdict.MISSED]
    assert table.rounds == 2


def test_what_is_measured_sees_nothing_of_the_shell_it_is_started_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("AWS_PROFILE", "mine")

    assert set(environment(PYTHONPATH="src")) == {"PATH", "HOME", "LANG", "PYTHONPATH"}


def test_an_environment_is_asked_whether_it_can_import(tmp_path: Path) -> None:
    assert installed(Path(sys.executable), "json", "marshal")
    assert not installed(Path(sys.executable), "json", "no_such_module_at_all")
    assert not installed(tmp_path / "python", "json")
