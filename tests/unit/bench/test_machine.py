"""How quiet a machine is, and what it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.machine import Quiet, Ticks, busy_share, describe, others_share, processor, ticks, wait_until_quiet


class Readings:
    """A machine whose processor times are given."""

    def __init__(self, *busy: float) -> None:
        self._readings: Iterator[Ticks] = iter(
            Ticks(total=float(number % 2), busy=share * (number % 2), own=0.0) for share in busy for number in (0, 1)
        )
        self.slept: list[float] = []

    def read(self) -> Ticks:
        return next(self._readings)


def test_the_wait_ends_at_the_first_half_second_that_is_quiet() -> None:
    machine = Readings(0.9, 0.5, 0.1)

    quiet = wait_until_quiet(60.0, read=machine.read, sleep=machine.slept.append)

    assert quiet == Quiet(waited_seconds=1.5, busy_share=0.1, reached=True)
    assert machine.slept == [0.5, 0.5, 0.5]


def test_the_wait_is_bounded_and_says_that_the_machine_was_not_quiet() -> None:
    machine = Readings(0.9, 0.9, 0.9, 0.9)

    quiet = wait_until_quiet(1.0, read=machine.read, sleep=machine.slept.append)

    assert not quiet.reached
    assert quiet.sentence().startswith("NOT QUIET: 90% busy after 1 s of waiting")


def test_what_others_took_leaves_out_our_own_work() -> None:
    before, after = Ticks(total=100.0, busy=50.0, own=10.0), Ticks(total=110.0, busy=58.0, own=15.0)

    assert busy_share(before, after) == pytest.approx(0.8)
    assert others_share(before, after) == pytest.approx(0.3)


def test_two_readings_at_the_same_instant_are_no_load() -> None:
    now = Ticks(total=1.0, busy=1.0, own=1.0)

    assert busy_share(now, now) == 0.0


def test_this_machine_can_be_read_and_its_own_work_is_part_of_what_was_busy() -> None:
    now = ticks()

    assert now.total >= now.busy > 0
    assert now.own > 0


def test_the_description_names_what_a_reader_must_know() -> None:
    assert set(describe()) == {"processor", "memory", "system", "python"}


def test_the_processor_is_named_by_its_model(tmp_path: Path) -> None:
    information = tmp_path / "cpuinfo"
    information.write_text("processor\t: 0\nmodel name\t: Abacus 3000\n", encoding="utf-8")

    assert processor(str(information)) == "Abacus 3000"
    assert processor(str(tmp_path / "absent"))
