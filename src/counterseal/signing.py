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
