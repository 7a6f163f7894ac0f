import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw
from tests.journeys.story import record
from tests.unit.correlation.making import as_bytes, gather, only

from counterseal.canonical import canonical_digest
from counterseal.correlation.records.record import MAX_RECORD_BYTES, read_document
from counterseal.errors import MalformedInput


def digest(document: dict[str, Any]) -> str:
    return read_document(Raw(as_bytes(document))).digest


def test_the_digest_is_that_of_the_canonical_record() -> None:
    assert only(record()).digest == canonical_digest(record())


def test_numbers_that_canonical_json_refuses_still_have_a_digest() -> None:
    first = digest({"a": [1.5, 2**60, "x", 1]})

    assert first == canonical_digest({"a": [{"number": "1.5"}, {"number": str(2**60)}, "x", 1]})
    assert first != digest({"a": [1.25, 2**60, "x", 1]})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=8,
)


@given(document=st.dictionaries(st.text('abAB\u00e4\U0001f600\ufb01"\\/\n\t\x7f'), JSON), ascii_only=st.booleans())
def test_the_quick_way_to_a_digest_is_the_canonical_one(*, document: dict[str, Any], ascii_only: bool) -> None:
    raw = Raw(json.dumps(document, ensure_ascii=ascii_only).encode())

    assert read_document(raw).digest == canonical_digest(document)


def test_an_event_version_is_compared_as_whole_numbers() -> None:
    known = [record(number=number, eventVersion=version) for number, version in enumerate(["1.9", "1.10", "1.11"])]

    assert gather(known).unknown_versions == 0


@pytest.mark.parametrize("version", ["2.0", "10.1", 1.1, None])
def test_a_record_of_a_version_we_do_not_know_is_read_and_counted(version: object) -> None:
    population = gather(record(eventVersion=version))

    assert (population.unknown_versions, len(population.events)) == (1, 1)


def test_a_record_larger_than_any_of_cloudtrail_is_refused_by_its_id() -> None:
    with pytest.raises(MalformedInput, match=r"'e-1' in '0\.json'"):
        gather(record(userAgent="a" * MAX_RECORD_BYTES))


@pytest.mark.parametrize("text", [b'"\xff"', b"1e999"])
def test_a_body_that_cannot_be_read_is_refused_by_its_id(text: bytes) -> None:
    with pytest.raises(MalformedInput, match=r"'e-1' in '0\.json'"):
        gather(as_bytes(record(userAgent="HERE")).replace(b'"HERE"', text))
