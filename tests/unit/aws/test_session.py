"""A client is opened as its access says, held to our limits, and refused in our words."""

import io
import logging
import sys
from typing import Any

import pytest

from counterseal.aws import AwsAccess
from counterseal.aws.session import client
from counterseal.errors import NotInstalled, SettingsError

DEFAULT = AwsAccess(region="us-east-2")
ROLE = AwsAccess(name="prod", authentication="role", region="us-east-2", role_arn="arn:aws:iam::123456789012:role/r")


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")


def test_the_ambient_endpoints_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL_STS"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/evil")

    opened = client("secretsmanager", DEFAULT)

    assert opened.meta.endpoint_url == "https://secretsmanager.us-east-2.amazonaws.com"


def test_the_endpoint_of_a_profile_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "config").write_text("[profile p]\nendpoint_url = http://127.0.0.1:9/evil\n")
    monkeypatch.setenv("AWS_PROFILE", "p")

    assert client("secretsmanager", DEFAULT).meta.endpoint_url.endswith("amazonaws.com")


def test_a_double_is_spoken_to_by_path_and_without_proxy() -> None:
    opened = client("s3", DEFAULT, endpoint="http://127.0.0.1:4566")

    assert opened.meta.endpoint_url == "http://127.0.0.1:4566"
    assert opened.meta.config.s3["addressing_style"] == "path"
    assert opened.meta.config.signature_version == "s3v4"
    assert opened.meta.config.proxies == {}


def test_every_client_is_held_to_the_limits() -> None:
    config = client("secretsmanager", DEFAULT).meta.config

    assert config.connect_timeout + config.read_timeout <= 6
    assert (config.retries["mode"], config.retries["total_max_attempts"]) == ("standard", 3)


def test_the_second_client_reads_no_model_again() -> None:
    first, second = client("secretsmanager", DEFAULT), client("secretsmanager", DEFAULT)

    assert first._service_model._service_description is second._service_model._service_description


def test_the_region_of_the_environment_counts_where_none_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    assert client("s3", AwsAccess()).meta.region_name == "eu-west-1"


@pytest.mark.parametrize(
    ("region", "says"),
    [("", "has no region"), ("US East (Ohio)", "is a full name, not a code"), ("us-est-2", "is not a region code")],
)
def test_a_region_that_is_none_is_refused(region: str, says: str) -> None:
    with pytest.raises(SettingsError, match="access 'default'") as caught:
        client("s3", AwsAccess(region=region))

    assert says in str(caught.value)
    assert "us-east-2" in caught.value.hint


def test_an_access_key_takes_its_secret_from_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROD_KEY", "other")
    access = DEFAULT._replace(authentication="access-key", access_key_id="AKIAPROD", secret_access_key_env="PROD_KEY")

    credentials = client("secretsmanager", access)._request_signer._credentials

    assert (credentials.access_key, credentials.secret_key) == ("AKIAPROD", "other")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"authentication": "access-key"}, "lacks a part"),
        ({"authentication": "access-key", "access_key_id": "AKIAPROD"}, "lacks a part"),
        (
            {"authentication": "access-key", "access_key_id": "A", "secret_access_key_env": "ABSENT_KEY"},
            "ABSENT_KEY, which is not set",
        ),
        ({"authentication": "role"}, "names none"),
        ({"authentication": "role", "role_arn": "r", "sts_endpoint": "https://evil.example"}, "not an address of STS"),
        ({"authentication": "role", "role_arn": "r", "sts_region": "Ohio"}, "full name"),
        ({"authentication": "instance-profile"}, "this machine has none"),
        ({"authentication": "magic"}, "unknown authentication 'magic'"),
    ],
)
def test_what_an_access_lacks_is_said_at_once(changed: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        client("secretsmanager", DEFAULT._replace(**changed))


def test_a_role_without_credentials_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(SettingsError, match="found no AWS credentials to assume its role with"):
        client("secretsmanager", ROLE)


@pytest.mark.parametrize(
    ("changed", "endpoint"),
    [
        ({}, "https://sts.us-east-2.amazonaws.com"),
        ({"sts_region": "us-west-1"}, "https://sts.us-west-1.amazonaws.com"),
        ({"sts_endpoint": "https://sts.amazonaws.com"}, "https://sts.amazonaws.com"),
    ],
)
def test_a_role_is_assumed_at_its_own_sts(changed: dict[str, str], endpoint: str) -> None:
    credentials = client("secretsmanager", ROLE._replace(**changed))._request_signer._credentials

    sts = credentials._refresh_using.__self__._client_creator("sts")
    assert sts.meta.endpoint_url == endpoint


def test_an_mfa_code_is_not_asked_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = client("secretsmanager", ROLE._replace(mfa_serial="arn:mfa"))._request_signer._credentials
    monkeypatch.setattr("sys.stdin", io.StringIO())

    with pytest.raises(SettingsError, match="MFA"):
        credentials.get_frozen_credentials()


def test_an_mfa_code_is_asked_of_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: f"{prompt}: 123456")
    credentials = client("secretsmanager", ROLE._replace(mfa_serial="arn:mfa"))._request_signer._credentials

    arguments = credentials._refresh_using.__self__._assume_role_kwargs()
    assert arguments["TokenCode"] == "Enter MFA code for arn:mfa: : 123456"


def test_a_profile_that_is_not_there_is_said_in_our_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "absent")

    with pytest.raises(SettingsError, match="AWS configuration files"):
        client("secretsmanager", DEFAULT)


def test_without_botocore_the_way_to_install_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore", None)

    with pytest.raises(NotInstalled) as caught:
        client("secretsmanager", DEFAULT)

    assert caught.value.hint == "pip install 'counterseal[aws]'"


def test_botocore_keeps_values_to_itself_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    client("secretsmanager", DEFAULT)
    logger = logging.getLogger("botocore.parsers")
    logger.setLevel(logging.DEBUG)

    with caplog.at_level(logging.DEBUG):
        logger.debug("Response body: %s", "canary")
        logger.warning("kept", exc_info=ValueError("canary"))

    assert "canary" not in caplog.text
    assert "kept" in caplog.text
