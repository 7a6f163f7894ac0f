"""How the changes that tests noticed are counted."""

import pytest
from tools.mutation import counted, percent


def test_a_change_counts_as_noticed_where_tests_fail_or_types_do_not_fit() -> None:
    found = counted({"a": 1, "b": 37, "c": 0, "d": 33, "e": None, "f": 36})

    assert (found["noticed"], found["survived"]) == (3, 2)
    assert percent(found) == pytest.approx(60.0)


def test_of_no_changes_all_were_noticed() -> None:
    assert percent(counted({"a": None})) == 100.0
