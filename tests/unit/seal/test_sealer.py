"""Sealed objects: what opens, what does not, and with which error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import ForeignObject, Refused, RolledBack, SealBroken
from counterseal.hidden import Hidden
from counterseal.seal.context import SealContext
from counterseal.seal.sealed_object import parse_sealed_object
from counterseal.seal.sealer import Sealer

KEY = Hidden(bytes(range(32)))
HERE = SealContext("secret", "default", "safe-1", "object-1", 3, 1)
VALUE = Hidden(b"correct horse")


@pytest.fixture
def sealer() -> Sealer:
    return Sealer({1: KEY, 2: Hidden(b"2" * 32)})


@given(st.binary(max_size=3000))
def test_what_was_sealed_comes_back_byte_for_byte(content: bytes) -> None:
    sealer = Sealer({1: KEY})

    assert sealer.unseal(sealer.seal(Hidden(content), HERE), HERE) == Hidden(content)


_STORED = Sealer({1: KEY}).seal(VALUE, HERE)


@given(place=st.integers(0, len(_STORED) - 1), change=st.integers(1, 255))
def test_one_changed_byte_anywhere_breaks_the_seal(place: int, change: int) -> None:
    stored = bytearray(_STORED)
    stored[place] ^= change

    with pytest.raises(SealBroken):
        Sealer({1: KEY}).unseal(bytes(stored), HERE)


@given(kept=st.integers(0, len(_STORED) - 1))
def test_a_truncated_object_is_refused(kept: int) -> None:
    with pytest.raises(SealBroken):
        Sealer({1: KEY}).unseal(_STORED[:kept], HERE)


def test_an_object_with_something_after_its_end_is_refused(sealer: Sealer) -> None:
    with pytest.raises(SealBroken):
        sealer.unseal(sealer.seal(VALUE, HERE) + b"\x00", HERE)


@pytest.mark.parametrize(
    ("elsewhere", "error"),
    [
        (HERE._replace(object_id="object-2"), ForeignObject),
        (HERE._replace(safe="safe-2"), ForeignObject),
        (HERE._replace(workspace="other"), ForeignObject),
        (HERE._replace(kind="head"), ForeignObject),
        (HERE._replace(version=2), RolledBack),
        (HERE._replace(version=4), ForeignObject),
        (HERE._replace(epoch=2), ForeignObject),
    ],
)
def test_an_intact_object_from_elsewhere_is_refused_by_its_own_error(
    sealer: Sealer, elsewhere: SealContext, error: type[SealBroken]
) -> None:
    stored = sealer.seal(VALUE, elsewhere)

    with pytest.raises(SealBroken) as refusal:
        sealer.unseal(stored, HERE)

    assert type(refusal.value) is error


def test_a_claim_of_being_older_is_not_believed_before_the_seal_holds(sealer: Sealer) -> None:
    stored = sealer.seal(VALUE, HERE).replace(b'"version":3', b'"version":2')

    with pytest.raises(SealBroken) as refusal:
        sealer.unseal(stored, HERE)

    assert type(refusal.value) is SealBroken


def test_a_wrapped_key_of_another_object_does_not_open_this_one(sealer: Sealer) -> None:
    mine = parse_sealed_object(sealer.seal(VALUE, HERE))
    yours = parse_sealed_object(sealer.seal(VALUE, HERE))

    with pytest.raises(SealBroken):
        sealer.unseal(mine._replace(wrapped_key=yours.wrapped_key).to_bytes(), HERE)


def test_an_object_under_an_unknown_epoch_is_refused_like_any_broken_one(sealer: Sealer) -> None:
    stored = Sealer({9: KEY}).seal(VALUE, HERE._replace(epoch=9))

    with pytest.raises(SealBroken, match=r"^the seal is broken$"):
        sealer.unseal(stored, HERE)
    with pytest.raises(SealBroken):
        sealer.seal(VALUE, HERE._replace(epoch=9))


def test_the_same_value_sealed_twice_shares_no_key_and_looks_different(sealer: Sealer) -> None:
    one, two = (parse_sealed_object(sealer.seal(VALUE, HERE)) for _ in range(2))

    assert one.wrapped_key != two.wrapped_key
    assert one.content != two.content


def test_values_of_similar_length_have_sealed_objects_of_one_length(sealer: Sealer) -> None:
    sizes = {len(sealer.seal(Hidden(b"x" * size), HERE)) for size in range(64)}

    assert len(sizes) == 1


def test_facts_that_no_object_has_are_refused_on_both_ways(sealer: Sealer) -> None:
    nowhere = HERE._replace(safe="../other")

    with pytest.raises(Refused):
        sealer.seal(VALUE, nowhere)
    with pytest.raises(Refused):
        sealer.unseal(_STORED, nowhere)


def test_no_refusal_holds_the_value_or_its_length(sealer: Sealer) -> None:
    stored = sealer.seal(VALUE, HERE._replace(object_id="object-2"))

    with pytest.raises(ForeignObject) as refusal:
        sealer.unseal(stored, HERE)

    assert "horse" not in repr(refusal.value.args) + repr(refusal.value.__context__)
