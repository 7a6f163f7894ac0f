"""What the check against CloudTrail's digests found, as entries: each hour, and each thing that is wrong with it.

An hour that is checked again takes its faults with it: a fault holds as long as the newest entry of its hour says that
these are its faults. So a file that was fetched again ends its fault, and nothing is ever removed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from counterseal.canonical import canonical_digest
from counterseal.clock import format_time
from counterseal.control.entry_text import entry_text
from counterseal.correlation.digests.completeness import Completeness, Fault, Hour, Outcome
from counterseal.ledger.entry import Draft, draft
from counterseal.ledger.fields import EntryKind

Key = tuple[str, str, str, str, bool, str]

_RANKS = {outcome: rank for rank, outcome in enumerate(Outcome)}


def trail_drafts(found: Completeness, counted: frozenset[Fault], *, invented: bool = False) -> Iterator[Draft]:
    """Return what shall be recorded of a check. `counted` are the faults that the audit counted."""
    hours, faults = _all_hours(found)
    for key, hour in hours.items():
        wrong = faults.get(key, [])
        said = sorted([it.outcome.value, entry_text(it.object_name), entry_text(it.reason)] for it in wrong)
        of_these = canonical_digest(said) if said else ""
        recorded = draft(EntryKind.TRAIL_HOUR, _hour(key, hour, wrong) | {"faults": of_these}, invented=invented)
        yield recorded
        yield from _faults(wrong, counted, recorded, of_these)


def count_of_drafts(found: Completeness) -> int:
    """Return how many drafts these are, without making them; of a fault that is told twice, two."""
    hours, faults = _all_hours(found)
    return len(hours) + sum(map(len, faults.values()))


def _all_hours(found: Completeness) -> tuple[dict[Key, Hour | None], Mapping[Key, list[Fault]]]:
    """Return each hour that something is said of, None where it was not checked itself, and what is wrong with it."""
    faults: defaultdict[Key, list[Fault]] = defaultdict(list)
    for fault in found.faults:
        faults[_key(fault, fault.start)].append(fault)
    hours: dict[Key, Hour | None] = {**dict.fromkeys(faults), **_hours(found)}
    # Each account and region has an entry without a time: whether anything at all is proved there.
    for account, region in sorted({(key[0], key[1]) for key in hours}):
        hours.setdefault((account, region, "", "", False, ""), None)
    return hours, faults


def _hours(found: Completeness) -> dict[Key, Hour]:
    """Return the hours by what they are about; where two are about the same, the graver."""
    hours: dict[Key, Hour] = {}
    for hour in sorted(found.hours, key=lambda it: _RANKS[it.outcome]):
        hours.setdefault(_key(hour, hour.start), hour)
    return hours


def _key(it: Hour | Fault, start: datetime | None) -> Key:
    if start is None:
        return it.account, it.region, "", "", False, ""
    return it.account, it.region, it.trail, it.home_region, it.backfill, format_time(start)


def _hour(key: Key, hour: Hour | None, wrong: list[Fault]) -> dict[str, object]:
    account, region, trail, home_region, backfill, start = key
    outcomes = [hour.outcome] if hour else [*(it.outcome for it in wrong), Outcome.PROVED]
    return {
        "account": account,
        "region": region,
        "trail": entry_text(trail),
        "home_region": home_region,
        "backfill": backfill,
        "from": start,
        "to": format_time(hour.end) if hour else "",
        "outcome": min(outcomes, key=lambda it: _RANKS[it]).value,
        "reason": entry_text(hour.reason) if hour else "",
        "digest": entry_text(hour.digest) if hour else "",
        "files": hour.files if hour else 0,
    }


def _faults(wrong: list[Fault], counted: frozenset[Fault], hour: Draft, of_these: str) -> Iterator[Draft]:
    seen: set[bytes] = set()
    for fault in wrong:
        body = {
            "hour": hour.subject.hex(),
            "faults": of_these,
            "account": fault.account,
            "region": fault.region,
            "from": format_time(fault.start) if fault.start else "",
            "to": format_time(fault.end) if fault.end else "",
            "outcome": fault.outcome.value,
            "object": entry_text(fault.object_name),
            "reason": entry_text(fault.reason),
            "discrepancy": fault in counted,
        }
        recorded = draft(EntryKind.TRAIL_FAULT, body, invented=hour.invented)
        if recorded.subject not in seen:
            seen.add(recorded.subject)
            yield recorded
