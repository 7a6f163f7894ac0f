"""Key files are written whole, or not at all."""

import os
from errno import ENOSPC
from pathlib import Path

import pytest

from counterseal.assembly.checkpoints import create_signing_key
from counterseal.assembly.key_files import read_key_file, write_new_key_file
from counterseal.assembly.settings import load_settings
from counterseal.errors import Denied


def test_a_key_file_is_for_its_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "key"

    write_new_key_file(file, b"secret")

    assert read_key_file(file, most=10) == (b"secret", False)
    with pytest.raises(FileExistsError):
        write_new_key_file(file, b"another")
    assert file.read_bytes() == b"secret"


def test_half_a_key_does_not_stay_where_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        write_new_key_file(tmp_path / "key", b"secret")

    assert list(tmp_path.iterdir()) == []


def test_a_signing_key_does_not_stay_without_its_public_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path))
    (tmp_path / "ledger-signing-key.pub").mkdir()

    with pytest.raises(Denied, match=r"ledger-signing-key\.pub"):
        create_signing_key(load_settings())

    assert [it.name for it in tmp_path.iterdir()] == ["ledger-signing-key.pub"]
