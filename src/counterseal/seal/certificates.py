"""Certificates checked up to an authority that this machine trusts, and the keys in them."""

import warnings
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import (
    AuthorityInformationAccess,
    Certificate,
    DNSName,
    ExtensionNotFound,
    SubjectAlternativeName,
    UniformResourceIdentifier,
    load_der_x509_certificate,
    load_pem_x509_certificate,
)
from cryptography.x509.oid import AuthorityInformationAccessOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from counterseal.errors import MalformedInput, Refused, SettingsError
from counterseal.signing import CertificateAuthorities, MessageKey

_BEGIN = b"-----BEGIN CERTIFICATE-----"
_LEAST_BITS = 2048

# Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages": version 1 is SHA1, version 2 SHA256.
_DIGESTS = {"sha1": SHA1, "sha256": SHA256}


class RsaMessageKey:
    """An RSA key out of a certificate that was checked."""

    def __init__(self, key: RSAPublicKey, valid_until: datetime) -> None:
        """Take the key, and until when its certificate is valid."""
        self._key = key
        self._padding = PKCS1v15()
        self._valid_until = valid_until

    @property
    def valid_until(self) -> datetime:
        """Return until when the certificate is valid."""
        return self._valid_until

    def has_signed(self, message: bytes, signature: bytes, *, digest: str) -> bool:
        """Say whether the key signed this message."""
        try:
            self._key.verify(signature, message, self._padding, _DIGESTS[digest]())
        except InvalidSignature:
            return False
        return True


class TrustedAuthorities:
    """The authorities of a trust store."""

    def __init__(self, trust_store: bytes) -> None:
        """Take certificates as PEM, one after another; what is there and cannot be read is left out.

        Raises:
            SettingsError: not one of them can be read: then nothing could be trusted.
        """
        roots = list(_readable(trust_store))
        if not roots:
            raise SettingsError(
                "no certificate authority is known on this machine",
                hint="install ca-certificates, or name a file of PEM certificates in intake.sns_authorities",
            )
        self._store = Store(roots)

    def issuer_addresses(self, certificate: bytes) -> Sequence[str]:
        """Return where the issuer's certificate is published. See `CertificateAuthorities.issuer_addresses`."""
        last = _certificates(certificate)[-1]
        try:
            access = last.extensions.get_extension_for_class(AuthorityInformationAccess).value
        except (ExtensionNotFound, ValueError):
            return []
        return [
            it.access_location.value
            for it in access
            if it.access_method == AuthorityInformationAccessOID.CA_ISSUERS
            and isinstance(it.access_location, UniformResourceIdentifier)
        ]

    def message_key(
        self, certificate: bytes, issuers: Sequence[bytes], *, names: Sequence[str], at: datetime
    ) -> MessageKey | None:
        """Return the key of a certificate. See `CertificateAuthorities.message_key`."""
        leaf, *rest = _certificates(certificate)
        between = [*rest, *(it for issuer in issuers for it in _certificates(issuer))]
        key = leaf.public_key()
        if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_BITS:
            raise MalformedInput(f"the key of a certificate is not RSA of {_LEAST_BITS} bits or more")
        at = at.astimezone(UTC)
        if not leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc:
            raise Refused("the certificate is not valid at this time")
        name = next((it for it in names if it in _names(leaf)), None)
        if name is None:
            raise Refused("the certificate is for another name")
        verifier = PolicyBuilder().store(self._store).time(at).build_server_verifier(DNSName(name))
        try:
            verifier.verify(leaf, between)
        except VerificationError:
            return None
        return RsaMessageKey(key, leaf.not_valid_after_utc)


def _certificates(content: bytes) -> list[Certificate]:
    """Read one certificate or several, as PEM or, one, as DER."""
    try:
        if _BEGIN not in content:
            return [load_der_x509_certificate(content)]
        return [load_pem_x509_certificate(_BEGIN + part) for part in content.split(_BEGIN)[1:]]
    except ValueError:
        raise MalformedInput("what should be a certificate is none") from None


def _readable(trust_store: bytes) -> Iterable[Certificate]:
    """Go through those that can be read: stores of old machines hold certificates that strict readers refuse."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)  # which of them are odd is nobody's news
        for part in trust_store.split(_BEGIN)[1:]:
            with suppress(ValueError):
                yield load_pem_x509_certificate(_BEGIN + part)


def _names(certificate: Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except (ExtensionNotFound, ValueError):
        return []
    return [name.lower() for name in found.get_values_for_type(DNSName)]


_: type[CertificateAuthorities] = TrustedAuthorities
_key: type[MessageKey] = RsaMessageKey
