"""RSA signatures as AWS makes them: PKCS #1 v1.5 with SHA-256 (RFC 8017, section 8.2)."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from counterseal.errors import MalformedInput


class RsaSha256Verifier:
    """Checks signatures of one RSA key."""

    def __init__(self, public_key: bytes) -> None:
        """Take the public key as DER, in either form that AWS publishes: PKCS #1, or SubjectPublicKeyInfo.

        Raises:
            MalformedInput: this is no RSA public key.
        """
        try:
            key = load_der_public_key(public_key)
        except (ValueError, UnsupportedAlgorithm):
            raise MalformedInput("a public key is not DER, as PKCS #1 or SubjectPublicKeyInfo") from None
        if not isinstance(key, RSAPublicKey):
            raise MalformedInput("a public key is not of the kind RSA")
        self._key = key

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Say whether the signature is this key's, over this message."""
        try:
            self._key.verify(signature, message, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True
