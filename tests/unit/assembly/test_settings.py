"""Settings, read once."""

from pathlib import Path

import pytest

from counterseal.assembly.settings import load_settings
from counterseal.errors import SettingsError


def settings_file(folder: Path, text: str) -> Path:
    """Write a settings file and return it."""
    file = folder / "counterseal.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    settings = load_settings(environment={"HOME": "/home/a"}, directory=tmp_path)

    assert settings.file is None
    assert settings.state_directory == Path("/home/a/.local/state/counterseal")
    assert settings.access(None).authentication == "default"


def test_the_state_directory_follows_the_xdg_specification(tmp_path: Path) -> None:
    settings = load_settings(environment={"XDG_STATE_HOME": "/state"}, directory=tmp_path)

    assert settings.state_directory == Path("/state/counterseal")


def test_the_file_is_found_from_the_working_directory_upward(tmp_path: Path) -> None:
    file = settings_file(tmp_path, '[storage]\nuri = "s3://acme-secrets/team"\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)

    settings = load_settings(environment={}, directory=below)

    assert settings.file == file
    assert settings.storage_uri == "s3://acme-secrets/team"


def test_the_environment_is_stronger_than_the_file(tmp_path: Path) -> None:
    settings_file(tmp_path, '[storage]\nuri = "s3://acme-secrets"\n')

    settings = load_settings(environment={"COUNTERSEAL_STORAGE_URI": "file:///x"}, directory=tmp_path)

    assert settings.storage_uri == "file:///x"


def test_a_file_can_be_named_by_the_environment(tmp_path: Path) -> None:
    file = settings_file(tmp_path, '[unlock]\nkey_file = "team.key"\n')

    settings = load_settings(environment={"COUNTERSEAL_SETTINGS": str(file)}, directory=Path("/"))

    assert settings.unlock_key_file == tmp_path / "team.key"


def test_accesses_are_named(tmp_path: Path) -> None:
    settings_file(
        tmp_path, '[aws.prod]\nauthentication = "role"\nregion = "us-east-2"\nrole_arn = "arn:aws:iam::1:role/x"\n'
    )

    access = load_settings(environment={}, directory=tmp_path).access("prod")

    assert (access.name, access.authentication, access.region) == ("prod", "role", "us-east-2")


@pytest.mark.parametrize(("text", "expected"), [("true", True), ('"true"', True), ("false", False)])
def test_a_switch_is_true_or_false(tmp_path: Path, text: str, *, expected: bool) -> None:
    file = settings_file(tmp_path, f"[up]\nmetrics = {text}\n")

    assert load_settings(file, environment={}).up_metrics is expected


def test_a_switch_that_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"up\.metrics is true or false, not 'yes'"):
        load_settings(environment={"COUNTERSEAL_UP_METRICS": "yes"}, directory=tmp_path)


def test_policy_is_handed_on_as_it_stands(tmp_path: Path) -> None:
    settings_file(tmp_path, "[policy]\napprovers = 2\n")

    assert load_settings(environment={}, directory=tmp_path).policy == {"approvers": 2}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('[storag]\nuri = "x"\n', r"unknown setting \[storag\]", "did you mean 'storage'?"),
        ('[storage]\nurl = "x"\n', r"unknown setting storage\.url", "did you mean 'storage.uri'?"),
        ('[aws.a]\nrole = "x"\n', r"unknown setting aws\.a\.role", "did you mean 'role_arn'?"),
        ('[aws.a]\nauthentication = "rol"\n', "unknown setting authentication 'rol'", "did you mean 'role'?"),
        ("[storage]\nuri = 3\n", r"storage\.uri in .* must be text", ""),
        ("storage = 3\n", r"storage in .* must be a table", ""),
        ("[storage\n", "is not TOML", ""),
        ('[zzz]\na = "x"\n', r"unknown setting \[zzz\]", "docs/reference/settings.md lists all"),
    ],
)
def test_what_is_wrong_is_named_with_the_nearest_right_one(tmp_path: Path, text: str, message: str, hint: str) -> None:
    settings_file(tmp_path, text)

    with pytest.raises(SettingsError, match=message) as refused:
        load_settings(environment={}, directory=tmp_path)

    assert refused.value.hint == hint


def test_an_unknown_variable_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="COUNTERSEAL_STORAGE_URL") as refused:
        load_settings(environment={"COUNTERSEAL_STORAGE_URL": "x"}, directory=tmp_path)

    assert refused.value.hint == "did you mean 'COUNTERSEAL_STORAGE_URI'?"


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no settings file"):
        load_settings(tmp_path / "none.toml", environment={})


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path, environment={})


def test_an_access_that_is_not_set_is_named(tmp_path: Path) -> None:
    settings = load_settings(environment={}, directory=tmp_path)

    with pytest.raises(SettingsError, match="no access is named 'prod'"):
        settings.access("prod")
