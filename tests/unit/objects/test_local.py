"""Objects as files in one folder."""

import errno
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.contracts.object_store import ObjectStoreContract

from counterseal.errors import Conflict, Denied, ObjectNotFound, Unreachable
from counterseal.objects.local import LocalObjects, _as_ours, _raise_unless_absent


class TestLocalObjects(ObjectStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalObjects:
        return LocalObjects(tmp_path / "storage")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "storage"


def test_files_are_private_to_the_user_and_folders_too(folder: Path) -> None:
    LocalObjects(folder).create("a/b", b"1")

    modes = {path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}

    assert modes == {".lock": 0o600, "a": 0o700, "a/b": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_link_in_the_place_of_an_object_is_not_followed(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"not ours")
    folder.mkdir()
    (folder / "a").symlink_to(elsewhere)
    store = LocalObjects(folder)

    with pytest.raises(Denied):
        store.read("a")
    with pytest.raises(Conflict):
        store.create("a", b"ours")
    with pytest.raises(Denied):
        store.replace("a", b"ours", tag="0")

    assert elsewhere.read_bytes() == b"not ours"


def test_a_link_in_the_place_of_a_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder.mkdir()
    (folder / "a").symlink_to(elsewhere)

    with pytest.raises(Denied):
        LocalObjects(folder).create("a/b", b"ours")

    assert list(elsewhere.iterdir()) == []


def test_a_pipe_in_the_place_of_an_object_does_not_hold_the_reader(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "a")

    with pytest.raises(Denied):
        LocalObjects(folder).read("a")


def test_a_folder_in_the_place_of_an_object_is_refused(folder: Path) -> None:
    (folder / "a").mkdir(parents=True)

    with pytest.raises(Denied):
        LocalObjects(folder).delete("a")


def test_a_write_that_fails_leaves_the_old_content_and_no_file_behind(folder: Path) -> None:
    store = LocalObjects(folder)
    tag = store.create("a", b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(Unreachable, match="'a'"):
            store.replace("a", b"x" * 1000, tag=tag)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert store.read("a").content == b"old"
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "a"]


def test_a_file_in_the_place_of_the_storage_folder_is_refused(folder: Path) -> None:
    folder.write_bytes(b"")

    with pytest.raises(Denied):
        LocalObjects(folder).create("a", b"1")


def test_what_is_not_yet_whole_is_not_listed(folder: Path) -> None:
    store = LocalObjects(folder)
    store.create("a/b", b"1")
    (folder / "a" / ".0123456789abcdef").write_bytes(b"half")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_bytes(b"")

    assert list(store.names("")) == ["a/b"]


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOENT, ObjectNotFound),
        (errno.EACCES, Denied),
        (errno.EROFS, Denied),
        (errno.ELOOP, Denied),
        (errno.ENOSPC, Unreachable),
        (errno.EIO, Unreachable),
    ],
)
def test_each_failure_of_the_file_system_has_its_error(number: int, error: type[Exception]) -> None:
    failure = _as_ours(OSError(number, os.strerror(number)), "a/b")

    assert type(failure) is error
    assert "a/b" in str(failure)


def test_a_folder_that_cannot_be_listed_is_not_taken_for_an_empty_one() -> None:
    with pytest.raises(PermissionError):
        _raise_unless_absent(PermissionError(errno.EACCES, "no"))


_ADD = """
import sys
from pathlib import Path
from counterseal.errors import Conflict
from counterseal.objects.local import LocalObjects

store = LocalObjects(Path(sys.argv[1]))
for _ in range(40):
    while True:
        content, tag = store.read("count")
        try:
            store.replace("count", str(int(content) + 1).encode(), tag=tag)
            break
        except Conflict:
            pass
"""


def test_two_processes_that_compare_and_swap_lose_no_write(folder: Path) -> None:
    store = LocalObjects(folder)
    store.create("count", b"0")

    adders = [subprocess.Popen([sys.executable, "-c", _ADD, str(folder)]) for _ in range(2)]
    statuses = [adder.wait(timeout=60) for adder in adders]

    assert statuses == [0, 0]
    assert store.read("count").content == b"80"


def test_a_file_cannot_be_listed_as_a_folder_is(folder: Path) -> None:
    folder.write_bytes(b"")

    with pytest.raises(Denied):
        LocalObjects(folder).names("")


def test_a_folder_that_was_never_made_holds_nothing(folder: Path) -> None:
    assert list(LocalObjects(folder).names("")) == []
