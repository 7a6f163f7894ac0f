"""What the digests prove: hour by hour whether every log file that was delivered is here, as it was delivered."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from counterseal.clock import format_time
from counterseal.correlation.digests.digests import LogFile, LogName

_WITH_NEIGHBOURS = 3
_DIGEST_IS_DUE = timedelta(hours=2)
_ONE_HOUR = timedelta(hours=1)


class Outcome(StrEnum):
    """What became of one hour, or of one file. The graver stands first where an hour has several."""

    ALTERED_FILE = "altered-file"
    MISSING_FILE = "missing-file"
    BAD_HASH = "bad-hash"
    UNLISTED_FILE = "unlisted-file"
    ALTERED_DIGEST = "altered-digest"
    MISSING_DIGEST = "missing-digest"
    MOVED_DIGEST = "moved-digest"
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_KEY = "unknown-key"
    GAP = "gap"
    NOTHING_PROVED = "nothing-proved"
    UNPROVED = "unproved"
    PROVED = "proved"

    @property
    def counts(self) -> bool:
        """Say whether it is a discrepancy: everything but what is proved, and what only a saved signature could prove.

        The newest digest has no signature but its own. Nothing can be hidden in that: where nothing at all is proved
        for an account and region, that is a discrepancy of its own.
        """
        return self not in (Outcome.PROVED, Outcome.UNPROVED)


_MEANING = {
    Outcome.ALTERED_FILE: ("a log file is not what CloudTrail delivered", "fetch it again; keep this one as evidence"),
    Outcome.MISSING_FILE: (
        "a log file was delivered and is not here",
        "fetch it again; if it is gone, find who did it",
    ),
    Outcome.BAD_HASH: ("a digest gives no hash that a file could have", "ask AWS: the digest is as it was signed"),
    Outcome.UNLISTED_FILE: (
        "a log file is here and CloudTrail delivered none such",
        "find out who put it there, or which trail without validation delivers to the same place",
    ),
    Outcome.ALTERED_DIGEST: ("a digest is not what CloudTrail delivered", "fetch it again; keep this one as evidence"),
    Outcome.MISSING_DIGEST: (
        "a digest was delivered and is not here",
        "fetch it again; if it is gone, find who did it",
    ),
    Outcome.MOVED_DIGEST: ("a digest does not lie where it was delivered", "find out who moved it"),
    Outcome.BAD_SIGNATURE: (
        "a signature is not that of the digest",
        "fetch the digest and its metadata again; if they stay so, one of them was altered",
    ),
    Outcome.UNKNOWN_KEY: (
        "a digest names a key that is not among those saved",
        "save the keys of the trail's home region for this time; if AWS has none such, the digest is forged",
    ),
    Outcome.GAP: (
        "no digest holds what was delivered in this time",
        "find out who stopped the trail or its validation: nothing proves what was delivered meanwhile",
    ),
    Outcome.NOTHING_PROVED: (
        "no hour is proved for this account and region",
        "fetch its folder CloudTrail-Digest too, and save the signature of its newest digest",
    ),
    Outcome.UNPROVED: (
        "no saved signature proves the digest",
        "save the signature of the newest digest (--signatures), or wait for the next one",
    ),
    Outcome.PROVED: ("every log file that was delivered is here, as it was delivered", ""),
}


def meaning_of(outcome: Outcome) -> str:
    """Return what an outcome means, in one sentence."""
    return _MEANING[outcome][0]


def to_do_about(outcome: Outcome) -> str:
    """Return what to do about it."""
    return _MEANING[outcome][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """The period of one digest, or one that lacks a digest: `digest` is then the one expected, or empty.

    It holds the log files that were *delivered* in it, `files` in number. An event is delivered some minutes after
    it happened: the last minutes of events lie in the hour that follows.
    """

    account: str
    region: str
    trail: str
    home_region: str
    backfill: bool
    start: datetime
    end: datetime
    outcome: Outcome
    reason: str
    digest: str = ""
    files: int = 0

    def as_json(self) -> dict[str, object]:
        """Return what `--json` prints."""
        return {
            "account": self.account,
            "region": self.region,
            "trail": self.trail,
            "home_region": self.home_region,
            "backfill": self.backfill,
            "from": format_time(self.start),
            "to": format_time(self.end),
            "outcome": str(self.outcome),
            "reason": self.reason,
            "digest": self.digest or None,
            "files": self.files,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong: with a digest, with one log file, or with what lies between.

    `trail` to `backfill` and `start` name its hour; they are empty where it is about no hour.
    """

    outcome: Outcome
    account: str
    region: str
    start: datetime | None
    end: datetime | None
    object_name: str
    reason: str
    trail: str = ""
    home_region: str = ""
    backfill: bool = False

    def as_json(self) -> dict[str, object]:
        """Return what `--json` prints."""
        return {
            "outcome": str(self.outcome),
            "account": self.account,
            "region": self.region,
            "from": format_time(self.start) if self.start else None,
            "to": format_time(self.end) if self.end else None,
            "object": self.object_name or None,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """All that was found, in order. `uncovered` counts the files that no digest lists, and that none had to list."""

    hours: tuple[Hour, ...]
    faults: tuple[Fault, ...]
    uncovered: int = 0

    def discrepancies(self, baseline: datetime | None = None) -> tuple[Fault, ...]:
        """Return the faults that count: all, but for what ended before the baseline."""
        return tuple(it for it in self.faults if not baseline or not it.end or it.end >= baseline)

    def ranges(self) -> list[Hour]:
        """Return the hours with each run of like ones made one: the form for people."""
        runs: list[Hour] = []
        for hour in self.hours:
            last = runs[-1] if runs else None
            if last and _kind(last) == _kind(hour) and last.end == hour.start:
                runs[-1] = replace(last, end=hour.end, files=last.files + hour.files)
            else:
                runs.append(hour)
        return runs

    def as_json(self) -> dict[str, object]:
        """Return what `audit --json` prints as `completeness` (docs/reference/audit-json.md)."""
        return {
            "hours": [it.as_json() for it in self.hours],
            "faults": [it.as_json() for it in self.faults],
            "uncovered_files": self.uncovered,
        }


def in_order(hours: Iterable[Hour], faults: Iterable[Fault], uncovered: int) -> Completeness:
    """Put everything together: by account, region, trail and time; faults by how grave they are, then alike."""
    ranks = {outcome: rank for rank, outcome in enumerate(Outcome)}
    return Completeness(
        hours=tuple(sorted(hours, key=lambda it: (*_chain(it), it.start, it.end, it.digest))),
        faults=tuple(sorted(faults, key=lambda it: (ranks[it.outcome], *_place(it)))),
        uncovered=uncovered,
    )


def fault_of(hour: Hour) -> Fault:
    """Return what is wrong with a whole hour as a fault."""
    return Fault(
        outcome=hour.outcome,
        account=hour.account,
        region=hour.region,
        start=hour.start,
        end=hour.end,
        object_name=hour.digest,
        reason=hour.reason,
        trail=hour.trail,
        home_region=hour.home_region,
        backfill=hour.backfill,
    )


def file_fault(hour: Hour, log: LogFile, outcome: Outcome, reason: str) -> Fault:
    """Return what is wrong with one log file of an hour as a fault."""
    return replace(fault_of(hour), outcome=outcome, object_name=log.object_name, reason=reason)


def with_faults(hour: Hour, faults: Iterable[Fault]) -> Hour:
    """Let the gravest fault of its log files stand for a proved hour; an hour without proof stays what it is."""
    if hour.outcome is not Outcome.PROVED:
        return hour
    ranks = list(Outcome)
    worst = min(faults, key=lambda it: (ranks.index(it.outcome), it.object_name), default=None)
    return replace(hour, outcome=worst.outcome, reason=f"{worst.object_name}: {worst.reason}") if worst else hour


class Periods:
    """The hours of every account and region whose list stands, asked where a log file must have been listed."""

    def __init__(self, hours: Iterable[Hour]) -> None:
        """Take all hours. Backfill digests list what was left out before, so they say nothing of new files."""
        self._places: set[tuple[str, str]] = set()
        self._trails: dict[tuple[str, str], dict[tuple[str, ...], list[Hour]]] = {}
        for it in sorted((it for it in hours if it.digest and not it.backfill), key=lambda it: it.start):
            self._places.add((it.account, it.region))
            if has_list(it):
                trails = self._trails.setdefault((it.account, it.region), {})
                trails.setdefault((it.trail, it.home_region), []).append(it)

    def listing(self, log: LogName) -> Hour | None:
        """Return the hour whose digest must have listed a log file.

        Only an hour counts that lies between two others of the same trail: AWS does not say how near the time in a
        log file's name is to its delivery, so the digests before and after must stand as well.
        """
        for held in self._trails.get((log.account, log.region), {}).values():
            at = bisect_right(held, log.time, key=lambda it: it.start) - 1
            three = held[max(at - 1, 0) : at + 2]
            joined = all(one.end == other.start for one, other in pairwise(three))
            if len(three) == _WITH_NEIGHBOURS and joined and log.time < held[at].end:
                return held[at]
        return None

    def without_proof(self, places: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the accounts and regions, of those given and those of the hours, for which no list stands."""
        return sorted({*places, *self._places} - set(self._trails))


def open_ends(hours: Iterable[Hour], latest: Mapping[tuple[str, str], datetime]) -> list[Hour]:
    """Say where log files go on and digests do not; `latest` is the time of the newest log file of each place.

    A digest comes every hour, also where nothing happened, so two hours without one are no delay. One that is not
    proved stands for an hour and no longer, whatever it says: anybody may have written it.
    """
    last: dict[tuple[str, str], Hour] = {}
    for hour in hours:
        place = (hour.account, hour.region)
        it = hour if has_list(hour) else replace(hour, end=min(hour.end, hour.start + _ONE_HOUR))
        if not it.backfill and (place not in last or last[place].end < it.end):
            last[place] = it
    reason = "log files go on and digests do not: validation was stopped, or the newest digests are not here"
    return [
        replace(it, start=it.end, end=latest[place], outcome=Outcome.GAP, reason=reason, digest="", files=0)
        for place, it in sorted(last.items())
        if place in latest and latest[place] - it.end > _DIGEST_IS_DUE
    ]


def open_beginnings(begun: Iterable[tuple[Hour, str]], unproved: Iterable[LogName]) -> list[Hour]:
    """Say where log files are older than the first digest that is here, and that one says that it had one before it.

    `begun` are the first hours of copies that begin within a chain, each with the digest that is not here. `unproved`
    are the log files that no proved digest lists: one that bears an earlier time was delivered before that hour.
    """
    earliest: dict[tuple[str, str], datetime] = {}
    for it in unproved:
        place = (it.account, it.region)
        earliest[place] = min(it.time, earliest.get(place, it.time))
    return [
        replace(
            hour,
            start=hour.start - _ONE_HOUR,
            end=hour.start,
            outcome=Outcome.MISSING_DIGEST,
            reason=f"the digest after it, the first that is here, says that it was delivered; {_are_here(since)}",
            digest=digest,
            files=0,
        )
        for hour, digest in begun
        if (since := earliest.get((hour.account, hour.region), hour.start)) < hour.start
    ]


def has_list(hour: Hour) -> bool:
    """Say whether the digest of an hour is proved, so that its list of log files stands, whatever became of these."""
    return hour.outcome in (Outcome.PROVED, Outcome.ALTERED_FILE, Outcome.MISSING_FILE, Outcome.BAD_HASH)


def _are_here(since: datetime) -> str:
    return f"log files from {format_time(since)} on are here, and nothing proves them"


def _chain(hour: Hour) -> tuple[str, str, str, str, bool]:
    return hour.account, hour.region, hour.trail, hour.home_region, hour.backfill


def _kind(hour: Hour) -> tuple[object, ...]:
    return (*_chain(hour), hour.outcome, hour.reason if hour.outcome is not Outcome.PROVED else "")


def _place(fault: Fault) -> tuple[str, ...]:
    time = format_time(fault.start) if fault.start else ""
    return fault.account, fault.region, time, fault.object_name, fault.reason
