"""From the settings to a storage."""

from pathlib import Path

import pytest

from counterseal.assembly.settings import Settings
from counterseal.assembly.storage import object_store, storage_holds, storage_uri
from counterseal.aws.access import AwsAccess
from counterseal.errors import SettingsError
from counterseal.objects.local import LocalObjects

KEY = AwsAccess(
    authentication="access-key", region="us-east-2", access_key_id="AKIA", secret_access_key_env="S3_SECRET"
)


def settings(uri: str, owner: str = "") -> Settings:
    return Settings(state_directory=Path("/state"), storage_uri=uri, storage_bucket_owner=owner, aws={"default": KEY})


def test_without_a_setting_safes_lie_in_the_state_directory(tmp_path: Path) -> None:
    unset = Settings(state_directory=tmp_path / "a b")

    assert storage_uri(unset) == f"{tmp_path.as_uri()}/a%20b/storage"
    object_store(unset).create("x", b"1")
    assert (tmp_path / "a b" / "storage" / "x").read_bytes() == b"1"


def test_a_file_uri_names_a_folder(tmp_path: Path) -> None:
    object_store(settings(f"{tmp_path.as_uri()}/a%20b")).create("x", b"1")

    assert isinstance(object_store(settings(f"file://localhost{tmp_path}")), LocalObjects)
    assert (tmp_path / "a b" / "x").read_bytes() == b"1"


@pytest.mark.parametrize(
    "uri",
    [
        "file://elsewhere/folder",
        "file:folder",
        "file:///",
        "ftp://host/x",
        "folder",
        "s3://",
        "s3://Bucket/x",
        "s3://bucket/a//b",
        "s3://bucket/../x",
        "s3://bucket/a?b",
        "s3://bucket/a#b",
    ],
)
def test_what_names_no_storage_is_refused_and_quoted(uri: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        object_store(settings(uri))

    assert repr(uri) in str(refusal.value)


@pytest.mark.parametrize("uri", ["s3://bucket", "s3://bucket/", "s3://bucket/team/prod/"])
def test_a_bucket_is_opened_under_its_access(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_SECRET", "not a secret")

    opened = object_store(settings(uri, owner="111122223333"))

    assert type(opened).__name__ == "S3Objects"


def test_an_owner_that_is_no_account_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"storage\.bucket_owner is 'me'"):
        object_store(settings("s3://bucket", owner="me"))


def test_an_empty_storage_holds_nothing_yet(tmp_path: Path) -> None:
    assert storage_holds(Settings(state_directory=tmp_path)) == "nothing yet"


@pytest.mark.parametrize(("names", "holds"), [(["a/1"], "1 sealed object"), (["a/1", "b/1"], "2 sealed objects")])
def test_a_folder_says_how_much_is_in_it(tmp_path: Path, names: list[str], holds: str) -> None:
    kept = Settings(state_directory=tmp_path)
    store = object_store(kept)
    for name in names:
        store.create(name, b"sealed")

    assert storage_holds(kept) == holds


def test_a_bucket_is_not_asked_how_much_is_in_it(tmp_path: Path) -> None:
    bucket = Settings(state_directory=tmp_path, storage_uri="s3://acme-secrets")

    assert "in a bucket" in storage_holds(bucket)
