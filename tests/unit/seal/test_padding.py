"""Padding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import SealBroken
from counterseal.seal.padding import pad, padded_size, unpad


@given(st.binary(max_size=5000))
def test_what_was_padded_comes_back(content: bytes) -> None:
    assert unpad(pad(content)) == content


@pytest.mark.parametrize(
    ("size", "padded"),
    [(0, 64), (1, 64), (63, 64), (64, 128), (1000, 1024), (1023, 1024), (1024, 1088), (9, 64), (100_000, 100_352)],
)
def test_sizes_are_those_of_the_format(size: int, padded: int) -> None:
    assert padded_size(size) == padded


@given(st.integers(0, 2**40))
def test_there_is_room_for_the_mark_and_at_most_twelve_percent_is_lost(size: int) -> None:
    padded = padded_size(size)

    assert size < padded <= max((size + 1) * 1.12, size + 64)


@given(st.integers(0, 2**40))
def test_padding_a_padded_size_less_the_mark_adds_nothing(size: int) -> None:
    assert padded_size(padded_size(size) - 1) == padded_size(size)


@pytest.mark.parametrize(
    "padded",
    [b"", bytes(64), b"\x80", b"\x80" + bytes(62), b"\x80" + bytes(62) + b"\x01", b"\x80" + bytes(127), b"ab"],
    ids=["nothing", "no-mark", "too-short", "one-short", "not-zeros", "too-long", "not-padded"],
)
def test_what_was_not_padded_like_this_is_refused(padded: bytes) -> None:
    with pytest.raises(SealBroken):
        unpad(padded)
