"""Key files."""

import pytest

from counterseal.errors import MalformedInput
from counterseal.hidden import Hidden
from counterseal.seal.key_file import key_file_content, key_file_id, new_key, parse_key_file
from counterseal.seal.member_keys import new_member_keys


def test_a_key_is_read_from_the_file_it_was_written_to() -> None:
    key = new_key()

    assert parse_key_file(key_file_content(key), name="key") == key
    assert parse_key_file(key_file_content(key).replace(b"\n", b"\r\n"), name="key") == key


@pytest.mark.parametrize(
    "content", [b"", b"counterseal-key-v1:", b"counterseal-key-v1:AAAA\n", b"hunter2hunter2", b"counterseal-key-v1:A"]
)
def test_what_is_no_key_file_is_named_and_not_quoted(content: bytes) -> None:
    with pytest.raises(MalformedInput, match=r"'my\.key' is not a key file") as refusal:
        parse_key_file(content, name="my.key")

    assert "hunter2" not in str(refusal.value) + refusal.value.hint


def test_two_keys_have_two_ids_and_an_id_is_not_the_key() -> None:
    key = Hidden(b"k" * 32)

    assert key_file_id(key) != key_file_id(new_key())
    assert key_file_id(key) == key_file_id(Hidden(b"k" * 32))
    assert b"k" * 32 not in key_file_id(key).encode()


def test_a_members_id_is_that_of_both_public_keys() -> None:
    one, two = new_member_keys(), new_member_keys()
    mixed = one._replace(sealing=two.sealing)

    ids = {keys.public().member_id for keys in (one, two, mixed)}

    assert len(ids) == 3
    assert all(len(it) == 26 for it in ids)
