"""The facts that a sealed object is bound to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.canonical import canonical_json
from counterseal.errors import Refused, SealBroken
from counterseal.seal.context import SealContext, parse_context

IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True)
NUMBERS = st.integers(0, 10**15 - 1)
CONTEXT = SealContext("secret", "default", "safe-1", "object-1", 3, 1)


@given(st.builds(SealContext, IDS, IDS, IDS, IDS, NUMBERS, NUMBERS, st.just(1)))
def test_the_bytes_are_canonical_json_and_read_back(context: SealContext) -> None:
    assert context.canonical() == canonical_json(context._asdict())
    assert parse_context(context.canonical()) == context


@pytest.mark.parametrize(
    "context",
    [
        CONTEXT._replace(kind='a","safe":"b'),
        CONTEXT._replace(object_id=""),
        CONTEXT._replace(object_id="../x"),
        CONTEXT._replace(object_id="x" * 65),
        CONTEXT._replace(safe="Team"),
        CONTEXT._replace(workspace="é"),
        CONTEXT._replace(version=-1),
        CONTEXT._replace(version=2**53),
        CONTEXT._replace(object_id="x\n"),
    ],
)
def test_facts_that_could_be_read_two_ways_are_not_sealed(context: SealContext) -> None:
    with pytest.raises(Refused):
        context.canonical()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        CONTEXT.canonical() + b" ",
        CONTEXT.canonical().replace(b'"epoch":1', b'"epoch":01'),
        CONTEXT.canonical().replace(b'"epoch":1', b'"epoch":"1"'),
        CONTEXT.canonical().replace(b'"schema":1', b'"schema":2'),
        CONTEXT.canonical().replace(b"safe-1", b"saf\xe9"),
    ],
)
def test_no_other_spelling_is_read(text: bytes) -> None:
    with pytest.raises(SealBroken):
        parse_context(text)
