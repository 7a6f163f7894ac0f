"""Changes in Secrets Manager on two doubles: both keep AWS's rules for tokens, where they touch what we do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.contracts.secret_writer import Region, SecretWriterContract, counterseal
from tests.doubles.aws_double import REGION, AwsDouble
from tests.doubles.moto_double import running_moto

from counterseal.aws import AwsAccess
from counterseal.aws.caller import caller_of
from counterseal.aws.secretsmanager import SecretsManagerStore
from counterseal.aws.secretsmanager_writes import SecretsManagerWriter
from counterseal.aws.session import client
from counterseal.errors import Conflict, Denied, SecretNotFound
from counterseal.hidden import Hidden
from counterseal.secretstore.writing import CURRENT, NewSecret

pytestmark = pytest.mark.enable_socket

ACCESS = AwsAccess(region=REGION)


def region_at(endpoint: str) -> Region:
    """Return the region of a double, signed in as the environment says."""
    reads = client("secretsmanager", ACCESS, endpoint=endpoint)
    writes = client("secretsmanager", ACCESS, endpoint=endpoint, once=True)
    return Region(SecretsManagerWriter(writes, reads, REGION), SecretsManagerStore(reads, REGION))


@pytest.fixture(scope="module")
def moto(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_moto(root / ".venv-oracles/bin/moto_server", tmp_path_factory.mktemp("moto")) as endpoint:
        yield endpoint


@pytest.fixture
def signed_in(aws_double: AwsDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, text in aws_double.administrator.environment.items():
        monkeypatch.setenv(variable, text)


class TestOnMoto(SecretWriterContract):
    @pytest.fixture
    def region(self, moto: str, monkeypatch: pytest.MonkeyPatch) -> Region:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
        return region_at(moto)

    # Where moto 5.2.5 is wrong: it hands out a staged value as the current one, and fails at versions of no secret.
    @pytest.mark.xfail(reason="moto hands out a staged value as the current one")
    def test_a_staged_value_becomes_current_when_the_label_moves(self, region: Region, name: str) -> None:
        super().test_a_staged_value_becomes_current_when_the_label_moves(region, name)

    @pytest.mark.xfail(reason="moto hands out a staged value as the current one")
    def test_a_staged_value_can_be_taken_back(self, region: Region, name: str) -> None:
        super().test_a_staged_value_can_be_taken_back(region, name)

    @pytest.mark.xfail(reason="moto answers 500 when asked for the versions of no secret")
    def test_what_is_not_there_is_not_found(self, region: Region) -> None:
        super().test_what_is_not_there_is_not_found(region)


@pytest.mark.double
class TestOnTheDouble(SecretWriterContract):
    @pytest.fixture
    def region(self, aws_double: AwsDouble, signed_in: None) -> Region:
        return region_at(aws_double.endpoint)


def update(opened: Any, name: str, value: str, token: str) -> None:
    opened.update_secret(SecretId=name, SecretString=value, ClientRequestToken=token)


@pytest.mark.double
def test_the_double_refuses_an_update_under_a_token_that_was_used(aws_double: AwsDouble) -> None:
    name, token, opened = aws_double.put("one"), counterseal(), aws_double.client("secretsmanager")
    update(opened, name, "two", token)

    with pytest.raises(opened.exceptions.ResourceExistsException):
        update(opened, name, "two", token)

    assert opened.get_secret_value(SecretId=name)["VersionId"] == token


@pytest.mark.double
def test_who_may_not_write_is_told_which_permission_is_missing(
    aws_double: AwsDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = aws_double.put("one")
    for variable, text in aws_double.user().environment.items():
        monkeypatch.setenv(variable, text)

    with pytest.raises(Denied, match="secretsmanager:PutSecretValue is not allowed"):
        region_at(aws_double.endpoint).writer.put(name, Hidden(b"two"), counterseal(), stage=CURRENT)


@pytest.mark.double
@pytest.mark.usefixtures("signed_in")
def test_a_secret_that_is_being_deleted_is_told_as_that(aws_double: AwsDouble) -> None:
    name, writer = aws_double.put("one"), region_at(aws_double.endpoint).writer
    aws_double.client("secretsmanager").delete_secret(SecretId=name)

    assert writer.describe(name).deletion_scheduled
    with pytest.raises(SecretNotFound, match="scheduled for deletion"):
        writer.put(name, Hidden(b"two"), counterseal(), stage=CURRENT)
    with pytest.raises(Conflict):
        writer.create(NewSecret(name), Hidden(b"two"), counterseal())


@pytest.mark.double
@pytest.mark.usefixtures("signed_in")
def test_the_caller_is_who_signed_and_the_time_is_the_servers(aws_double: AwsDouble) -> None:
    caller = caller_of(client("sts", ACCESS, endpoint=aws_double.endpoint))

    assert caller.arn.startswith(f"arn:aws:iam::{caller.account}:user/")
    assert caller.told_at is not None


@pytest.mark.double
@pytest.mark.usefixtures("signed_in")
def test_what_the_double_records_has_the_token_and_no_value(aws_double: AwsDouble) -> None:
    name, token, writer = f"test/{uuid4()}", counterseal(), region_at(aws_double.endpoint).writer
    writer.create(NewSecret(name, tags={"team": "ops"}), Hidden(b"canary-value"), token)

    [record] = aws_double.records_of(name)

    assert record["eventName"] == "CreateSecret"
    assert record["requestParameters"] == {
        "name": name,
        "clientRequestToken": token,
        "tags": [{"key": "team", "value": "ops"}],
    }
    assert "canary" not in str(record)
