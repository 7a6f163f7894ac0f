"""The intervals in which a trail did not record, read from what was done to it."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from counterseal.correlation.records.delivery import NOWHERE, Delivery, Read
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.interval import EVERYWHERE, BlindInterval
from counterseal.correlation.records.organisations import Organisations
from counterseal.correlation.records.selectors import Stream, carries
from counterseal.correlation.records.trail_name import TrailName, trail_of

_OF_TRAILS = frozenset(
    {"DeleteTrail", "PutEventSelectors", "PutInsightSelectors", "StartLogging", "StopLogging", "UpdateTrail"}
)
"""The calls that name a trail, but for the one that makes it."""

_FIRST, _NARROWED_LATE, _STOPPED_LAST = range(3)
"""Where a call counts among those of one second, once trails were made: the worse it is, the later."""


def blind_intervals(events: Iterable[Event], read: Read = NOWHERE) -> tuple[BlindInterval, ...]:
    """Follow every trail through the guard events, sorted as a population sorts them; a refused call blinds nobody.

    `read` says where trails' files are read from, as far as anybody knows.

    Another trail may have recorded meanwhile: the interval says that this one did not. The order inside a second is
    unknown: the making of a trail is taken to come first, what narrows it late, what stops it last. A call that
    stops a trail does not say how far that reached: where no record tells, it is taken to have reached every region
    and account (docs/decisions/0040-how-far-a-stop-blinds.md). What organisations do to accounts counts unless every
    trail that is named is known to be no organisation's.
    """
    trails, organisations = _Trails(read), Organisations()
    calls = (it for it in events if bears_on_trails(it) and not it.error_code)
    for _, group in groupby(calls, key=lambda it: it.time):
        second = list(group)
        trails.follow(it for it in second if it.name == "CreateTrail")
        trails.follow(sorted((it for it in second if it.name in _OF_TRAILS), key=trails.rank))
        organisations.follow(second)
    found = trails.intervals()
    if not trails.are_of_single_accounts():
        found += organisations.intervals()
    return tuple(sorted(found, key=lambda it: (it.start, it.event_id, it.stream)))


def bears_on_trails(event: Event) -> bool:
    """Say whether an event may alter what a trail records: all that `blind_intervals` looks at."""
    return event.kind is Kind.GUARD and event.service in ("cloudtrail", "organizations")


class _LeftOut(NamedTuple):
    """What event selectors leave out: the stream as an interval names it, and in words; both "" for nothing."""

    stream: str
    words: str


_NOTHING = _LeftOut("", "")
_ALL = _LeftOut("all", "left management events out of the trail")
_UNTOLD = _LeftOut("all", "altered what is recorded, and no record tells what it leaves out, of the trail")
_ONE = {
    Stream.WRITES: _LeftOut(Stream.WRITES.value, "left write management events out of the trail"),
    Stream.KMS: _LeftOut(Stream.KMS.value, "left the witnesses of KMS out of the trail"),
}


def _left_out(event: Event) -> _LeftOut:
    """Return what event selectors leave out; where the record does not tell them, it may be all."""
    basic, advanced = event.facts.get("selectors"), event.facts.get("advanced_selectors")
    if basic is None and advanced is None:
        return _UNTOLD
    missing = [stream for stream in Stream if not carries(stream, selectors=basic, advanced=advanced)]
    if len(missing) == len(Stream):
        return _ALL
    return _ONE[missing[0]] if missing else _NOTHING


class _Reach:
    """Whether a trail records more than its own region, or its own account: now, and ever; None: nobody knows."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.now: bool | None = None
        self.ever: bool | None = None

    def begin(self, *, wide: bool) -> None:
        """Take the making of a trail of which nothing was known: it never reached further."""
        self.now = self.ever = wide

    def alter(self, *, wide: bool) -> None:
        """Take what it is from now on."""
        self.now = wide
        self.ever = wide or self.ever


class _Trails:
    """Every trail that the calls name."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._known: dict[TrailName, _Trail] = {}

    def follow(self, events: Iterable[Event]) -> None:
        """Take successful calls, one after another."""
        for event in events:
            self._named(event).take(event)

    def rank(self, event: Event) -> int:
        """Say where a call counts among those of one second, as far as its trail is known before it."""
        return self._named(event).rank(event)

    def intervals(self) -> list[BlindInterval]:
        """Return when each of them did not record."""
        return [interval for trail in self._known.values() for interval in trail.intervals()]

    def are_of_single_accounts(self) -> bool:
        """Say whether trails are known, and each of them never to have been an organisation's."""
        return bool(self._known) and all(trail.is_of_one_account for trail in self._known.values())

    def _named(self, event: Event) -> "_Trail":
        identity = trail_of(event)
        return self._known.setdefault(identity, _Trail(identity, self._read))


class _Trail:
    """One trail: what it does not record at present, and the intervals that are over."""

    def __init__(self, identity: TrailName, read: Read) -> None:
        self._identity = identity
        self._delivery = Delivery(read)
        self._is_known = False
        self._regions = _Reach("regions")
        self._accounts = _Reach("accounts")
        self._omits = _NOTHING
        self._open: dict[str, BlindInterval] = {}
        self._over: list[BlindInterval] = []

    @property
    def is_of_one_account(self) -> bool:
        """Say whether it is known never to have been an organisation's."""
        return self._accounts.ever is False

    def take(self, event: Event) -> None:
        """Follow one successful call; those that do not alter what the trail records are let pass."""
        if event.account not in ("", self._identity.account):  # only an organisation's trail answers to another account
            self._accounts.alter(wide=True)
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
                self._make(event)
            case "UpdateTrail":
                self._update(event)
            case "PutEventSelectors":
                self._selectors(event)
        self._is_known = True

    def rank(self, event: Event) -> int:
        """Say where a call counts among those of one second, whose order nobody knows."""
        facts = event.facts
        match event.name:
            case "StopLogging" | "DeleteTrail":
                return _STOPPED_LAST
            case "UpdateTrail" if False in (facts.get("multi_region"), facts.get("organisation")):
                return _NARROWED_LATE
            case "UpdateTrail" if self._delivery.leads_away(facts):
                return _NARROWED_LATE
            case "PutEventSelectors" if _left_out(event) != _NOTHING:
                return _NARROWED_LATE
            case _:
                return _FIRST

    def intervals(self) -> list[BlindInterval]:
        """Return all intervals, those that are still open included."""
        return self._over + list(self._open.values())

    def _begin(self, what: str, event: Event, cause: str, *, stream: str = "all") -> None:
        home = self._identity
        interval = BlindInterval(
            start=event.time,
            end=None,
            account=EVERYWHERE if what == "accounts" or self._accounts.ever is not False else home.account,
            region=EVERYWHERE if what == "regions" or self._regions.ever is not False else home.region,
            cause=f"{cause} {home.name!r} of {home.account}{self._unknown()}",
            event_id=event.event_id,
            trail=home.name,
            stream=stream,
            except_account=home.account if what == "accounts" else "",
            except_region=home.region if what == "regions" else "",
        )
        self._open.setdefault(what, interval)

    def _unknown(self) -> str:
        """Return what a reader must know of a reach that no record tells."""
        unknown = " and ".join(it.what for it in (self._regions, self._accounts) if it.ever is None)
        return f"; no record tells which {unknown} it covered, so all of them count" if unknown else ""

    def _finish(self, what: str, event: Event) -> None:
        interval = self._open.pop(what, None)
        if interval is not None:
            self._over.append(replace(interval, end=event.time))

    def _make(self, event: Event) -> None:
        """Take a new trail: it covers its own region and account unless it says otherwise (CreateTrail, API reference).

        One that takes the place of another of its name leaves out what that one may have covered.
        """
        for reach, fact in ((self._regions, "multi_region"), (self._accounts, "organisation")):
            wide = event.facts.get(fact) is True
            if self._is_known:
                reach.alter(wide=wide)
            else:
                reach.begin(wide=wide)
        self._compare(event, "CreateTrail left all other {} out of the new trail")
        self._send(event)

    def _update(self, event: Event) -> None:
        for reach, fact in ((self._regions, "multi_region"), (self._accounts, "organisation")):
            wide = event.facts.get(fact)
            if isinstance(wide, bool):
                reach.alter(wide=wide)
        self._compare(event, "UpdateTrail left all other {} out of the trail")
        self._send(event)

    def _send(self, event: Event) -> None:
        """Begin or end that what it records goes where nobody reads it."""
        sent = self._delivery.take(event.facts, is_new=event.name == "CreateTrail" and not self._is_known)
        if sent and sent.is_away:
            doubt = " (no record tells where they went before: name it in trail_buckets)" if sent.is_guess else ""
            self._begin(
                "delivery", event, f"{event.name} sent elsewhere, to {sent.place!r}{doubt}, the files of the trail"
            )
        elif sent:
            self._finish("delivery", event)

    def _compare(self, event: Event, cause: str) -> None:
        """Begin or end what it no longer covers, though it may have before.

        That it was an organisation's must have been seen: consoles send "not an organisation's" with every update.
        """
        for reach, might_have in ((self._regions, self._regions.ever is None), (self._accounts, False)):
            if reach.now is False and (reach.ever or might_have):
                self._begin(reach.what, event, cause.format(reach.what))
            else:
                self._finish(reach.what, event)

    def _selectors(self, event: Event) -> None:
        """Begin or end what its selectors leave out; others that leave out the same alter nothing."""
        before, self._omits = self._omits, _left_out(event)
        if self._omits != before:
            self._finish("selectors", event)
        if self._omits.stream:
            self._begin("selectors", event, f"PutEventSelectors {self._omits.words}", stream=self._omits.stream)
