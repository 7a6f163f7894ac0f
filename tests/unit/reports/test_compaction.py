"""Compaction: only what is new is written, nothing half-written counts, and a copy is held against its ledger."""

import fcntl
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.ledger.samples import NOON, TickingClock, event, ticket, verdict

from counterseal.errors import Denied, MalformedInput, NotFound, Refused, SettingsError, Unreachable
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.reports.compacted import CompactedReports
from counterseal.reports.compaction import compact
from counterseal.reports.comparing import compare
from counterseal.reports.folder import write_whole
from counterseal.reports.manifest import FILE_NAME, read_manifest
from counterseal.reports.retention import first_month_kept, read_retention


class SetClock:
    """A clock that says what it is set to."""

    def __init__(self, *times: datetime) -> None:
        self._times = list(times)

    def now(self) -> datetime:
        return self._times.pop(0) if len(self._times) > 1 else self._times[0]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "parquet"


def files(folder: Path) -> set[str]:
    return {it.relative_to(folder).as_posix() for it in folder.rglob("*.parquet")}


def verdicts_in(folder: Path) -> int:
    reports = CompactedReports.at(folder)
    try:
        [[count]] = reports.select("SELECT count(*) FROM verdicts").rows
    finally:
        reports.close()
    assert isinstance(count, int)
    return count


def test_a_second_compaction_reads_only_what_is_new(ledger: SqliteLedger, folder: Path) -> None:
    ledger.append("audit", [verdict(f"e-{number}") for number in range(5)])
    first = compact(ledger, folder)
    before = {name for name in files(folder) if name.startswith("kind=")}
    ledger.append("audit", [verdict("e-5"), ticket()])

    second = compact(ledger, folder)

    assert (first.entries, second.entries) == (5, 2)
    assert before < files(folder)
    assert verdicts_in(folder) == 6
    assert compare(ledger, folder).rows == sum(it.rows for it in second.manifest.tables)


def test_a_compaction_of_nothing_new_writes_nothing(ledger: SqliteLedger, folder: Path) -> None:
    ledger.append("audit", [verdict()])
    compact(ledger, folder)
    before = {name: (folder / name).stat().st_mtime_ns for name in [*files(folder), FILE_NAME]}

    again = compact(ledger, folder)

    assert (again.entries, again.rows, again.files, again.removed) == (0, 0, 0, 0)
    assert {name: (folder / name).stat().st_mtime_ns for name in [*files(folder), FILE_NAME]} == before


def test_an_empty_ledger_has_an_empty_copy(ledger: SqliteLedger, folder: Path) -> None:
    done = compact(ledger, folder)

    assert (done.entries, done.manifest.heads) == (0, ())
    assert verdicts_in(folder) == 0
    assert compare(ledger, folder).rows == 0


def test_parts_hold_so_many_entries_and_no_more(ledger: SqliteLedger, folder: Path) -> None:
    ledger.append("audit", [verdict(f"e-{number}") for number in range(7)])

    compact(ledger, folder, part=3)

    names = sorted(it.file.rpartition("/")[2] for it in read_manifest(folder).tables)
    assert names == [f"audit-{first:012}-{last:012}.parquet" for first, last in ((1, 3), (4, 6), (7, 7))]


def test_what_a_killed_compaction_left_is_removed_and_never_counts(
    ledger: SqliteLedger, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append("audit", [verdict("e-1")])
    compact(ledger, folder)
    ledger.append("audit", [verdict("e-2")])

    def killed(folder: Path, name: str, write: Callable[[Path], None]) -> str:
        if name == FILE_NAME:
            raise KeyboardInterrupt
        return write_whole(folder, name, write)

    # It ends when all files are there and the manifest is not: as late as it can.
    with monkeypatch.context() as patched:
        patched.setattr("counterseal.reports.compaction.write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            compact(ledger, folder)
    (folder / "kind=verdicts/month=2026-03/.unfinished-x.parquet").write_bytes(b"half")

    assert verdicts_in(folder) == 1
    again = compact(ledger, folder)

    assert (again.entries, again.removed > 0) == (1, True)
    assert verdicts_in(folder) == 2
    assert files(folder) == {it.file for it in (*again.manifest.tables, *again.manifest.views)}


def test_the_copy_of_another_ledger_is_refused(tmp_path: Path, ledger: SqliteLedger, folder: Path) -> None:
    ledger.append("audit", [verdict()])
    compact(ledger, folder)
    other = SqliteLedger.at(tmp_path / "other.sqlite", TickingClock())
    other.append("audit", [verdict("e-9")])

    with pytest.raises(Refused, match="is no copy of this ledger: entry 1 of 'audit' is another"):
        compact(other, folder)
    with pytest.raises(Refused, match="is no copy of this ledger"):
        compare(other, folder)
    other.close()


def test_a_folder_that_holds_something_else_is_left_alone(ledger: SqliteLedger, folder: Path) -> None:
    folder.mkdir()
    (folder / "letters.txt").write_text("dear")

    with pytest.raises(Refused, match=r"'letters\.txt', which is no compacted ledger's"):
        compact(ledger, folder)
    assert (folder / "letters.txt").read_text() == "dear"


def test_a_file_where_the_folder_should_be_is_no_folder(ledger: SqliteLedger, folder: Path) -> None:
    folder.write_text("a file")

    with pytest.raises(Denied, match="cannot be written"):
        compact(ledger, folder)


def test_two_compactions_do_not_meet(ledger: SqliteLedger, folder: Path) -> None:
    compact(ledger, folder)

    with (folder / ".lock").open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Unreachable, match="another compaction is at work"):
            compact(ledger, folder)


def test_months_before_the_first_one_kept_are_removed_and_stay_away(tmp_path: Path, folder: Path) -> None:
    clock = SetClock(NOON, NOON + timedelta(days=40), NOON + timedelta(days=40))
    ledger = SqliteLedger.at(tmp_path / "ledger.sqlite", clock)
    for number in range(3):
        ledger.append("audit", [verdict(f"e-{number}")])
    compact(ledger, folder)
    assert verdicts_in(folder) == 3

    pruned = compact(ledger, folder, keep_from="2026-04")

    assert (verdicts_in(folder), pruned.manifest.pruned_before) == (2, "2026-04")
    ledger.append("audit", [verdict("e-9")])
    assert compact(ledger, folder).manifest.pruned_before == "2026-04"
    assert verdicts_in(folder) == 3
    compare(ledger, folder)
    ledger.close()


def test_a_row_that_was_altered_is_found_and_its_file_named(ledger: SqliteLedger, folder: Path) -> None:
    ledger.append("audit", [verdict("e-1", "unapproved")])
    compact(ledger, folder)
    name = next(it for it in files(folder) if it.startswith("kind=verdicts"))
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)

    with pytest.raises(MalformedInput, match=f"{name}' does not hold what its manifest says"):
        compare(ledger, folder)


def test_a_manifest_that_vouches_for_altered_rows_is_found_out(
    tmp_path: Path, ledger: SqliteLedger, folder: Path
) -> None:
    ledger.append("audit", [verdict("e-1", "unapproved")])
    compact(ledger, folder)
    kinder = SqliteLedger.at(tmp_path / "kinder.sqlite", TickingClock())
    kinder.append("audit", [verdict("e-1", "approved")])
    compact(kinder, tmp_path / "kinder")
    # The copy of a kinder ledger, passed off as that of this one.
    told = json.loads((tmp_path / "kinder" / FILE_NAME).read_text())
    told["heads"] = json.loads((folder / FILE_NAME).read_text())["heads"]
    (tmp_path / "kinder" / FILE_NAME).write_text(json.dumps(told))

    with pytest.raises(MalformedInput, match="does not hold what the ledger says"):
        compare(ledger, tmp_path / "kinder")
    kinder.close()


def test_entries_of_no_table_are_counted_and_copied_nowhere(ledger: SqliteLedger, folder: Path) -> None:
    ledger.append("audit", [event()])

    done = compact(ledger, folder)

    assert (done.entries, done.rows, done.manifest.tables) == (1, 0, ())
    assert [it.position for it in done.manifest.heads] == [1]


def test_nothing_is_no_copy(ledger: SqliteLedger, folder: Path) -> None:
    with pytest.raises(NotFound, match="no compacted ledger"):
        compare(ledger, folder)


@pytest.mark.parametrize(("text", "months"), [("13 months", 13), ("1 month", 1), (" 7 years ", 84), ("1 year", 12)])
def test_a_retention_is_so_many_months(text: str, months: int) -> None:
    assert read_retention(text) == months


@pytest.mark.parametrize("text", ["", "0 months", "13", "13 weeks", "-1 months", "1.5 years"])
def test_a_retention_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"ledger\.retention"):
        read_retention(text)


@pytest.mark.parametrize(
    ("months", "first"), [(12, "2025-03"), (13, "2025-02"), (14, "2025-01"), (15, "2024-12"), (27, "2023-12")]
)
def test_the_first_month_kept_is_that_in_which_they_began(months: int, first: str) -> None:
    assert first_month_kept(datetime(2026, 3, 10, tzinfo=UTC), months) == first


def test_less_than_a_year_is_kept_only_where_somebody_insists() -> None:
    with pytest.raises(Refused, match="11 months: PCI DSS"):
        first_month_kept(NOON, 11)
    assert first_month_kept(NOON, 11, forced=True) == "2025-04"
