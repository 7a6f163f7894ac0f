"""Key slots: what opens a safe."""

from typing import Any

import pytest

from counterseal.errors import Refused, SealBroken, WrongUnlockKey
from counterseal.hidden import Hidden
from counterseal.seal.member_keys import new_member_keys, split_member_keys
from counterseal.seal.password import PasswordCost, key_from_password, password_bytes
from counterseal.seal.slots import KeyFileUnlock, PasswordUnlock, Slot, UnlockKey, to_bytes, to_text

PLACE = {"workspace": "default", "safe": "safe-1", "member": "member-1"}
KEYS = new_member_keys()
PASSWORD = PasswordUnlock(password_bytes("correct horse"))
KEY_FILE = KeyFileUnlock(Hidden(b"f" * 32))


@pytest.fixture(scope="module")
def password_slot() -> Slot:
    return PASSWORD.make_slot(KEYS, PLACE)


@pytest.fixture(scope="module")
def key_file_slot() -> Slot:
    return KEY_FILE.make_slot(KEYS, PLACE)


def test_a_password_opens_its_slot(password_slot: Slot) -> None:
    assert PASSWORD.open([password_slot], PLACE) == KEYS


def test_a_key_file_opens_its_slot(key_file_slot: Slot) -> None:
    assert KEY_FILE.open([key_file_slot], PLACE) == KEYS


def test_each_finds_its_slot_among_others(password_slot: Slot, key_file_slot: Slot) -> None:
    slots: list[Slot] = [{"kind": "passkey"}, key_file_slot, password_slot]

    assert PASSWORD.open(slots, PLACE) == KEYS
    assert KEY_FILE.open(slots, PLACE) == KEYS


@pytest.mark.parametrize(
    "unlock",
    [PasswordUnlock(password_bytes("Correct horse")), KeyFileUnlock(Hidden(b"g" * 32))],
    ids=["password", "file"],
)
def test_the_wrong_one_opens_nothing_and_is_told_so(
    unlock: UnlockKey, password_slot: Slot, key_file_slot: Slot
) -> None:
    with pytest.raises(WrongUnlockKey, match="does not open this safe"):
        unlock.open([password_slot, key_file_slot], PLACE)


@pytest.mark.parametrize("fact", ["workspace", "safe", "member"])
def test_a_slot_moved_to_another_place_does_not_open(key_file_slot: Slot, password_slot: Slot, fact: str) -> None:
    elsewhere = PLACE | {fact: "other"}

    with pytest.raises(WrongUnlockKey):
        KEY_FILE.open([key_file_slot], elsewhere)
    with pytest.raises(WrongUnlockKey):
        PASSWORD.open([password_slot], elsewhere)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("memory_kib", 32 * 1024 - 1),
        ("memory_kib", 8),
        ("memory_kib", 2**21),
        ("memory_kib", None),
        ("memory_kib", "65536"),
        ("memory_kib", True),
        ("passes", 2),
        ("passes", 1000),
        ("lanes", 0),
        ("lanes", 17),
        ("salt", "AAAA"),
    ],
)
def test_a_slot_that_asks_for_too_little_or_too_much_work_is_refused(
    password_slot: Slot, fact: str, value: Any
) -> None:
    with pytest.raises(Refused, match="the password slot of this safe asks for"):
        PASSWORD.open([{**password_slot, fact: value}], PLACE)


def test_the_least_cost_is_accepted_and_bound(password_slot: Slot) -> None:
    with pytest.raises(WrongUnlockKey):
        PASSWORD.open([{**password_slot, "memory_kib": 32 * 1024}], PLACE)


@pytest.mark.parametrize(
    ("fact", "value"),
    [("kind", "future"), ("kdf", "scrypt"), ("device_key", "argon"), ("sealed", "AAAA"), ("sealed", None), ("x", 1.5)],
)
def test_a_slot_of_an_unknown_or_damaged_form_does_not_open(password_slot: Slot, fact: str, value: Any) -> None:
    with pytest.raises(WrongUnlockKey):
        PASSWORD.open([{**password_slot, fact: value}], PLACE)


def test_a_damaged_slot_of_a_key_file_does_not_open(key_file_slot: Slot) -> None:
    with pytest.raises(WrongUnlockKey):
        KEY_FILE.open([{**key_file_slot, "sealed": "AAAA"}], PLACE)


def test_a_password_is_the_same_however_its_letters_are_composed() -> None:
    assert password_bytes("caf\u00e9") == password_bytes("cafe\u0301")


def test_argon2id_gives_the_same_key_for_ever() -> None:
    key = key_from_password(password_bytes("correct horse"), bytes(range(16)), PasswordCost())

    assert key.reveal().hex() == "577f1ff37e9a3e52c97d39f8e83891c1b73b0e87ffe0429cee8ede2fb005fe44"


def test_what_is_not_two_keys_is_no_members() -> None:
    with pytest.raises(SealBroken):
        split_member_keys(Hidden(b"short"))


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff" * 16, b"abcde"])
def test_bytes_have_one_text(content: bytes) -> None:
    assert to_bytes(to_text(content)) == content


@pytest.mark.parametrize("text", ["A", "AB", "AA==", "A A", "+/+/", "é", None, 3])
def test_no_other_text_is_read_as_bytes(text: object) -> None:
    with pytest.raises(SealBroken):
        to_bytes(text)
