"""Reads a trail as one would without us: decompression alone (the limit), and the standard library's gzip and json."""

import gzip
import json
from pathlib import Path

from bench.contestants.changes import digest, is_change
from bench.turns import Job, serve


def gunzip(folder: str) -> Job:
    """Decompress every member of every file by the fastest decompressor there is, and do nothing else."""
    from isal import isal_zlib

    def run() -> None:
        for file in sorted(Path(folder).iterdir()):
            rest = file.read_bytes()
            while rest:
                member = isal_zlib.decompressobj(31)
                member.decompress(rest)
                rest = member.unused_data

    return Job(run=run, outcome=lambda _: None)


def naive(folder: str) -> Job:
    """Decompress, parse, and keep the changes."""

    def run() -> list[str]:
        return [
            record["eventID"]
            for file in sorted(Path(folder).iterdir())
            for record in json.loads(gzip.decompress(file.read_bytes()))["Records"]
            if is_change(record)
        ]

    return Job(run=run, outcome=digest)


if __name__ == "__main__":
    serve({"gunzip": gunzip, "naive": naive})
