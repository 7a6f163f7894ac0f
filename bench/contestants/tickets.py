"""An invented year of tickets and the changes of one day, as plain numbers that every contestant reads alike."""

from collections.abc import Iterator
from typing import NamedTuple

SECRETS = 10_000
CHANGES = 100
YEAR_SECONDS = 365 * 86_400
WINDOW_SECONDS = 6 * 3600


class Planned(NamedTuple):
    """One ticket: its number, its secret, when its window begins (seconds into the year), whether it is approved."""

    number: int
    secret: int
    opens: int
    approved: bool


def planned(count: int) -> Iterator[Planned]:
    """Yield the tickets: spread evenly over secrets and year, four of five approved."""
    for number in range(count):
        opens = number * 7_919 * 61 % YEAR_SECONDS
        yield Planned(number, number * 31 % SECRETS, opens, number % 5 != 0)


def changes(turn: int = 0) -> list[tuple[int, int]]:
    """Return the secret and the time of each new change; each turn changes other secrets, until all had their turn."""
    return [
        ((turn * CHANGES + number) * 31 % SECRETS, (number * 1_234_577 + turn * 977) % YEAR_SECONDS)
        for number in range(CHANGES)
    ]
