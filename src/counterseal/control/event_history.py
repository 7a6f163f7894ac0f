"""CloudTrail's event history of a live account: what is looked up, slice by slice, and what that cannot show."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from typing import NamedTuple, Protocol

from msgspec import Raw

from counterseal.clock import format_time, parse_time
from counterseal.control.fetched import Fetched
from counterseal.control.intake import read_log
from counterseal.control.log_source import LogSource, SourceFile
from counterseal.control.pace import Pace
from counterseal.correlation.records.catalogue import CATALOGUE, SECRETS_MANAGER
from counterseal.correlation.records.event import Kind
from counterseal.correlation.records.record import read_head
from counterseal.errors import Denied

HISTORY = timedelta(days=90)
"""LookupEvents knows no event that is older."""

PER_SECOND = 2.0
"""LookupEvents: 2 calls a second for each account and region."""

DELAY = timedelta(minutes=15)
"""An event shows in the history within some 15 minutes; after an hour we take the history for settled."""

_SETTLED = timedelta(hours=1)
_SLICE = timedelta(days=30)
_SOURCE = "secretsmanager.amazonaws.com"

# Of a busy account most are reads, which nobody wants: 40 pages are 2,000 events and 20 seconds.
_MOST_PAGES = 40

# Secrets Manager asks KMS for a data key in the second of the change.
_AROUND = timedelta(seconds=60)
_NEAR = timedelta(minutes=5)
_MOST_WINDOWS = 600
_NAMES = [name for (service, name), it in CATALOGUE.items() if service == SECRETS_MANAGER and it.kind is not Kind.READ]
_MADE_BY = frozenset({"CreateSecret", "PutSecretValue", "UpdateSecret"})


class Lookup(NamedTuple):
    """One question to the history. CloudTrail takes one attribute at a time."""

    attribute: str
    value: str
    start: datetime
    end: datetime


class Page(NamedTuple):
    """Some of the answer: records as JSON texts, and what to ask for the rest with, "" where that was all."""

    records: tuple[str, ...]
    token: str


class EventHistory(Protocol):
    """The event history of one account and region."""

    def look_up(self, lookup: Lookup, token: str = "") -> Page:
        """Return one page, newest first.

        Raises:
            Denied: the caller may not look events up.
            Unreachable: CloudTrail did not answer, or is throttling.
            Refused: CloudTrail does not take the question.
        """
        ...


class Asked(NamedTuple):
    """What is looked up: the account, from when to when, and the time taken for now."""

    account: str
    start: datetime
    end: datetime
    now: datetime


class _Region(NamedTuple):
    """What came of one region. `by_name`: its reads were too many, so that each call was asked for by its name."""

    files: tuple[SourceFile, ...] = ()
    by_name: bool = False
    without_kms: bool = False
    denied: str = ""


class LookedUp:
    """The log source of a live account with nothing deployed: each region at its own pace, all at once."""

    def __init__(
        self,
        histories: Mapping[str, EventHistory],
        asked: Asked,
        fetched: Fetched,
        *,
        pace: Callable[[], Pace] = lambda: Pace(PER_SECOND),
        may_be_denied: bool = False,
    ) -> None:
        """Take the histories by region. With `may_be_denied` a region that refuses is told of, and is no error."""
        self.skipped = 0
        self.progress: Callable[[int], None] = lambda _: None
        self._histories = histories
        self._asked = asked
        self._fetched = fetched
        self._pace = pace
        self._may_be_denied = may_be_denied
        self._found: dict[str, _Region] = {}
        self._pages = 0

    def total(self) -> int:
        """Look everything up, and return how many files came of it.

        Raises:
            Denied: no region lets the caller look events up, or one that was named does not.
            Unreachable: CloudTrail did not answer; what was looked up is kept for the next try.
            Refused: CloudTrail does not take the question.
        """
        if not self._found:
            with ThreadPoolExecutor(len(self._histories)) as pool:
                found = list(pool.map(self._region, self._histories))
            self._found = dict(zip(self._histories, found, strict=True))
            if all(it.denied for it in found):
                raise Denied(f"no region may be looked at: {found[0].denied}", hint="allow cloudtrail:LookupEvents")
        return sum(len(it.files) for it in self._found.values())

    def files(self) -> Iterator[SourceFile]:
        """Give what was looked up, region by region.

        Raises:
            Denied, Unreachable, Refused: as `total`.
        """
        self.total()
        yield from chain.from_iterable(it.files for it in self._found.values())

    def places(self) -> tuple[()]:
        """Return no place: no trail delivered this."""
        return ()

    def unseen(self) -> tuple[str, ...]:
        """Say what looking events up cannot show, once it was done: the population is as looked up, never complete."""
        asked, found = self._asked, self._found
        regions = ", ".join(region for region, it in found.items() if not it.denied)
        said = [
            f"whether records are missing: the event history of {asked.account} has no digests to prove it by",
            f"other regions and accounts: {regions} of {asked.account} was looked at, and nothing else",
            f"what happened before {format_time(asked.start)}: the event history goes back 90 days at most",
            "changes to trails, keys and buckets, and data events: only the calls of Secrets Manager were looked up",
            "versions that no call made: KMS's data keys were looked up around the recorded changes alone",
        ]
        if asked.end > asked.now - DELAY:
            said.append(f"the last minutes before {format_time(asked.end)}: events may show up to 15 minutes late")
        for region, it in found.items():
            if it.denied:
                said.append(f"anything in {region}: {it.denied}")
            if it.by_name:
                said.append(f"calls in {region} that this version does not know: each was asked for by its name")
            if it.without_kms:
                said.append(f"the KMS records of {region}: there are too many changes to look for each of them")
        return tuple(said)

    # ------------------------------------------------------------------------------------------ one region

    def _region(self, region: str) -> _Region:
        try:
            return self._look(region, self._histories[region], self._pace())
        except Denied as failure:
            if not self._may_be_denied:
                raise
            return _Region(denied=str(failure))

    def _look(self, region: str, history: EventHistory, pace: Pace) -> _Region:
        files: list[SourceFile] = []
        by_name = False
        for start, end in _slices(self._asked.start, self._asked.end):
            whole = None if by_name else self._kept(region, history, pace, Lookup("EventSource", _SOURCE, start, end))
            by_name = whole is None
            lookups = [Lookup("EventName", name, start, end) for name in _NAMES] if whole is None else []
            files += [whole] if whole else filter(None, [self._kept(region, history, pace, it) for it in lookups])
        windows = _windows(_made(files))
        if len(windows) > _MOST_WINDOWS:
            return _Region(tuple(files), by_name=by_name, without_kms=True)
        for start, end in windows:
            lookup = Lookup("EventName", "GenerateDataKey", start, end)
            files += filter(None, [self._kept(region, history, pace, lookup)])
        return _Region(tuple(files), by_name=by_name)

    def _kept(self, region: str, history: EventHistory, pace: Pace, lookup: Lookup) -> SourceFile | None:
        """Look up one slice, or find it kept; None where it has more pages than a look-up of all calls may have."""
        span = f"{format_time(lookup.start)} to {format_time(lookup.end)}"
        name = f"event history of {self._asked.account} in {region}, {lookup.attribute} {lookup.value}, {span}"
        # What was not settled yet is looked up again: late events may have joined it.
        tag = "" if lookup.end <= self._asked.now - _SETTLED else format_time(self._asked.now)
        kept = self._fetched.find(name, tag)
        if kept is None:
            try:
                kept = self._fetched.keep(name, tag, _pieces(self._page_by_page(history, pace, lookup)))
            except _TooManyPages:
                return None
        return SourceFile(kept.path, name)

    def _page_by_page(self, history: EventHistory, pace: Pace, lookup: Lookup) -> Iterator[str]:
        token, pages = "", 0
        while True:
            page = pace.call(partial(history.look_up, lookup, token))
            yield from page.records
            token, pages = page.token, pages + 1
            self._pages += 1
            self.progress(self._pages)
            if not token:
                return
            if pages == _MOST_PAGES and lookup.attribute == "EventSource":
                raise _TooManyPages


_: type[LogSource] = LookedUp


class _TooManyPages(Exception):
    """A look-up of all calls has too many reads in it."""


def _pieces(records: Iterable[str]) -> Iterator[bytes]:
    """Write records as LookupEvents answers them: the reader of envelopes knows that form."""
    yield b'{"Events":['
    between = b""
    for text in records:
        yield between + json.dumps({"CloudTrailEvent": text}).encode()
        between = b",\n"
    yield b"]}"


def _slices(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Cut a time at moments that are the same in every run, so that a slice which was kept is found again."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    at = start
    while at < end:
        after = epoch + ((at - epoch) // _SLICE + 1) * _SLICE
        yield at, min(after, end)
        at = after


def _made(files: Sequence[SourceFile]) -> list[datetime]:
    """Return the times of the calls that may have made a version."""
    found = []
    for file in files:
        for item in json.loads(read_log(file))["Events"]:
            head = read_head(Raw(item["CloudTrailEvent"].encode()))
            if head.event_name in _MADE_BY:
                found.append(parse_time(head.event_time))
    return sorted(found)


def _windows(times: Iterable[datetime]) -> list[tuple[datetime, datetime]]:
    """Return a window around each time; those that lie near each other are one."""
    windows: list[tuple[datetime, datetime]] = []
    for time in times:
        if windows and time - windows[-1][1] < _NEAR:
            windows[-1] = (windows[-1][0], time + _AROUND)
        else:
            windows.append((time - _AROUND, time + _AROUND))
    return windows
