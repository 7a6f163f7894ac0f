"""What the ledger holds, in the text format of Prometheus (exposition formats, 0.0.4)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import cast

from counterseal.reports.interface import Cell, ReportEngine

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_Row = Mapping[str, Cell]
_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def exposition(
    reports: ReportEngine, as_of: datetime, *, waiting: Mapping[str, int], entries: Mapping[str, int]
) -> str:
    """Return the metrics; `waiting` counts the alerts that wait, by receiver, `entries` the ledger's, by stream.

    What is invented is left out.

    Raises:
        Unreachable, MalformedInput: what the reports raise.
    """
    findings = [row for row in reports.run("findings", {"as_of": as_of}).records() if not row["invented"]]
    covered = [row for row in reports.run("coverage").records() if not row["invented"]]
    held = [({"stream": stream}, number) for stream, number in sorted(entries.items())]
    lines = [
        *_lines(findings, covered, as_of, waiting),
        *_gauge("counterseal_ledger_entries", "Entries in the ledger, by stream", held),
    ]
    return "".join(f"{line}\n" for line in lines)


def _lines(
    findings: Iterable[_Row], covered: Iterable[_Row], as_of: datetime, waiting: Mapping[str, int]
) -> Iterator[str]:
    standing = Counter((str(it["verdict"]), str(bool(it["counts"])).lower()) for it in findings)
    yield from _gauge(
        "counterseal_findings",
        "Findings that hold, by verdict, and whether they count",
        [({"verdict": verdict, "counts": counts}, number) for (verdict, counts), number in sorted(standing.items())],
    )
    rows = list(covered)
    audits = [cast("datetime", it["as_of"]) for it in rows if it["what"] == "population"]
    if audits:
        age = max((as_of - max(audits)).total_seconds(), 0)
        yield from _gauge("counterseal_last_audit_age_seconds", "Time since the newest audit's as-of", [({}, age)])
    blind = sum(_length(it, as_of) for it in rows if it["what"] == "blind")
    yield from _gauge("counterseal_blind_seconds", "Time in which nothing could be seen, in all", [({}, blind)])
    for what in ("complete", "unproved"):
        time = sum(_length(it, as_of) for it in rows if it["what"] == what and it["time_from"])
        said = "prove complete" if what == "complete" else "do not prove"
        yield from _gauge(f"counterseal_{what}_seconds", f"Time for which digests {said} the log files", [({}, time)])
    yield from _gauge(
        "counterseal_alerts_waiting",
        "Alerts that their receiver has not taken",
        [({"receiver": name}, number) for name, number in sorted(waiting.items())],
    )


def _gauge(name: str, meaning: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Iterator[str]:
    yield f"# HELP {name} {meaning}."
    yield f"# TYPE {name} gauge"
    for labels, value in samples:
        said = ",".join(f'{label}="{text.translate(_ESCAPED)}"' for label, text in labels.items())
        yield f"{name}{{{said}}} {value:.15g}" if said else f"{name} {value:.15g}"


def _length(row: _Row, as_of: datetime) -> float:
    start, end = cast("datetime", row["time_from"]), cast("datetime", row["time_to"] or as_of)
    return max((end - start).total_seconds(), 0.0)
