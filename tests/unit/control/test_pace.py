"""Calls are kept apart by a clock that is passed in: these tests wait for nothing."""

import pytest

from counterseal.control.pace import Pace
from counterseal.errors import Denied, Unreachable


class Time:
    """A clock that goes forward only when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waited: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


def pace(time: Time) -> Pace:
    return Pace(2.0, monotonic=time.monotonic, sleep=time.sleep)


def test_two_calls_a_second_are_half_a_second_apart(time: Time) -> None:
    held = pace(time)

    assert [held.call(lambda: time.now) for _ in range(4)] == [100.0, 100.5, 101.0, 101.5]


def test_who_comes_late_does_not_wait(time: Time) -> None:
    held = pace(time)
    held.call(lambda: None)
    time.now += 10

    held.call(lambda: None)

    assert time.waited == []


def test_a_call_without_an_answer_is_made_again_later_each_time(time: Time) -> None:
    answers = [Unreachable("x"), Unreachable("x"), None]

    def ask() -> str:
        failure = answers.pop(0)
        if failure:
            raise failure
        return "answer"

    assert pace(time).call(ask) == "answer"
    assert time.waited == [1.0, 2.0]


def test_after_five_calls_it_gives_up(time: Time) -> None:
    calls = []

    def ask() -> None:
        calls.append(time.now)
        raise Unreachable("AWS is throttling")

    with pytest.raises(Unreachable, match="throttling"):
        pace(time).call(ask)
    assert len(calls) == 5
    assert sum(time.waited) == 15.0


def test_what_is_denied_is_not_asked_again(time: Time) -> None:
    def ask() -> None:
        raise Denied("x")

    with pytest.raises(Denied):
        pace(time).call(ask)
    assert time.waited == []
