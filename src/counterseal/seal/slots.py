"""Key slots: a member's keys, sealed under what the member can show. Each slot is an envelope of its own."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from counterseal.canonical import canonical_json
from counterseal.errors import Refused, SealBroken, WrongUnlockKey
from counterseal.hidden import Hidden
from counterseal.seal.cobblestone import decrypt, encrypt
from counterseal.seal.key_file import key_file_id
from counterseal.seal.member_keys import MemberKeys, split_member_keys
from counterseal.seal.password import PasswordCost, key_from_password

Slot = Mapping[str, Any]

_SLOT = b"counterseal/v1/slot\n"
_SALT_BYTES = 16


class UnlockKey(Protocol):
    """What a member shows to open a safe."""

    def make_slot(self, keys: MemberKeys, place: Mapping[str, str]) -> Slot:
        """Return a slot that this opens; `place` is the workspace, safe and member that it is bound to."""
        ...

    def open(self, slots: Sequence[Slot], place: Mapping[str, str]) -> MemberKeys:
        """Return the member's keys from the first slot that this opens.

        Raises:
            WrongUnlockKey: it opens none of them; the message does not say how near it was.
            Refused: a slot asks for less work than is safe, or for more than is sane.
        """
        ...


class PasswordUnlock:
    """Opens the slots of a password."""

    def __init__(self, password: Hidden, *, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        """Take the password as the UTF-8 bytes of its NFC form, and where salts come from."""
        self._password = password
        self._random_bytes = random_bytes
        # Deriving is slow on purpose; the same slot asked for twice need not be.
        self._derived: dict[tuple[bytes, PasswordCost], Hidden] = {}

    def make_slot(self, keys: MemberKeys, place: Mapping[str, str]) -> Slot:
        """Return a slot that this password opens, at the cost that is asked for today."""
        cost = PasswordCost()
        salt = self._random_bytes(_SALT_BYTES)
        facts = {
            "kind": "password",
            "kdf": "argon2id",
            "memory_kib": cost.memory_kib,
            "passes": cost.passes,
            "lanes": cost.lanes,
            "salt": to_text(salt),
            # The place of a device key mixed with the password: docs/formats/safe.md, SAFE-4.5.
            "device_key": None,
        }
        return _sealed(facts, self._key(salt, cost), keys, place)

    def open(self, slots: Sequence[Slot], place: Mapping[str, str]) -> MemberKeys:
        """Return the member's keys from the first slot that this password opens.

        Raises:
            WrongUnlockKey: it opens none of them.
            Refused: a slot asks for less work than is safe, or for more than is sane.
        """
        for slot in slots:
            if slot.get("kind") == "password" and slot.get("kdf") == "argon2id" and slot.get("device_key") is None:
                cost = PasswordCost(slot.get("memory_kib"), slot.get("passes"), slot.get("lanes"))
                keys = _opened(slot, self._key(to_bytes(slot.get("salt")), cost), place)
                if keys is not None:
                    return keys
        raise WrongUnlockKey("the password does not open this safe")

    def _key(self, salt: bytes, cost: PasswordCost) -> Hidden:
        known = self._derived.get((salt, cost))
        if known is None:
            known = self._derived[salt, cost] = key_from_password(self._password, salt, cost)
        return known


class KeyFileUnlock:
    """Opens the slots of a key file."""

    def __init__(self, key: Hidden) -> None:
        """Take the 32 bytes that the key file holds."""
        self._key = key

    def make_slot(self, keys: MemberKeys, place: Mapping[str, str]) -> Slot:
        """Return a slot that this key file opens."""
        return _sealed({"kind": "key-file", "key_id": key_file_id(self._key)}, self._key, keys, place)

    def open(self, slots: Sequence[Slot], place: Mapping[str, str]) -> MemberKeys:
        """Return the member's keys from the slot of this key file.

        Raises:
            WrongUnlockKey: there is no slot for it.
        """
        for slot in slots:
            if slot.get("kind") == "key-file" and slot.get("key_id") == key_file_id(self._key):
                keys = _opened(slot, self._key, place)
                if keys is not None:
                    return keys
        raise WrongUnlockKey("the key file does not open this safe")


def to_text(content: bytes) -> str:
    """Return bytes as JSON carries them: base64url without padding (RFC 4648, section 5)."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def to_bytes(text: object) -> bytes:
    """Return the bytes that such a text stands for.

    Raises:
        SealBroken: it is not such a text, or not the one spelling of its bytes.
    """
    if isinstance(text, str):
        try:
            content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError:
            content = b""
        if to_text(content) == text:
            return content
    raise SealBroken("the seal is broken")


def _sealed(facts: Slot, key: Hidden, keys: MemberKeys, place: Mapping[str, str]) -> Slot:
    return {**facts, "sealed": to_text(encrypt(key.reveal(), _context(facts, place), keys.joined().reveal()))}


def _opened(slot: Slot, key: Hidden, place: Mapping[str, str]) -> MemberKeys | None:
    facts = {name: value for name, value in slot.items() if name != "sealed"}
    try:
        joined = decrypt(key.reveal(), _context(facts, place), to_bytes(slot.get("sealed")))
        return split_member_keys(Hidden(joined))
    except (SealBroken, Refused):
        return None


def _context(facts: Slot, place: Mapping[str, str]) -> bytes:
    return _SLOT + canonical_json({"place": place, "slot": facts})


_: type[UnlockKey] = PasswordUnlock
_key_file: type[UnlockKey] = KeyFileUnlock
