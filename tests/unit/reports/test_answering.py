"""Questions that were stopped."""

from typing import Any, cast

import pytest

from counterseal.reports.answering import answer_select, run_report


class Stopped:
    """A connection at which somebody pressed Ctrl+C, or something else went wrong."""

    def __init__(self, said: str) -> None:
        self._said = said

    def __getattr__(self, _: str) -> Any:
        def fail(*_: object) -> None:
            raise RuntimeError(self._said)

        return fail


def test_ctrl_c_ends_a_question_as_it_ends_everything() -> None:
    stopped = cast("Any", Stopped("Query interrupted"))

    with pytest.raises(KeyboardInterrupt):
        answer_select(stopped, "SELECT 1")
    with pytest.raises(KeyboardInterrupt):
        run_report(stopped, "summary")


def test_what_is_no_ctrl_c_is_not_taken_for_one() -> None:
    with pytest.raises(RuntimeError, match="something else"):
        answer_select(cast("Any", Stopped("something else")), "SELECT 1")
