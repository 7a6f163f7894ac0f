"""A hidden value never prints itself."""

import copy
import logging
import pickle

import pytest

from counterseal.hidden import Hidden

CANARY = b"canary-7f3a"


def test_reveal_gives_the_exact_bytes() -> None:
    assert Hidden(b"a\x00\r\n\xff").reveal() == b"a\x00\r\n\xff"


@pytest.mark.parametrize("shown", [repr, str, "{}".format, "{:>40}".format, "{!r}".format, lambda it: f"{[it]}"])
def test_no_way_of_printing_shows_the_value_or_its_length(shown: object) -> None:
    assert callable(shown)

    assert shown(Hidden(CANARY)).strip("[]") == "Hidden(…)"


def test_a_log_line_does_not_show_it(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").error("value %s", Hidden(CANARY))

    assert "canary" not in caplog.text


def test_equal_values_are_equal() -> None:
    assert Hidden(CANARY) == Hidden(CANARY)
    assert Hidden(CANARY) != Hidden(b"other")
    assert Hidden(CANARY) != CANARY


def test_it_has_no_hash() -> None:
    with pytest.raises(TypeError, match="has no hash"):
        hash(Hidden(CANARY))


@pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_cannot_be_pickled_or_copied(write: object) -> None:
    assert callable(write)

    with pytest.raises(TypeError, match="cannot be pickled"):
        write(Hidden(CANARY))


def test_it_has_no_place_for_anything_else() -> None:
    assert not hasattr(Hidden(CANARY), "__dict__")
