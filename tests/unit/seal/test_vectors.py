"""Sealed objects and key slots, held to their released vectors."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from counterseal.errors import ForeignObject, Refused, RolledBack, SealBroken, WrongUnlockKey
from counterseal.hidden import Hidden
from counterseal.seal.context import SealContext
from counterseal.seal.key_file import parse_key_file
from counterseal.seal.member_keys import MemberKeys
from counterseal.seal.padding import padded_size
from counterseal.seal.password import password_bytes
from counterseal.seal.sealer import Sealer
from counterseal.seal.signatures import Ed25519Signer, Ed25519Verifier
from counterseal.seal.slots import KeyFileUnlock, PasswordUnlock, UnlockKey

FOLDER = Path(__file__).parents[2] / "vectors" / "sealed"
OBJECTS = json.loads((FOLDER / "objects-v1.json").read_text(encoding="utf-8"))
SLOTS = json.loads((FOLDER / "slots-v1.json").read_text(encoding="utf-8"))
ERRORS: dict[str, type[Exception]] = {
    "seal broken": SealBroken,
    "foreign object": ForeignObject,
    "rolled back": RolledBack,
    "refused": Refused,
    "wrong unlock key": WrongUnlockKey,
}


def outcome(vector: dict[str, Any]) -> object:
    sealer = Sealer({int(epoch): Hidden(b64decode(key)) for epoch, key in OBJECTS["epoch_keys"].items()})
    try:
        return sealer.unseal(b64decode(vector["stored"]), SealContext(**OBJECTS["expected_context"]))
    except SealBroken as refusal:
        return type(refusal)


def expected(vector: dict[str, Any]) -> object:
    return Hidden(b64decode(vector["content"])) if vector["expect"] == "success" else ERRORS[vector["expect"]]


@pytest.mark.parametrize("vector", OBJECTS["vectors"], ids=lambda it: f"{it['requirement']} {it['case']}")
def test_a_sealed_object_comes_out_as_its_vector_says(vector: dict[str, Any]) -> None:
    assert outcome(vector) == expected(vector)


@pytest.mark.parametrize(("size", "padded"), OBJECTS["padding"])
def test_a_size_is_padded_as_the_vectors_say(size: int, padded: int) -> None:
    assert padded_size(size) == padded


def member() -> MemberKeys:
    keys = SLOTS["member"]
    return MemberKeys(Hidden(b64decode(keys["sealing_private"])), Hidden(b64decode(keys["signing_private"])))


def unlock_for(slot: dict[str, Any]) -> UnlockKey:
    by_kind: dict[str, UnlockKey] = {
        "password": PasswordUnlock(password_bytes(SLOTS["password"])),
        "key-file": KeyFileUnlock(parse_key_file(SLOTS["key_file"].encode(), name="vector")),
    }
    return by_kind[slot["kind"]]


def opened(slot: dict[str, Any]) -> object:
    try:
        return unlock_for(slot).open([slot], SLOTS["place"])
    except (Refused, WrongUnlockKey) as refusal:
        return type(refusal)


@pytest.mark.parametrize("vector", SLOTS["vectors"], ids=lambda it: f"{it['requirement']} {it['case']}")
def test_a_slot_comes_out_as_its_vector_says(vector: dict[str, Any]) -> None:
    wanted = member() if vector["expect"] == "success" else ERRORS[vector["expect"]]

    assert opened(vector["slot"]) == wanted


def test_public_keys_and_member_id_are_those_of_the_vectors() -> None:
    public = member().public()

    assert public.sealing == b64decode(SLOTS["member"]["sealing_public"])
    assert public.signing == b64decode(SLOTS["member"]["signing_public"])
    assert public.member_id == SLOTS["member"]["member_id"]


@pytest.mark.parametrize("vector", SLOTS["signatures"])
def test_a_signature_is_that_of_the_vectors(vector: dict[str, str]) -> None:
    message, signature = b64decode(vector["message"]), b64decode(vector["signature"])

    assert Ed25519Signer(member().signing, key_id="").sign(vector["namespace"], message) == signature
    assert Ed25519Verifier(member().public().signing).verify(vector["namespace"], message, signature)
