"""Writes tables for a person, ratios first, and the same facts as JSON for a program."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from bench.figures import Judgement, Sample, Verdict, times
from bench.harness import Table

SCHEMA = "counterseal/bench/v1"
_RATIO_HEADS = ("goal", "comparison", "median", "wanted", "", "lowest", "highest")
_RIGHT = {"median", "lowest", "highest", "CPU", "peak memory"}


def text(table: Table, machine: Mapping[str, str]) -> str:
    """Return one table as a person reads it."""
    lines = [table.plan.title, "=" * len(table.plan.title)]
    lines += [f"{name}: {value}" for name, value in machine.items()]
    lines.append(f"run: {table.rounds} rounds, every method once a round; {table.quiet.sentence()}")
    lines += [f"note: {note}" for note in table.plan.notes]
    lines.append("ratios: time of the first / time of the second, pair by pair; 'as fast' is the other way round")
    lines += ["", *columns(_RATIO_HEADS, [_ratio_row(it) for it in table.judgements])]
    lines += [f"  skipped: {name}: {reason}" for name, reason in table.series.absent.items()]
    lines += [f"  void: {it.what}: {it.reason}" for it in table.judgements if it.verdict is Verdict.VOID]
    lines += ["", *_method_lines(table)]
    return "\n".join(lines) + "\n"


def document(tables: Iterable[Table], machine: Mapping[str, str]) -> dict[str, Any]:
    """Return everything that was measured as plain values for JSON."""
    return {"schema": SCHEMA, "machine": dict(machine), "tables": [_plain_table(table) for table in tables]}


def missed(tables: Iterable[Table]) -> list[Judgement]:
    """Return the goals that were not reached; what is void or skipped is neither reached nor missed."""
    return [it for table in tables for it in table.judgements if it.verdict is Verdict.MISSED]


def duration(seconds: float) -> str:
    """Write a time in the unit in which it is easy to say; a dash where none was taken."""
    if not seconds:
        return "–"
    for factor, unit in ((1e6, "us"), (1e3, "ms"), (1.0, "s")):
        if seconds * factor < 1000:
            return f"{_three_digits(seconds * factor)} {unit}"
    return f"{seconds:.0f} s"


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return lines in columns as wide as their widest cell; figures stand at the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = []
    for row in (heads, *rows):
        cells = zip(heads, row, widths, strict=True)
        lines.append("  ".join(_cell(head, cell, width) for head, cell, width in cells).rstrip())
    return lines


def _cell(head: str, cell: str, width: int) -> str:
    return cell.rjust(width) if head in _RIGHT or head.endswith("/s") else cell.ljust(width)


def _ratio_row(it: Judgement) -> Sequence[str]:
    lowest, highest = (times(it.ratios[1]), times(it.ratios[2])) if it.ratios else ("", "")
    return (it.goal, it.what, it.figure, it.wanted, it.verdict, lowest, highest)


def _method_lines(table: Table) -> list[str]:
    rates = list(table.plan.units)
    facts = list(dict.fromkeys(name for of_one in table.plan.facts.values() for name in of_one))
    heads = ["method", "median", "lowest", "CPU", "peak memory", *(f"{unit}/s" for unit in rates), *facts]
    rows = []
    for name, samples in table.series.samples.items():
        middle, least = median(turn.seconds for turn in samples), min(turn.seconds for turn in samples)
        cells = [name, duration(middle), duration(least), duration(median(turn.cpu_seconds for turn in samples))]
        cells.append(f"{_peak(samples) / 2**20:.1f} MiB" if _peak(samples) else "–")
        cells += [_grouped(amount / middle) if middle else "–" for amount in table.plan.units.values()]
        cells += [table.plan.facts.get(name, {}).get(fact, "") for fact in facts]
        rows.append(cells)
    return columns(heads, rows)


def _plain_table(table: Table) -> dict[str, Any]:
    return {
        "title": table.plan.title,
        "notes": list(table.plan.notes),
        "rounds": table.rounds,
        "quiet": {
            "reached": table.quiet.reached,
            "busy_share": table.quiet.busy_share,
            "others_share": table.quiet.others_share,
        },
        "methods": [
            {
                "name": name,
                "median_seconds": median(turn.seconds for turn in samples),
                "lowest_seconds": min(turn.seconds for turn in samples),
                "median_cpu_seconds": median(turn.cpu_seconds for turn in samples),
                "peak_bytes": _peak(samples),
                "facts": dict(table.plan.facts.get(name, {})),
            }
            for name, samples in table.series.samples.items()
        ],
        "units": dict(table.plan.units),
        "absent": dict(table.series.absent),
        "judgements": [_plain_judgement(it) for it in table.judgements],
    }


def _plain_judgement(it: Judgement) -> dict[str, Any]:
    middle, lowest, highest = it.ratios or (None, None, None)
    return {
        "goal": it.goal,
        "what": it.what,
        "figure": it.figure,
        "wanted": it.wanted,
        "verdict": it.verdict.value.lower(),
        "reason": it.reason,
        "median_ratio": middle,
        "lowest_ratio": lowest,
        "highest_ratio": highest,
    }


def _peak(samples: Sequence[Sample]) -> int:
    return max(turn.peak_bytes for turn in samples)


def _three_digits(value: float) -> str:
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def _grouped(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if value >= 100 else _three_digits(value)
