"""Reads a trail as `counterseal audit` does: the shipped intake, from the folder to events."""

from pathlib import Path

from bench.contestants.changes import digest
from bench.turns import Job, serve


def intake(folder: str) -> Job:
    """Read every file into events and keep the changes."""
    from counterseal.control.intake import read_events

    from counterseal.correlation import Kind

    def run() -> list[str]:
        return [event.event_id for event in read_events([Path(folder)]) if event.kind is Kind.CHANGE]

    return Job(run=run, outcome=digest)


if __name__ == "__main__":
    serve({"intake": intake})
