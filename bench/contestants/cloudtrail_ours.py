"""Reads a trail as `counterseal audit` does: the shipped intake, from the folder to the population."""

from pathlib import Path

from bench.contestants.changes import digest
from bench.turns import Job, serve
from counterseal.control.intake import read_paths
from counterseal.correlation.records.event import Kind


def intake(folder: str) -> Job:
    """Read every file into one population and keep the changes."""

    def run() -> list[str]:
        population = read_paths([Path(folder)]).population
        return [event.event_id for event in population.events if event.kind is Kind.CHANGE]

    return Job(run=run, outcome=digest)


if __name__ == "__main__":
    serve({"intake": intake})
