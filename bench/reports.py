"""Every shipped report over ten million rows of a compacted ledger, asked warm."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench.figures import Guard
from bench.harness import OURS, Contestant, Effort, Method, Plan, Table, measure, our_environment, versions
from bench.ledger_set import LedgerSet, write_ledger_set
from counterseal.reports.catalogue import REPORTS

LIMIT_SECONDS = 1.0
# Beside all of it: one month, and one secret of those that are changed least.
NARROWER = {
    "findings": (
        ("one month", "since=2025-11-01T00:00:00+00:00"),
        ("one secret", "secret_name=team/app-15000/password"),
        ("one ticket", "ticket=OPS-1500"),
    ),
    "discrepancies": (("one month", "since=2025-11-01T00:00:00+00:00"),),
    "changes_by_actor": (("one month", "since=2025-11-01T00:00:00+00:00"),),
}


def tables(effort: Effort) -> list[Table]:
    """Write the set, and ask it everything."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = write_ledger_set(folder, rows=effort.rows)
        contestant = stack.enter_context(Contestant("reports_ours", OURS / "python", our_environment(), effort))
        methods = list(_methods(contestant, made))
        table = measure(_plan(methods, made), effort.report_rounds, effort)
    return [judged(table, effort)]


def _methods(contestant: Contestant, made: LedgerSet) -> list[Method]:
    folder, event_id = str(made.folder), made.event_id
    methods = []
    for name in REPORTS:
        methods.append(contestant.method(name, "report", folder, name, event_id))
        for words, given in NARROWER.get(name, ()):
            methods.append(contestant.method(f"{name}, {words}", "report", folder, name, event_id, given))
    return methods


def _plan(methods: list[Method], made: LedgerSet) -> Plan:
    return Plan(
        title="reports over a compacted ledger, warm, one process",
        methods=methods,
        comparisons=[],
        notes=[
            f"{made.rows:,} invented rows, {made.findings:,} findings that hold, as compact-to-parquet writes them",
            "each report whole where it is short, else its first 100 rows; opening the folder is not timed",
            versions(OURS / "python", "duckdb"),
        ],
    )


def judged(table: Table, effort: Effort) -> Table:
    """Weigh each report against the limit. It is a time and no ratio: the goal names it, on two cores."""
    from dataclasses import replace

    from bench.figures import weigh

    whole = effort.rows >= 10_000_000
    guards = []
    for name, samples in table.series.samples.items():
        seconds = median(it.seconds for it in samples)
        failure = next((it.failure for it in samples if it.failure), "")
        figure = failure or f"{seconds * 1000:.0f} ms"
        holds = not failure and (seconds < LIMIT_SECONDS or not whole)
        guards.append(Guard(what=f"report {name}", figure=figure, wanted="< 1 s", holds=holds, goal="7d"))
    return replace(table, judgements=[weigh(it) for it in guards])
