"""The facts that a sealed object is bound to, and their one byte form."""

import re
from typing import NamedTuple

from counterseal.errors import Refused, SealBroken

SCHEMA = 1

_ID = r"[a-z0-9][a-z0-9-]{0,63}"
# No leading zero, and below 2**53 (RFC 8259, section 6): one number has one text.
_NUMBER = r"(?:0|[1-9][0-9]{0,14})"
_CANONICAL = re.compile(
    rf'{{"epoch":({_NUMBER}),"kind":"({_ID})","object_id":"({_ID})","safe":"({_ID})",'
    rf'"schema":({_NUMBER}),"version":({_NUMBER}),"workspace":"({_ID})"}}',
    re.ASCII,
)


class SealContext(NamedTuple):
    """What is sealed, for which place, as which version, under which generation of the key.

    `kind` is the namespace: nothing sealed as one kind opens as another.
    """

    kind: str
    workspace: str
    safe: str
    object_id: str
    version: int
    epoch: int
    schema: int = SCHEMA

    def canonical(self) -> bytes:
        """Return the canonical JSON of the facts (docs/formats/sealed-object.md, SEAL-2).

        Raises:
            Refused: a fact has a letter or a size that it may not have.
        """
        # Written out, because it is half of sealing a small value otherwise; a test holds it to canonical_json.
        text = (
            f'{{"epoch":{self.epoch},"kind":"{self.kind}","object_id":"{self.object_id}","safe":"{self.safe}",'
            f'"schema":{self.schema},"version":{self.version},"workspace":"{self.workspace}"}}'
        )
        if _CANONICAL.fullmatch(text) is None:
            raise Refused(f"these facts cannot be sealed: {text[:200]!r}")
        return text.encode()


def parse_context(canonical: bytes) -> SealContext:
    """Read the facts; no other spelling of them is taken.

    Raises:
        SealBroken: this is not the canonical form of a context.
    """
    found = _CANONICAL.fullmatch(canonical.decode("ascii", "replace"))
    if found is None or int(found[5]) != SCHEMA:
        raise SealBroken("the seal is broken")
    epoch, kind, object_id, safe, schema, version, workspace = found.groups()
    return SealContext(
        kind=kind,
        workspace=workspace,
        safe=safe,
        object_id=object_id,
        version=int(version),
        epoch=int(epoch),
        schema=int(schema),
    )
