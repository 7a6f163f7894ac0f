"""Entries appended to a new ledger: against a table of SQLite without a key, which promises nothing (goal 6d)."""

from contextlib import ExitStack

from bench.figures import Comparison, Sense
from bench.harness import OURS, Contestant, Effort, Plan, Table, measure, our_environment

APPEND, PLAIN = "append to the ledger", "SQLite, a table without a key"
AT_LEAST_6D = {PLAIN: 0.5}


def tables(effort: Effort) -> list[Table]:
    """Measure both on the same drafts, which are made before."""
    entries = str(effort.events)
    with ExitStack() as stack:
        work = stack.enter_context(Contestant("ledger_inserts", OURS / "python", our_environment(), effort))
        took = work.method("size", "size", entries).take()
        plan = Plan(
            title=f"{effort.events:,} entries appended to a new ledger".replace(",", " "),
            methods=[work.method(APPEND, "chained", entries), work.method(PLAIN, "plain", entries)],
            comparisons=[
                Comparison(subject=APPEND, baseline=peer, sense=Sense.SPEED, limit=limit, goal="6d")
                for peer, limit in AT_LEAST_6D.items()
            ],
            notes=[
                "drafts of events, 5 000 to a transaction, flushed to disk; making the drafts is not timed",
                f"{APPEND}: compared with all it holds, bound to the entry before, hashed, indexed, order enforced",
                f"on disk: {took.outcome or took.failure}",
            ],
            units={"entries": effort.events},
        )
        return [measure(plan, effort.work_rounds, effort)]
