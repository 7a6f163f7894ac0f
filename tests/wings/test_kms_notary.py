"""A notary whose keys a double of KMS holds: MiniStack signs and makes codes, Moto makes codes."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.notary import MESSAGE, NotaryContract
from tests.doubles.aws_double import REGION, AwsDouble
from tests.doubles.moto_double import running_moto

from counterseal.aws import AwsAccess
from counterseal.aws.kms_notary import KmsNotary, KmsNotaryKeys, kms_notary_key
from counterseal.aws.session import client
from counterseal.errors import Denied, NotFound, Refused
from counterseal.provisioning.catalogue import SHOWN, given_for
from counterseal.provisioning.policy import filled
from counterseal.seal.notary_keys import NotaryKey
from counterseal.signing import Notary, NotaryKeys

pytestmark = [pytest.mark.enable_socket, pytest.mark.double]


def new_mac_key(kms: Any) -> str:
    arn: str = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    return arn


def new_signing_key(kms: Any) -> str:
    arn: str = kms.create_key(KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    return arn


@pytest.fixture
def key(aws_double: AwsDouble) -> NotaryKey:
    kms = aws_double.client("kms")
    return kms_notary_key(kms, new_mac_key(kms), new_signing_key(kms))


class TestKmsNotary(NotaryContract):
    @pytest.fixture
    def notary(self, aws_double: AwsDouble, key: NotaryKey) -> Notary:
        return KmsNotary(aws_double.client("kms"), key)

    @pytest.fixture
    def keys(self, notary: Notary, aws_double: AwsDouble, key: NotaryKey) -> NotaryKeys:
        return KmsNotaryKeys([key._replace(signing_key="")], lambda region: aws_double.client("kms", region))

    @pytest.fixture
    def public_line(self, notary: Notary, key: NotaryKey) -> str:
        return key.public_line()


def as_role(aws_double: AwsDouble, monkeypatch: pytest.MonkeyPatch, policy: str, key: NotaryKey) -> Any:
    """Return a client of a user who has the policy that we give out for a role, and nothing else."""
    given = given_for({"mac_key": (key.mac_key,), "signing_key": (key.signing_key,), "region": (REGION,)})
    (role,) = SHOWN[policy]
    statements: Any = filled(role, given).document()["Statement"]
    for variable, text in aws_double.user(*statements).environment.items():
        monkeypatch.setenv(variable, text)
    return client("kms", AwsAccess(region=REGION), endpoint=aws_double.endpoint)


def test_an_auditor_checks_codes_and_makes_none(
    aws_double: AwsDouble, key: NotaryKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = KmsNotary(aws_double.client("kms"), key).code(MESSAGE)
    kms = as_role(aws_double, monkeypatch, "auditor", key)

    assert KmsNotaryKeys([key._replace(signing_key="")], lambda _: kms).has_coded(key.key_id, MESSAGE, code) is True
    with pytest.raises(Denied, match="kms:GenerateMac is not allowed"):
        KmsNotary(kms, key).code(MESSAGE)
    with pytest.raises(Denied, match="kms:Sign is not allowed"):
        KmsNotary(kms, key).sign("a/b", MESSAGE)


def test_a_notary_issues_with_the_policy_of_its_role(
    aws_double: AwsDouble, key: NotaryKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    kms = as_role(aws_double, monkeypatch, "notary", key)

    assert kms_notary_key(kms, key.mac_key, key.signing_key) == key
    assert len(KmsNotary(kms, key).code(MESSAGE)) == 32
    with pytest.raises(Denied, match="kms:VerifyMac is not allowed"):
        KmsNotaryKeys([key._replace(signing_key="")], lambda _: kms).has_coded(key.key_id, MESSAGE, b"c" * 32)


def test_a_key_that_is_not_there_is_not_found(aws_double: AwsDouble, key: NotaryKey) -> None:
    with pytest.raises(NotFound, match="there is no KMS key"):
        kms_notary_key(aws_double.client("kms"), key.mac_key, key.signing_key[:-12] + "0" * 12)


def test_a_key_of_another_kind_does_not_sign(aws_double: AwsDouble, key: NotaryKey) -> None:
    kms = aws_double.client("kms")
    other = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]

    with pytest.raises(Refused, match="is no Ed25519 key"):
        kms_notary_key(kms, key.mac_key, other)


@pytest.fixture(scope="module")
def moto(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_moto(root / ".venv-oracles/bin/moto_server", tmp_path_factory.mktemp("moto")) as endpoint:
        yield endpoint


def test_codes_are_made_and_checked_by_a_second_double(moto: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    kms = client("kms", AwsAccess(region=REGION), endpoint=moto)
    key = NotaryKey(hashlib.sha256(b"moto").digest(), mac_key=new_mac_key(kms))
    code = KmsNotary(kms, key).code(MESSAGE)
    keys = KmsNotaryKeys([key], lambda _: kms)

    assert len(code) == 32
    assert keys.has_coded(key.key_id, MESSAGE, code) is True
    assert keys.has_coded(key.key_id, MESSAGE, b"x" * 32) is False
