"""Opening a Jira: only over https, only where it was said to be, and with the flavour that it has."""

from pathlib import Path

import httpx2
import pytest
from tests.unit.jira.scripted import HOST, HandClock, Script, Scripted, as_json
from tests.unit.jira.test_sign_in import Kept

from counterseal.errors import MalformedInput, NotSignedIn, SettingsError
from counterseal.hidden import Hidden
from counterseal.jira.interface import Flavour, Jira
from counterseal.jira.opening import GATEWAY, Address, detect, open_jira
from counterseal.jira.sign_in import BearerToken, OAuth

SIGN_IN = BearerToken(Hidden(b"abc"))


def opened(address: Address, *answers: Scripted) -> tuple[Jira, Script]:
    script = Script(answers, lambda: as_json(200, {"name": "robot"}))
    transport = httpx2.MockTransport(script)
    return open_jira(address, SIGN_IN, clock=HandClock(), transport=transport, patience=script.patience()), script


def detected(address: Address, *answers: Scripted) -> tuple[Flavour, Script]:
    script = Script(answers, lambda: as_json(200, {}))
    transport = httpx2.MockTransport(script)
    return detect(address, clock=HandClock(), transport=transport, patience=script.patience()), script


@pytest.mark.parametrize(
    ("deployment", "flavour"),
    [("Cloud", Flavour.CLOUD), ("Server", Flavour.DATA_CENTER), ("Data Center", Flavour.DATA_CENTER)],
)
def test_a_jira_says_which_flavour_it_has_and_learns_no_token(deployment: str, flavour: Flavour) -> None:
    found, script = detected(Address(f"{HOST}/jira/"), as_json(200, {"deploymentType": deployment}))

    assert found is flavour
    assert script.asked == ["GET /jira/rest/api/2/serverInfo"]
    assert "Authorization" not in script.requests[0].headers
    assert script.proofs == 0


def test_a_flavour_that_does_not_exist_is_refused() -> None:
    with pytest.raises(MalformedInput, match="deployed as 'Moon'"):
        detected(Address(HOST), as_json(200, {"deploymentType": "Moon"}))


def test_a_jira_that_tells_nobody_may_be_asked_signed_in() -> None:
    jira, script = opened(Address(HOST), as_json(200, {"deploymentType": "Server"}))

    assert jira.flavour is Flavour.DATA_CENTER
    assert script.requests[0].headers["Authorization"] == "Bearer abc"


def test_a_dead_token_is_seen_while_the_flavour_is_asked_for() -> None:
    with pytest.raises(NotSignedIn):
        opened(Address(HOST), as_json(401, {}))


@pytest.mark.parametrize(
    "address", [Address("https://acme.atlassian.net", cloud_id="abc-1"), Address(f"{GATEWAY}/abc-1/")]
)
def test_what_lies_behind_the_gateway_is_cloud_unasked(address: Address) -> None:
    jira, script = opened(address, as_json(200, []))

    jira.fields()

    assert detected(address)[0] is jira.flavour is Flavour.CLOUD
    assert str(script.requests[0].url) == f"{GATEWAY}/abc-1/rest/api/3/field"


def test_a_flavour_that_is_told_is_not_asked_for() -> None:
    jira, script = opened(Address(HOST, Flavour.CLOUD))

    assert jira.flavour is Flavour.CLOUD
    assert script.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://jira.example",
        "ftp://jira.example",
        "jira.example",
        "",
        "http://127.0.0.1.evil.example/",
        "https://",
        "https://robot:pass@jira.example",
        "https://jira.example?x=1",
        "https://jira.example#x",
        "https://jira.example:port",
        "https://[::1",
        "https://jira.example/\n",
        "https://jira.example/ x",
    ],
)
def test_no_token_leaves_for_what_is_no_address(url: str) -> None:
    with pytest.raises(SettingsError) as failure:
        opened(Address(url, Flavour.CLOUD))

    assert "pass" not in str(failure.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/jira", "http://localhost", "http://[::1]:2990"])
def test_this_machine_may_be_asked_in_the_clear_and_past_every_proxy(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    script = Script([], lambda: as_json(200, {}))

    jira = open_jira(Address(url, Flavour.DATA_CENTER), SIGN_IN, clock=HandClock(), patience=script.patience())

    assert jira._calls._sender._client._mounts == {}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (Address(HOST, cloud_id="../x"), "no cloud id"),
        (Address(HOST, Flavour.DATA_CENTER, cloud_id="abc-1"), "a Data Center has no cloud id"),
    ],
)
def test_a_cloud_id_must_be_one(address: Address, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        opened(address)


def test_oauth_needs_the_gateway() -> None:
    sign_in = OAuth("c", Hidden(b"s"), Kept(b"r"))

    with pytest.raises(SettingsError, match="the cloud id is missing"):
        open_jira(Address(HOST, Flavour.CLOUD), sign_in, clock=HandClock())


def test_oauth_gets_its_tokens_over_https_only() -> None:
    sign_in = OAuth("c", Hidden(b"s"), Kept(b"r"), token_url="http://auth.example/token")

    with pytest.raises(SettingsError, match="is not https"):
        open_jira(Address(HOST, cloud_id="abc-1"), sign_in, clock=HandClock())


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_authorities_that_cannot_be_read_are_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(content or b"")
    file.unlink() if content is None else None

    with pytest.raises(SettingsError, match=r"cannot be read from '.*ca.pem'"):
        open_jira(Address(HOST, Flavour.CLOUD, ca_file=str(file)), SIGN_IN, clock=HandClock())


def test_a_redirect_is_not_followed_and_takes_no_token_along() -> None:
    jira, script = opened(
        Address(HOST, Flavour.CLOUD), httpx2.Response(302, headers={"Location": "https://evil.example"})
    )

    with pytest.raises(Exception, match="the way to another address"):
        jira.fields()

    assert [it.url.host for it in script.requests] == ["jira.example"]
