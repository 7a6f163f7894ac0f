"""The mirror in a file passes the contract, and says what is wrong with a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contracts.mirror import NOW, MirrorContract

from counterseal.errors import MalformedInput
from counterseal.mirror import Mirror, Reached
from counterseal.mirror.sqlite import SqliteMirror


class TestSqliteMirror(MirrorContract):
    @pytest.fixture
    def mirror(self, tmp_path: Path) -> Iterator[Mirror]:
        mirror = SqliteMirror.at(tmp_path / "mirror.sqlite")
        mirror.begin("here")
        yield mirror
        mirror.close()


def test_what_was_read_survives_the_program(tmp_path: Path) -> None:
    first = SqliteMirror.at(tmp_path / "mirror.sqlite")
    first.begin("here")
    first.put("1", "OPS-1", b"{}", NOW)
    first.reach(Reached(NOW, NOW))
    first.close()

    again = SqliteMirror.at(tmp_path / "mirror.sqlite")

    assert again.begin("here") == Reached(NOW, NOW)
    assert [it.issue_key for it in again.held()] == ["OPS-1"]
    again.close()


def test_a_mirror_that_nobody_began_reached_nothing(tmp_path: Path) -> None:
    mirror = SqliteMirror.at(tmp_path / "mirror.sqlite")

    assert mirror.reached() == Reached()
    mirror.close()


def test_another_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, and long enough to be looked at" * 20)

    with pytest.raises(MalformedInput, match=r"notes\.txt"):
        SqliteMirror.at(tmp_path / "notes.txt")
