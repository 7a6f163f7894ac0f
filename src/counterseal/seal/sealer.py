"""Seals values under the epoch keys of one safe, each with a fresh content key, and opens them again."""

import os
from collections.abc import Callable, Mapping

from counterseal.errors import ForeignObject, RolledBack, SealBroken
from counterseal.hidden import Hidden
from counterseal.seal.cobblestone import KEY_BYTES, decrypt, encrypt
from counterseal.seal.context import SealContext, parse_context
from counterseal.seal.padding import pad, unpad
from counterseal.seal.sealed_object import SealedObject, parse_sealed_object

# Two namespaces, so that a wrapped key never opens as a content, nor the reverse.
_CONTENT = b"counterseal/v1/content\n"
_CONTENT_KEY = b"counterseal/v1/content-key\n"


class Sealer:
    """Holds the epoch keys of one safe."""

    def __init__(self, epoch_keys: Mapping[int, Hidden], *, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        """Take the epoch keys by number, and where fresh keys come from."""
        self._epoch_keys = epoch_keys
        self._random_bytes = random_bytes

    def seal(self, content: Hidden, context: SealContext) -> bytes:
        """Return the sealed object: the content padded, under a fresh key, bound to the context.

        Raises:
            Refused: a fact of the context may not be sealed as it is.
            SealBroken: the key of that epoch is not here.
        """
        facts = context.canonical()
        content_key = self._random_bytes(KEY_BYTES)
        wrapped = encrypt(self._epoch_key(context.epoch), _CONTENT_KEY + facts, content_key)
        sealed = encrypt(content_key, _CONTENT + facts, pad(content.reveal()))
        return SealedObject(facts, wrapped, sealed).to_bytes()

    def unseal(self, stored: bytes, expected: SealContext) -> Hidden:
        """Return the content, if the object is intact and is the one that belongs in this place.

        Raises:
            SealBroken: the object is not what was sealed; the message never says why.
            ForeignObject: it says that it was sealed for another place, and is refused whether or not that is so.
            RolledBack: it is an older version of what belongs here.
            Refused: a fact of the context may not be sealed as it is.
        """
        parts = parse_sealed_object(stored)
        claimed = expected if parts.context == expected.canonical() else parse_context(parts.context)
        if (claimed.workspace, claimed.safe) != (expected.workspace, expected.safe):
            raise ForeignObject(f"this object was sealed for another safe than {expected.safe!r}")
        content_key = decrypt(self._epoch_key(claimed.epoch), _CONTENT_KEY + parts.context, parts.wrapped_key)
        content = decrypt(content_key, _CONTENT + parts.context, parts.content)
        # Only now is it known that the claim is authentic.
        if claimed != expected:
            raise _misplaced(claimed, expected)
        return Hidden(unpad(content))

    def _epoch_key(self, epoch: int) -> bytes:
        key = self._epoch_keys.get(epoch)
        if key is None:
            raise SealBroken("the seal is broken")
        return key.reveal()


def _misplaced(claimed: SealContext, expected: SealContext) -> SealBroken:
    same_object = (claimed.kind, claimed.object_id) == (expected.kind, expected.object_id)
    if same_object and claimed.version < expected.version:
        return RolledBack(f"version {claimed.version} of the object stands where version {expected.version} belongs")
    return ForeignObject("this object was sealed for another place of the safe: it was copied or renamed")
