"""A client is sent to AWS, to STS where STS belongs, and to a double only on this machine."""

import pytest

from counterseal.aws.endpoints import double_endpoint, sts_endpoint
from counterseal.errors import SettingsError


@pytest.mark.parametrize(
    "text",
    ["", "http://127.0.0.1:4566", "http://127.9.9.9", "https://[::1]:1/", "http://localhost:4566", "http://LOCALHOST"],
)
def test_a_double_on_this_machine_is_taken(text: str) -> None:
    assert double_endpoint(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "http://192.0.2.1:4566",
        "https://secretsmanager.us-east-2.amazonaws.com",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://2130706433/",
        "http://0.0.0.0:4566",
        "http://[::ffff:192.0.2.1]/",
        "127.0.0.1:4566",
        "ftp://127.0.0.1",
        "http://",
        "http://[::1",
        "http://127.0.0.1:port",
        "nonsense",
    ],
)
def test_a_double_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="COUNTERSEAL_AWS_ENDPOINT"):
        double_endpoint(text)


def test_a_refusal_does_not_quote_a_password_in_the_address() -> None:
    with pytest.raises(SettingsError) as caught:
        double_endpoint("http://user:canary@evil.example/?canary")

    assert "canary" not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://sts.amazonaws.com",
        "https://sts.us-west-1.amazonaws.com",
        "https://sts-fips.us-east-1.amazonaws.com/",
        "https://sts.us-east-1.api.aws",
        "https://sts.cn-north-1.amazonaws.com.cn",
        "https://vpce-0a1b2c-xyz.sts.us-east-1.vpce.amazonaws.com",
    ],
)
def test_an_address_of_sts_is_taken(text: str) -> None:
    assert sts_endpoint(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "http://sts.us-west-1.amazonaws.com",
        "https://sts.evil.example",
        "https://sts.us-west-1.amazonaws.com.evil.example",
        "https://sts.us-west-1.amazonaws.com@evil.example",
        "https://user@sts.us-west-1.amazonaws.com",
        "https://evil.example/sts.us-west-1.amazonaws.com",
        "https://[sts",
        "sts.us-west-1.amazonaws.com",
    ],
)
def test_an_address_of_anything_else_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="is not an address of STS"):
        sts_endpoint(text)


def test_an_address_of_secrets_manager_has_its_own_hint() -> None:
    with pytest.raises(SettingsError) as caught:
        sts_endpoint("https://secretsmanager.us-west-1.amazonaws.com")

    assert "https://sts.us-west-1.amazonaws.com" in caught.value.hint
