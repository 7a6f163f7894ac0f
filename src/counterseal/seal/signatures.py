"""Ed25519 signatures (RFC 8032), each in the namespace of its message type."""

import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from counterseal.errors import Refused
from counterseal.hidden import Hidden
from counterseal.signing import Signer, Verifier

SIGNATURE_BYTES = 64
_NAMESPACE = re.compile(r"[a-z0-9][a-z0-9/-]{0,63}", re.ASCII)


class Ed25519Signer:
    """Signs with one private key."""

    def __init__(self, private_key: Hidden, *, key_id: str) -> None:
        """Take the raw private key, and the id under which others know it."""
        self._key = Ed25519PrivateKey.from_private_bytes(private_key.reveal())
        self._key_id = key_id

    @property
    def key_id(self) -> str:
        """Return the id under which a verifier knows the key."""
        return self._key_id

    @property
    def public_key(self) -> bytes:
        """Return the raw public half: what a verifier is made of."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, namespace: str, message: bytes) -> bytes:
        """Return the signature over the namespace and the message.

        Raises:
            Refused: the namespace could be read as a part of the message.
        """
        return self._key.sign(namespaced(namespace, message))


class Ed25519Verifier:
    """Checks signatures by one public key."""

    def __init__(self, public_key: bytes) -> None:
        """Take the raw public key.

        Raises:
            Refused: this is not a public key.
        """
        try:
            self._key = Ed25519PublicKey.from_public_bytes(public_key)
        except ValueError:
            raise Refused("a public key has 32 bytes, and this has not") from None

    def verify(self, namespace: str, message: bytes, signature: bytes) -> bool:
        """Say whether the signature is the signer's, over this namespace and this message.

        Raises:
            Refused: the namespace could be read as a part of the message.
        """
        try:
            self._key.verify(signature, namespaced(namespace, message))
        except InvalidSignature:
            return False
        return True


def namespaced(namespace: str, message: bytes) -> bytes:
    """Return what goes into Ed25519: the message, behind the namespace of its type.

    Raises:
        Refused: the namespace could be read as a part of the message.
    """
    if _NAMESPACE.fullmatch(namespace) is None:
        raise Refused(f"{namespace!r} is not a namespace of signatures")
    # No namespace holds a line feed, so the message cannot reach into it.
    return b"counterseal/v1/signature\n" + namespace.encode() + b"\n" + message


_: type[Signer] = Ed25519Signer
_verifier: type[Verifier] = Ed25519Verifier
