"""The same question asked of SQLite: approved windows merged, one look-up by index for each change."""

import sqlite3

from bench.contestants.tickets import WINDOW_SECONDS, changes, planned
from bench.turns import Job, serve

_LOOK_UP = "SELECT closes FROM merged WHERE secret = ? AND opens <= ? ORDER BY opens DESC LIMIT 1"


def join(tickets: str) -> Job:
    """Count the changes that lie in an approved window; which ticket it was is not told."""
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE TABLE merged (secret INTEGER, opens INTEGER, closes INTEGER, PRIMARY KEY (secret, opens)) WITHOUT ROWID"
    )
    database.executemany("INSERT INTO merged VALUES (?, ?, ?)", _merged(int(tickets)))
    asked = changes()

    def run() -> int:
        found = ((database.execute(_LOOK_UP, change).fetchone(), change[1]) for change in asked)
        return sum(row is not None and time <= row[0] for row, time in found)

    return Job(run=run, outcome=str)


def _merged(tickets: int) -> list[tuple[int, int, int]]:
    merged: list[tuple[int, int, int]] = []
    for secret, opens in sorted((it.secret, it.opens) for it in planned(tickets) if it.approved):
        closes = opens + WINDOW_SECONDS
        if merged and merged[-1][0] == secret and opens <= merged[-1][2]:
            merged[-1] = (secret, merged[-1][1], max(closes, merged[-1][2]))
        else:
            merged.append((secret, opens, closes))
    return merged


if __name__ == "__main__":
    serve({"join": join})
