"""A notary's keys: what issues, what verifies, and what is no key at all."""

import hashlib
import hmac

import pytest
from tests.contracts.notary import NotaryContract

from counterseal.errors import MalformedInput, Refused
from counterseal.hidden import Hidden
from counterseal.seal.notary_keys import LocalNotaryKeys, NotaryKey, new_notary_key, parse_notary_keys
from counterseal.signing import Notary, NotaryKeys

KEY = new_notary_key(lambda count: b"k" * count)
PUBLIC = NotaryKey(KEY.public)
OTHER = new_notary_key(lambda count: b"o" * count)
SIGNED = KEY.notary().sign("a/b", b"message")
CODE = KEY.notary().code(b"message")


def test_two_new_keys_differ() -> None:
    assert new_notary_key().key_id != new_notary_key().key_id


def test_the_code_is_the_whole_hmac() -> None:
    assert hmac.new(b"k" * 32, b"message", hashlib.sha256).digest() == CODE


def test_the_public_key_verifies_signatures_and_says_nothing_of_codes() -> None:
    keys = LocalNotaryKeys([PUBLIC])

    assert keys.knows(KEY.key_id)
    assert keys.has_signed(KEY.key_id, "a/b", b"message", SIGNED)
    assert not keys.has_signed(KEY.key_id, "a/c", b"message", SIGNED)
    assert keys.has_coded(KEY.key_id, b"message", CODE) is None


def test_the_own_key_verifies_both_wherever_it_stands() -> None:
    for keys in (LocalNotaryKeys([KEY, PUBLIC]), LocalNotaryKeys([PUBLIC, KEY])):
        assert keys.has_signed(KEY.key_id, "a/b", b"message", SIGNED)
        assert keys.has_coded(KEY.key_id, b"message", CODE) is True
        assert keys.has_coded(KEY.key_id, b"other", CODE) is False


def test_a_key_that_is_not_known_signed_and_coded_nothing() -> None:
    keys = LocalNotaryKeys([OTHER])

    assert not keys.knows(KEY.key_id)
    assert not keys.has_signed(KEY.key_id, "a/b", b"message", SIGNED)
    assert keys.has_coded(KEY.key_id, b"message", CODE) is None


def test_files_are_read_as_they_were_written() -> None:
    own = b"".join(it.private_line().reveal() for it in (OTHER, KEY))

    assert parse_notary_keys(own + b"\n", name="f") == [OTHER, KEY]
    assert parse_notary_keys(PUBLIC.public_line().encode(), name="f") == [PUBLIC]


def test_a_public_key_issues_nothing() -> None:
    for attempt in (PUBLIC.notary, PUBLIC.private_line):
        with pytest.raises(Refused, match=f"{KEY.key_id} is a public key"):
            attempt()


def test_no_key_shows_itself() -> None:
    assert "kkkk" not in repr(KEY)
    assert isinstance(KEY.private_line(), Hidden)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"x",
        KEY.private_line().reveal() + b"x\n",
        KEY.private_line().reveal()[:-2],
        b"counterseal-notary-kms-v1:" + b"A" * 43 + b"=:alias/notary",
        b"counterseal-notary-kms-v1:" + b"A" * 42 + b"==:arn:aws:kms:eu-west-1:111122223333:key/mac",
        b"counterseal-notary-public-v1:" + b"*" * 44,
        b"counterseal-notary-public-v1:" + b"=" * 44,
        b"counterseal-notary-public-v1:" + b"A" * 43 + b"*",
        b"\xff\xfe",
    ],
)
def test_what_is_no_file_of_keys_is_refused_and_not_quoted(content: bytes) -> None:
    with pytest.raises(MalformedInput, match=r"'f' holds no|of 'f' is no notary key") as refused:
        parse_notary_keys(content, name="f")

    assert "notary keys prints" in refused.value.hint
    assert "kkkk" not in str(refused.value)


def test_where_kms_holds_the_key_the_lines_say_where() -> None:
    arn = "arn:aws:kms:eu-west-1:111122223333:key/{}"
    held = NotaryKey(KEY.public, mac_key=arn.format("mac"), signing_key=arn.format("sign"))

    assert parse_notary_keys(held.own_line().reveal(), name="f") == [held]
    assert parse_notary_keys(held.kms_line().encode(), name="f") == [held._replace(signing_key="")]
    assert parse_notary_keys(held.public_line().encode(), name="f") == [PUBLIC]
    assert LocalNotaryKeys([held]).has_coded(held.key_id, b"message", CODE) is None


def test_the_own_line_of_a_local_key_is_its_private_one() -> None:
    assert KEY.own_line() == KEY.private_line()


class TestLocalNotary(NotaryContract):
    @pytest.fixture
    def notary(self) -> Notary:
        return KEY.notary()

    @pytest.fixture
    def keys(self, notary: Notary) -> NotaryKeys:
        return LocalNotaryKeys([KEY])

    @pytest.fixture
    def public_line(self, notary: Notary) -> str:
        return KEY.public_line()
