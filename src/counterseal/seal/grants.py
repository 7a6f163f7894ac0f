"""Grants: an epoch key sealed to one member by HPKE (RFC 9180), base mode.

Base mode does not say who granted: grants therefore stand in a document that a member signs.
"""

from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from counterseal.errors import SealBroken
from counterseal.hidden import Hidden


@cache
def _suite() -> hpke.Suite:
    # RFC 9180, section 7: DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, AES-256-GCM 0x0002.
    return hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def make_grant(content: Hidden, *, to: bytes, context: bytes) -> bytes:
    """Return the content sealed to a member's public key; the context goes into HPKE's `info`.

    Raises:
        SealBroken: the public key is none.
    """
    try:
        return _suite().encrypt(content.reveal(), X25519PublicKey.from_public_bytes(to), context)
    except ValueError:
        raise SealBroken("this public key cannot be sealed to") from None


def open_grant(grant: bytes, *, sealing_key: Hidden, context: bytes) -> Hidden:
    """Return what was granted.

    Raises:
        SealBroken: it was granted to another member, under another context, or was altered.
    """
    try:
        return Hidden(_suite().decrypt(grant, X25519PrivateKey.from_private_bytes(sealing_key.reveal()), context))
    except (InvalidTag, ValueError):
        raise SealBroken("the seal is broken") from None
