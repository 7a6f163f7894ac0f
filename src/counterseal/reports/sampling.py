"""A sample that anybody draws again: the same rows from the same population and seed, on every machine."""

import hashlib
from collections.abc import Mapping, Sequence

from counterseal.canonical import canonical_json
from counterseal.errors import Refused
from counterseal.reports.interface import Cell

Row = Mapping[str, Cell]


def draw(population: Sequence[Row], *, size: int, seed: int) -> list[Row]:
    """Return that many rows, in the order of the population; all of them where there are no more.

    A row's place in the draw is the SHA-256 of the canonical list of seed, account, event id and version: no random
    generator, whose numbers might differ between versions, and no matter in which order the rows came.

    Raises:
        Refused: the size is below 1, or the seed is negative or 2**53 or more.
    """
    if size < 1:
        raise Refused(f"a sample has at least one row, not {size}")
    if not 0 <= seed < 2**53:
        raise Refused(f"a seed is a whole number from 0 and below 2**53, not {seed}")
    places = {number: _place(row, seed) for number, row in enumerate(population)}
    drawn = sorted(places, key=lambda number: (places[number], number))[:size]
    return [population[number] for number in sorted(drawn)]


def _place(row: Row, seed: int) -> bytes:
    named = [seed, *(str(row[name]) for name in ("account", "event_id", "version_id"))]
    return hashlib.sha256(canonical_json(named)).digest()
