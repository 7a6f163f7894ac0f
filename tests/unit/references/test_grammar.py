"""References are read as docs/formats/reference.md says, and refused with the column and the reason."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.references.vectors import case, vectors

from counterseal import errors
from counterseal.references.grammar import is_reference, parse_reference
from counterseal.references.reference import Reference
from counterseal.references.regions import NAMES
from counterseal.references.uri import as_uri

ACCEPTED = vectors("accepted")
REFUSED = vectors("refused")

names = st.text("abcXYZ019/_+=.@-!", min_size=1, max_size=40)
versions = st.uuids().map(str)
any_text = st.text(st.characters(exclude_categories=["Cs"]))
pointers = st.lists(any_text.map(lambda text: text.replace("~", "~0").replace("/", "~1")), min_size=1).map(
    lambda tokens: "".join("/" + token for token in tokens)
)
in_aws = st.builds(
    Reference,
    scheme=st.just("aws-sm"),
    place=st.sampled_from(sorted(NAMES)),
    secret_id=names,
    pointer=st.just("") | pointers,
    version_id=st.none() | versions,
    stage=st.none(),
    access=st.none() | st.text("abc_-XYZ09", min_size=1, max_size=64),
    default=st.none() | any_text,
)
in_a_safe = st.builds(
    Reference,
    scheme=st.just("safe"),
    place=st.just("payments"),
    secret_id=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=99),
    pointer=st.just("") | pointers,
    version_id=st.none() | versions,
    stage=st.none(),
    access=st.none(),
    default=st.none() | any_text,
)


@pytest.mark.parametrize("vector", ACCEPTED, ids=case)
def test_parse_reads_what_is_accepted(vector: Any) -> None:
    assert parse_reference(vector["text"]) == Reference(**vector["reference"])


@pytest.mark.parametrize("vector", REFUSED, ids=case)
def test_parse_refuses_with_the_column_and_the_reason(vector: Any) -> None:
    with pytest.raises(errors.MalformedReference) as caught:
        parse_reference(vector["text"])

    failure = caught.value
    assert type(failure).__name__ == vector["expect"]
    assert str(failure).endswith(f", at column {vector['column']}")
    assert vector["says"] in f"{failure} {failure.hint}"


@given(in_aws | in_a_safe)
def test_a_reference_written_as_uri_is_read_as_itself(reference: Reference) -> None:
    assert parse_reference(as_uri(reference)) == reference


@given(st.text(st.characters()).filter(lambda text: "://" not in text and "{" not in text))
def test_any_other_text_is_refused_as_malformed(text: str) -> None:
    with pytest.raises(errors.MalformedReference, match=r", at column 1\Z"):
        parse_reference(text)


@given(st.text('{}[]":,\\u0ab \n'))
def test_any_object_is_refused_with_its_column(text: str) -> None:
    with pytest.raises(errors.MalformedReference, match=r", at column [0-9]+\Z"):
        parse_reference("{ENC}{" + text)


def test_a_refusal_does_not_quote_a_text_that_is_no_reference() -> None:
    with pytest.raises(errors.MalformedReference) as caught:
        parse_reference("canary-password")

    assert "canary" not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "aws-sm://us-east-2/db",
        "aws-sm://",
        "safe://payments/db",
        "s3://bucket/object#/field",
        '{ENC}{"region":"us-east-2"}',
        "{ENC}{",
        '{"region":"us-east-2","SecretID":"db"}',
    ],
)
def test_what_is_meant_as_a_reference_counts_as_one(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "password",
        "s3://bucket/an/ordinary/place",
        "https://aws-sm://",
        '{"region":"us-east-2"}',
        '{"secretId":"db"}',
        "{not json",
        "{ATL_SECURED}",
        "{ENC}cGFzc3dvcmQ=",
        '{"mount":"secret","path":"p","key":"k"}',
        " aws-sm://us-east-2/db",
    ],
)
def test_what_is_not_meant_as_a_reference_is_left_alone(text: str) -> None:
    assert not is_reference(text)
