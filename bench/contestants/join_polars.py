"""Joins changes with approved windows as a data scientist would: polars, windows merged, then join_asof."""

from pathlib import Path

from bench.contestants.windows import CHANGES, WINDOWS, outcome
from bench.turns import Job, serve

# One column is less work than the four by which the product tells secrets apart; here they come to the same.
PLACE = ["secret_name"]


def asof(folder: str) -> Job:
    """Merge the windows of each secret, and find the last one that opened before each change."""
    import polars as pl

    def run() -> int:
        windows = pl.read_parquet(Path(folder) / WINDOWS).sort("opens", "closes")
        furthest = pl.col("closes").cum_max().over(PLACE).shift(1).over(PLACE)
        starts = (pl.col("opens") > furthest).fill_null(value=True).cast(pl.Int32)
        merged = (
            windows.with_columns(starts.cum_sum().over(PLACE).alias("island"))
            .group_by([*PLACE, "island"])
            .agg(pl.col("opens").min(), pl.col("closes").max())
            .sort("opens")
        )
        changes = pl.read_parquet(Path(folder) / CHANGES).sort("time")
        joined = changes.join_asof(merged, left_on="time", right_on="opens", by=PLACE, check_sortedness=False)
        return int(joined.filter(pl.col("closes").is_null() | (pl.col("time") > pl.col("closes"))).height)

    return Job(run=run, outcome=outcome)


if __name__ == "__main__":
    serve({"asof": asof})
