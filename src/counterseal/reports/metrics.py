"""What the ledger holds, as numbers for Prometheus: the text exposition format, version 0.0.4."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from counterseal.ledger.interface import Ledger
from counterseal.reports.following import Row
from counterseal.reports.interface import ReportEngine

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS_AN_HOUR = 3600

Labels = tuple[tuple[str, str], ...]


def metrics(ledger: Ledger, reports: ReportEngine, waiting: Mapping[str, int], now: datetime) -> str:
    """Return all metrics; `waiting` is how many alerts wait for each receiver. Invented data is not counted.

    Raises:
        Unreachable, MalformedInput: what the ledger and the reports raise.
    """
    coverage = [row for row in reports.run("coverage").records() if not row["invented"]]
    audits = [cast("datetime", row["recorded_at"]) for row in coverage if row["what"] == "population"]
    last = max(audits, default=None)
    ages: Mapping[Labels, float] = {(): (now - last).total_seconds()} if last else {}
    times: Mapping[Labels, float] = {(): last.timestamp()} if last else {}
    families = (
        ("findings", "Findings that stand, by verdict, and whether they count.", _findings(reports, now)),
        ("blind_seconds", "How long nothing could be seen; what has not ended, until now.", _blind(coverage, now)),
        ("trail_hours", "Hours that CloudTrail's digests prove to be complete, or do not.", _hours(coverage)),
        ("last_audit_timestamp_seconds", "When the last audit was recorded.", times),
        ("last_audit_age_seconds", "How long ago the last audit was recorded, at the time of this output.", ages),
        ("ledger_entries", "Entries in the ledger.", _entries(ledger)),
        ("outbox_waiting", "Alerts that no receiver has taken yet.", _labelled("alert", waiting)),
    )
    return "".join(_family(f"counterseal_{name}", meaning, samples) for name, meaning, samples in families)


def _findings(reports: ReportEngine, now: datetime) -> Mapping[Labels, float]:
    found: Counter[Labels] = Counter()
    for row in reports.run("discrepancies", {"as_of": now}).records():
        if not row["invented"]:
            found[_verdict(row, counts=bool(row["counts"]))] += 1
    for row in reports.run("summary").records():
        # Discrepancies were counted above, where waivers are known.
        if not row["invented"] and not row["discrepancy"]:
            found[_verdict(row, counts=False)] += int(str(row["findings"]))
    return dict(found)


def _verdict(row: Row, *, counts: bool) -> Labels:
    return (("verdict", str(row["verdict"])), ("counts", "true" if counts else "false"))


def _blind(coverage: Iterable[Row], now: datetime) -> Mapping[Labels, float]:
    found: Counter[Labels] = Counter()
    for row in coverage:
        if row["what"] == "blind" and row["time_from"]:
            end = min(cast("datetime", row["time_to"] or now), now)
            seconds = (end - cast("datetime", row["time_from"])).total_seconds()
            found[(("account", str(row["account"])), ("region", str(row["region"])))] += max(int(seconds), 0)
    return dict(found)


def _hours(coverage: Iterable[Row]) -> Mapping[Labels, float]:
    found: dict[Labels, float] = {}
    for row in coverage:
        if row["what"] in ("complete", "unproved") and row["seconds"]:
            labels = (("proved", "true" if row["what"] == "complete" else "false"),)
            found[labels] = found.get(labels, 0) + int(str(row["seconds"])) / _SECONDS_AN_HOUR
    return found


def _entries(ledger: Ledger) -> Mapping[Labels, float]:
    return _labelled("stream", {stream: ledger.head(stream).position for stream in ledger.streams()})


def _labelled(name: str, values: Mapping[str, int]) -> Mapping[Labels, float]:
    return {((name, key),): value for key, value in values.items()}


def _family(name: str, meaning: str, samples: Mapping[Labels, float]) -> str:
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
    lines += [f"{name}{_braces(labels)} {value:.15g}" for labels, value in sorted(samples.items())]
    return "\n".join(lines) + "\n"


def _braces(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}" if labels else ""


def _escaped(value: str) -> str:
    # https://prometheus.io/docs/instrumenting/exposition_formats/: backslash, quotation mark and line feed.
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
