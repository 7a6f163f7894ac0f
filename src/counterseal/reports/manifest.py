"""The manifest of a Parquet folder: of which ledger it is a copy, up to where, and of which files it consists."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from counterseal.canonical import canonical_json
from counterseal.errors import MalformedInput, NotFound, Unreachable
from counterseal.ledger.chain import Head

SCHEMA = "counterseal/ledger-parquet/v1"

# Hive and Athena pass over names that begin with an underscore.
FILE_NAME = "_manifest.json"


class Written(NamedTuple):
    """One Parquet file: its name within the folder, what it holds, and the SHA-256 of its bytes.

    `month` is when its entries were recorded, like "2026-03"; "" in a view, which is made of all of them.
    """

    file: str
    holds: str
    month: str
    rows: int
    sha256: str


class Manifest(NamedTuple):
    """What a folder holds. PARQUET-2.1.

    `heads` say where each stream of the ledger ended, `checkpoint` is the newest one under them as it is kept
    elsewhere, "" where there was none. `pruned_before` is the first month that was kept when older ones were
    removed, "" for none.
    """

    heads: tuple[Head, ...] = ()
    checkpoint: str = ""
    pruned_before: str = ""
    tables: tuple[Written, ...] = ()
    views: tuple[Written, ...] = ()

    def content(self) -> bytes:
        """Return the file's bytes."""
        document = {
            "schema": SCHEMA,
            "heads": [it._asdict() for it in self.heads],
            "checkpoint": self.checkpoint,
            "pruned_before": self.pruned_before,
            "tables": [it._asdict() for it in self.tables],
            "views": [it._asdict() for it in self.views],
        }
        return canonical_json(document) + b"\n"

    def files(self, holds: str) -> list[str]:
        """Return the files of a table or view."""
        return [it.file for it in (*self.tables, *self.views) if it.holds == holds]


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder.

    Raises:
        NotFound: there is none, so nothing says what the folder holds.
        MalformedInput: it is none that this version reads.
        Unreachable: it cannot be read.
    """
    file = folder / FILE_NAME
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(
            f"there is no compacted ledger in {str(folder)!r}",
            hint="counterseal ledger compact-to-parquet FOLDER makes one",
        ) from None
    except OSError as failure:
        raise Unreachable(f"{str(file)!r} cannot be read: {failure.strerror}") from failure
    return parse_manifest(content, name=str(file))


def parse_manifest(content: bytes, *, name: str) -> Manifest:
    """Read a manifest from its bytes.

    Raises:
        MalformedInput: it is none that this version reads.
    """
    try:
        read = json.loads(content)
        if read["schema"] != SCHEMA:
            raise MalformedInput(f"{name!r} has the schema {read['schema']!r}, not {SCHEMA!r}")
        manifest = Manifest(
            heads=tuple(Head(str(it["stream"]), int(it["position"]), str(it["digest"])) for it in read["heads"]),
            checkpoint=str(read["checkpoint"]),
            pruned_before=str(read["pruned_before"]),
            tables=_written(read["tables"]),
            views=_written(read["views"]),
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as failure:
        raise MalformedInput(f"{name!r} is not the manifest of a compacted ledger") from failure
    if any(_leads_out(it.file) for it in (*manifest.tables, *manifest.views)):
        raise MalformedInput(f"{name!r} names a file outside its folder")
    return manifest


def _written(items: Sequence[dict[str, str | int]]) -> tuple[Written, ...]:
    return tuple(
        Written(str(it["file"]), str(it["holds"]), str(it["month"]), int(it["rows"]), str(it["sha256"])) for it in items
    )


def _leads_out(file: str) -> bool:
    path = Path(file)
    return path.is_absolute() or ".." in path.parts or not file.endswith(".parquet")
