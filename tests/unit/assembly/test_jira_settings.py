"""[jira]: what is set is read, and no token stands in it."""

from pathlib import Path

import pytest
from tests.unit.assembly.test_settings import settings_file

from counterseal.assembly.jira_settings import JiraSettings
from counterseal.assembly.settings import load_settings
from counterseal.errors import SettingsError

WHOLE = """
[jira]
url = "https://example.atlassian.net"
flavour = "cloud"
cloud_id = "11111111-2222"
email = "robot@example.com"
token_env = "JIRA_TOKEN"
token_expires = 2027-01-31
projects = ["OPS", "SEC"]
ca_file = "ca.pem"
"""


def read(folder: Path, text: str, **environment: str) -> JiraSettings:
    return load_settings(settings_file(folder, text), environment={"HOME": "/", **environment}).jira


def test_everything_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE) == JiraSettings(
        url="https://example.atlassian.net",
        flavour="cloud",
        cloud_id="11111111-2222",
        email="robot@example.com",
        token_env="JIRA_TOKEN",
        token_expires="2027-01-31",
        projects=("OPS", "SEC"),
        ca_file=tmp_path / "ca.pem",
    )


def test_nothing_need_be_set(tmp_path: Path) -> None:
    assert read(tmp_path, "") == JiraSettings()


def test_the_environment_is_stronger(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE, COUNTERSEAL_JIRA_PROJECTS="NET, APP", COUNTERSEAL_JIRA_URL="https://jira.example")

    assert (found.projects, found.url) == (("NET", "APP"), "https://jira.example")


@pytest.mark.parametrize("reference", ["aws-sm://eu-west-1/jira#/token", "safe://team/jira", '{ENC}{"region":"x"}'])
def test_a_token_is_named_by_a_reference(tmp_path: Path, reference: str) -> None:
    assert read(tmp_path, f"[jira]\ntoken = '{reference}'").token == reference


CANARY = "ATATT3xCanaryOfAToken"

WRONG = {
    "a token in the place of a reference": (f'token = "{CANARY}"', "jira.token is no reference"),
    "a token in the place of a variable": (f'token_env = "{CANARY}"', "jira.token_env is no name of a variable"),
    "two places": ('token = "safe://a/b"\ntoken_env = "X"', "are both set"),
    "a secret in the place of a variable": (
        f'oauth_client_secret_env = "{CANARY}"',
        "jira.oauth_client_secret_env is no name of a variable",
    ),
    "an app and a token": ('oauth_client_id = "a"\ntoken_env = "T"', "jira.oauth_client_id and a token are both set"),
    "a flavour": ('flavour = "server"', "jira.flavour is cloud or data-center, not 'server'"),
    "a project": ('projects = ["OPS) OR (x"]', "is no key of a project"),
    "a day": ('token_expires = "soon"', "jira.token_expires: 'soon' is no day"),
    "a day that there is not": ('token_expires = "2027-02-30"', "is no day"),
    "an unknown key": ('tokn = "x"', "unknown setting jira.tokn"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_and_a_token_is_not_repeated(tmp_path: Path, case: str) -> None:
    text, message = WRONG[case]

    with pytest.raises(SettingsError) as refused:
        read(tmp_path, f"[jira]\n{text}")

    assert message in str(refused.value)
    assert CANARY not in f"{refused.value} {refused.value.hint}"


def test_a_token_in_the_environment_variable_of_the_reference_is_refused_as_well(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"jira\.token is no reference") as refused:
        read(tmp_path, "", COUNTERSEAL_JIRA_TOKEN=CANARY)

    assert "make a new token" in refused.value.hint
