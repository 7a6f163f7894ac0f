"""What must have been saved to check digests without a connection: public keys, and signatures of the newest ones."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from counterseal.clock import parse_time
from counterseal.correlation.digests.digests import tail_of
from counterseal.correlation.fields import Fields
from counterseal.errors import MalformedInput


class MessageVerifier(Protocol):
    """Checks signatures of one key over bare messages: implemented in `seal/`, handed in."""

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Say whether the signature is this key's, over this message."""
        ...


class PublicKey(NamedTuple):
    """A key with which CloudTrail signed, from when to when."""

    fingerprint: str
    start: datetime
    end: datetime
    verifier: MessageVerifier


class SavedSignature(NamedTuple):
    """What S3 holds beside a digest: `backfill_time` is when a backfill digest was made."""

    signature: str
    algorithm: str
    backfill_time: datetime | None


class Saved(NamedTuple):
    """All that was saved. Signatures stand under the digest's name from `AWSLogs/` on."""

    keys: tuple[PublicKey, ...]
    signatures: Mapping[str, SavedSignature]

    def keys_of(self, fingerprint: str) -> list[PublicKey]:
        """Return the keys with this fingerprint. AWS does not say how it is made: it is only ever compared."""
        return [it for it in self.keys if it.fingerprint == fingerprint]


def read_public_keys(document: object, load: Callable[[bytes], MessageVerifier]) -> Iterable[PublicKey]:
    """Read what `aws cloudtrail list-public-keys` prints; `load` makes a verifier of a key's DER.

    Raises:
        MalformedInput: it is something else, or holds a key that is none; the message names the place.
    """
    outer = _any_fields(document, "")
    if not outer.has("PublicKeyList"):
        raise MalformedInput(
            "the key PublicKeyList is missing", hint="save what aws cloudtrail list-public-keys prints"
        )
    for place, item in outer.objects("PublicKeyList"):
        key = _any_fields(item, place)
        try:
            verifier = load(base64.b64decode(key.text("Value", required=True), validate=True))
        except binascii.Error:
            raise MalformedInput(f"{place}.Value is not base64") from None
        except MalformedInput as failure:
            raise MalformedInput(f"{place}.Value: {failure}") from None
        yield PublicKey(
            key.text("Fingerprint", required=True),
            _time(item, "ValidityStartTime", place),
            _time(item, "ValidityEndTime", place),
            verifier,
        )


def read_signatures(document: object) -> dict[str, SavedSignature]:
    """Read saved signatures: an object with the names of digests, and for each its S3 metadata.

    The metadata may be all that `aws s3api head-object` prints, or what stands there as `Metadata`.

    Raises:
        MalformedInput: it is something else; the message names the place.
    """
    found: dict[str, SavedSignature] = {}
    outer = _any_fields(document, "")
    for name, value in outer.members():
        inner = value["Metadata"] if isinstance(value, Mapping) and "Metadata" in value else value
        metadata = _any_fields(inner, name)
        made = "backfill-generation-timestamp"
        found[tail_of(name)] = SavedSignature(
            metadata.text("signature", required=True),
            metadata.text("signature-algorithm", required=True),
            metadata.time(made) if metadata.has(made) else None,
        )
    return found


def _any_fields(value: object, place: str) -> Fields:
    """Read an object of AWS's making, which may have more keys tomorrow."""
    return Fields(value, place, value if isinstance(value, Mapping) else ())


def _time(item: object, name: str, place: str) -> datetime:
    """Read a time as the AWS CLI prints it: version 1 in seconds since 1970, version 2 as text."""
    value = item.get(name) if isinstance(item, Mapping) else None
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        return parse_time(value if isinstance(value, str) else "")
    except (MalformedInput, ValueError, OverflowError, OSError):
        hint = "it is a number of seconds, or text such as 2026-01-31T12:00:00Z"
        raise MalformedInput(f"{place}.{name} is not a time", hint=hint) from None
