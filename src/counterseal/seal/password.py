"""From a password to a key: Argon2id, with a least and a most cost that no stored object can move."""

import unicodedata
from typing import Any, NamedTuple

from counterseal.errors import Refused
from counterseal.hidden import Hidden

# RFC 9106, section 4, second recommended option: 64 MiB, 3 passes, 4 lanes.
_MEMORY_KIB = 64 * 1024
_PASSES = 3
_LANES = 4

# A storage that could lower the cost could guess passwords; one that could raise it could stop the reader.
_LEAST_MEMORY_KIB = 32 * 1024
_MOST_MEMORY_KIB = 1024 * 1024
_LEAST_PASSES = 3
_MOST_PASSES = 32
_MOST_LANES = 16
_LEAST_SALT_BYTES = 16
_KEY_BYTES = 32


class PasswordCost(NamedTuple):
    """How much work one guess of a password is. It may come from a stored object: `key_from_password` checks it."""

    memory_kib: Any = _MEMORY_KIB
    passes: Any = _PASSES
    lanes: Any = _LANES


def password_bytes(password: str) -> Hidden:
    """Return a password as the bytes that keys are made from: UTF-8 of its NFC form (RFC 8265, section 4.2)."""
    return Hidden(unicodedata.normalize("NFC", password).encode("utf-8", "surrogateescape"))


def key_from_password(password: Hidden, salt: bytes, cost: PasswordCost) -> Hidden:
    """Return the key that the password gives at this cost.

    Raises:
        Refused: the cost is below what is safe or above what is sane, or the salt is too short.
    """
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    _check(cost, salt)
    kdf = Argon2id(salt=salt, length=_KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return Hidden(kdf.derive(password.reveal()))


def _check(cost: PasswordCost, salt: bytes) -> None:
    _check_one("memory (KiB)", cost.memory_kib, _LEAST_MEMORY_KIB, _MOST_MEMORY_KIB)
    _check_one("passes", cost.passes, _LEAST_PASSES, _MOST_PASSES)
    _check_one("lanes", cost.lanes, 1, _MOST_LANES)
    _check_one("bytes of salt", len(salt), _LEAST_SALT_BYTES, 64)


def _check_one(what: str, value: object, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise Refused(
            f"the password slot of this safe asks for {value!r} {what}: between {least} and {most} are accepted",
            hint="somebody altered the safe, or it was made by another program; no password was tried on it",
        )
