"""Who can sign and who can check a signature: implemented in `seal/`, handed in by `assembly/`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Signer(Protocol):
    """Signs messages, each under the namespace of its type, so that no signature serves for two."""

    @property
    def key_id(self) -> str:
        """Return the id under which a verifier knows the key."""
        ...

    def sign(self, namespace: str, message: bytes) -> bytes:
        """Return the signature over the namespace and the message."""
        ...


class Verifier(Protocol):
    """Checks signatures of one signer."""

    def verify(self, namespace: str, message: bytes, signature: bytes) -> bool:
        """Say whether the signature is the signer's, over this namespace and this message."""
        ...


class Notary(Signer, Protocol):
    """Issues counterseals: it signs, and holds the key of the codes that become tokens."""

    def code(self, message: bytes) -> bytes:
        """Return the full HMAC-SHA256 of the message under the present key (RFC 2104)."""
        ...


class NotaryKeys(Protocol):
    """The right to verify what notaries issued, by key id; keys that issue no more are kept."""

    def knows(self, key_id: str) -> bool:
        """Say whether the key of that id is among them."""
        ...

    def has_signed(self, key_id: str, namespace: str, message: bytes, signature: bytes) -> bool:
        """Say whether the key of that id signed this message; a key that is not known signed nothing."""
        ...

    def has_coded(self, key_id: str, message: bytes, code: bytes) -> bool | None:
        """Say whether that is the message's code under the key of that id; None without the right to compute it."""
        ...


class MessageKey(Protocol):
    """The public key of a certificate that was checked."""

    @property
    def valid_until(self) -> datetime:
        """Return until when the certificate says that the key may be used."""
        ...

    def has_signed(self, message: bytes, signature: bytes, *, digest: str) -> bool:
        """Say whether the key signed this message with RSA (PKCS #1 v1.5) over "sha1" or "sha256"."""
        ...


class CertificateAuthorities(Protocol):
    """Who is trusted to say whose a key is."""

    def issuer_addresses(self, certificate: bytes) -> Sequence[str]:
        """Return where the certificate says that its issuer's is published (RFC 5280, 4.2.2.1); PEM or DER.

        Raises:
            MalformedInput: it is no certificate.
        """
        ...

    def message_key(
        self, certificate: bytes, issuers: Sequence[bytes], *, names: Sequence[str], at: datetime
    ) -> MessageKey | None:
        """Return the key of a certificate that is valid then and for one of the names.

        None where it leads to no authority that is trusted: perhaps an issuer's certificate is missing between them.

        Raises:
            MalformedInput: it is no certificate, or the key is not RSA of 2048 bits or more.
            Refused: it is not valid then, or for another name.
        """
        ...
