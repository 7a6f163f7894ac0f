"""Our contestants run the shipped code, and give what the plain readers give."""

from pathlib import Path

import pytest
from bench.contestants import (
    cloudtrail_duckdb,
    cloudtrail_ours,
    cloudtrail_plain,
    cloudtrail_search,
    recording_plain,
    sealing_ours,
)
from bench.contestants.content import content
from bench.trail import write_set
from bench.turns import take_turn


@pytest.mark.parametrize("compact", [True, False], ids=["as CloudTrail writes", "spaces and two members"])
def test_the_intake_finds_the_changes_that_a_plain_reader_finds(tmp_path: Path, *, compact: bool) -> None:
    write_set(tmp_path, records=500, per_file=200, compact=compact)

    ours = take_turn(cloudtrail_ours.intake(str(tmp_path)), 1)
    plain = take_turn(cloudtrail_plain.naive(str(tmp_path)), 1)
    duck = take_turn(cloudtrail_duckdb.read_json(str(tmp_path)), 1)

    assert ours.outcome == plain.outcome == duck.outcome
    assert str(ours.outcome).startswith("10 changes, ")


def test_the_search_finds_the_changes_across_windows_and_none_of_them_where_the_layout_is_another(
    tmp_path: Path,
) -> None:
    for name, compact in (("compact", True), ("spaced", False)):
        (tmp_path / name).mkdir()
        write_set(tmp_path / name, records=500, per_file=400, compact=compact)

    said = {
        name: take_turn(cloudtrail_search.search(str(tmp_path / name)), 1).outcome for name in ("compact", "spaced")
    }

    assert said["compact"] == take_turn(cloudtrail_plain.naive(str(tmp_path / "compact")), 1).outcome
    assert str(said["spaced"]).startswith("0 changes, ")


def test_the_plain_table_holds_the_changes_once(tmp_path: Path) -> None:
    (logs := tmp_path / "logs").mkdir()
    write_set(logs, records=500, per_file=200)
    (logs / "again.json.gz").write_bytes(next(logs.iterdir()).read_bytes())

    said = recording_plain.record(logs, tmp_path / "plain.sqlite")

    assert said.startswith("10 changes, ")


def test_decompression_alone_has_no_result_to_compare(tmp_path: Path) -> None:
    write_set(tmp_path, records=100, compact=False)

    assert take_turn(cloudtrail_plain.gunzip(str(tmp_path)), 1).outcome is None
    assert take_turn(cloudtrail_search.windows(str(tmp_path)), 1).outcome is None


def test_sealing_and_opening_come_to_the_same_content() -> None:
    sealed, opened = (take_turn(job("100"), 2) for job in (sealing_ours.seal, sealing_ours.unseal))

    assert sealed.outcome == opened.outcome
    assert take_turn(sealing_ours.seal("101"), 1).outcome != sealed.outcome


def test_all_contestants_seal_the_same_bytes() -> None:
    assert content("4") == b"\x00\x01\x02\x03"
    assert len(content("1048576")) == 1 << 20
