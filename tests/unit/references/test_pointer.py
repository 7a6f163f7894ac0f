"""Pointers give exact text, and their errors never a word of the secret."""

import json
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.references.vectors import case, vectors

from counterseal import errors
from counterseal.hidden import Hidden
from counterseal.references.pointer import pick, replaced

POINTERS = vectors("pointers")
FOUND = [it for it in POINTERS if it["expect"] == "success"]
REFUSED = [it for it in POINTERS if it["expect"] != "success"]

texts = st.text(st.characters(exclude_categories=["Cs"]))
documents = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("vector", FOUND, ids=case)
def test_pick_gives_the_exact_text(vector: Any) -> None:
    assert pick(Hidden(vector["value"].encode()), vector["pointer"]).reveal() == vector["result"].encode()


@pytest.mark.parametrize("vector", REFUSED, ids=case)
def test_pick_refuses_and_names_the_pointer_alone(vector: Any) -> None:
    with pytest.raises(errors.CountersealError) as caught:
        pick(Hidden(vector["value"].encode()), vector["pointer"])

    failure = caught.value
    assert type(failure).__name__ == vector["expect"]
    assert repr(vector["pointer"]) in str(failure)
    assert "canary" not in "".join(traceback.format_exception(failure)) + failure.hint


def test_pick_finds_no_field_in_bytes_that_are_no_text() -> None:
    with pytest.raises(errors.FieldNotFound):
        pick(Hidden(b"\xff\xfe"), "/a")


@given(st.dictionaries(texts, documents, min_size=1), st.booleans())
def test_pick_gives_every_member_as_it_is_written(document: dict[str, Any], ascii_only: bool) -> None:  # noqa: FBT001  # hypothesis gives it
    written = json.dumps(document, ensure_ascii=ascii_only, indent=1).encode()
    for name, value in document.items():
        picked = pick(Hidden(written), "/" + name.replace("~", "~0").replace("/", "~1")).reveal().decode()
        assert (picked if isinstance(value, str) else json.loads(picked)) == value


def test_a_field_is_replaced_and_every_other_byte_stays() -> None:
    value = Hidden('\ufeff{ "n": 1.10,\r\n"a/b" : ["x", "old\\u0041"], "z":"ä" }\n'.encode())

    new = replaced(value, "/a~1b/1", Hidden('n"ew\\ \n€'.encode()))

    assert new.reveal().decode() == '\ufeff{ "n": 1.10,\r\n"a/b" : ["x", "n\\"ew\\\\ \\n€"], "z":"ä" }\n'


@given(documents.map(lambda it: {"field": "before", "rest": it}), texts)
def test_what_is_put_in_is_picked_again(document: Any, text: str) -> None:
    new = replaced(Hidden(json.dumps(document).encode()), "/field", Hidden(text.encode()))

    assert json.loads(new.reveal()) == document | {"field": text}
    assert pick(new, "/field").reveal() == text.encode()


REPLACED: dict[str, tuple[bytes, str, bytes, type[errors.CountersealError]]] = {
    "no such field": (b'{"a": "canary"}', "/b", b"x", errors.FieldNotFound),
    "a number": (b'{"a": 1}', "/a", b"x", errors.Refused),
    "an object": (b'{"a": {}}', "/a", b"x", errors.Refused),
    "null": (b'{"a": null}', "/a", b"x", errors.Refused),
    "no JSON": (b"canary", "/a", b"x", errors.FieldNotFound),
    "no text": (b"\xff", "/a", b"x", errors.FieldNotFound),
    "a name twice": (b'{"a": "canary", "a": "b"}', "/a", b"x", errors.Refused),
    "no slash": (b'{"a": "canary"}', "a", b"x", errors.PointerWithoutSlash),
    "new bytes": (b'{"a": "canary"}', "/a", b"\xff", errors.Refused),
}


@pytest.mark.parametrize("name", REPLACED)
def test_what_cannot_be_replaced_is_refused_without_a_word_of_it(name: str) -> None:
    value, pointer, new, error = REPLACED[name]

    with pytest.raises(error) as caught:
        replaced(Hidden(value), pointer, Hidden(new))

    assert "canary" not in str(caught.value)
