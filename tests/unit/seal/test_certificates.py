"""Certificates and the authorities that they lead to."""

import pytest
from tests.sns import FOLDER, NOW, VECTORS, authorities

from counterseal.errors import MalformedInput, SettingsError
from counterseal.seal.certificates import TrustedAuthorities

NAMES = ("sns.amazonaws.com",)
LEAF = (FOLDER / "sns.pem").read_bytes()
ISSUER = (FOLDER / "issuer.der").read_bytes()
ROOT = (FOLDER / "authority.pem").read_bytes()


def test_a_certificate_alone_leads_nowhere_and_says_where_its_issuer_is() -> None:
    assert authorities().message_key(LEAF, [], names=NAMES, at=NOW) is None
    assert authorities().issuer_addresses(LEAF) == [VECTORS["issuer_at"]]


def test_with_its_issuer_it_gives_a_key_for_as_long_as_it_is_valid() -> None:
    key = authorities().message_key(LEAF, [ISSUER], names=("another.example", *NAMES), at=NOW)

    assert key is not None
    assert key.valid_until > NOW
    assert not key.has_signed(b"message", bytes(256), digest="sha256")


def test_a_file_may_hold_the_issuer_as_well() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_der_x509_certificate

    both = LEAF + load_der_x509_certificate(ISSUER).public_bytes(Encoding.PEM)

    assert authorities().message_key(both, [], names=NAMES, at=NOW)


@pytest.mark.parametrize("content", [b"", b"<html>", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedInput, match="should be a certificate"):
        authorities().message_key(content, [], names=NAMES, at=NOW)


def test_a_root_names_no_issuer_and_no_host() -> None:
    from counterseal.errors import Refused

    assert authorities().issuer_addresses(ROOT) == []
    with pytest.raises(Refused, match="another name"):
        authorities().message_key(ROOT, [], names=NAMES, at=NOW)


def test_a_trust_store_may_hold_what_cannot_be_read() -> None:
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"

    assert TrustedAuthorities(broken + ROOT).message_key(LEAF, [ISSUER], names=NAMES, at=NOW)


def test_a_trust_store_without_certificates_trusts_nobody_and_says_so() -> None:
    with pytest.raises(SettingsError, match="no certificate authority"):
        TrustedAuthorities(b"")
