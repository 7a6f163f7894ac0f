"""The pictures of the reports: what a reader sees at once and a table hides. Each takes the rows of its report."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from counterseal.clock import format_time
from counterseal.correlation.records.interval import place_named
from counterseal.errors import UsageError
from counterseal.reports.drawing import COLOURS, WIDTH, Drawing
from counterseal.reports.interface import Cell

Rows = Sequence[Mapping[str, Cell]]

# The gravest first, from below. Where two of a picture share a shade, the second takes another of its colour.
_KINDS = {
    "unapproved": "red-2", "mismatched": "red-1", "silent-rollback": "red-3", "unrecorded-version": "red-1",
    "untracked-version": "red-2", "orphan-deletion": "red-3", "unrecorded-deletion": "red-1", "trail-fault": "red-2",
    "blind-interval": "grey-1", "emergency-overdue": "amber-1", "approved-late": "amber-2",
    "emergency-pending": "amber-3", "approval-unknown": "amber-1", "unattributed": "amber-3",
    "stale-label": "amber-2", "unclassified": "grey-1",
}  # fmt: skip
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


def discrepancies_over_time(rows: Rows) -> Drawing:
    """Return bars of days, weeks or months, each as high as it has discrepancies, in the colours of their verdicts."""
    counted = [(cast("datetime", row["time"]), str(row["verdict"])) for row in rows]
    drawing = Drawing("Discrepancies over time, by verdict")
    if not counted:
        return _nothing(drawing)
    starts, unit = _periods([time for time, _ in counted])
    piles = {start: Counter[str]() for start in starts}
    for time, verdict in counted:
        piles[max(start for start in starts if start <= time)][verdict] += 1
    total = Counter(verdict for _, verdict in counted)
    order = [verdict for verdict in (*_KINDS, *sorted(total.keys() - _KINDS.keys())) if verdict in total]
    shades = _shades(order)
    drawing.legend([(shades[name], f"{name} ({total[name]})") for name in order])
    _piles(drawing, piles, shades, "%b %Y" if unit == "Month" else "%-d %b")
    waived = sum(bool(row.get("waived_by")) for row in rows)
    if waived:
        said = f"{waived} of {len(rows)} are waived, and do not count"
        drawing.text(0, drawing.height + 14, said, "soft small")
        drawing.say(said + ".")
        drawing.height += 26
    for start, pile in piles.items():
        said = ", ".join(f"{pile[name]} {name}" for name in order if pile[name])
        if said:
            drawing.say(f"{unit} of {start:%Y-%m-%d}: {said}.")
    return drawing


def _shades(order: Sequence[str]) -> dict[str, str]:
    shades: dict[str, str] = {}
    for name in order:
        wanted = _KINDS.get(name, "grey-1")
        colour = wanted.partition("-")[0]
        of_it = (wanted, *(it for it in COLOURS if it.startswith(colour)))
        shades[name] = next((it for it in of_it if it not in shades.values()), wanted)
    return shades


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


def changes_by_actor(rows: Rows) -> Drawing:
    """Return one bar an actor: changes, and how many of them are discrepancies."""
    drawing = Drawing("Changes by actor")
    if not rows:
        return _nothing(drawing)
    drawing.legend([("red-2", "discrepancies"), ("green-1", "other changes")])
    most = max(_whole(row["changes"]) for row in rows)
    left, top = 300, drawing.height + 8
    for place, row in enumerate(rows[:_MOST_ACTORS]):
        name, changes, wrong = _who(row), _whole(row["changes"]), _whole(row["discrepancies"])
        y = top + place * 30
        drawing.text(left - 12, y + 15, _short(name), "ink end", hint=name)
        scale = (WIDTH - left - 120) / most
        drawing.box((left, y), (wrong * scale - 1, 20), "red-2", f"{wrong} discrepancies of {name}")
        drawing.box((left + wrong * scale, y), ((changes - wrong) * scale, 20), "green-1", f"{changes - wrong} others")
        drawing.text(
            left + changes * scale + 10, y + 15, f"{changes}, {wrong} wrong" if wrong else str(changes), "soft small"
        )
        drawing.say(f"{name}: {changes} changes, {wrong} of them discrepancies.")
    drawing.height = top + 30 * min(len(rows), _MOST_ACTORS)
    if len(rows) > _MOST_ACTORS:
        drawing.text(left, drawing.height + 14, f"and {len(rows) - _MOST_ACTORS} more", "soft small")
        drawing.height += 26
    return drawing


def waiting_for_approval(rows: Rows) -> Drawing:
    """Return how many approvals took how long."""
    drawing = Drawing("Time from asking to approval")
    waits = [_whole(row["seconds_to_approval"]) for row in rows if row["seconds_to_approval"] is not None]
    if not waits:
        return _nothing(drawing, f"Of {len(rows)} approvals it is not known when they were asked for." if rows else "")
    names = [*(f"up to {name}" for _, name in _WAITS), f"over {_WAITS[-1][1]}"]
    counts = [0] * len(names)
    for wait in waits:
        counts[sum(wait > limit for limit, _ in _WAITS)] += 1
    left, top, most = 130, drawing.height + 4, max(counts)
    for place, (name, count) in enumerate(zip(names, counts, strict=True)):
        y, wide = top + place * 34, count * (WIDTH - left - 60) / most
        drawing.text(left - 12, y + 17, name, "ink end")
        drawing.box((left, y), (wide, 24), "green-1", f"{count} approvals, {name}")
        drawing.text(left + wide + 10, y + 17, str(count), "soft small")
        drawing.say(f"{name}: {count}.")
    drawing.height = top + 34 * len(names)
    unknown = len(rows) - len(waits)
    middle = sorted(waits)[len(waits) // 2]
    said = f"half of {len(waits)} took at most {_long(middle)}" + (f"; of {unknown} it is not known" if unknown else "")
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
        ("grey-1", "records read"), ("green-1", "files proved complete"), ("amber-2", "files not proved"),
        ("red-2", "blind"),
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
    "population": ("grey-1", 0, "records read"),
    "complete": ("green-1", 1, "files proved complete"),
    "unproved": ("amber-2", 2, "files not proved"),
    "blind": ("red-2", 3, "blind"),
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
    "discrepancies": discrepancies_over_time,
    "changes_by_actor": changes_by_actor,
    "time_to_approval": waiting_for_approval,
    "coverage": coverage_band,
}
