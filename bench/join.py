"""Ten million changes against a million approvals: those in no approved window of their secret (goals 7a and 7b)."""

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.contestants.windows import CHANGES, WINDOWS
from bench.figures import Comparison, Guard, weigh
from bench.harness import (
    OURS,
    PEERS,
    ROOT,
    Absent,
    Contestant,
    Effort,
    Method,
    Plan,
    Table,
    environment,
    installed,
    measure,
    our_environment,
    versions,
)

EVEN, SKEWED = 10_000, 300
# Of the approvals a fifth is refused, and opens no window.
APPROVED = 0.8
MOST_BYTES = 1 << 30
_YEAR_SECONDS = 31_536_000


def tables(effort: Effort) -> list[Table]:
    """Measure both sets in one run, so that even and skewed can be compared as well."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        methods: list[Method | Absent] = []
        for name, secrets in (("even", EVEN), ("skewed", SKEWED)):
            (folder / name).mkdir()
            write_changes_and_windows(
                folder / name, changes=effort.changes, secrets=secrets, is_skewed=name == "skewed"
            )
            methods += _methods(stack, str(folder / name), name, effort)
        return [_weighed(measure(_plan(methods, effort), effort.join_rounds, effort))]


def write_changes_and_windows(folder: Path, *, changes: int, secrets: int, is_skewed: bool) -> None:
    """Write the two files: a year of changes, and a tenth as many approvals, of from one to nine hours.

    Skewed, a few secrets have most of the changes. Some windows nest, touch, last a second or the whole year.
    """
    import duckdb

    power = 2 if is_skewed else 1
    secret = f"CAST(floor({secrets} * power((hash(n + 1) % 1000000) / 1e6, {power})) AS BIGINT)"
    place = (
        f"'team/app-' || {secret} || '/password' AS secret_name,"
        f" CAST(111122220000 + {secret} % 40 AS VARCHAR) AS account, 'eu-west-1' AS region, false AS invented"
    )
    windows = int(changes / 10 * APPROVED)
    opens = f"TIMESTAMP '2025-01-01 00:00:00' + to_seconds(CAST(hash(n + 2) % {_YEAR_SECONDS} AS BIGINT))"
    length = (
        "CASE WHEN n % 100000 = 7 THEN 31536000 WHEN n % 1000 = 3 THEN 0"
        " ELSE CAST(3600 + hash(n + 3) % 28800 AS BIGINT) END"
    )
    time = f"TIMESTAMP '2025-01-01 00:00:00' + to_seconds(CAST(n * {_YEAR_SECONDS / changes} AS BIGINT))"
    with duckdb.connect(":memory:") as connection:
        for file, select in (
            (CHANGES, f"SELECT {place}, {time} AS time FROM range({changes}) AS numbers(n)"),
            (
                WINDOWS,
                (
                    f"SELECT *, opens + to_seconds({length}) AS closes"
                    f" FROM (SELECT n, {place}, {opens} AS opens FROM range({windows}) AS numbers(n))"
                ),
            ),
        ):
            connection.execute(f"COPY ({select}) TO '{folder / file}' (FORMAT parquet, COMPRESSION zstd)")


def _methods(stack: ExitStack, folder: str, name: str, effort: Effort) -> list[Method | Absent]:
    ours = stack.enter_context(Contestant("join_ours", OURS / "python", our_environment(), effort))
    theirs = f"polars join_asof, {name}"
    if not installed(PEERS / "python", "polars"):
        return [ours.method(f"counterseal, {name}", "sweep", folder), Absent(theirs, "polars is not in .venv-bench")]
    peer = stack.enter_context(Contestant("join_polars", PEERS / "python", environment(PYTHONPATH=str(ROOT)), effort))
    return [ours.method(f"counterseal, {name}", "sweep", folder), peer.method(theirs, "asof", folder)]


def _plan(methods: list[Method | Absent], effort: Effort) -> Plan:
    pairs = [
        Comparison(subject="counterseal, even", baseline="polars join_asof, even", limit=4.0, goal="7a"),
        Comparison(subject="counterseal, skewed", baseline="polars join_asof, skewed"),
    ]
    return Plan(
        title="changes that no approved window covers: the statement of the view uncovered_times",
        methods=methods,
        comparisons=pairs,
        notes=[
            f"{effort.changes:,} changes, {effort.changes // 10:,} approvals of which 80 % count",
            f"even: {EVEN:,} secrets; skewed: {SKEWED}, a few of which have most",
            "all read the same two Parquet files and must count the same; polars joins by the secret's name alone,",
            "the product by name, account, region and whether it is invented, windows unmerged",
            versions(OURS / "python", "duckdb"),
            versions(PEERS / "python", "polars"),
        ],
        units={"changes": effort.changes},
    )


def _weighed(table: Table) -> Table:
    """Add what no ratio of two methods with one outcome can say: skewed against even, and the memory."""
    ours = {name: table.series.samples[f"counterseal, {name}"] for name in ("even", "skewed")}
    ratio = sorted(skewed.seconds / even.seconds for even, skewed in zip(ours["even"], ours["skewed"], strict=True))[
        len(ours["even"]) // 2
    ]
    peak = max(it.peak_bytes for samples in ours.values() for it in samples)
    guards = [
        Guard(
            what="counterseal, skewed / even", figure=f"{ratio:.2f}x", wanted="≤ 1.3x", holds=ratio <= 1.3, goal="7b"
        ),
        Guard(what="peak memory", figure=f"{peak / 1e6:.0f} MB", wanted="≤ 1 GiB", holds=peak <= MOST_BYTES, goal="7a"),
    ]
    return replace(table, judgements=[*table.judgements, *(weigh(it) for it in guards)])
