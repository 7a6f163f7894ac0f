"""What a notary in KMS does where KMS answers otherwise than it hopes."""

from typing import Any

import pytest

from counterseal.aws.kms_notary import KmsNotary, KmsNotaryKeys, kms_notary_key
from counterseal.errors import NotFound, Refused, Unreachable
from counterseal.seal.notary_keys import NotaryKey, new_notary_key

ARN = "arn:aws:kms:{}:111122223333:key/{}"
PRIVATE = new_notary_key(lambda count: b"k" * count)
KEY = NotaryKey(PRIVATE.public, mac_key=ARN.format("eu-west-1", "mac"), signing_key=ARN.format("eu-west-1", "sign"))
HANDED_OUT = KEY._replace(signing_key="")
DER = bytes.fromhex("302a300506032b6570032100")


class FakeKms:
    """Answers one thing to everything, and remembers what it was asked."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def ask(self, **arguments: Any) -> dict[str, Any]:
        self.asked.append(arguments)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    generate_mac = get_public_key = sign = verify_mac = ask


def refusal(code: str) -> Exception:
    from botocore.exceptions import ClientError

    return ClientError({"Error": {"Code": code, "Message": "x"}}, "VerifyMac")


def no_connection() -> Exception:
    from botocore.exceptions import EndpointConnectionError

    return EndpointConnectionError(endpoint_url="x")


def test_what_is_longer_than_kms_takes_is_refused_before_it_is_asked() -> None:
    kms = FakeKms({})

    for attempt in (KmsNotary(kms, KEY).code, lambda it: KmsNotary(kms, KEY).sign("a/b", it)):
        with pytest.raises(Refused, match="at most 4096 bytes"):
            attempt(b"x" * 4097)

    assert KmsNotaryKeys([HANDED_OUT], lambda _: kms).has_coded(KEY.key_id, b"x" * 4097, b"") is False
    assert kms.asked == []


def test_it_signs_the_message_itself_in_its_namespace() -> None:
    kms = FakeKms({"Signature": b"s"})

    assert KmsNotary(kms, KEY).sign("a/b", b"message") == b"s"
    assert kms.asked == [
        {
            "KeyId": KEY.signing_key,
            "Message": b"counterseal/v1/signature\na/b\nmessage",
            "MessageType": "RAW",
            "SigningAlgorithm": "ED25519_SHA_512",
        }
    ]


@pytest.mark.parametrize(
    ("answer", "said"),
    [({"MacValid": True}, True), ({"MacValid": False}, False), (refusal("KMSInvalidMacException"), False)],
)
def test_kms_says_whether_a_code_is_the_keys_own(answer: Any, said: bool) -> None:  # noqa: FBT001  # what it says
    assert KmsNotaryKeys([HANDED_OUT], lambda _: FakeKms(answer)).has_coded(KEY.key_id, b"m", b"c") is said


@pytest.mark.parametrize(
    ("answer", "error"),
    [(refusal("NotFoundException"), NotFound), (no_connection(), Unreachable)],
)
def test_what_kms_does_not_say_is_no_answer(answer: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        KmsNotaryKeys([HANDED_OUT], lambda _: FakeKms(answer)).has_coded(KEY.key_id, b"m", b"c")


def test_each_region_has_one_client() -> None:
    opened: list[str] = []

    def client_in(region: str) -> FakeKms:
        opened.append(region)
        return FakeKms({"MacValid": True})

    other = NotaryKey(new_notary_key().public, mac_key=ARN.format("us-east-2", "mac"))
    keys = KmsNotaryKeys([HANDED_OUT, other], client_in)
    for key_id in (KEY.key_id, KEY.key_id, other.key_id):
        keys.has_coded(key_id, b"m", b"c")

    assert opened == ["eu-west-1", "us-east-2"]


def test_of_a_notarys_own_line_and_of_public_keys_kms_is_not_asked() -> None:
    kms = FakeKms({})

    assert KmsNotaryKeys([KEY], lambda _: kms).has_coded(KEY.key_id, b"m", b"c") is None
    assert KmsNotaryKeys([NotaryKey(KEY.public)], lambda _: kms).has_coded(KEY.key_id, b"m", b"c") is None
    assert kms.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        {"KeySpec": "ECC_NIST_P256", "PublicKey": DER + KEY.public},
        {"KeySpec": "ECC_NIST_EDWARDS25519", "PublicKey": b"0*" + KEY.public},
    ],
)
def test_only_an_ed25519_key_signs(answer: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="is no Ed25519 key"):
        kms_notary_key(FakeKms(answer), "mac", "sign")


def test_the_key_is_named_by_arn_whatever_it_was_asked_for_by() -> None:
    kms = FakeKms({"KeySpec": "ECC_NIST_EDWARDS25519", "PublicKey": DER + KEY.public, "KeyId": KEY.mac_key})

    found = kms_notary_key(kms, "alias/mac", "alias/sign")

    assert (found.public, found.key_id, found.mac_key) == (KEY.public, PRIVATE.key_id, KEY.mac_key)
