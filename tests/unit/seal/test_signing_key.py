"""A signing key in its file, and its public half as openssl reads it."""

import pytest

from counterseal.errors import MalformedInput
from counterseal.hidden import Hidden
from counterseal.seal.signing_key import (
    new_signing_key,
    parse_public_key,
    parse_signing_key,
    public_key,
    public_key_content,
    signing_key_content,
    signing_key_id,
)

# RFC 8032, section 7.1, test 1.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")


def test_the_public_half_is_that_of_the_standard() -> None:
    assert public_key(Hidden(SEED)) == PUBLIC


def test_a_fresh_key_is_read_from_its_file_again() -> None:
    fresh = new_signing_key()

    assert parse_signing_key(signing_key_content(fresh), name="key") == fresh
    assert fresh != new_signing_key()


def test_a_public_key_is_read_from_its_file_again() -> None:
    assert parse_public_key(public_key_content(PUBLIC), name="key.pub") == PUBLIC


def test_keys_have_ids_of_their_own() -> None:
    assert signing_key_id(PUBLIC) != signing_key_id(bytes(32))
    assert len(signing_key_id(PUBLIC)) == 32


@pytest.mark.parametrize(
    "content",
    [b"", b"counterseal-signing-key-v1:!", b"counterseal-signing-key-v1:AAAA", b"counterseal-key-v1:" + b"A" * 43],
)
def test_what_is_no_signing_key_is_refused_and_not_quoted(content: bytes) -> None:
    with pytest.raises(MalformedInput, match=r"^'key' is not a signing key$"):
        parse_signing_key(content, name="key")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----",
        public_key_content(PUBLIC)[:-2],
        public_key_content(PUBLIC[:-1]),
        public_key_content(PUBLIC).replace(b"MCow", b"MCox"),
        public_key_content(PUBLIC).replace(b"PUBLIC", b"PRIVATE"),
    ],
)
def test_what_is_no_public_key_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedInput, match="not the public half"):
        parse_public_key(content, name="key.pub")
