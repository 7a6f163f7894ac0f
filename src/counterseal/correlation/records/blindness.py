"""The intervals in which a trail did not record, read from what was done to it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from counterseal.clock import format_time
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.selectors import Stream, carries

ALL_REGIONS = "*"
_STOPS = frozenset({"DeleteTrail", "StopLogging"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindInterval:
    """From when to when a trail did not record; both ends belong to it. `end` is None where it was not seen to resume.

    `region` is where the trail lives, or "*" where it was seen to record all of them; `except_region` is the one that
    a trail cut down to its own region goes on recording. `stream` is what went unrecorded: "all", "writes" or "kms".
    """

    start: datetime
    end: datetime | None
    account: str
    region: str
    cause: str
    event_id: str
    trail: str
    stream: str = "all"
    except_region: str = ""

    def covers(self, account: str, region: str, time: datetime) -> bool:
        """Tell whether that account, region and time lie in it."""
        here = account == self.account and self.region in (ALL_REGIONS, region) and region != self.except_region
        return here and self.start <= time and (self.end is None or time <= self.end)

    def as_json(self) -> dict[str, str | None]:
        """Return what `audit --json` prints in `blind_intervals` (docs/reference/audit-json.md)."""
        return {
            "from": format_time(self.start),
            "to": format_time(self.end) if self.end else None,
            "account": self.account,
            "region": self.region,
            "cause": self.cause,
            "event_id": self.event_id,
        }


def blind_intervals(events: Iterable[Event]) -> tuple[BlindInterval, ...]:
    """Follow every trail through the guard events, sorted as a population sorts them; a refused call blinds nobody.

    Another trail may have recorded meanwhile: the interval says that this one did not. The order inside a second is
    unknown: what stops a trail is taken to come last.
    """
    trails: dict[_TrailId, _Trail] = {}
    for event in sorted(events, key=lambda it: (it.time, it.name in _STOPS)):
        if event.kind is Kind.GUARD and event.service == "cloudtrail" and not event.error_code:
            identity = _trail_of(event)
            trails.setdefault(identity, _Trail(identity)).take(event)
    found = [interval for trail in trails.values() for interval in trail.intervals()]
    return tuple(sorted(found, key=lambda it: (it.start, it.event_id, it.stream)))


class _TrailId(NamedTuple):
    account: str
    region: str
    name: str


def _trail_of(event: Event) -> _TrailId:
    """A trail is called by its name, or by arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME."""
    called = str(event.facts["resource"])
    parts = called.split(":", 5)
    if len(parts) > 5 and parts[5].startswith("trail/"):  # noqa: PLR2004 - the six parts of an ARN
        return _TrailId(event.account, parts[3], parts[5].removeprefix("trail/"))
    return _TrailId(event.account, event.region, called)


class _Trail:
    """One trail: what it does not record at present, and the intervals that are over."""

    def __init__(self, identity: _TrailId) -> None:
        self._identity = identity
        self._multi_region = False
        self._open: dict[str, BlindInterval] = {}
        self._over: list[BlindInterval] = []

    def take(self, event: Event) -> None:
        """Follow one successful call; those that do not alter what the trail records are let pass."""
        match event.name:
            case "StopLogging":
                self._begin("logging", event, "StopLogging stopped the trail")
            case "StartLogging":
                self._finish("logging", event)
            case "DeleteTrail":
                for cause in list(self._open):
                    self._finish(cause, event)
                self._begin("logging", event, "DeleteTrail deleted the trail")
            case "CreateTrail":
                self._multi_region = event.facts.get("multi_region") is True
            case "UpdateTrail":
                self._regions(event)
            case "PutEventSelectors":
                self._selectors(event)

    def intervals(self) -> list[BlindInterval]:
        """Return all intervals, those that are still open included."""
        return self._over + list(self._open.values())

    def _begin(self, what: str, event: Event, cause: str, *, stream: str = "all") -> None:
        cut_down = what == "regions"
        interval = BlindInterval(
            start=event.time,
            end=None,
            account=event.account,
            region=ALL_REGIONS if cut_down or self._multi_region else self._identity.region,
            cause=f"{cause} {self._identity.name!r}",
            event_id=event.event_id,
            trail=self._identity.name,
            stream=stream,
            except_region=self._identity.region if cut_down else "",
        )
        self._open.setdefault(what, interval)

    def _finish(self, what: str, event: Event) -> None:
        interval = self._open.pop(what, None)
        if interval is not None:
            self._over.append(replace(interval, end=event.time))

    def _regions(self, event: Event) -> None:
        wanted = event.facts.get("multi_region")
        if wanted is True:
            self._finish("regions", event)
            self._multi_region = True
        elif wanted is False:
            self._begin("regions", event, "UpdateTrail left all other regions out of the trail")
            self._multi_region = False

    def _selectors(self, event: Event) -> None:
        basic, advanced = event.facts.get("selectors"), event.facts.get("advanced_selectors")
        if basic is None and advanced is None:
            return
        missing = [stream for stream in Stream if not carries(stream, selectors=basic, advanced=advanced)]
        stream = "all" if len(missing) == len(Stream) else "".join(missing)
        if "selectors" in self._open and self._open["selectors"].stream != stream:
            self._finish("selectors", event)
        if stream:
            self._begin(
                "selectors", event, f"PutEventSelectors left {_LEFT_OUT[stream]} out of the trail", stream=stream
            )


_LEFT_OUT = {
    "all": "management events",
    Stream.WRITES.value: "write management events",
    Stream.KMS.value: "the witnesses of KMS",
}
