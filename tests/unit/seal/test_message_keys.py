"""The check of RSA PKCS#1 v1.5 signatures, on the vectors of NIST's validation program that go with cryptography."""

import itertools
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicNumbers, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from tests.sns import NOW

from counterseal.seal.certificates import RsaMessageKey

DIGESTS = {"SHA1": "sha1", "SHA256": "sha256"}


class Vector(NamedTuple):
    """One signature, and what must come of it: "P", or "F" and why."""

    modulus: int
    exponent: int
    digest: str
    message: bytes
    signature: bytes
    result: str

    def is_accepted(self) -> bool:
        key = RsaMessageKey(RSAPublicNumbers(self.exponent, self.modulus).public_key(), NOW)
        return key.has_signed(self.message, self.signature, digest=DIGESTS[self.digest])


def nist_vectors() -> Iterator[Vector]:
    """Yield those of 2048 bits with SHA-1 and SHA-256 (FIPS 186-3, SigVer PKCS#1 Ver 1.5)."""
    said: dict[str, str] = {}
    with cryptography_vectors.open_vector_file("asymmetric/RSA/FIPS_186-2/SigVer15_186-3.rsp", "r") as file:
        for line in file:
            name, _, value = line.strip().strip("[]").partition(" = ")
            said[name] = value
            if name == "Result" and said["mod"] == "2048" and said["SHAAlg"] in DIGESTS:
                message, signature = bytes.fromhex(said["Msg"]), bytes.fromhex(said["S"])
                modulus, exponent = int(said["n"], 16), int(said["e"], 16)
                yield Vector(modulus, exponent, said["SHAAlg"], message, signature, value)


VECTORS = list(nist_vectors())


def test_the_vectors_hold_every_fault_for_both_digests() -> None:
    faults = {(it.digest, it.result[:4]) for it in VECTORS}

    assert faults == set(itertools.product(DIGESTS, ("P", *(f"F ({number}" for number in range(1, 6)))))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda it: f"{it.digest}-{it.result}")
def test_a_signature_is_accepted_where_nist_says_so(vector: Vector) -> None:
    assert vector.is_accepted() is (vector.result == "P")


@pytest.fixture(scope="module")
def private_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def signed_block(private_key: RSAPrivateKey, block: bytes) -> bytes:
    """Sign a block as it stands, whatever its form."""
    numbers = private_key.private_numbers()
    return pow(int.from_bytes(block), numbers.d, numbers.public_numbers.n).to_bytes(256)


def test_the_digest_that_was_signed_is_the_digest_that_counts(private_key: RSAPrivateKey) -> None:
    key = RsaMessageKey(private_key.public_key(), NOW)
    signature = private_key.sign(b"message", PKCS1v15(), SHA1())  # noqa: S303  # what version 1 of SNS's signature uses

    assert key.has_signed(b"message", signature, digest="sha1")
    assert not key.has_signed(b"message", signature, digest="sha256")


@pytest.mark.parametrize("change", ["shorter", "longer", "with a zero before", "plus the modulus", "empty", "zero"])
def test_a_signature_of_another_length_or_range_is_none(private_key: RSAPrivateKey, change: str) -> None:
    key = RsaMessageKey(private_key.public_key(), NOW)
    signature = private_key.sign(b"message", PKCS1v15(), SHA256())
    beyond = int.from_bytes(signature) + private_key.public_key().public_numbers().n
    altered = {
        "shorter": signature[:-1],
        "longer": signature + b"\0",
        "with a zero before": b"\0" + signature,
        "plus the modulus": beyond.to_bytes(257),
        "empty": b"",
        "zero": bytes(256),
    }

    assert key.has_signed(b"message", signature, digest="sha256")
    assert not key.has_signed(b"message", altered[change], digest="sha256")


# DER of DigestInfo up to the digest (RFC 8017, 9.2, note 1), and the same without the NULL of the parameters.
_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
_INFO_WITHOUT_NULL = bytes.fromhex("302f300b0609608648016503040201" + "0420")


def test_a_block_is_taken_in_its_one_form_alone(private_key: RSAPrivateKey) -> None:
    key, digest = RsaMessageKey(private_key.public_key(), NOW), sha256(b"message").digest()
    whole = b"\0\1" + b"\xff" * (253 - len(_INFO + digest)) + b"\0" + _INFO + digest
    # Bleichenbacher's forgery of 2006 with small exponents: short padding, and rubbish after the digest.
    rubbish = b"\0\1" + b"\xff" * 8 + b"\0" + _INFO + digest
    rubbish += bytes(256 - len(rubbish))
    without_null = b"\0\1" + b"\xff" * (253 - len(_INFO_WITHOUT_NULL + digest)) + b"\0" + _INFO_WITHOUT_NULL + digest
    for_encryption = b"\0\2" + whole[2:]

    accepted = [
        key.has_signed(b"message", signed_block(private_key, it), digest="sha256")
        for it in (whole, rubbish, for_encryption, without_null[:256])
    ]

    assert accepted == [True, False, False, False]
