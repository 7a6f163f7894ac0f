"""RSA signatures as AWS makes them, and keys in both forms in which it publishes them."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.trail import key_der, signing_key

from counterseal.errors import MalformedInput
from counterseal.seal.rsa_signatures import RsaSha256Verifier


@pytest.mark.parametrize("form", [PublicFormat.PKCS1, PublicFormat.SubjectPublicKeyInfo])
def test_a_signature_is_accepted_over_its_message_alone(form: PublicFormat) -> None:
    signature = signing_key(0).sign(b"message", PKCS1v15(), SHA256())
    verifier = RsaSha256Verifier(key_der(form=form))

    assert verifier.verify(b"message", signature)
    assert not verifier.verify(b"another", signature)
    assert not verifier.verify(b"message", signature[:-1])
    assert not verifier.verify(b"message", b"")


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(MalformedInput, match="not DER"):
        RsaSha256Verifier(b"\x30\x00")


def test_a_key_of_another_kind_is_refused() -> None:
    other = generate_private_key(SECP256R1()).public_key()

    with pytest.raises(MalformedInput, match="not of the kind RSA"):
        RsaSha256Verifier(other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
