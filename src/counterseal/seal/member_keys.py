"""The keys of one member: one pair that grants are sealed to, one pair that signs."""

import os
from base64 import b32encode
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from counterseal.errors import SealBroken
from counterseal.hidden import Hidden

_KEY_BYTES = 32


class PublicKeys(NamedTuple):
    """What others know of a member: the raw public keys (RFC 7748, RFC 8032)."""

    sealing: bytes
    signing: bytes

    @property
    def member_id(self) -> str:
        """Return the member's id: derived from the keys, so that it names no others."""
        return random_id(lambda size: sha256(b"counterseal/v1/member\n" + self.sealing + self.signing).digest()[:size])


class MemberKeys(NamedTuple):
    """The private keys of a member: X25519 and the Ed25519 seed, raw."""

    sealing: Hidden
    signing: Hidden

    def public(self) -> PublicKeys:
        """Return the public halves."""
        sealing = X25519PrivateKey.from_private_bytes(self.sealing.reveal()).public_key()
        signing = Ed25519PrivateKey.from_private_bytes(self.signing.reveal()).public_key()
        return PublicKeys(sealing.public_bytes_raw(), signing.public_bytes_raw())

    def joined(self) -> Hidden:
        """Return both keys as one value, for a key slot."""
        return Hidden(self.sealing.reveal() + self.signing.reveal())


def new_member_keys(random_bytes: Callable[[int], bytes] = os.urandom) -> MemberKeys:
    """Return fresh keys; any 32 bytes are a private key of either kind."""
    return MemberKeys(Hidden(random_bytes(_KEY_BYTES)), Hidden(random_bytes(_KEY_BYTES)))


def split_member_keys(joined: Hidden) -> MemberKeys:
    """Return the keys out of a key slot.

    Raises:
        SealBroken: this is not a pair of keys.
    """
    both = joined.reveal()
    if len(both) != 2 * _KEY_BYTES:
        raise SealBroken("the seal is broken")
    return MemberKeys(Hidden(both[:_KEY_BYTES]), Hidden(both[_KEY_BYTES:]))


def random_id(random_bytes: Callable[[int], bytes]) -> str:
    """Return 16 bytes as the text that ids are: 26 lower-case letters and digits (base32, RFC 4648)."""
    return b32encode(random_bytes(16)).decode().rstrip("=").lower()
