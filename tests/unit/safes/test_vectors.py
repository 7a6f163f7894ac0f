"""Safes, held to their released vectors."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.safe import storage_on

from counterseal.errors import ForeignObject, RolledBack, SealBroken
from counterseal.hidden import Hidden
from counterseal.objects.memory import MemoryObjects
from counterseal.safes.layout import safe_place
from counterseal.safes.safe import Safe
from counterseal.seal.key_file import parse_key_file
from counterseal.seal.slots import KeyFileUnlock

FOLDER = Path(__file__).parents[2] / "vectors" / "sealed"
SAFE = json.loads((FOLDER / "safe-v1.json").read_text(encoding="utf-8"))
ERRORS = {"seal broken": SealBroken, "foreign object": ForeignObject, "rolled back": RolledBack}


def opened(change: dict[str, str | None]) -> Safe:
    objects = MemoryObjects()
    changed = {name: content for name, content in (SAFE["objects"] | change).items() if content is not None}
    for name, content in changed.items():
        objects.create(name, b64decode(content))
    key = parse_key_file(SAFE["key_file"].encode(), name="vector")
    return Safe(storage_on(objects), safe_place(SAFE["safe"]), KeyFileUnlock(key))


def outcome(vector: dict[str, Any]) -> object:
    try:
        return opened(vector["change"]).get("db/password")[1]
    except SealBroken as refusal:
        return type(refusal)


@pytest.mark.parametrize("vector", SAFE["vectors"], ids=lambda it: f"{it['requirement']} {it['case']}")
def test_a_changed_safe_comes_out_as_its_vector_says(vector: dict[str, Any]) -> None:
    value = Hidden(b64decode(SAFE["secrets"]["db/password"]))

    assert outcome(vector) == (value if vector["expect"] == "success" else ERRORS[vector["expect"]])


def test_every_secret_of_the_safe_reads_as_the_vectors_say() -> None:
    safe = opened({})

    values = {name: safe.get(name)[1] for name in safe.records()}

    assert values == {name: Hidden(b64decode(value)) for name, value in SAFE["secrets"].items()}
    assert safe_place(SAFE["safe"]).safe == SAFE["safe_id"]
