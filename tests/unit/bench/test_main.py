"""The command line of the benchmarks."""

import pytest
from bench.__main__ import main


def test_few_rounds_are_not_judged(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--quick", "--judge"])

    assert "--judge: not allowed with argument --quick" in capsys.readouterr().err


def test_an_unknown_subject_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["everything"])

    assert "invalid choice: 'everything'" in capsys.readouterr().err
