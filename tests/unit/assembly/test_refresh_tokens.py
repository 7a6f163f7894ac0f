"""The refresh token in its file: for its owner alone, whole or not at all, and used by one at a time."""

import fcntl
import os
from pathlib import Path

import pytest

from counterseal.assembly.refresh_tokens import RefreshTokenFile
from counterseal.errors import Denied, NotSignedIn, Refused
from counterseal.hidden import Hidden
from counterseal.jira.sign_in import RefreshTokens

FIRST, SECOND = Hidden(b"canary-refresh-1"), Hidden(b"canary-refresh-2")


@pytest.fixture
def keep(tmp_path: Path) -> RefreshTokenFile:
    return RefreshTokenFile(tmp_path / "state" / "jira-refresh-token")


def test_what_was_kept_last_is_read_and_nothing_else_is_left(keep: RefreshTokenFile) -> None:
    keep.write(FIRST)
    keep.write(SECOND)

    assert keep.read() == SECOND
    assert [it.name for it in keep.path.parent.iterdir()] == ["jira-refresh-token"]


def test_it_is_for_its_owner_alone(keep: RefreshTokenFile) -> None:
    before = os.umask(0)
    keep.write(FIRST)
    os.umask(before)

    assert keep.path.stat().st_mode & 0o777 == 0o600
    assert keep.path.parent.stat().st_mode & 0o777 == 0o700
    keep.path.chmod(0o640)
    with pytest.raises(Refused, match="others than you"):
        keep.read()


def test_where_none_was_kept_one_must_sign_in(keep: RefreshTokenFile) -> None:
    with pytest.raises(NotSignedIn, match="no refresh token is kept") as failure:
        keep.read()

    assert "jira connect --oauth" in failure.value.hint


def test_a_link_is_not_followed(keep: RefreshTokenFile, tmp_path: Path) -> None:
    keep.write(FIRST)
    keep.path.rename(tmp_path / "elsewhere")
    keep.path.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(Denied, match="cannot be read"):
        keep.read()
    keep.write(SECOND)
    assert (tmp_path / "elsewhere").read_bytes() == FIRST.reveal()
    assert keep.read() == SECOND


def test_what_cannot_be_kept_leaves_the_last_one(keep: RefreshTokenFile, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    nowhere = RefreshTokenFile(in_the_way / "token")
    folder = RefreshTokenFile(tmp_path / "folder")
    folder.path.mkdir()

    with pytest.raises(Denied, match="cannot be kept"):
        nowhere.write(FIRST)
    with pytest.raises(Denied, match="cannot be locked"), nowhere.alone():
        pass
    with pytest.raises(Denied, match="cannot be kept"):
        folder.write(FIRST)
    assert sorted(it.name for it in tmp_path.iterdir()) == ["file", "folder"]


def test_nobody_else_gets_at_it_meanwhile(keep: RefreshTokenFile) -> None:
    with keep.alone():
        waiting = os.open(keep.path.with_name("jira-refresh-token.lock"), os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(waiting, fcntl.LOCK_EX | fcntl.LOCK_NB)

    fcntl.flock(waiting, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(waiting)


def test_no_text_of_it_shows_the_token(keep: RefreshTokenFile) -> None:
    keep.write(FIRST)

    assert "canary" not in repr(keep.read()) + str(keep.read())


_: type[RefreshTokens] = RefreshTokenFile
