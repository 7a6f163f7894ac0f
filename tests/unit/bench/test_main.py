"""The command line of the benchmarks."""

from pathlib import Path

import pytest
from bench import cloudtrail, ledger, recording, sealing, sns, startup
from bench.__main__ import SUBJECTS, main


def test_few_rounds_are_not_judged(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--quick", "--judge"])

    assert "--judge: not allowed with argument --quick" in capsys.readouterr().err


def test_an_unknown_subject_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["everything"])

    assert "invalid choice: 'everything'" in capsys.readouterr().err


def test_the_page_names_every_subject_and_every_goal(root: Path) -> None:
    page = (root / "docs/reference/benchmarks.md").read_text(encoding="utf-8")
    goals = {
        "1a": startup.GOAL_1A.values(),
        "5a": sealing.AT_LEAST_5A.values(),
        "5b": sealing.AT_LEAST_5B.values(),
        "6a": cloudtrail.AT_LEAST_6A.values(),
        "6b": recording.AT_LEAST_6B.values(),
        "6c": cloudtrail.AT_LEAST_6C.values(),
        "6d": ledger.AT_LEAST_6D.values(),
        "8a": sns.AT_LEAST_8A.values(),
    }

    rows = {goal: next(line for line in page.splitlines() if line.startswith(f"| {goal} |")) for goal in goals}
    unnamed = [(goal, it) for goal, limits in goals.items() for it in limits if it and f" {it:g}x" not in rows[goal]]
    assert unnamed == []
    assert [name for name in SUBJECTS if f"| `{name}` |" not in page] == []


def test_a_trail_too_small_for_every_kind_of_record_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["cloudtrail", "--events", "99"])

    assert "at least 100" in capsys.readouterr().err
