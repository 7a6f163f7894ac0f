"""Reads a trail with the fast parsers that others would reach for: orjson and polars."""

import gzip
import io
from pathlib import Path

from bench.contestants.changes import SECRETS, digest, is_change
from bench.turns import Job, serve


def with_orjson(folder: str) -> Job:
    """Decompress, parse with orjson, and keep the changes."""
    import orjson

    def run() -> list[str]:
        return [
            record["eventID"]
            for file in sorted(Path(folder).iterdir())
            for record in orjson.loads(gzip.decompress(file.read_bytes()))["Records"]
            if is_change(record)
        ]

    return Job(run=run, outcome=digest)


def with_polars(folder: str) -> Job:
    """Decompress, let polars take the four columns that the question needs, and filter."""
    import polars as pl

    columns = {"eventID": pl.String, "eventSource": pl.String, "readOnly": pl.Boolean, "errorCode": pl.String}
    schema = {"Records": pl.List(pl.Struct(columns))}
    wanted = (pl.col("eventSource") == SECRETS) & ~pl.col("readOnly") & pl.col("errorCode").is_null()

    def run() -> list[str]:
        found: list[str] = []
        for file in sorted(Path(folder).iterdir()):
            table = pl.read_json(io.BytesIO(gzip.decompress(file.read_bytes())), schema=schema)
            found += table.explode("Records").unnest("Records").filter(wanted)["eventID"].to_list()
        return found

    return Job(run=run, outcome=digest)


if __name__ == "__main__":
    serve({"orjson": with_orjson, "polars": with_polars})
