"""The pictures of the reports: what a reader sees at once and a table hides. Each takes the rows of its report."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple, cast

from counterseal.clock import format_time
from counterseal.correlation.records.interval import place_named
from counterseal.errors import UsageError
from counterseal.reports.drawing import WIDTH, Drawing
from counterseal.reports.interface import Cell
from counterseal.reports.shades import OTHERS, VERDICTS

Rows = Sequence[Mapping[str, Cell]]

_MOST_ACTORS = 20
_DAY = timedelta(days=1)
_WAITS = (
    (15 * 60, "15 min"), (3600, "1 hour"), (4 * 3600, "4 hours"), (86400, "1 day"), (3 * 86400, "3 days"),
)  # fmt: skip


def chart(report: str, rows: Rows) -> Drawing:
    """Return the picture of a report's rows.

    Raises:
        UsageError: this report has none; the hint names those that have.
    """
    refuse_without_chart(report)
    return _CHARTS[report](rows)


def refuse_without_chart(report: str) -> None:
    """Let a report pass that has a picture.

    Raises:
        UsageError: it has none; the hint names those that have.
    """
    if report not in _CHARTS:
        raise UsageError(f"the report {report!r} has no picture", hint=f"these have: {', '.join(_CHARTS)}")


def _over_time(rows: Rows, title: str) -> Drawing:
    """Return bars of days, weeks or months, each as high as it has rows, in the shades of their verdicts."""
    counted = [(cast("datetime", row["time"]), str(row["verdict"])) for row in rows]
    drawing = Drawing(title)
    if not counted:
        return _nothing(drawing)
    starts, unit = _periods([time for time, _ in counted])
    piles = {start: Counter[str]() for start in starts}
    for time, verdict in counted:
        piles[max(start for start in starts if start <= time)][verdict] += 1
    total = Counter(verdict for _, verdict in counted)
    shades = _shades(total)
    drawing.legend([(shade, f"{name} ({total[name]})") for name, shade in shades.items()])
    _piles(drawing, piles, shades, "%b %Y" if unit == "Month" else "%-d %b")
    waived = sum(bool(row.get("waived_by")) for row in rows)
    if waived:
        verbs = ("is", "does") if waived == 1 else ("are", "do")
        said = f"{waived} of {len(rows)} {verbs[0]} waived, and {verbs[1]} not count"
        drawing.text(0, drawing.height + 14, said, "soft small")
        drawing.say(said + ".")
        drawing.height += 26
    for start, pile in piles.items():
        said = ", ".join(f"{pile[name]} {name}" for name in shades if pile[name])
        if said:
            drawing.say(f"{unit} of {start:%Y-%m-%d}: {said}.")
    return drawing


def _shades(verdicts: Collection[str]) -> dict[str, str]:
    """Return the shade of each verdict, the gravest first; those that this version does not know come last."""
    known = {name: shade for name, shade in VERDICTS.items() if name in verdicts}
    unknown = sorted(set(verdicts) - VERDICTS.keys())
    return known | {name: OTHERS[min(place, len(OTHERS) - 1)] for place, name in enumerate(unknown)}


def _piles(drawing: Drawing, piles: Mapping[datetime, Counter[str]], shades: Mapping[str, str], dated: str) -> None:
    top, height, left = drawing.height + 16, 260, 44
    highest = max(pile.total() for pile in piles.values())
    step = _step(highest)
    scale = height / (-(-highest // step) * step)
    for mark in range(0, highest + step, step):
        y = top + height - mark * scale
        if y >= top - 1:
            drawing.line((left, y), (WIDTH, y))
            drawing.text(left - 10, y + 4, str(mark), "soft small end")
    pitch = (WIDTH - left) / len(piles)
    width = min(pitch * 0.72, 56)
    every = -(-len(piles) // 12)
    for place, (start, pile) in enumerate(piles.items()):
        x, y = left + pitch * (place + 0.5) - width / 2, float(top + height)
        for name in (name for name in shades if pile[name]):
            tall = pile[name] * scale
            y -= tall
            hint = f"{pile[name]} {name}, from {start:%Y-%m-%d}"
            drawing.box((x, y + 0.75), (width, tall - 1.5), shades[name], hint)
        if place % every == 0:
            year = "" if place or "%Y" in dated else f" {start:%Y}"
            drawing.text(x + width / 2, top + height + 20, f"{start:{dated}}{year}", "soft small middle")
    drawing.height = top + height + 32


class _Bar(NamedTuple):
    """One bar: its name, its parts by shade and what is said where somebody points at them, its figures in words."""

    name: str
    parts: Sequence[tuple[str, int, str]]
    figures: str
    said: str


def changes_by_actor(rows: Rows) -> Drawing:
    """Return one bar an actor: changes, and how many of them are discrepancies."""
    drawing = Drawing("Changes by actor")
    if not rows:
        return _nothing(drawing)
    drawing.legend([("red-1", "discrepancies"), ("green-3", "other changes")])
    bars = []
    for row in rows:
        name, changes, wrong = _who(row), _whole(row["changes"]), _whole(row["discrepancies"])
        parts = [
            ("red-1", wrong, f"{wrong} discrepancies of {name}"),
            ("green-3", changes - wrong, f"{changes - wrong} others"),
        ]
        figures = f"{changes}, {wrong} wrong" if wrong else str(changes)
        bars.append(_Bar(name, parts, figures, f"{name}: {changes} changes, {wrong} of them discrepancies."))
    return _bars(drawing, bars)


def changes_of_strangers(rows: Rows) -> Drawing:
    """Return one bar an actor whom nobody mapped: how many of their changes fit a ticket but for that."""
    drawing = Drawing("Changes that only lack an identity, by actor")
    bars = []
    for row in rows:
        name, changes = _who(row), _whole(row["changes"])
        said = f"{changes} {'change' if changes == 1 else 'changes'}"
        bars.append(_Bar(name, [("amber-2", changes, f"{said} by {name}")], str(changes), f"{name}: {said}."))
    return _bars(drawing, bars)


def findings_by_verdict(rows: Rows) -> Drawing:
    """Return one bar a verdict, the gravest on top."""
    counted: dict[str, list[int]] = {}
    for row in rows:
        counted.setdefault(str(row["verdict"]), [0, 0])[not row["discrepancy"]] += _whole(row["findings"])
    bars = []
    for name, shade in _shades(counted).items():
        number, wrong = sum(counted[name]), counted[name][0]
        figures = f"{number}, {wrong} counted" if 0 < wrong < number else str(number)
        said = f"{name}: {number}, of which the audit counted {wrong}."
        bars.append(_Bar(name, [(shade, number, f"{number} {name}")], figures, said))
    return _bars(Drawing("Findings by verdict"), bars, most=len(bars))


def _bars(drawing: Drawing, bars: Sequence[_Bar], *, most: int = _MOST_ACTORS) -> Drawing:
    if not bars:
        return _nothing(drawing)
    left, top = min(300, 40 + 8 * max(len(bar.name) for bar in bars)), drawing.height + 8
    scale = (WIDTH - left - 120) / max(sum(number for _, number, _ in bar.parts) for bar in bars)
    for place, bar in enumerate(bars[:most]):
        x, y = float(left), top + place * 30
        drawing.text(left - 12, y + 15, _short(bar.name), "ink end", hint=bar.name)
        for shade, number, hint in bar.parts:
            if number:
                drawing.box((x, y), (number * scale - 1, 20), shade, hint)
            x += number * scale
        drawing.text(x + 10, y + 15, bar.figures, "soft small")
        drawing.say(bar.said)
    drawing.height = top + 30 * min(len(bars), most)
    if len(bars) > most:
        drawing.text(left, drawing.height + 14, f"and {len(bars) - most} more", "soft small")
        drawing.height += 26
    return drawing


def waiting_for_approval(rows: Rows) -> Drawing:
    """Return how many approvals took how long."""
    unknown = f"Of {len(rows)} approvals it is not known when they were asked for." if rows else ""
    waits = [_whole(row["seconds_to_approval"]) for row in rows if row["seconds_to_approval"] is not None]
    drawing = Drawing("Time from asking to approval")
    if not waits:
        return _nothing(drawing, unknown)
    half = f"half of {len(waits)} took at most {_long(sorted(waits)[len(waits) // 2])}"
    missing = len(rows) - len(waits)
    return _lengths(
        drawing, waits, ("green-2", "approvals"), half + (f"; of {missing} it is not known" if missing else "")
    )


def time_to_late_approval(rows: Rows) -> Drawing:
    """Return how many changes were approved how long afterwards, and how many never."""
    late = [_whole(row["seconds_late"]) for row in rows if row["seconds_late"] is not None]
    drawing = Drawing("Time from the change to its approval")
    if not late:
        return _nothing(drawing, f"Of {len(rows)} changes no approval is known." if rows else "")
    half = f"half of {len(late)} were approved within {_long(sorted(late)[len(late) // 2])}"
    missing = len(rows) - len(late)
    return _lengths(
        drawing, late, ("amber-2", "changes"), half + (f"; of {missing} no approval is known" if missing else "")
    )


def _lengths(drawing: Drawing, seconds: Sequence[int], counted: tuple[str, str], said: str) -> Drawing:
    shade, what = counted
    names = [*(f"up to {name}" for _, name in _WAITS), f"over {_WAITS[-1][1]}"]
    counts = [0] * len(names)
    for one in seconds:
        counts[sum(one > limit for limit, _ in _WAITS)] += 1
    left, top, most = 130, drawing.height + 4, max(counts)
    for place, (name, count) in enumerate(zip(names, counts, strict=True)):
        y, wide = top + place * 34, count * (WIDTH - left - 60) / most
        drawing.text(left - 12, y + 17, name, "ink end")
        if count:
            drawing.box((left, y), (wide, 24), shade, f"{count} {what}, {name}")
        drawing.text(left + wide + 10, y + 17, str(count), "soft small")
        drawing.say(f"{name}: {count}.")
    drawing.height = top + 34 * len(names)
    drawing.text(left, drawing.height + 16, said, "soft small")
    drawing.say(said + ".")
    drawing.height += 30
    return drawing


def coverage_band(rows: Rows) -> Drawing:
    """Return a band of time for each account and region: proved complete, not proved, blind; above, what was read."""
    drawing = Drawing("What was read, what is proved, and what could not be seen")
    shown = [row for row in rows if row["time_from"] is not None]
    if not shown:
        return _nothing(drawing)
    drawing.legend([
        ("grey-3", "records read"), ("green-3", "files proved complete"), ("amber-2-striped", "files not proved"),
        ("red-1", "blind"),
    ])  # fmt: skip
    latest = max(_end(row, None) for row in shown)
    first = min(cast("datetime", row["time_from"]) for row in shown)
    span = max((latest - first).total_seconds(), 1.0)
    left, top = 230, drawing.height + 14
    bands = ["", *sorted({_place(row) for row in shown if row["what"] != "population"})]

    def across(time: datetime) -> float:
        return left + (time - first).total_seconds() / span * (WIDTH - left)

    for row in sorted(shown, key=lambda it: _BANDS[str(it["what"])][1]):
        kind, _, words = _BANDS[str(row["what"])]
        band = bands.index("" if row["what"] == "population" else _place(row))
        start, end = cast("datetime", row["time_from"]), _end(row, latest)
        x, y = across(start), top + band * 34
        hint = f"{words}, {format_time(start)} to {format_time(end) if row['time_to'] else 'now'}"
        drawing.box((x, y), (max(across(end) - x, 2), 22), kind, hint)
        drawing.say(f"{bands[band]} {hint}.".strip())
    for place, band_name in enumerate(bands):
        drawing.text(left - 12, top + place * 34 + 16, band_name or "audits", "ink end")
    drawing.height = top + 34 * len(bands)
    drawing.line((left, drawing.height), (WIDTH, drawing.height))
    drawing.text(left, drawing.height + 18, f"{first:%-d %b %Y, %H:%M} UTC", "soft small")
    drawing.text(WIDTH, drawing.height + 18, f"{latest:%-d %b %Y, %H:%M} UTC", "soft small end")
    drawing.height += 30
    return drawing


_BANDS = {
    "population": ("grey-3", 0, "records read"),
    "complete": ("green-3", 1, "files proved complete"),
    "unproved": ("amber-2-striped", 2, "files not proved"),
    "blind": ("red-1", 3, "blind"),
}


def _end(row: Mapping[str, Cell], otherwise: datetime | None) -> datetime:
    return cast("datetime", row["time_to"] or otherwise or row["time_from"])


def _periods(times: Sequence[datetime]) -> tuple[list[datetime], str]:
    """Return the starts of days, weeks or months that hold all times: at most some forty of them."""
    first, last = min(times).astimezone(UTC), max(times).astimezone(UTC)
    day = first.replace(hour=0, minute=0, second=0, microsecond=0)
    if last - day <= 31 * _DAY:
        return [day + number * _DAY for number in range((last - day).days + 1)], "Day"
    if last - day <= 280 * _DAY:
        monday = day - day.weekday() * _DAY
        return [monday + number * 7 * _DAY for number in range((last - monday).days // 7 + 1)], "Week"
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in months], "Month"


def _step(highest: int) -> int:
    """Return a round distance between lines, so that there are at most six."""
    step, factors = 1, (2, 5, 10)
    for power in range(12):
        for factor in factors:
            if highest <= step * 5:
                return step
            step = factor * 10**power
    return step


def _nothing(drawing: Drawing, said: str = "") -> Drawing:
    drawing.text(0, drawing.height + 14, said or "There is nothing to show.", "soft")
    drawing.height += 26
    return drawing


def _whole(cell: Cell) -> int:
    return int(cast("int", cell))


def _who(row: Mapping[str, Cell]) -> str:
    return str(row["actor_name"] or row["actor_arn"] or "nobody is named")


def _place(row: Mapping[str, Cell]) -> str:
    return place_named(str(row["account"]), str(row["region"]))


def _short(name: str) -> str:
    return name if len(name) <= 36 else f"{name[:35]}…"  # noqa: PLR2004  # as wide as the margin


def _long(seconds: int) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


_CHARTS: Mapping[str, Callable[[Rows], Drawing]] = {
    "discrepancies": partial(_over_time, title="Discrepancies over time, by verdict"),
    "summary": findings_by_verdict,
    "changes": partial(_over_time, title="Changes over time, by verdict"),
    "uncovered_changes": partial(_over_time, title="Changes outside every approved window, by verdict"),
    "changes_by_actor": changes_by_actor,
    "unmapped_actors": changes_of_strangers,
    "time_to_approval": waiting_for_approval,
    "late_approvals": time_to_late_approval,
    "coverage": coverage_band,
}
