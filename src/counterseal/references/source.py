"""A text that is read as a reference, and how to say where in it something is wrong."""

from collections.abc import Callable
from typing import NamedTuple

from counterseal.errors import MalformedReference

Where = Callable[[int], str]


def in_column(at: int) -> str:
    """Say an offset as a column, counted from 1."""
    return f"column {at + 1}"


class Source(NamedTuple):
    """The text, and the words for an offset in it."""

    text: str
    where: Where = in_column

    def wrong(
        self, problem: str, at: int, *, hint: str = "", kind: type[MalformedReference] = MalformedReference
    ) -> MalformedReference:
        """Return the error for a problem at an offset."""
        return kind(f"{problem}, at {self.where(at)}", hint=hint)

    def checked(self, part: str, at: int, check: Callable[[str], str]) -> str:
        """Return what a check makes of one part of the text; its error gets the part's place.

        Raises:
            MalformedReference: the check raised it, or a kind of it.
        """
        try:
            return check(part)
        except MalformedReference as failure:
            raise self.wrong(str(failure), at, hint=failure.hint, kind=type(failure)) from None
