"""The head of a safe: the one object that moves. Signed, chained to the heads before it, its content sealed."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from counterseal.canonical import canonical_json
from counterseal.errors import SealBroken
from counterseal.hidden import Hidden
from counterseal.safes.history import SecretRecord, record_from_json, record_to_json
from counterseal.safes.layout import HEAD, SafePlace
from counterseal.safes.membership import Unlocked, check_statement, digest_of
from counterseal.seal.context import SealContext
from counterseal.seal.sealer import Sealer
from counterseal.seal.signed_document import SignedDocument, parse_signed_document, sign_document

NAMESPACE = "head"
SCHEMA = 1
# So many heads back a fork is seen by one who comes back to the safe (docs/formats/safe.md, SAFE-2.6).
TRAIL_LENGTH = 64


class HeadFacts(NamedTuple):
    """What a head says in the open: its place in the chain, and which membership it goes with."""

    counter: int
    epoch: int
    previous: str
    membership_version: int
    membership_digest: str
    author: str


class HeadContent(NamedTuple):
    """What a head says to members alone. `trail` holds the digests of the heads before it, newest first."""

    name: str
    time: str
    members: Mapping[str, str]
    trail: tuple[str, ...]
    records: Mapping[str, SecretRecord]


class Head(NamedTuple):
    """A head as it is stored, the tag that the storage gave it, and what is in it."""

    stored: bytes
    tag: str
    facts: HeadFacts
    content: HeadContent

    @property
    def digest(self) -> str:
        """Return the digest by which later heads name this one."""
        return digest_of(self.stored)


def write_head(place: SafePlace, facts: HeadFacts, content: HeadContent, unlocked: Unlocked) -> bytes:
    """Return the stored form of a head, signed by the member who moves it."""
    document = {
        "schema": SCHEMA,
        "name": content.name,
        "time": content.time,
        "members": content.members,
        "trail": list(content.trail),
        # The place of the sealed pack of small values: docs/formats/safe.md, SAFE-2.7.
        "pack": None,
        "secrets": {name: record_to_json(record) for name, record in content.records.items()},
    }
    body = Sealer(unlocked.epoch_keys).seal(Hidden(canonical_json(document)), _context(place, facts))
    return sign_document(_statement(place, facts), body, namespace=NAMESPACE, signer=unlocked.signer)


def parse_head(stored: bytes, place: SafePlace) -> tuple[SignedDocument, HeadFacts]:
    """Read what a head says in the open; nothing of it is known to be authentic before `open_head`.

    Raises:
        SealBroken: it is no head.
        ForeignObject: it is of another safe.
        Refused: a newer Counterseal wrote it.
    """
    document = parse_signed_document(stored)
    check_statement(document.statement, place, NAMESPACE, SCHEMA)
    return document, _facts(document.statement)


def open_head(document: SignedDocument, facts: HeadFacts, place: SafePlace, unlocked: Unlocked) -> HeadContent:
    """Check who moved the head here, and read what it says to members.

    Raises:
        SealBroken: no member signed it, or its content is not what was sealed.
    """
    author = unlocked.members.get(facts.author)
    if author is None:
        raise SealBroken("the signature is broken")
    document.check(NAMESPACE, author.public.signing)
    text = Sealer(unlocked.epoch_keys).unseal(document.body, _context(place, facts))
    return _content(text, facts)


def _statement(place: SafePlace, facts: HeadFacts) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "kind": NAMESPACE,
        "workspace": place.workspace,
        "safe": place.safe,
        "counter": facts.counter,
        "epoch": facts.epoch,
        "previous": facts.previous,
        "membership": {"version": facts.membership_version, "digest": facts.membership_digest},
        "author": facts.author,
    }


def _facts(statement: Mapping[str, Any]) -> HeadFacts:
    try:
        membership = statement["membership"]
        facts = HeadFacts(
            counter=statement["counter"],
            epoch=statement["epoch"],
            previous=statement["previous"],
            membership_version=membership["version"],
            membership_digest=membership["digest"],
            author=statement["author"],
        )
    except (KeyError, TypeError):
        raise SealBroken("the signature is broken") from None
    numbers = (facts.counter, facts.epoch, facts.membership_version)
    texts = (facts.previous, facts.membership_digest, facts.author)
    if not all(type(it) is int and it > 0 for it in numbers) or not all(isinstance(it, str) for it in texts):
        raise SealBroken("the signature is broken")
    return facts


def _context(place: SafePlace, facts: HeadFacts) -> SealContext:
    return SealContext(HEAD, place.workspace, place.safe, HEAD, facts.counter, facts.epoch)


def _content(text: Hidden, facts: HeadFacts) -> HeadContent:
    try:
        value = json.loads(text.reveal())
        content = HeadContent(
            name=value["name"],
            time=value["time"],
            members=value["members"],
            trail=tuple(value["trail"]),
            records={name: record_from_json(record) for name, record in value["secrets"].items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise SealBroken("the head was sealed, and is not a head") from None
    if content.trail[:1] != ((facts.previous,) if facts.previous else ()):
        raise SealBroken("the head does not follow the one it names")
    return content
