"""The ledger's tables written out as Parquet: what is new since the last time, and the views over all of it."""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import duckdb

from counterseal.canonical import canonical_digest
from counterseal.errors import NotFound, Refused, Unreachable
from counterseal.ledger.chain import Head
from counterseal.ledger.checkpoint import STREAM, read_checkpoints
from counterseal.ledger.entry import Entry
from counterseal.ledger.interface import Ledger
from counterseal.reports.described import read_sql
from counterseal.reports.folder import only_writer, part_name, remove_others, spill, write_whole
from counterseal.reports.loading import BATCH, SETTINGS, create_table, create_view, load
from counterseal.reports.manifest import FILE_NAME, Manifest, Written, read_manifest
from counterseal.reports.tables import BY_KIND, TABLES
from counterseal.reports.views import VIEWS, WRITTEN

# Entries that become one file of each table: held in memory at once, about two kilobytes each.
PART = 100_000

# Verdicts are looked for by event. A group of rows is passed over by its lowest and highest and by what its dictionary
# holds: so groups are small, and a dictionary may hold as many names as a group is likely to have.
_PART_ORDER = {"verdicts": " ORDER BY event_id, position"}
GROUP, DICTIONARY = 30_720, 16_384


class Compacted(NamedTuple):
    """What a compaction did: entries read, rows and files written, files removed; and what the folder holds now."""

    entries: int
    rows: int
    files: int
    removed: int
    manifest: Manifest


def compact(ledger: Ledger, folder: Path, *, keep_from: str = "", part: int = PART) -> Compacted:
    """Bring the folder up to where the ledger ends now. The ledger is only read; the manifest is written last.

    `keep_from` is the first month whose partitions are kept, "" to keep all.

    Raises:
        Refused: the folder is a copy of another ledger, or holds something else.
        Denied: it may not be written.
        Unreachable: another compaction is at work there, the disk is full or failing, or the ledger does not answer.
        MalformedInput: the manifest or the ledger is damaged.
    """
    with only_writer(folder):
        try:
            old = read_manifest(folder)
        except NotFound:
            old = Manifest()
        refuse_another(ledger, old, folder)
        removed = remove_others(folder, {it.file for it in (*old.tables, *old.views)})
        heads = _heads(ledger)
        fresh, entries = _tables(ledger, folder, old, heads, part)
        pruned = max(old.pruned_before, keep_from)
        tables = tuple(it for it in sorted((*old.tables, *fresh)) if it.month >= pruned)
        views = write_views(folder, tables, old.views)
        new = Manifest(heads, _checkpoint(ledger, heads), pruned, tables, views)
        if new != old:
            write_whole(folder, FILE_NAME, lambda file: _put(file, new.content()))
        removed += remove_others(folder, {it.file for it in (*tables, *views)})
    written = [it for it in (*fresh, *views) if it not in old.views]
    return Compacted(entries, sum(it.rows for it in fresh), len(written), removed, new)


def _put(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def refuse_another(ledger: Ledger, manifest: Manifest, folder: Path) -> None:
    """Let a folder pass whose heads the ledger holds: each digest is bound to all entries before it.

    Raises:
        Refused: it is a copy of another ledger, or of one that was altered since.
    """
    for head in manifest.heads:
        entry = next(ledger.read(head.stream, after=head.position - 1), None)
        if entry is None or entry.digest != head.digest:
            raise Refused(
                f"{str(folder)!r} is no copy of this ledger: entry {head.position} of {head.stream!r} is another",
                hint="counterseal ledger verify says whether it was altered; another ledger needs a folder of its own",
            )


def _heads(ledger: Ledger) -> tuple[Head, ...]:
    # The checkpoints' end is read first: what they cover was there before them.
    first = ledger.head(STREAM)
    heads = {name: ledger.head(name) for name in ledger.streams()} | ({STREAM: first} if first.position else {})
    return tuple(head for _, head in sorted(heads.items()))


def _checkpoint(ledger: Ledger, heads: Sequence[Head]) -> str:
    until = next((it.position for it in heads if it.stream == STREAM), 0)
    newest = ""
    for position, checkpoint in read_checkpoints(ledger) if until else ():
        if position <= until:
            newest = checkpoint.exported().decode().rstrip("\n")
    return newest


def _tables(ledger: Ledger, folder: Path, old: Manifest, heads: Sequence[Head], part: int) -> tuple[list[Written], int]:
    """Write the entries between the old heads and the new ones; return the files, and how many entries those were."""
    before = {it.stream: it.position for it in old.heads}
    fresh: list[Written] = []
    count = 0
    with duckdb.connect(":memory:") as connection:
        for statement in (*SETTINGS, *map(create_table, TABLES)):
            connection.execute(statement)
        for head in heads:
            start = before.get(head.stream, 0)
            entries = islice(ledger.read(head.stream, after=start), head.position - start)
            while first := next(entries, None):
                loaded = _Part(connection, head.stream)
                loaded.take(first, islice(entries, part - 1))
                fresh += loaded.write(folder)
                count += loaded.entries
    return fresh, count


class _Part:
    """So many entries of one stream, in memory, on their way into one file a table and month."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, stream: str) -> None:
        self._connection = connection
        self._stream = stream
        self._first = self._last = 0
        self._months: dict[str, set[str]] = {}
        self.entries = 0

    def take(self, first: Entry, others: Iterator[Entry]) -> None:
        """Load the entries; those of kinds that no table holds are passed over."""
        self._first = self._last = first.position
        batch = [first]
        while batch:
            load(self._connection, batch)
            for entry in batch:
                for table in BY_KIND[entry.kind]:
                    self._months.setdefault(table.name, set()).add(entry.recorded_at[:7])
            self._last = batch[-1].position
            self.entries += len(batch)
            batch = list(islice(others, BATCH))

    def write(self, folder: Path) -> Iterator[Written]:
        """Write what was loaded, and make room for the next part."""
        for table in sorted(self._months):
            for month in sorted(self._months[table]):
                # The month was read from a time that LEDGER-1.1 has checked; the table is one of tables.py.
                rows = f"SELECT * FROM {table} WHERE strftime(recorded_at, '%Y-%m') = '{month}'"  # noqa: S608  # of tables.py
                name = part_name(table, month, self._stream, self._first, self._last)
                written = copy_out(self._connection, rows + _PART_ORDER.get(table, ""), folder, name)
                if written.rows:
                    yield written._replace(holds=table, month=month)
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608  # a name of tables.py


def write_views(folder: Path, tables: Sequence[Written], old: Sequence[Written] = ()) -> tuple[Written, ...]:
    """Write the views over all tables anew, unless the old ones were made of the same tables by the same statements."""
    made_of = [[list(it) for it in tables], {name: read_sql(name) for name in VIEWS}, dict(WRITTEN)]
    fingerprint = canonical_digest(made_of)[:16]
    names = {f"view={view}/{fingerprint}.parquet": view for view in WRITTEN}
    if {it.file for it in old} == set(names):
        return tuple(old)
    spilled = spill(folder)
    try:
        with duckdb.connect(":memory:", config={"temp_directory": str(spilled)}) as connection:
            for statement in SETTINGS:
                connection.execute(statement)
            for table in TABLES:
                connection.execute(reading(table.name, [it.file for it in tables if it.holds == table.name], folder))
            return tuple(sorted(_written_views(connection, folder, fingerprint)))
    finally:
        shutil.rmtree(spilled, ignore_errors=True)


def _written_views(connection: duckdb.DuckDBPyConnection, folder: Path, fingerprint: str) -> Iterator[Written]:
    for view in VIEWS:
        connection.execute(create_view(view))
        if view in WRITTEN:
            name = f"view={view}/{fingerprint}.parquet"
            rows = f"SELECT * FROM {view} ORDER BY {WRITTEN[view]}"  # noqa: S608  # names of tables.py
            yield copy_out(connection, rows, folder, name)._replace(holds=view)
            # Views that follow read what was written, and do not make it again.
            connection.execute(f"DROP VIEW {view}")
            connection.execute(reading(view, [name], folder))


def copy_out(connection: duckdb.DuckDBPyConnection, rows: str, folder: Path, name: str) -> Written:
    """Write what a SELECT gives as a Parquet file of the folder."""
    counted = 0

    def write(file: Path) -> None:
        nonlocal counted
        options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP}, DICTIONARY_SIZE_LIMIT {DICTIONARY}"
        try:
            # COPY takes no parameter for the name: the quotation mark is doubled, as in any SQL text.
            done = connection.execute(f"COPY ({rows}) TO {quoted(file)} ({options})").fetchone()
        except (duckdb.IOException, duckdb.OutOfMemoryException) as failure:
            raise Unreachable(f"{str(folder)!r} cannot be written: {failure}") from failure
        counted = done[0] if done else 0

    digest = write_whole(folder, name, write)
    return Written(name, "", "", counted, digest)


def reading(name: str, files: Sequence[str], folder: Path) -> str:
    """Return the statement that makes a table or view out of its files; an empty one where there is none."""
    if files:
        listed = ", ".join(quoted(folder / file) for file in files)
        return f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}], hive_partitioning = false)"  # noqa: S608  # ours
    return next(create_table(table) for table in TABLES if table.name == name)


def quoted(file: Path) -> str:
    """Return a file's name as SQL text."""
    doubled = str(file).replace("'", "''")
    return f"'{doubled}'"


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
