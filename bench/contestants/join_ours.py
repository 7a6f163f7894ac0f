"""Joins changes with approved windows as the product does: the statement of the view `uncovered_times`."""

from pathlib import Path

from bench.contestants.windows import CHANGES, WINDOWS, outcome
from bench.turns import Job, serve
from counterseal.reports.described import read_sql


def sweep(folder: str) -> Job:
    """Run the shipped statement in DuckDB over the two files."""
    import duckdb

    from counterseal.reports.loading import SETTINGS

    connection = duckdb.connect(":memory:", config={"temp_directory": str(Path(folder) / ".spill")})
    for statement in (
        *SETTINGS,
        # As compaction does, so that a large ledger does not take the machine's memory.
        "SET memory_limit = '900MB'",
        f"CREATE VIEW current_findings AS SELECT *, 'change' AS about FROM read_parquet('{folder}/{CHANGES}')",
        f"CREATE VIEW approved_windows AS SELECT * FROM read_parquet('{folder}/{WINDOWS}')",
    ):
        connection.execute(statement)
    counted = f"SELECT count(*) FROM ({read_sql('uncovered_times')})"
    return Job(run=lambda: connection.execute(counted).fetchall()[0][0], outcome=outcome)


if __name__ == "__main__":
    serve({"sweep": sweep})
