"""The one symmetric primitive, on the vectors of Wycheproof and on damaged texts."""

import json
import zlib
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import SealBroken
from counterseal.seal.cobblestone import decrypt, encrypt, encrypted_size

KEY = bytes(range(32))
WYCHEPROOF = "vectors/c2sp_chunked_encryption_aes_256_gcm_test.json"
SIZES = [0, 1, 16383, 16384, 16385, 32768, 100_000]


def opened(key: str, context: bytes, encrypted: bytes) -> bytes | None:
    try:
        return decrypt(bytes.fromhex(key), context, encrypted)
    except SealBroken:
        return None


@pytest.mark.shared_data
def test_all_35_wycheproof_vectors_come_out_as_they_say(shared_data: Path) -> None:
    document = json.loads((shared_data / WYCHEPROOF).read_text())
    tests = [test for group in document["testGroups"] for test in group["tests"]]

    wrong = [test["tcId"] for test in tests if outcome_of(test) != expected_of(test)]

    assert len(tests) == 35
    assert {test["result"] for test in tests} == {"valid", "invalid"}
    assert wrong == []


def outcome_of(test: dict[str, Any]) -> tuple[int, str] | None:
    content = opened(test["key"], bytes.fromhex(test["ctx"]), zlib.decompress(bytes.fromhex(test["ct"])))
    return None if content is None else (len(content), sha512(content).hexdigest())


def expected_of(test: dict[str, Any]) -> tuple[int, str] | None:
    return (test["msgLength"], test["msgSha512"]) if test["result"] == "valid" else None


@pytest.mark.parametrize("size", SIZES)
def test_what_was_encrypted_opens_and_has_the_size_foretold(size: int) -> None:
    content = bytes(size)
    encrypted = encrypt(KEY, b"here", content)

    assert decrypt(KEY, b"here", encrypted) == content
    assert len(encrypted) == encrypted_size(size)


@given(place=st.integers(0, encrypted_size(40) - 1), change=st.integers(1, 255))
def test_one_changed_byte_breaks_the_seal(place: int, change: int) -> None:
    encrypted = bytearray(encrypt(KEY, b"here", bytes(40)))
    encrypted[place] ^= change

    with pytest.raises(SealBroken):
        decrypt(KEY, b"here", bytes(encrypted))


@pytest.mark.parametrize("kept", [0, 1, 24, 55, 56, 56 + 16, 56 + 16400, 56 + 16400 + 16400])
def test_a_truncated_text_gives_nothing_not_even_its_whole_chunks(kept: int) -> None:
    encrypted = encrypt(KEY, b"here", bytes(32768 + 5))

    with pytest.raises(SealBroken):
        decrypt(KEY, b"here", encrypted[:kept])


@pytest.mark.parametrize(
    ("key", "context"), [(KEY, b"there"), (KEY, b""), (bytes(32), b"here"), (KEY[:16], b"here"), (b"", b"here")]
)
def test_another_key_or_context_breaks_the_seal_and_says_nothing_more(key: bytes, context: bytes) -> None:
    encrypted = encrypt(KEY, b"here", b"value")

    with pytest.raises(SealBroken) as refusal:
        decrypt(key, context, encrypted)

    assert str(refusal.value) == "the seal is broken"
    assert refusal.value.__cause__ is None


def test_no_text_opens_under_two_keys() -> None:
    # An invisible salamander opens under two keys where a cipher does not commit to one. Here the commitment of one
    # key is grafted upon the text of the other: the header is refused before any chunk is tried.
    mine = encrypt(KEY, b"here", b"mine")
    yours = encrypt(bytes(32), b"here", b"your")

    with pytest.raises(SealBroken):
        decrypt(KEY, b"here", mine[:56] + yours[56:])
    with pytest.raises(SealBroken):
        decrypt(KEY, b"here", yours[:56] + mine[56:])


def test_the_same_content_is_never_encrypted_alike() -> None:
    assert encrypt(KEY, b"here", b"value") != encrypt(KEY, b"here", b"value")
