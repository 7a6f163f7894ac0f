"""Writes the vectors of sealed objects and safes, once: a file that is there is never touched again.

Released vectors are never edited; a new version of a format adds files.
`PYTHONPATH=src:. .venv/bin/python -m tools.sealed_vectors`
"""

import json
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from counterseal.clock import FixedClock
from counterseal.hidden import Hidden
from counterseal.objects.interface import ObjectStore
from counterseal.objects.memory import MemoryObjects
from counterseal.safes.layout import SafePlace, safe_place
from counterseal.safes.memory import HeadMemory
from counterseal.safes.opening import SafeStorage, create_safe
from counterseal.safes.safe import Safe
from counterseal.seal.context import SealContext
from counterseal.seal.key_file import key_file_content
from counterseal.seal.member_keys import MemberKeys
from counterseal.seal.padding import padded_size
from counterseal.seal.password import password_bytes
from counterseal.seal.sealed_object import parse_sealed_object
from counterseal.seal.sealer import Sealer
from counterseal.seal.signatures import Ed25519Signer
from counterseal.seal.slots import KeyFileUnlock, PasswordUnlock

FOLDER = Path(__file__).parent.parent / "tests" / "vectors" / "sealed"
KEY = bytes(range(32))
HERE = SealContext("secret", "default", "safe-1", "object-1", 3, 1)
PLACE = {"workspace": "default", "safe": "safe-1", "member": "member-1"}
MEMBER = MemberKeys(Hidden(b"x" * 32), Hidden(b"e" * 32))
PASSWORD = "correct horse"  # noqa: S105  # of the vectors alone


def objects() -> list[dict[str, Any]]:
    """Return the vectors of sealed objects."""
    sealer = Sealer({1: Hidden(KEY), 2: Hidden(b"2" * 32)})
    good = sealer.seal(Hidden(b"correct horse"), HERE)
    parts = parse_sealed_object(good)
    other = parse_sealed_object(sealer.seal(Hidden(b"correct horse"), HERE))

    def vector(requirement: str, case: str, stored: bytes, expect: str, content: bytes | None = None) -> dict[str, Any]:
        opened = {} if content is None else {"content": text(content)}
        return {"requirement": requirement, "case": case, "stored": text(stored), "expect": expect, **opened}

    def flipped(place: int) -> bytes:
        return good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]

    values = {
        "empty": b"",
        "text": "pässword\r\n".encode(),
        "a byte over a step": b"x" * 64,
        "two chunks": bytes(17000),
    }
    return [
        vector("SEAL-1.1", "a short value", good, "success", b"correct horse"),
        *(
            vector("SEAL-4.1", case, sealer.seal(Hidden(value), HERE), "success", value)
            for case, value in values.items()
        ),
        vector("SEAL-1.1", "nothing", b"", "seal broken"),
        vector("SEAL-1.2", "an unknown suite", good[:7] + b"\x02" + good[8:], "seal broken"),
        vector("SEAL-1.5", "cut off", good[:-1], "seal broken"),
        vector("SEAL-1.5", "something after the end", good + b"\x00", "seal broken"),
        vector("SEAL-2.3", "a flipped bit in the context", good.replace(b'"version":3', b'"version":2'), "seal broken"),
        vector("SEAL-3.1", "a flipped bit in the wrapped key", flipped(200), "seal broken"),
        vector("SEAL-3.2", "a flipped bit in the content", flipped(len(good) - 1), "seal broken"),
        vector(
            "SEAL-3.3", "another's wrapped key", parts._replace(wrapped_key=other.wrapped_key).to_bytes(), "seal broken"
        ),
        *(
            vector(requirement, case, sealer.seal(Hidden(b"correct horse"), context), expect)
            for requirement, case, context, expect in (
                ("SEAL-5.2", "of another object", HERE._replace(object_id="object-2"), "foreign object"),
                ("SEAL-5.2", "of another kind", HERE._replace(kind="head"), "foreign object"),
                ("SEAL-5.1", "of another safe", HERE._replace(safe="safe-2"), "foreign object"),
                ("SEAL-5.1", "of another workspace", HERE._replace(workspace="other"), "foreign object"),
                ("SEAL-5.2", "under another epoch", HERE._replace(epoch=2), "foreign object"),
                ("SEAL-5.2", "a newer version", HERE._replace(version=4), "foreign object"),
                ("SEAL-5.3", "an older version", HERE._replace(version=2), "rolled back"),
            )
        ),
    ]


def sealed_objects() -> dict[str, Any]:
    """Return the file of sealed objects."""
    return {
        "about": "Sealed objects, what belongs in their place, and what must come of opening them; bytes are base64.",
        "page": "docs/formats/sealed-object.md",
        "epoch_keys": {"1": text(KEY), "2": text(b"2" * 32)},
        "expected_context": HERE._asdict(),
        "vectors": objects(),
        "padding": [[size, padded_size(size)] for size in (0, 1, 63, 64, 1000, 1023, 1024, 1100, 5000, 65536, 1000000)],
    }


def slots() -> dict[str, Any]:
    """Return the file of key slots and signatures."""
    password = PasswordUnlock(password_bytes(PASSWORD)).make_slot(MEMBER, PLACE)
    key_file = KeyFileUnlock(Hidden(KEY)).make_slot(MEMBER, PLACE)
    public = MEMBER.public()
    return {
        "about": "Key slots of one member, and what must come of opening them; bytes are base64.",
        "page": "docs/formats/safe.md",
        "place": PLACE,
        "member": {
            "sealing_private": text(b"x" * 32),
            "signing_private": text(b"e" * 32),
            "sealing_public": text(public.sealing),
            "signing_public": text(public.signing),
            "member_id": public.member_id,
        },
        "password": PASSWORD,
        "key_file": key_file_content(Hidden(KEY)).decode(),
        "vectors": [
            {"requirement": "SAFE-4.2", "case": "password", "slot": password, "expect": "success"},
            {"requirement": "SAFE-4.4", "case": "key file", "slot": key_file, "expect": "success"},
            {
                "requirement": "SAFE-4.3",
                "case": "too little memory",
                "slot": {**password, "memory_kib": 1024},
                "expect": "refused",
            },
            {
                "requirement": "SAFE-4.3",
                "case": "too many passes",
                "slot": {**password, "passes": 1000},
                "expect": "refused",
            },
            {
                "requirement": "SAFE-4.1",
                "case": "an altered fact",
                "slot": {**password, "lanes": 2},
                "expect": "wrong unlock key",
            },
            {
                "requirement": "SAFE-4.1",
                "case": "an altered seal",
                "slot": {**key_file, "sealed": "A" + key_file["sealed"][1:]},
                "expect": "wrong unlock key",
            },
        ],
        "signatures": [
            {
                "namespace": "head",
                "message": text(b"message"),
                "signature": text(Ed25519Signer(Hidden(b"e" * 32), key_id="").sign("head", b"message")),
            }
        ],
    }


def safes() -> dict[str, Any]:
    """Return the file of a whole safe, as its storage holds it, and of what may be done to it."""
    stored, place = MemoryObjects(), safe_place("team")
    storage = SafeStorage(
        stored, HeadMemory(MemoryObjects(), storage="vectors"), FixedClock(datetime(2026, 1, 31, 12, tzinfo=UTC))
    )
    unlock = KeyFileUnlock(Hidden(KEY))
    create_safe(storage, place, unlock, founder="ada")
    safe = Safe(storage, place, unlock)
    safe.put("db/password", Hidden(b"one"))
    safe.put("db/password", Hidden(b"two"))
    safe.put("café", Hidden(b"\x00\xff\r\n"))
    names = {name: safe.record(name) for name in ("db/password", "café")}
    current = {name: place.secret_name(record.object_id, record.latest.version) for name, record in names.items()}
    old = place.secret_name(names["db/password"].object_id, 1)
    return {
        "about": "A safe as its storage holds it, and what must come of reading db/password after each change to it.",
        "page": "docs/formats/safe.md",
        "safe": "team",
        "safe_id": place.safe,
        "key_file": key_file_content(Hidden(KEY)).decode(),
        "objects": {name: text(stored.read(name).content) for name in stored.names("")},
        "secrets": {"db/password": text(b"two"), "café": text(b"\x00\xff\r\n")},
        "vectors": _changes(stored, place, current, old),
    }


def _changes(stored: ObjectStore, place: SafePlace, current: dict[str, str], old: str) -> list[dict[str, Any]]:
    password = current["db/password"]

    def change(requirement: str, case: str, objects: dict[str, str | None], expect: str) -> dict[str, Any]:
        return {"requirement": requirement, "case": case, "change": objects, "expect": expect}

    def content(name: str) -> str:
        return text(stored.read(name).content)

    def flipped(name: str) -> str:
        whole = stored.read(name).content
        return text(whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])

    membership, other = place.membership_name(1), content(current["café"])
    return [
        change("SAFE-2.1", "nothing", {}, "success"),
        change("SAFE-5.2", "another secret's object in its place", {password: other}, "foreign object"),
        change("SAFE-5.2", "an older version in its place", {password: content(old)}, "rolled back"),
        change("SAFE-5.2", "a flipped bit in its object", {password: flipped(password)}, "seal broken"),
        change("SAFE-5.4", "its object deleted", {password: None}, "seal broken"),
        change("SAFE-2.3", "a flipped bit in the head", {place.head_name: flipped(place.head_name)}, "seal broken"),
        change("SAFE-3.4", "the membership deleted", {membership: None}, "seal broken"),
        change("SAFE-3.4", "a flipped bit in the membership", {membership: flipped(membership)}, "rolled back"),
        change("SAFE-5.5", "an older version's object deleted", {old: None}, "success"),
    ]


def text(content: bytes) -> str:
    """Return bytes as the vectors hold them."""
    return b64encode(content).decode()


FILES = {"objects-v1.json": sealed_objects, "slots-v1.json": slots, "safe-v1.json": safes}


def main() -> None:
    """Write the files that are not there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        file = FOLDER / name
        if file.exists():
            print(f"{name} is there, and stays as it is")
            continue
        file.write_text(json.dumps(content(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
