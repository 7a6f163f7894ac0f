"""A folder of Parquet held against the ledger that it is a copy of: file by file, and row by row."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

import duckdb

from counterseal.errors import MalformedInput
from counterseal.ledger.interface import Ledger
from counterseal.reports.compaction import digest_of, quoted, reading, refuse_another
from counterseal.reports.folder import in_our_words, part_name
from counterseal.reports.loading import BATCH, SETTINGS, create_table, create_view, load
from counterseal.reports.manifest import Manifest, Written, read_manifest
from counterseal.reports.tables import TABLES
from counterseal.reports.views import VIEWS, WRITTEN

_PART = re.compile(r"kind=\w+/month=\d{4}-\d\d/(.+)-(\d{12,})-(\d{12,})\.parquet", re.ASCII)


class Compared(NamedTuple):
    """How many files and rows were compared, and up to where the ledger has been copied."""

    files: int
    rows: int
    manifest: Manifest


def compare(ledger: Ledger, folder: Path) -> Compared:
    """Hold every file against its digest, every row against the ledger, and every view against the tables.

    Raises:
        NotFound: the folder holds no compacted ledger.
        Refused: it is a copy of another ledger.
        MalformedInput: a file is missing or differs; it is named.
        Unreachable: the ledger or the folder does not answer.
    """
    manifest = read_manifest(folder)
    refuse_another(ledger, manifest, folder)
    with in_our_words(folder):
        files = check_files(folder, manifest)
        for stream in sorted(it.stream for it in manifest.heads):
            _compare_stream(ledger, stream, folder, manifest)
        _compare_views(folder, manifest)
    return Compared(files, sum(it.rows for it in manifest.tables), manifest)


def check_files(folder: Path, manifest: Manifest) -> int:
    """Hold every file against its digest in the manifest, and return how many there are.

    Raises:
        MalformedInput: one is missing or differs; it is named.
    """
    listed = (*manifest.tables, *manifest.views)
    for it in listed:
        if not (folder / it.file).is_file() or digest_of(folder / it.file) != it.sha256:
            raise _differs(folder, it.file, "its manifest")
    return len(listed)


def _compare_stream(ledger: Ledger, stream: str, folder: Path, manifest: Manifest) -> None:
    """Read again what each part was made of, and compare."""
    parts = sorted((span, it) for it in manifest.tables if (span := _span(it, stream)))
    for (first, last), files in groupby(parts, key=lambda it: it[0]):
        with duckdb.connect(":memory:") as connection:
            for statement in (*SETTINGS, *map(create_table, TABLES)):
                connection.execute(statement)
            entries = islice(ledger.read(stream, after=first - 1), last - first + 1)
            while batch := tuple(islice(entries, BATCH)):
                load(connection, batch)
            for _, file in files:
                recorded = f"SELECT * FROM {file.holds} WHERE strftime(recorded_at, '%Y-%m') = '{file.month}'"  # noqa: S608  # a name of tables.py, and a month that the pattern checked
                _refuse_difference(connection, recorded, folder, file.file)


def _span(written: Written, stream: str) -> tuple[int, int] | None:
    """Return the first and the last position of a part, None where it is another stream's or says something else."""
    found = _PART.fullmatch(written.file)
    if found is None:
        return None
    first, last = int(found[2]), int(found[3])
    return (first, last) if part_name(written.holds, written.month, stream, first, last) == written.file else None


def _compare_views(folder: Path, manifest: Manifest) -> None:
    with duckdb.connect(":memory:") as connection:
        for statement in (*SETTINGS, *_tables(folder, manifest)):
            connection.execute(statement)
        for view in VIEWS:
            connection.execute(create_view(view))
            for file in manifest.files(view) if view in WRITTEN else ():
                _refuse_difference(connection, f"SELECT * FROM {view}", folder, file)  # noqa: S608  # a name of tables.py
                connection.execute(f"DROP VIEW {view}")
                connection.execute(reading(view, [file], folder))


def _tables(folder: Path, manifest: Manifest) -> Iterator[str]:
    for table in TABLES:
        yield reading(table.name, manifest.files(table.name), folder)


def _refuse_difference(connection: duckdb.DuckDBPyConnection, rows: str, folder: Path, file: str) -> None:
    copied = f"SELECT * FROM read_parquet({quoted(folder / file)}, hive_partitioning = false)"  # noqa: S608  # quoted
    for one, other in ((rows, copied), (copied, rows)):
        if _any(connection, f"({one}) EXCEPT ALL ({other})"):
            raise _differs(folder, file, "the ledger")


def _any(connection: duckdb.DuckDBPyConnection, rows: str) -> Sequence[object] | None:
    return connection.execute(f"SELECT 1 FROM ({rows}) LIMIT 1").fetchone()  # noqa: S608  # statements of ours


def _differs(folder: Path, file: str, other: str) -> MalformedInput:
    return MalformedInput(
        f"{str(folder / file)!r} does not hold what {other} says",
        hint="keep the folder as evidence, and make another from the ledger, which is the record",
    )
