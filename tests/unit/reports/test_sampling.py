"""Samples that anybody draws again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import Refused
from counterseal.reports.interface import Cell
from counterseal.reports.sampling import draw

POPULATION: list[dict[str, Cell]] = [
    {"account": "111122223333", "event_id": f"e-{number}", "version_id": ""} for number in range(100)
]


def ids(rows: object) -> list[str]:
    return [row["event_id"] for row in rows]  # type: ignore[attr-defined]


def test_a_sample_is_the_same_on_every_machine() -> None:
    # Written down once: were another drawn, an auditor could not draw again what was drawn last year.
    assert ids(draw(POPULATION, size=5, seed=20260331)) == ["e-31", "e-39", "e-40", "e-44", "e-88"]


def test_another_seed_draws_another_sample() -> None:
    assert draw(POPULATION, size=5, seed=1) != draw(POPULATION, size=5, seed=2)


@given(st.permutations(POPULATION[:20]), st.integers(1, 25))
def test_the_order_in_which_the_population_came_draws_no_other(rows: list[dict[str, Cell]], size: int) -> None:
    assert sorted(ids(draw(rows, size=size, seed=7))) == sorted(ids(draw(POPULATION[:20], size=size, seed=7)))


def test_a_larger_sample_holds_the_smaller_one() -> None:
    assert set(ids(draw(POPULATION, size=5, seed=7))) < set(ids(draw(POPULATION, size=6, seed=7)))


@pytest.mark.parametrize(("size", "seed"), [(0, 1), (-1, 1), (1, -1), (1, 2**53)])
def test_a_sample_of_nothing_and_a_seed_that_is_none_are_refused(size: int, seed: int) -> None:
    with pytest.raises(Refused):
        draw(POPULATION, size=size, seed=seed)
