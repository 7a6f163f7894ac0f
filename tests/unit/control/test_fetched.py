"""What was fetched is there until all of it was used, and never in part."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from counterseal.control.fetched import Fetched
from counterseal.errors import Conflict, Denied, Unreachable


def broken_off() -> Iterator[bytes]:
    yield b"half"
    raise Unreachable("the connection ended")


def test_what_was_kept_is_found_by_its_name_and_tag_with_what_lay_beside_it(tmp_path: Path) -> None:
    with Fetched(tmp_path / "f") as fetched:
        fetched.keep("a", "1", [b"x", b"y"], metadata={"signature": "s"})
        found = fetched.find("a", "1")
        assert found
        assert (found.path.read_bytes(), found.metadata) == (b"xy", {"signature": "s"})
        assert fetched.find("a", "2") is None
        assert fetched.find("b", "1") is None


def test_it_is_removed_where_all_went_well(tmp_path: Path) -> None:
    with Fetched(tmp_path / "f") as fetched:
        fetched.keep("a", "1", [b"x"])

    assert not (tmp_path / "f").exists()


def test_it_is_kept_where_the_reading_was_cut_short(tmp_path: Path) -> None:
    cut_short = pytest.raises(Unreachable)
    with cut_short, Fetched(tmp_path / "f") as fetched:
        fetched.keep("a", "1", [b"x"])
        fetched.keep("b", "1", broken_off())

    with Fetched(tmp_path / "f") as again:
        found = again.find("a", "1")
        assert found
        assert (found.path.read_bytes(), found.metadata) == (b"x", {})


def test_half_a_file_is_none(tmp_path: Path) -> None:
    with Fetched(tmp_path / "f") as fetched:
        with pytest.raises(Unreachable):
            fetched.keep("a", "1", broken_off())

        assert fetched.find("a", "1") is None
        assert list((tmp_path / "f").glob("*.partial")) == []


def test_what_a_killed_run_left_half_written_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f/x.partial").write_bytes(b"half")

    with Fetched(tmp_path / "f"):
        assert not (tmp_path / "f/x.partial").exists()


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    with Fetched(tmp_path / "f") as fetched:
        kept = fetched.keep("a", "1", [b"x"])

        assert (tmp_path / "f").stat().st_mode & 0o777 == 0o700
        assert kept.path.stat().st_mode & 0o777 == 0o600


def test_two_runs_do_not_share_it(tmp_path: Path) -> None:
    with Fetched(tmp_path / "f"), pytest.raises(Conflict, match="another run"), Fetched(tmp_path / "f"):
        pass


def test_a_folder_that_cannot_be_made_is_denied(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("a file")

    with pytest.raises(Denied, match="cannot be kept"), Fetched(tmp_path / "f"):
        pass


def test_a_file_that_cannot_be_written_is_denied(tmp_path: Path) -> None:
    with Fetched(tmp_path / "f") as fetched:
        kept = fetched.keep("a", "1", [b"x"])
        kept.path.unlink()
        kept.path.parent.rmdir()
        kept.path.parent.write_text("in the way")

        with pytest.raises(Denied, match=r"state|kept"):
            fetched.keep("a", "1", [b"x"])
