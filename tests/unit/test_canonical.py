"""One byte form for a JSON value."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.canonical import canonical_digest, canonical_json
from counterseal.errors import Refused

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/canonical.json").read_text(encoding="utf-8"))
texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)


@given(values)
def test_the_canonical_form_is_the_same_value(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(texts, st.integers(0, 9)))
def test_the_order_of_members_does_not_matter(members: dict[str, int]) -> None:
    assert canonical_json(members) == canonical_json(dict(reversed(members.items())))


def test_members_are_sorted_by_utf16_code_units_as_rfc_8785_says() -> None:
    written = canonical_json({"\ufb33": 1, "\U0001f600": 2, "\u00f6": 3})

    assert written == '{"\u00f6":3,"\U0001f600":2,"\ufb33":1}'.encode()


def test_control_characters_are_escaped_as_rfc_8785_says() -> None:
    assert canonical_json('\x0f\n"\\/\x7f€') == '"\\u000f\\n\\"\\\\/\x7f€"'.encode()


def test_the_digest_is_sha_256_of_the_canonical_form() -> None:
    # echo -n '{"a":[1,true,null]}' | sha256sum
    assert canonical_digest({"a": [1, True, None]}) == (
        "6d1592667f338d1cf0afe1c2e2371acf5781539b63e7762fa0f64c1fe355713b"
    )


@pytest.mark.parametrize("value", [1.5, 2**53, -(2**53), {1: "a"}, b"bytes", object(), ["a", {"b": 0.5}]])
def test_what_has_no_single_form_is_refused(value: object) -> None:
    with pytest.raises(Refused, match="no canonical form"):
        canonical_json(value)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(Refused, match="surrogate"):
        canonical_json({"\ud800": 1})


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_the_vectors_of_the_format_hold(vector: dict[str, Any]) -> None:
    try:
        written = canonical_json(vector["value"]).decode()
    except Refused:
        written = "refused"

    assert written == vector["expect"]
