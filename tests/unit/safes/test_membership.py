"""Memberships: what makes one believed."""

from typing import Any

import pytest
from tests.contracts.safe import TEAM, overwrite, storage_on

from counterseal.errors import ForeignObject, RolledBack, SealBroken, WrongUnlockKey
from counterseal.hidden import Hidden
from counterseal.objects.memory import MemoryObjects
from counterseal.safes.layout import safe_place
from counterseal.safes.membership import found_membership, unlock_membership
from counterseal.safes.opening import create_safe
from counterseal.safes.safe import Safe
from counterseal.seal.member_keys import new_member_keys
from counterseal.seal.signatures import Ed25519Signer
from counterseal.seal.signed_document import parse_signed_document, sign_document
from counterseal.seal.slots import KeyFileUnlock, PasswordUnlock, to_text

PLACE = safe_place("team")
UNLOCK = KeyFileUnlock(Hidden(b"k" * 32))
KEYS = new_member_keys()
EPOCH_KEY = Hidden(b"e" * 32)


@pytest.fixture(scope="module")
def stored() -> bytes:
    return found_membership(PLACE, KEYS, EPOCH_KEY, UNLOCK)


def rewritten(stored: bytes, signing_key: Hidden, **changes: Any) -> bytes:
    statement = {**parse_signed_document(stored).statement, **changes}
    return sign_document(statement, b"", namespace="membership", signer=Ed25519Signer(signing_key, key_id="x"))


def test_a_membership_gives_its_member_the_epoch_key(stored: bytes) -> None:
    unlocked = unlock_membership(stored, PLACE, UNLOCK)

    assert unlocked.keys == KEYS
    assert unlocked.epoch_keys == {1: EPOCH_KEY}


def test_a_password_opens_the_safe_it_made() -> None:
    password = PasswordUnlock(Hidden(b"correct horse"))

    unlocked = unlock_membership(found_membership(PLACE, KEYS, EPOCH_KEY, password), PLACE, password)

    assert unlocked.epoch_keys == {1: EPOCH_KEY}


def test_a_membership_planted_by_the_storage_around_a_true_slot_is_refused(stored: bytes) -> None:
    # The storage knows every slot. It makes a membership of its own around one, and grants an epoch key that it knows.
    attacker = new_member_keys()
    with pytest.raises(SealBroken):
        unlock_membership(rewritten(stored, attacker.signing), PLACE, UNLOCK)
    with pytest.raises(SealBroken):
        unlock_membership(rewritten(stored, attacker.signing, author=attacker.public().member_id), PLACE, UNLOCK)


def test_a_membership_that_lists_other_keys_for_the_member_is_refused(stored: bytes) -> None:
    members = parse_signed_document(stored).statement["members"]
    (member_id,) = members
    other = to_text(new_member_keys().public().sealing)
    changed = {member_id: {**members[member_id], "sealing_key": other}}

    with pytest.raises(SealBroken):
        unlock_membership(rewritten(stored, KEYS.signing, members=changed), PLACE, UNLOCK)


def test_a_slot_whose_keys_are_of_another_member_is_not_opened_for_this_one(stored: bytes) -> None:
    slot = UNLOCK.make_slot(new_member_keys(), {"workspace": PLACE.workspace, "safe": PLACE.safe, "member": "ada"})
    members = parse_signed_document(stored).statement["members"]
    (member,) = members.values()
    changed = {"ada": {**member, "slots": [slot]}}

    with pytest.raises(WrongUnlockKey):
        unlock_membership(rewritten(stored, KEYS.signing, members=changed), PLACE, UNLOCK)


def test_a_membership_without_members_opens_for_nobody(stored: bytes) -> None:
    with pytest.raises(WrongUnlockKey, match="no member"):
        unlock_membership(rewritten(stored, KEYS.signing, members={}), PLACE, UNLOCK)


@pytest.mark.parametrize("members", [None, [], {"ada": None}, {"ada": {}}, {"ada": {"sealing_key": 1}}])
def test_members_that_are_none_are_refused(stored: bytes, members: Any) -> None:
    with pytest.raises(SealBroken):
        unlock_membership(rewritten(stored, KEYS.signing, members=members), PLACE, UNLOCK)


def test_a_membership_of_another_safe_is_refused(stored: bytes) -> None:
    with pytest.raises(ForeignObject):
        unlock_membership(stored, safe_place("other"), UNLOCK)


def test_a_membership_that_is_gone_or_exchanged_is_refused_by_a_machine_that_never_saw_it() -> None:
    objects = MemoryObjects()
    create_safe(storage_on(objects), TEAM, UNLOCK, founder="ada")
    other = found_membership(TEAM, new_member_keys(), EPOCH_KEY, UNLOCK)

    overwrite(objects, TEAM.membership_name(1), other)
    with pytest.raises(RolledBack, match="membership of safe://team is not the one that its head names"):
        Safe(storage_on(objects), TEAM, UNLOCK)
    objects.delete(TEAM.membership_name(1))
    with pytest.raises(SealBroken, match="membership of safe://team is missing"):
        Safe(storage_on(objects), TEAM, UNLOCK)


def test_a_membership_once_read_is_not_read_again() -> None:
    objects = MemoryObjects()
    storage = storage_on(objects)
    create_safe(storage, TEAM, UNLOCK, founder="ada")
    Safe(storage, TEAM, UNLOCK)
    objects.delete(TEAM.membership_name(1))

    assert Safe(storage, TEAM, UNLOCK).records() == {}


def test_a_kept_membership_that_was_altered_is_read_anew() -> None:
    objects = MemoryObjects()
    storage = storage_on(objects)
    create_safe(storage, TEAM, UNLOCK, founder="ada")
    safe = Safe(storage, TEAM, UNLOCK)
    kept = f"memberships/{safe.head.facts.membership_digest}"
    overwrite(storage.memory._objects, kept, b"altered")

    assert Safe(storage, TEAM, UNLOCK).records() == {}


def test_a_membership_that_names_another_author_than_its_signer_is_refused(stored: bytes) -> None:
    with pytest.raises(SealBroken):
        unlock_membership(rewritten(stored, KEYS.signing, author="eve"), PLACE, UNLOCK)
