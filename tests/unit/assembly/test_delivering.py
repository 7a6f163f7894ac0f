"""From a reference to the store it names."""

from pathlib import Path

import pytest

from counterseal.assembly.delivering import store_for, withheld_names
from counterseal.assembly.settings import Settings
from counterseal.aws import AwsAccess
from counterseal.errors import Refused, SettingsError
from counterseal.references.grammar import parse_reference

SETTINGS = Settings(
    state_directory=Path("state"),
    aws={
        "prod": AwsAccess(
            "prod", "access-key", region="eu-west-1", access_key_id="AKIAPROD", secret_access_key_env="PROD_KEY"
        )
    },
)


def test_the_region_of_the_reference_goes_before_that_of_the_access(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROD_KEY", "invented")

    store = store_for(SETTINGS, parse_reference("aws-sm://prod@us-east-2/db"))

    assert store._client.meta.region_name == "us-east-2"  # type: ignore[attr-defined]  # the inside is what is asked


def test_an_unknown_access_is_refused() -> None:
    with pytest.raises(SettingsError, match="no access is named 'nobody'"):
        store_for(SETTINGS, parse_reference("aws-sm://nobody@us-east-2/db"))


def test_objects_are_not_resolved_yet() -> None:
    with pytest.raises(Refused, match="not resolved yet"):
        store_for(SETTINGS, parse_reference("s3://bucket/object#/field"))


def test_the_keys_that_sign_in_are_withheld() -> None:
    assert withheld_names(SETTINGS) == ["PROD_KEY"]
    assert withheld_names(Settings(state_directory=Path("state"))) == []
