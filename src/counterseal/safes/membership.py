"""The membership of a safe: who may open it, by which slots, and the epoch keys granted to each. Signed."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from counterseal.canonical import canonical_json
from counterseal.errors import ForeignObject, Refused, SealBroken, WrongUnlockKey
from counterseal.hidden import Hidden
from counterseal.safes.layout import SafePlace
from counterseal.seal.grants import make_grant, open_grant
from counterseal.seal.member_keys import MemberKeys, PublicKeys
from counterseal.seal.signatures import Ed25519Signer
from counterseal.seal.signed_document import SignedDocument, parse_signed_document, sign_document
from counterseal.seal.slots import Slot, UnlockKey, to_bytes, to_text

NAMESPACE = "membership"
SCHEMA = 1
_GRANT = b"counterseal/v1/grant\n"


class Member(NamedTuple):
    """One member as the membership lists it."""

    public: PublicKeys
    slots: Sequence[Slot]
    grants: Mapping[int, bytes]


class Unlocked(NamedTuple):
    """A membership that a member opened: who that is, who else there is, and the epoch keys."""

    keys: MemberKeys
    member_id: str
    signer: Ed25519Signer
    members: Mapping[str, Member]
    epoch_keys: Mapping[int, Hidden]


def found_membership(place: SafePlace, keys: MemberKeys, epoch_key: Hidden, unlock: UnlockKey) -> bytes:
    """Return the first membership of a safe, with its founder as the only member, who signs it."""
    public = keys.public()
    member_id = public.member_id
    grant = make_grant(epoch_key, to=public.sealing, context=_grant_context(place, member_id, 1))
    statement = {
        "schema": SCHEMA,
        "kind": NAMESPACE,
        "workspace": place.workspace,
        "safe": place.safe,
        "version": 1,
        "previous": "",
        "author": member_id,
        "members": {
            member_id: {
                "sealing_key": to_text(public.sealing),
                "signing_key": to_text(public.signing),
                "slots": [unlock.make_slot(keys, _slot_place(place, member_id))],
                "grants": {"1": to_text(grant)},
            }
        },
    }
    return sign_document(statement, b"", namespace=NAMESPACE, signer=Ed25519Signer(keys.signing, key_id=member_id))


def unlock_membership(stored: bytes, place: SafePlace, unlock: UnlockKey) -> Unlocked:
    """Open a membership with what a member shows, and believe it only where that member signed it.

    The member's own keys come out of the slot, so they cannot be anybody else's: a storage that writes a membership
    of its own, with an epoch key that it knows granted to this member, is found out (docs/formats/safe.md, SAFE-3.6).

    Raises:
        WrongUnlockKey: no slot opens.
        SealBroken: the membership was altered, or another than this member signed it.
        ForeignObject: it is of another safe.
        Refused: a slot asks for less work than is safe, or a newer Counterseal wrote it.
    """
    document = parse_signed_document(stored)
    statement = document.statement
    check_statement(statement, place, NAMESPACE, SCHEMA)
    members = _members(document)
    keys = _unlock_any(members, place, unlock)
    public = keys.public()
    member_id = public.member_id
    if members[member_id].public != public or statement.get("author") != member_id:
        raise SealBroken("the membership of this safe is not its own")
    document.check(NAMESPACE, public.signing)
    epoch_keys = {
        epoch: open_grant(grant, sealing_key=keys.sealing, context=_grant_context(place, member_id, epoch))
        for epoch, grant in members[member_id].grants.items()
    }
    return Unlocked(keys, member_id, Ed25519Signer(keys.signing, key_id=member_id), members, epoch_keys)


def check_statement(statement: Mapping[str, Any], place: SafePlace, kind: str, schema: int) -> None:
    """Hold what a document says of itself against the place where it was found.

    Raises:
        Refused: a newer Counterseal wrote it.
        SealBroken: it is of another kind.
        ForeignObject: it is of another safe.
    """
    if statement.get("kind") != kind or type(statement.get("schema")) is not int:
        raise SealBroken("the signature is broken")
    if statement["schema"] != schema:
        raise Refused(
            f"{place.as_uri()} was written by another version of Counterseal (schema {statement['schema']})",
            hint="use the newest version",
        )
    if (statement.get("workspace"), statement.get("safe")) != (place.workspace, place.safe):
        raise ForeignObject(f"what lies at {place.as_uri()} is of another safe: it was copied or renamed")


def digest_of(stored: bytes) -> str:
    """Return the digest by which one object names another: SHA-256 of its stored form."""
    return sha256(stored).hexdigest()


def _members(document: SignedDocument) -> dict[str, Member]:
    try:
        return {member_id: _member(value) for member_id, value in document.statement["members"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SealBroken("the signature is broken") from None


def _member(value: Mapping[str, Any]) -> Member:
    return Member(
        public=PublicKeys(to_bytes(value["sealing_key"]), to_bytes(value["signing_key"])),
        slots=[dict(slot) for slot in value["slots"]],
        grants={int(epoch): to_bytes(grant) for epoch, grant in value["grants"].items()},
    )


def _unlock_any(members: Mapping[str, Member], place: SafePlace, unlock: UnlockKey) -> MemberKeys:
    refusal = WrongUnlockKey("there is no member to open this safe")
    for member_id, member in members.items():
        try:
            keys = unlock.open(member.slots, _slot_place(place, member_id))
        except WrongUnlockKey as failure:
            refusal = failure
            continue
        if keys.public().member_id == member_id:
            return keys
    raise WrongUnlockKey(f"{place.as_uri()}: {refusal}", hint=refusal.hint)


def _slot_place(place: SafePlace, member_id: str) -> dict[str, str]:
    return {"workspace": place.workspace, "safe": place.safe, "member": member_id}


def _grant_context(place: SafePlace, member_id: str, epoch: int) -> bytes:
    return _GRANT + canonical_json({**_slot_place(place, member_id), "epoch": epoch})
