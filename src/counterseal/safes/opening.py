"""How a safe is opened: from the head to the membership, from the membership to the keys, and back to the head."""

import os
from collections.abc import Callable
from typing import NamedTuple

from counterseal.clock import Clock, format_time
from counterseal.errors import Conflict, ObjectNotFound, RolledBack, SealBroken, SecretNotFound
from counterseal.hidden import Hidden
from counterseal.objects.interface import ObjectStore, StoredObject
from counterseal.safes.head import Head, HeadContent, HeadFacts, open_head, parse_head, write_head
from counterseal.safes.layout import SafePlace
from counterseal.safes.membership import Unlocked, digest_of, found_membership, unlock_membership
from counterseal.safes.memory import HeadMemory
from counterseal.seal.cobblestone import KEY_BYTES
from counterseal.seal.member_keys import new_member_keys
from counterseal.seal.slots import UnlockKey


class SafeStorage(NamedTuple):
    """What safes stand on: the objects, what this machine remembers, the time, and where randomness comes from."""

    objects: ObjectStore
    memory: HeadMemory
    clock: Clock
    random_bytes: Callable[[int], bytes] = os.urandom


def safe_exists(storage: SafeStorage, place: SafePlace) -> bool:
    """Say whether there is a safe.

    Raises:
        RolledBack: there was one, and it is gone.
        Denied, Unreachable: the storage cannot be read.
    """
    try:
        storage.objects.read(place.head_name)
    except ObjectNotFound:
        storage.memory.gone(place)
        return False
    return True


def open_head_of(storage: SafeStorage, place: SafePlace, unlock: UnlockKey) -> tuple[Head, Unlocked]:
    """Read the head, open the safe, and believe the head only then.

    Raises:
        SecretNotFound: there is no such safe.
        WrongUnlockKey: what was shown does not open it.
        SealBroken: the head or the membership is not what a member signed.
        RolledBack: the head is older than, or forked from, one that this machine saw.
        Denied, Unreachable: the storage, or what this machine remembers, cannot be read.
    """
    stored = _read_head(storage, place)
    facts = parse_head(stored.content, place)[1]
    membership = _membership(storage, place, facts)
    unlocked = unlock_membership(membership, place, unlock)
    storage.memory.keep_membership(facts.membership_digest, membership)
    return believed(storage, place, unlocked, stored), unlocked


def believed(storage: SafeStorage, place: SafePlace, unlocked: Unlocked, stored: StoredObject) -> Head:
    """Return a stored head, if a member moved it here and it descends from what this machine saw.

    Where another process of this machine saw a newer one since it was read, that one is returned.

    Raises:
        SealBroken: no member signed it.
        RolledBack: it is older than, or forked from, one that this machine saw.
        Denied, Unreachable: the storage, or what this machine remembers, cannot be read.
    """
    while True:
        try:
            return _checked(storage, place, unlocked, stored)
        except RolledBack:
            again = storage.objects.read_if_changed(place.head_name, stored.tag)
            if again is None:
                raise
            stored = again


def _checked(storage: SafeStorage, place: SafePlace, unlocked: Unlocked, stored: StoredObject) -> Head:
    document, facts = parse_head(stored.content, place)
    try:
        content = open_head(document, facts, place, unlocked)
    except SealBroken as failure:
        raise type(failure)(f"the head of {place.as_uri()}: {failure}", hint=failure.hint) from None
    head = Head(stored.content, stored.tag, facts, content)
    storage.memory.check(head, place)
    return head


def create_safe(storage: SafeStorage, place: SafePlace, unlock: UnlockKey, *, founder: str) -> None:
    """Make a safe with one member, called `founder`, and nothing in it.

    Raises:
        Conflict: there is one already.
        RolledBack: there was one, and it is gone.
        Denied, Unreachable: the storage cannot be written.
    """
    storage.memory.gone(place)
    keys = new_member_keys(storage.random_bytes)
    epoch_key = Hidden(storage.random_bytes(KEY_BYTES))
    membership = found_membership(place, keys, epoch_key, unlock)
    version = _store_membership(storage, place, membership)
    unlocked = unlock_membership(membership, place, unlock)
    facts = HeadFacts(1, 1, "", version, digest_of(membership), unlocked.member_id)
    content = HeadContent(place.name, format_time(storage.clock.now()), {unlocked.member_id: founder}, (), {})
    stored = write_head(place, facts, content, unlocked)
    try:
        tag = storage.objects.create(place.head_name, stored)
    except Conflict:
        raise Conflict(f"somebody else made {place.as_uri()} first", hint="run the command again") from None
    believed(storage, place, unlocked, StoredObject(stored, tag))


def _store_membership(storage: SafeStorage, place: SafePlace, membership: bytes) -> int:
    """Store the founding membership under the first free number: one may be left over from a crash."""
    version = 1
    while True:
        try:
            storage.objects.create(place.membership_name(version), membership)
        except Conflict:
            version += 1
        else:
            return version


def _read_head(storage: SafeStorage, place: SafePlace) -> StoredObject:
    try:
        return storage.objects.read(place.head_name)
    except ObjectNotFound:
        storage.memory.gone(place)
        raise SecretNotFound(f"there is no safe {place.as_uri()}", hint="counterseal put makes it") from None


def _membership(storage: SafeStorage, place: SafePlace, facts: HeadFacts) -> bytes:
    kept = storage.memory.membership(facts.membership_digest)
    if kept is not None and digest_of(kept) == facts.membership_digest:
        return kept
    try:
        stored = storage.objects.read(place.membership_name(facts.membership_version)).content
    except ObjectNotFound:
        raise SealBroken(
            f"the membership of {place.as_uri()} is missing from the storage",
            hint="somebody deleted it; the versions of the bucket may still hold it",
        ) from None
    if digest_of(stored) != facts.membership_digest:
        raise RolledBack(f"the membership of {place.as_uri()} is not the one that its head names")
    return stored
