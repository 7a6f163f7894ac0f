"""From the settings to the Jira that is asked: what is missing is named, and no token is shown."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from counterseal.assembly.jira import open_jira, warnings_of
from counterseal.assembly.jira_settings import JiraSettings
from counterseal.assembly.settings import Settings
from counterseal.clock import FixedClock, SystemClock
from counterseal.errors import NotInstalled, SecretNotFound, SettingsError
from counterseal.jira.interface import Flavour

CLOUD = JiraSettings(
    url="https://example.atlassian.net", flavour="cloud", email="robot@example.com", token_env="JIRA_TOKEN"
)
DATA_CENTER = JiraSettings(url="https://jira.example", flavour="data-center", token_env="JIRA_TOKEN")
APP = JiraSettings(
    url="https://example.atlassian.net",
    flavour="cloud",
    cloud_id="1-2",
    oauth_client_id="app",
    oauth_client_secret_env="JIRA_TOKEN",
)
TOKEN = {"JIRA_TOKEN": "canary"}


def flavour_of(jira: JiraSettings, environment: dict[str, str] | None = None) -> Flavour:
    settings = Settings(state_directory=Path("state"), jira=jira)
    with open_jira(settings, SystemClock(), TOKEN if environment is None else environment) as opened:
        return opened.flavour


def test_each_flavour_is_opened_and_nothing_asked_yet() -> None:
    assert flavour_of(CLOUD) is Flavour.CLOUD
    assert flavour_of(CLOUD._replace(flavour="", cloud_id="1-2")) is Flavour.CLOUD
    assert flavour_of(DATA_CENTER) is Flavour.DATA_CENTER
    assert flavour_of(APP) is Flavour.CLOUD


WRONG = {
    "no address": (JiraSettings(), "no Jira is set up"),
    "nobody": (CLOUD._replace(email=""), "jira.email is not set"),
    "nobody at the gateway": (CLOUD._replace(email="", flavour="", cloud_id="1"), "jira.email is not set"),
    "no token": (CLOUD._replace(token_env=""), "nothing says where the token of Jira is"),
    "a token without a variable": (CLOUD._replace(token_env="OTHER"), "'OTHER', which should hold the token of Jira"),
    "a default": (CLOUD._replace(token_env="", token="safe://a/b?default=x"), "jira.token has a default"),
    "an app without a secret": (APP._replace(oauth_client_secret_env=""), "jira.oauth_client_secret_env is not set"),
    "an app whose secret is not there": (
        APP._replace(oauth_client_secret_env="OTHER"),
        "the secret of the app of OAuth",
    ),
    "an app without the gateway": (APP._replace(cloud_id=""), "the cloud id is missing"),
    "no certificates": (CLOUD._replace(ca_file=Path("absent.pem")), "absent.pem"),
    "a plain address": (CLOUD._replace(url="http://example.net"), "is not https"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_missing_is_named(case: str) -> None:
    jira, message = WRONG[case]

    with pytest.raises(SettingsError) as refused:
        flavour_of(jira)

    assert message in str(refused.value)


def test_a_reference_to_the_token_is_resolved_where_secrets_are(tmp_path: Path) -> None:
    jira = CLOUD._replace(token_env="", token="safe://team/jira")

    with (
        pytest.raises(SecretNotFound, match="team"),
        open_jira(Settings(state_directory=tmp_path, jira=jira), SystemClock()),
    ):
        pass


def test_a_part_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "counterseal.jira.opening", None)

    with pytest.raises(NotInstalled, match="which is not installed"):
        flavour_of(CLOUD)


@pytest.mark.parametrize(
    ("written", "said"),
    [("", ()), ("2027-01-31", ()), ("2026-03-20", ("the token of Jira expires in 10 days, on 2026-03-20",))],
)
def test_a_token_that_is_about_to_expire_is_told(written: str, said: tuple[str, ...]) -> None:
    settings = Settings(state_directory=Path("state"), jira=CLOUD._replace(token_expires=written))
    clock = FixedClock(datetime(2026, 3, 10, 12, tzinfo=UTC))

    assert [it.partition(":")[0] for it in warnings_of(settings, clock)] == list(said)
