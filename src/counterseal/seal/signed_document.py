"""A document that a member signed: a statement anybody can read, and a body."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from counterseal.canonical import canonical_json
from counterseal.errors import Refused, SealBroken
from counterseal.seal.signatures import SIGNATURE_BYTES, Ed25519Verifier
from counterseal.signing import Signer

_PREFIX = b"CSIGNED\x01"
_LENGTH_BYTES = 4


class SignedDocument(NamedTuple):
    """The parts of a signed document, not yet known to be authentic: see `check`."""

    statement: Mapping[str, Any]
    body: bytes
    signed: bytes
    signature: bytes

    def check(self, namespace: str, public_key: bytes) -> None:
        """Hold the signature against the one who should have signed.

        Raises:
            SealBroken: somebody else signed, or the document was altered.
        """
        try:
            authentic = Ed25519Verifier(public_key).verify(namespace, self.signed, self.signature)
        except Refused:
            authentic = False
        if not authentic:
            raise SealBroken("the signature is broken")


def sign_document(statement: Mapping[str, Any], body: bytes, *, namespace: str, signer: Signer) -> bytes:
    """Return the stored form of a document: prefix, length, statement, body, signature over all before it."""
    text = canonical_json(statement)
    signed = b"".join((_PREFIX, len(text).to_bytes(_LENGTH_BYTES, "big"), text, body))
    return signed + signer.sign(namespace, signed)


def parse_signed_document(stored: bytes) -> SignedDocument:
    """Take the stored form apart.

    Raises:
        SealBroken: these bytes are not a signed document.
    """
    signed, signature = stored[:-SIGNATURE_BYTES], stored[-SIGNATURE_BYTES:]
    start = len(_PREFIX) + _LENGTH_BYTES
    if not signed.startswith(_PREFIX) or len(signed) < start:
        raise SealBroken("the signature is broken")
    end = start + int.from_bytes(signed[len(_PREFIX) : start], "big")
    text = signed[start:end]
    try:
        statement = json.loads(text)
        canonical = isinstance(statement, dict) and canonical_json(statement) == text
    except (ValueError, RecursionError, Refused):
        canonical, statement = False, {}
    if not canonical:
        raise SealBroken("the signature is broken")
    return SignedDocument(statement, signed[end:], signed, signature)
