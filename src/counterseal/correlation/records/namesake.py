"""Secrets that bore one name, one after another: to which of them it led, and when."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Mark(NamedTuple):
    """At that time the name meant that ARN.

    `born`: a secret was made under it, `gone`: it was deleted for good; both perhaps with an unknown ARN, "".
    `late`: its versions went, so the name meant it at some time before.
    """

    time: datetime
    arn: str
    born: bool = False
    gone: bool = False
    late: bool = False


class NameHistory:
    """To which ARN one name led, and when. Each birth under that name opens a new span, each end closes one."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        """Take what is known of the name, in any order."""
        held = sorted(marks)
        self._births = _arns_by_time(it for it in held if it.born)
        self._ends = _arns_by_time(it for it in held if it.gone)
        self._turns = sorted(self._births.keys() | self._ends.keys())
        seen = [it for it in held if it.arn and not it.late]
        self._first = {it.arn: it.time for it in reversed(seen)}
        self._last = {it.arn: it.time for it in seen}
        self._lives = _lives(held)
        self._late = {it.arn: it.time for it in held if it.late and it.arn not in self._first}
        self._spans: list[list[Mark]] = [[] for _ in range(len(self._turns) + 1)]
        self._sure: list[set[str]] = [set() for _ in self._spans]
        for mark in seen:
            self._place(mark)

    def arn_at(self, time: datetime, *, born: bool, gone: bool) -> str:
        """Return the ARN that the name led to, or nothing where the marks leave two possible.

        `born`, `gone`: what was done then made a secret, or deleted it for good.
        """
        sides = self._sides(time)
        if any(time <= late for late in self._late.values()) and not self._is_between(time, sides):
            return self._only(time)
        could = {arn for number in sides for arn in self._nearest(number, time)}
        left = [arn for arn in could if self._may_be(arn, time, born=born, gone=gone)]
        is_turn = born or gone
        return left[0] if len(left) == 1 and self._is_sure(left[0], time, sides, is_turn=is_turn) else ""

    def _place(self, mark: Mark) -> None:
        """Put a mark into the spans in which it may have been; what is born and gone in one second may be in both."""
        nobody = {"", mark.arn}
        born = mark.born and not nobody & self._ends.get(mark.time, set())
        gone = mark.gone and not nobody & self._births.get(mark.time, set())
        sides = self._sides(mark.time, born=born, gone=gone)
        for number in sides:
            self._spans[number].append(mark)
        if len(sides) == 1:
            self._sure[sides[0]].add(mark.arn)

    def _sides(self, time: datetime, *, born: bool = False, gone: bool = False) -> range:
        """Return the numbers of the spans in which it may have been.

        Order inside a second is undefined: in that of a birth or an end it may have been before or after.
        """
        before, after = bisect_left(self._turns, time), bisect_right(self._turns, time)
        return range(after if born else before, (before if gone else after) + 1)

    def _nearest(self, number: int, time: datetime) -> set[str]:
        """Return the ARNs that a span leaves possible: no turn between them was recorded, so those seen nearest."""
        span = self._spans[number]
        low, high = bisect_left(span, time, key=_time_of), bisect_right(span, time, key=_time_of)
        low = bisect_left(span, span[low - 1].time, key=_time_of) if low else 0
        high = bisect_right(span, span[high].time, key=_time_of) if high < len(span) else high
        return {mark.arn for mark in span[low:high]}

    def _may_be(self, arn: str, time: datetime, *, born: bool, gone: bool) -> bool:
        """Say whether it was there then; and was not seen before it was made, or after it was gone."""
        made, ended = self._lives[arn]
        there = (made or time) <= time <= (ended or time)
        return there and not (born and self._first[arn] < time) and not (gone and self._last[arn] > time)

    def _is_sure(self, arn: str, time: datetime, sides: range, *, is_turn: bool) -> bool:
        """Say whether a sighting proves it: in the second of another turn it may lie on its far side."""
        seen_then = (mark.arn == arn and mark.time == time for mark in self._spans[sides[0]])
        return any(arn in self._sure[number] for number in sides) or (not is_turn and len(sides) > 1 and any(seen_then))

    def _is_between(self, time: datetime, sides: range) -> bool:
        """Say whether one secret alone was seen before and after, with no turn between."""
        span = self._spans[sides[0]]
        is_within = len(sides) == 1 and bool(span) and span[0].time < time < span[-1].time
        return is_within and len(self._nearest(sides[0], time)) == 1

    def _only(self, time: datetime) -> str:
        """Return the one secret of this name that any record tells of, if all that was made and ended can be it."""
        [(arn, late), *others] = self._late.items()
        born_by_then = all(it <= time and it < late for it in self._births)
        return arn if not others and not self._first and born_by_then and all(it >= time for it in self._ends) else ""


def _time_of(mark: Mark) -> datetime:
    return mark.time


def _arns_by_time(turns: Iterable[Mark]) -> dict[datetime, set[str]]:
    found = defaultdict(set)
    for mark in turns:
        found[mark.time].add(mark.arn)
    return dict(found)


def _lives(marks: list[Mark]) -> dict[str, tuple[datetime | None, datetime | None]]:
    """Return when each secret was made and when it was gone, where that is known."""
    made = {it.arn: it.time for it in marks if it.born}
    ended = {it.arn: it.time for it in marks if it.gone}
    return {it.arn: (made.get(it.arn), ended.get(it.arn)) for it in marks}
