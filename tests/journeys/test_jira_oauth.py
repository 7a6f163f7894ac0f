"""An app of OAuth from its first refresh token on: set up, rotated by several at once, taken back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.journeys.command import counterseal
from tests.journeys.gated_change import Ended
from tests.journeys.jira_house import OurClock

from counterseal.assembly.jira import open_jira
from counterseal.assembly.settings import load_settings
from counterseal.jira_double import world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.model import Flavour, HandClock

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def double(clock: HandClock) -> Iterator[JiraDouble]:
    with JiraDouble(Flavour.CLOUD, clock=clock) as made:
        made.approved_issue("OPS", {world.SECRET: "db/password"})
        yield made


def run(double: JiraDouble, folder: Path, *arguments: str, **environment: str) -> Ended:
    state = {"COUNTERSEAL_STATE_DIRECTORY": str(folder / "state"), "JIRA_APP": double.oauth.client_secret}
    done = counterseal(*arguments, folder=folder, environment={**state, **environment})
    ended = Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
    said = ended.shown + ended.said + "".join(it.read_text() for it in folder.glob("counterseal.toml*"))
    assert "canary" not in said
    return ended


def connect(double: JiraDouble, folder: Path, *more: str, **environment: str) -> Ended:
    answers = ["--cloud-id", world.CLOUD_ID, "--oauth-client-id", double.oauth.client_id, "--projects", "OPS"]
    answers += ["--oauth-client-secret-env", "JIRA_APP", "--field", "suggested", "--webhook", "none", "--answers", "no"]
    return run(double, folder, "jira", "connect", double.url, "--oauth", *answers, *more, **environment)


FIRST = ["--refresh-token-env", "FIRST", "--yes"]


def test_an_app_is_set_up_and_signs_in_from_then_on(double: JiraDouble, tmp_path: Path) -> None:
    first = double.refresh_token()
    done = connect(double, tmp_path, *FIRST, FIRST=first)
    kept = tmp_path / "state" / "jira-refresh-token"
    then = kept.read_text()
    looked = run(double, tmp_path, "doctor", "jira")

    assert done.status == 0, done.said
    assert "✓ Jira knows the app as Robot Example" in done.shown
    assert 'oauth_client_secret_env = "JIRA_APP"' in (tmp_path / "counterseal.toml").read_text()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert looked.status == 0, looked.shown
    assert "token's end" not in looked.shown
    assert len({first, then, kept.read_text()}) == 3
    assert not list((tmp_path / "state").glob(".connect-*"))


def test_several_at_once_do_not_use_up_each_others_token(double: JiraDouble, tmp_path: Path, clock: HandClock) -> None:
    connect(double, tmp_path, *FIRST, FIRST=double.refresh_token())
    settings = load_settings(
        tmp_path / "counterseal.toml", environment={"COUNTERSEAL_STATE_DIRECTORY": str(tmp_path / "state")}
    )

    def who(_: int) -> str:
        environment = {"JIRA_APP": double.oauth.client_secret}
        with open_jira(settings, OurClock(clock), environment, most_wait_seconds=0) as jira:
            return jira.myself().display_name

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(who, range(24))) == ["Robot Example"] * 24


def test_a_bad_first_token_does_not_replace_a_good_one(double: JiraDouble, tmp_path: Path) -> None:
    connect(double, tmp_path, *FIRST, FIRST=double.refresh_token())
    bad = connect(double, tmp_path, *FIRST, FIRST="canary-of-nobody")

    assert (bad.status, "was refused" in bad.said) == (6, True), bad.said
    assert run(double, tmp_path, "jira", "status").status == 0


def test_a_right_that_was_taken_back_is_said_to_be(double: JiraDouble, tmp_path: Path) -> None:
    connect(double, tmp_path, *FIRST, FIRST=double.refresh_token())
    double.oauth.revoke()

    looked = run(double, tmp_path, "doctor", "jira")

    assert looked.status == 10
    assert "✗ token: the right to sign in to Jira was refused" in looked.shown
    assert "to mend it: sign in again: `counterseal jira connect --oauth`" in looked.shown


def test_what_is_missing_is_named(double: JiraDouble, tmp_path: Path) -> None:
    without = connect(double, tmp_path, "--yes")
    unset = connect(double, tmp_path, *FIRST)
    no_secret = connect(double, tmp_path, *FIRST, JIRA_APP="")
    with JiraDouble(Flavour.DATA_CENTER) as other:
        elsewhere = run(other, tmp_path, "jira", "connect", other.url, "--oauth")

    assert [it.status for it in (without, unset, no_secret, elsewhere)] == [2, 13, 13, 2]
    assert "--refresh-token-env is not given" in without.said
    assert "'FIRST', which should hold the first refresh token" in unset.said
    assert "'JIRA_APP', which should hold the secret of the app" in no_secret.said
    assert "--oauth signs in to Jira Cloud only" in elsewhere.said
    assert not (tmp_path / "counterseal.toml").exists()
