"""Documents that a member signed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import SealBroken
from counterseal.hidden import Hidden
from counterseal.seal.member_keys import new_member_keys
from counterseal.seal.signatures import Ed25519Signer
from counterseal.seal.signed_document import parse_signed_document, sign_document

KEYS = new_member_keys(lambda size: b"k" * size)
SIGNER = Ed25519Signer(KEYS.signing, key_id="member-1")
STORED = sign_document({"counter": 1, "safe": "é"}, b"body\x00", namespace="head", signer=SIGNER)


def test_a_document_reads_back_and_its_signature_holds() -> None:
    document = parse_signed_document(STORED)
    document.check("head", KEYS.public().signing)

    assert document.statement == {"counter": 1, "safe": "é"}
    assert document.body == b"body\x00"


@given(place=st.integers(0, len(STORED) - 1), change=st.integers(1, 255))
def test_one_changed_byte_anywhere_breaks_it(place: int, change: int) -> None:
    stored = bytearray(STORED)
    stored[place] ^= change

    with pytest.raises(SealBroken):
        parse_signed_document(bytes(stored)).check("head", KEYS.public().signing)


@given(kept=st.integers(0, len(STORED) - 1))
def test_a_truncated_document_is_refused(kept: int) -> None:
    with pytest.raises(SealBroken):
        parse_signed_document(STORED[:kept]).check("head", KEYS.public().signing)


def test_a_document_serves_no_other_namespace_and_no_other_signer() -> None:
    document = parse_signed_document(STORED)

    with pytest.raises(SealBroken):
        document.check("membership", KEYS.public().signing)
    with pytest.raises(SealBroken):
        document.check("head", new_member_keys().public().signing)
    with pytest.raises(SealBroken):
        document.check("head", b"no key")


@pytest.mark.parametrize("text", [b'{ "a":1}', b"[]", b"1", b'{"a":1,"a":1}', b'{"a":1.5}', b"[" * 100_000, b"\xff"])
def test_a_statement_that_is_not_canonical_is_refused(text: bytes) -> None:
    with pytest.raises(SealBroken):
        parse_signed_document(b"CSIGNED\x01" + len(text).to_bytes(4, "big") + text + bytes(64))


def test_a_repr_of_the_signer_holds_no_key() -> None:
    assert "kkkk" not in repr(SIGNER)
    assert repr(Hidden(b"kkkk")) == "Hidden(…)"
