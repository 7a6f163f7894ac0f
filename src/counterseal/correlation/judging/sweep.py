"""The sweep: what AWS holds now, against what was recorded. Pure: both are given, and findings come of it."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from counterseal.clock import format_time
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.records.event import Actor
from counterseal.correlation.records.identity import Place, split_arn

SETTLED = timedelta(minutes=15)
"""ListSecrets lags up to five minutes, and CloudTrail delivers within about that; three times as long is told apart."""

OVERDUE = timedelta(days=1)
"""What is newer than every record waits that long for one; else nothing would be found where records have ceased."""

_PENDING_FOR = timedelta(days=1)
# DeleteSecret, RecoveryWindowInDays: whole days from 7 to 30.
_WINDOWS = [timedelta(days=it) for it in range(30, 6, -1)]
_CURRENT, _PENDING, _PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"

ABOUT = "sweep-"
"""What the event id of a finding of the sweep begins with: it is about no event, and must be found again."""

_NOBODY = Actor(type="Unknown")
_NOWHERE = Place(account="", region="", name="")


class SeenVersion(NamedTuple):
    """A version as AWS lists it."""

    version_id: str
    stages: tuple[str, ...]
    created: datetime


class SeenSecret(NamedTuple):
    """A secret as AWS lists it. `versions` is None where the caller may not list them."""

    arn: str
    name: str
    created: datetime
    changed: datetime
    deleted: datetime | None = None
    versions: tuple[SeenVersion, ...] | None = ()


@dataclass(slots=True)
class KnownSecret:
    """What was recorded of one secret: its versions, and when what was last done."""

    versions: set[str] = field(default_factory=set)
    last: datetime | None = None
    deleted: datetime | None = None
    ended: datetime | None = None
    alive: datetime | None = None
    current: tuple[datetime, str] | None = None

    def is_deleted(self) -> bool:
        """Say whether the last that was recorded of its life is that it was deleted."""
        return self.deleted is not None and (self.alive is None or self.alive <= self.deleted)

    def is_over(self) -> bool:
        """Say whether nothing was recorded of it after its deletion, or after AWS deleted versions of it."""
        return self.is_deleted() or (self.ended is not None and self.ended == self.last)


class Recorded:
    """What was recorded of all secrets, from `start` to `end`."""

    def __init__(self, start: datetime, end: datetime) -> None:
        """Take the time that the records span."""
        self.start, self.end = start, end
        self._by_arn: dict[str, KnownSecret] = {}
        self._by_name: dict[tuple[str, str, str], KnownSecret] = {}
        self._beyond: dict[str, set[str]] = {}

    def secret(self, arn: str, account: str, region: str, name: str) -> KnownSecret:
        """Return what is known of a secret, to be added to: by its ARN, and by its name where no record gives that."""
        if arn:
            return self._by_arn.setdefault(arn, KnownSecret())
        return self._by_name.setdefault((account, region, name), KnownSecret())

    def alive_in(self, account: str, regions: Iterable[str]) -> Iterator[tuple[str, KnownSecret]]:
        """Yield the secrets of an account and some regions that exist, as far as it was recorded, by their ARNs."""
        wanted = frozenset(regions)
        for arn, known in sorted(self._by_arn.items()):
            place = split_arn(arn) or _NOWHERE
            if place.account == account and place.region in wanted and not known.is_over():
                yield arn, known

    def over(self) -> frozenset[str]:
        """Return the secrets whose end was recorded, by their ARNs: nobody looks for them any more."""
        return frozenset(arn for arn, known in self._by_arn.items() if known.is_over())

    def of(self, seen: SeenSecret) -> list[KnownSecret]:
        """Return what is known of a secret: of it by its ARN, and by its name."""
        place = split_arn(seen.arn) or _NOWHERE
        by_name = self._by_name.get((place.account, place.region, seen.name))
        return [it for it in (self._by_arn.get(seen.arn), by_name) if it]

    def explains(self, seen: SeenSecret, version_id: str) -> bool:
        """Say whether a recorded change made a version; a replica's versions are those of its primary."""
        if not self._beyond:
            for arn, known in self._by_arn.items():
                self._beyond.setdefault(_without_region(arn), set()).update(known.versions)
        by_name = any(version_id in it.versions for it in self.of(seen))
        return by_name or version_id in self._beyond.get(_without_region(seen.arn), ())


class Compared(NamedTuple):
    """What came of comparing. `young` and `older` count the versions and secrets that nothing can be said of yet.

    `undecided` are the verdicts, each with an ARN, that may still hold of a secret: there, something is too young.
    """

    findings: tuple[Finding, ...]
    never_seen: tuple[str, ...]
    young: int
    older: int
    undecided: frozenset[tuple[Verdict, str]] = frozenset()


def compare(seen: Sequence[SeenSecret], gone: Sequence[str], recorded: Recorded, now: datetime) -> Compared:
    """Compare the secrets that AWS lists, and those that are gone, by their ARNs, with what was recorded."""
    judging = _Comparison(recorded, now)
    for secret in seen:
        judging.judge(secret)
    for arn in gone:
        judging.judge_gone(arn)
    return judging.result()


class _Told(NamedTuple):
    """What is said of a secret, or of one version of it, and of when."""

    time: datetime
    reason: str
    version_id: str = ""


class _Comparison:
    def __init__(self, recorded: Recorded, now: datetime) -> None:
        self._recorded = recorded
        self._now = now
        self._horizon = max(min(now - SETTLED, recorded.end), now - OVERDUE)
        self._findings: list[Finding] = []
        self._never_seen: list[str] = []
        self._young = self._older = 0
        self._undecided: set[tuple[Verdict, str]] = set()

    def result(self) -> Compared:
        findings = sorted(self._findings, key=lambda it: (it.time, it.secret, it.verdict, it.version_id))
        never_seen = tuple(sorted(self._never_seen))
        return Compared(tuple(findings), never_seen, self._young, self._older, frozenset(self._undecided))

    def judge(self, secret: SeenSecret) -> None:
        known = self._recorded.of(secret)
        if not known:
            self._never_seen.append(secret.arn)
        if secret.versions == () and not known and self._is_told(secret.created):
            reason = "this secret was made while records were kept, and no record tells of it"
            self._add(Verdict.UNTRACKED_VERSION, secret, _Told(secret.created, reason))
        for version in secret.versions or ():
            self._version(secret, version)
        if secret.deleted and not any(it.is_deleted() for it in known):
            self._scheduled(secret, secret.deleted)
        if secret.changed <= self._horizon:
            self._label(secret, known)
        else:
            self._undecided.add((Verdict.STALE_LABEL, secret.arn))

    def judge_gone(self, arn: str) -> None:
        known = self._recorded.secret(arn, "", "", "")
        last = known.last or self._recorded.start
        if last > self._horizon:
            self._young += 1
            self._undecided.add((Verdict.UNRECORDED_DELETION, arn))
            return
        name = (split_arn(arn) or _NOWHERE).name.rpartition("-")[0]
        reason = f"it is not there any more, and no DeleteSecret of it was recorded since {format_time(last)}"
        self._add(Verdict.UNRECORDED_DELETION, SeenSecret(arn, name, last, last), _Told(last, reason))

    def _scheduled(self, secret: SeenSecret, deleted: datetime) -> None:
        first, last = _asked_for(deleted, secret.created, self._now)
        if self._is_told(first) and self._is_told(last):
            reason = "it is scheduled for deletion, and no DeleteSecret of it was recorded"
            self._add(Verdict.UNRECORDED_DELETION, secret, _Told(first, reason))
        elif last > self._horizon:
            self._undecided.add((Verdict.UNRECORDED_DELETION, secret.arn))

    def _version(self, secret: SeenSecret, version: SeenVersion) -> None:
        if self._recorded.explains(secret, version.version_id):
            self._pending(secret, version)
        elif self._is_told(version.created):
            labels = f", labelled {', '.join(sorted(version.stages))}" if version.stages else ""
            reason = f"this version exists{labels}, and no recorded change made it"
            self._add(Verdict.UNTRACKED_VERSION, secret, _Told(version.created, reason, version.version_id))

    def _pending(self, secret: SeenSecret, version: SeenVersion) -> None:
        """A rotation ends with AWSPENDING nowhere, or at what is current; else the next cannot start."""
        if _PENDING in version.stages and _CURRENT not in version.stages and version.created < self._now - _PENDING_FOR:
            reason = f"{_PENDING} is left at a version since {format_time(version.created)}: a rotation did not end"
            self._add(Verdict.STALE_LABEL, secret, _Told(version.created, reason, version.version_id))

    def _label(self, secret: SeenSecret, known: Sequence[KnownSecret]) -> None:
        """Find a label that was moved with no record: what was made current last is AWSPREVIOUS now.

        Where something else holds AWSCURRENT that no change made, that is said of it already.
        """
        last = max((it.current for it in known if it.current), default=None)
        now_at = next((it for it in secret.versions or () if _CURRENT in it.stages), None)
        if last is None or now_at is None or last[1] == now_at.version_id:
            return
        was = next((it for it in secret.versions or () if it.version_id == last[1]), None)
        if was and _PREVIOUS in was.stages and self._recorded.explains(secret, now_at.version_id):
            moved = f"{_CURRENT} is at this version; the last recorded change, at {format_time(last[0])}, put it at"
            reason = f"{moved} {last[1]}, which is {_PREVIOUS} now: it was moved, and no record says by whom"
            self._add(Verdict.STALE_LABEL, secret, _Told(last[0], reason, now_at.version_id))

    def _is_told(self, time: datetime) -> bool:
        """Say whether a record of that time would have been read; what is older or too young is counted."""
        self._older += time < self._recorded.start
        self._young += time > self._horizon
        return self._recorded.start <= time <= self._horizon

    def _add(self, verdict: Verdict, secret: SeenSecret, told: _Told) -> None:
        place = split_arn(secret.arn) or _NOWHERE
        newer = "; every record is older than that" if told.time > self._recorded.end else ""
        about = hashlib.sha256(f"{verdict}\n{secret.arn}\n{told.version_id}".encode()).hexdigest()[:16]
        self._findings.append(
            Finding(
                verdict=verdict,
                reason=told.reason + newer,
                service="secretsmanager",
                event="",
                event_id=f"{ABOUT}{about}",
                time=told.time.replace(microsecond=0),
                account=place.account,
                region=place.region,
                actor=_NOBODY,
                secret=secret.arn,
                secret_name=secret.name,
                version_id=told.version_id,
            )
        )


def _asked_for(deleted: datetime, created: datetime, now: datetime) -> tuple[datetime, datetime]:
    """Return between which times a deletion was asked for.

    AWS says of DeletedDate both that it is the time of the deletion (SecretListEntry) and that it is the day for which
    one is scheduled (DescribeSecret). In the second case the call was made some whole days before.
    """
    if deleted <= now:
        return deleted, deleted
    possible = [it for it in (deleted - window for window in _WINDOWS) if created <= it <= now] or [now]
    return possible[0], possible[-1]


def _without_region(arn: str) -> str:
    parts = arn.split(":", 6)
    return ":".join([*parts[:3], *parts[4:]])
