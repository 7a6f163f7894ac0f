"""100 new changes against a million tickets: found by the shipped index, decided by the shipped docket."""

from contextlib import ExitStack
from dataclasses import replace
from statistics import median

from bench.figures import Comparison, Guard, Sense, weigh
from bench.harness import OURS, Contestant, Effort, Plan, Table, measure, our_environment
from bench.report import duration

TICKETS_AN_EVENT = 50  # a million at full effort
AT_MOST_SECONDS = 0.002  # goal 7c
JOIN, DECIDE, SQLITE = "find the tickets of 100", "decide 100", "SQLite, windows merged"


def tables(effort: Effort) -> list[Table]:
    """Measure the join by itself, which the goal is about, and the whole of deciding beside it."""
    tickets = str(effort.events * TICKETS_AN_EVENT)
    with ExitStack() as stack:
        ours = stack.enter_context(Contestant("incremental_ours", OURS / "python", our_environment(), effort))
        peer = stack.enter_context(Contestant("incremental_sqlite", OURS / "python", our_environment(), effort))
        held = ours.method("size", "size", tickets).take()
        plan = Plan(
            title=f"100 new changes against {int(tickets):,} tickets".replace(",", " "),
            methods=[
                ours.method(JOIN, "join", tickets),
                ours.method(DECIDE, "decide", tickets),
                peer.method(SQLITE, "join", tickets),
            ],
            comparisons=[Comparison(subject=JOIN, baseline=SQLITE, sense=Sense.COST)],
            notes=[
                "10 000 secrets, 100 tickets of each, windows of 6 hours over a year, four of five approved",
                f"{JOIN}: all tickets near each change, by the index; those in an approved window are counted",
                f"{DECIDE}: taken up, put together with what was known of their secrets, judged, a reason written",
                f"{SQLITE}: tells whether, and not which ticket",
                f"the index, not timed: {held.outcome or held.failure}",
            ],
            units={"changes": 100},
        )
        return [judged(measure(plan, effort.work_rounds, effort))]


def judged(table: Table) -> Table:
    """Judge the goal, which is a time and no ratio: by the processor's time, which a busy machine does not stretch."""
    turns = table.series.samples[JOIN]
    middle = median(it.cpu_seconds for it in turns)
    guard = Guard(
        what=f"{JOIN} changes, CPU",
        figure=duration(middle),
        wanted=f"≤ {duration(AT_MOST_SECONDS)}",
        holds=middle <= AT_MOST_SECONDS and not any(it.failure for it in turns),
        goal="7c",
    )
    return replace(table, judgements=[weigh(guard), *table.judgements])
