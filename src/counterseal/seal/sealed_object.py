"""The stored form of a sealed object, written and read: docs/formats/sealed-object.md, SEAL-1."""

from typing import NamedTuple

from counterseal.errors import SealBroken
from counterseal.seal.cobblestone import KEY_BYTES, encrypted_size

_MAGIC = b"CSEALED"
# Suite 1: Cobblestone-256 for content and content key. The list of suites is the reader's, never the object's.
_SUITE = b"\x01"
_PREFIX = _MAGIC + _SUITE
_LENGTH_BYTES = 2
_WRAPPED_BYTES = encrypted_size(KEY_BYTES)
_SMALLEST = len(_PREFIX) + _LENGTH_BYTES + _WRAPPED_BYTES


class SealedObject(NamedTuple):
    """The three parts: the context as its canonical bytes, the wrapped content key, the sealed content."""

    context: bytes
    wrapped_key: bytes
    content: bytes

    def to_bytes(self) -> bytes:
        """Return the stored form."""
        length = len(self.context).to_bytes(_LENGTH_BYTES, "big")
        return b"".join((_PREFIX, length, self.context, self.wrapped_key, self.content))


def parse_sealed_object(stored: bytes) -> SealedObject:
    """Take the stored form apart. What is in it is not yet known to be authentic.

    Raises:
        SealBroken: these bytes are not a sealed object of a suite that we know.
    """
    if len(stored) < _SMALLEST or not stored.startswith(_PREFIX):
        raise SealBroken("the seal is broken")
    start = len(_PREFIX) + _LENGTH_BYTES
    key_at = start + int.from_bytes(stored[len(_PREFIX) : start], "big")
    content_at = key_at + _WRAPPED_BYTES
    return SealedObject(stored[start:key_at], stored[key_at:content_at], stored[content_at:])
