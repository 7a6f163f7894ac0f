"""Grants by HPKE, on the vectors of RFC 9180."""

import json
from typing import Any

import cryptography_vectors
import pytest
from cryptography.hazmat.bindings._rust import openssl as rust_openssl
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from counterseal.errors import SealBroken
from counterseal.hidden import Hidden
from counterseal.seal.grants import _suite, make_grant, open_grant
from counterseal.seal.member_keys import new_member_keys


def rfc_9180_vectors() -> list[dict[str, Any]]:
    """Return the vectors of our suite: base mode, X25519, HKDF-SHA256, AES-256-GCM."""
    with cryptography_vectors.open_vector_file("HPKE/test-vectors.json", "r") as file:
        vectors = json.load(file)
    return [it for it in vectors if (it["mode"], it["kem_id"], it["kdf_id"], it["aead_id"]) == (0, 0x20, 1, 2)]


def test_the_vectors_of_rfc_9180_open_under_our_suite() -> None:
    vectors = rfc_9180_vectors()
    for vector in vectors:
        private = X25519PrivateKey.from_private_bytes(bytes.fromhex(vector["skRm"]))
        first = vector["encryptions"][0]
        sealed = bytes.fromhex(vector["enc"] + first["ct"])
        # The vectors bind associated data, which the library offers to its own tests alone.
        content = rust_openssl.hpke._decrypt_with_aad(
            _suite(), sealed, private, bytes.fromhex(vector["info"]), bytes.fromhex(first["aad"])
        )
        assert content.hex() == first["pt"]

    assert len(vectors) == 1


def test_the_recipients_key_of_rfc_9180_has_the_public_half_that_it_says() -> None:
    vector = rfc_9180_vectors()[0]
    keys = new_member_keys()._replace(sealing=Hidden(bytes.fromhex(vector["skRm"])))

    assert keys.public().sealing.hex() == vector["pkRm"]


def test_a_grant_opens_for_its_member() -> None:
    keys = new_member_keys()
    grant = make_grant(Hidden(b"k" * 32), to=keys.public().sealing, context=b"here")

    assert open_grant(grant, sealing_key=keys.sealing, context=b"here") == Hidden(b"k" * 32)


def test_a_grant_is_refused_to_another_member_in_another_context_or_altered() -> None:
    keys, other = new_member_keys(), new_member_keys()
    grant = make_grant(Hidden(b"k" * 32), to=keys.public().sealing, context=b"here")

    with pytest.raises(SealBroken):
        open_grant(grant, sealing_key=other.sealing, context=b"here")
    with pytest.raises(SealBroken):
        open_grant(grant, sealing_key=keys.sealing, context=b"there")
    with pytest.raises(SealBroken):
        open_grant(grant[:-1] + bytes([grant[-1] ^ 1]), sealing_key=keys.sealing, context=b"here")
    with pytest.raises(SealBroken):
        open_grant(b"", sealing_key=keys.sealing, context=b"here")


def test_what_is_no_public_key_is_granted_nothing() -> None:
    with pytest.raises(SealBroken):
        make_grant(Hidden(b"k" * 32), to=b"short", context=b"here")
