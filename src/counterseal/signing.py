"""Who can sign and who can check a signature: implemented in `seal/`, handed in by `assembly/`."""

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
