"""A private file is its owner's alone, and whole or not there."""

import os
import stat
from pathlib import Path

import pytest

from counterseal.delivery.private_file import write_private
from counterseal.errors import Refused, UsageError


def test_a_new_file_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(str(tmp_path / "out"), b"v")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600
    assert (tmp_path / "out").read_bytes() == b"v"


def test_an_open_file_is_replaced_and_closed_to_others(tmp_path: Path) -> None:
    old = tmp_path / "out"
    old.write_bytes(b"old")
    old.chmod(0o644)

    write_private(str(old), b"new")

    assert (old.read_bytes(), stat.S_IMODE(old.stat().st_mode)) == (b"new", 0o600)
    assert [it.name for it in tmp_path.iterdir()] == ["out"]


def test_a_symbolic_link_is_refused_and_its_target_untouched(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"old")
    (tmp_path / "link").symlink_to(target)

    with pytest.raises(Refused, match="symbolic link"):
        write_private(str(tmp_path / "link"), b"new")

    assert target.read_bytes() == b"old"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not a file"):
        write_private(str(tmp_path), b"v")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file or directory"):
        write_private(str(tmp_path / "absent/out"), b"v")


def test_a_name_without_folder_is_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    write_private("out", b"v")

    assert (tmp_path / "out").read_bytes() == b"v"


def test_nothing_is_left_behind_when_the_disk_says_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(UsageError, match="No space left"):
        write_private(str(tmp_path / "out"), b"v")

    assert list(tmp_path.iterdir()) == []
