"""Ed25519 signatures with one namespace for each type of message."""

import pytest

from counterseal.errors import Refused
from counterseal.hidden import Hidden
from counterseal.seal.member_keys import new_member_keys
from counterseal.seal.signatures import Ed25519Signer, Ed25519Verifier


@pytest.fixture
def signer() -> Ed25519Signer:
    return Ed25519Signer(Hidden(b"s" * 32), key_id="member-1")


@pytest.fixture
def verifier() -> Ed25519Verifier:
    keys = new_member_keys()._replace(signing=Hidden(b"s" * 32))
    return Ed25519Verifier(keys.public().signing)


def test_a_signature_is_its_signers(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    assert verifier.verify("head", b"message", signer.sign("head", b"message"))
    assert signer.key_id == "member-1"


def test_a_signature_serves_no_other_namespace(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    assert not verifier.verify("grant", b"message", signer.sign("head", b"message"))


def test_a_namespace_cannot_be_shifted_into_the_message(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    assert not verifier.verify("head", b"er\nmessage", signer.sign("header", b"message"))
    with pytest.raises(Refused):
        signer.sign("head\nx", b"message")
    with pytest.raises(Refused):
        verifier.verify("", b"message", bytes(64))


@pytest.mark.parametrize("signature", [b"", bytes(64), bytes(63), bytes(65)])
def test_what_is_no_signature_is_false_and_no_crash(verifier: Ed25519Verifier, signature: bytes) -> None:
    assert not verifier.verify("head", b"message", signature)


def test_another_message_is_not_signed(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    assert not verifier.verify("head", b"massage", signer.sign("head", b"message"))


def test_what_is_no_public_key_is_refused() -> None:
    with pytest.raises(Refused):
        Ed25519Verifier(b"short")
