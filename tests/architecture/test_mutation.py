"""How the changes that tests noticed are counted."""

import pytest
from tools.mutation import counted, drawn, margin, percent


def test_a_change_counts_as_noticed_where_tests_fail_or_types_do_not_fit() -> None:
    found = counted({"a": 1, "b": 37, "c": 0, "d": 33, "e": None, "f": 36})

    assert (found["noticed"], found["survived"]) == (3, 2)
    assert percent(found) == pytest.approx(60.0)


def test_of_no_changes_all_were_noticed() -> None:
    assert percent(counted({"a": None})) == 100.0


def test_a_sample_is_drawn_from_all_files_and_is_the_same_each_time() -> None:
    codes: dict[str, dict[str, int | None]] = {"one": {}, "two": {}}
    codes["one"] |= {f"a{it}": None for it in range(50)}
    codes["two"] |= {f"b{it}": 1 for it in range(50)}

    sample = drawn(codes, 20)

    assert len(sample) == 20
    assert {it[0] for it in sample} == {"a", "b"}
    assert drawn(codes, 20) == sample
    assert len(drawn(codes, 1000)) == 100


def test_a_sample_says_how_near_it_comes() -> None:
    # The textbook's example: of 100 drawn, half: 10 percent either way.
    assert margin(counted({str(it): it % 2 for it in range(100)})) == pytest.approx(9.8)
    assert margin(counted({})) == 0.0
