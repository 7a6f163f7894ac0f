"""Puts records together into a population, whatever the order, the splitting and the repetition they come in."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from counterseal.clock import format_time, parse_time
from counterseal.correlation.catalogue import KMS, LABEL_UPDATED, SERVICES, look_up, service_of
from counterseal.correlation.envelopes import Aside, Item, LabelUpdate, read_envelopes
from counterseal.correlation.event import Event, Kind
from counterseal.correlation.identity import resolve_secrets, split_arn
from counterseal.correlation.normalise import account_and_region, normalise, normalise_label, parse_event_time
from counterseal.correlation.population import Conflict, CoveredHour, Population
from counterseal.correlation.record import Delivered, is_known_version
from counterseal.errors import MalformedInput

# Of two records that contradict each other, and of two rows of one action, the graver stands: nothing is talked away.
_GRAVITY = (Kind.CHANGE, Kind.UNCLASSIFIED, Kind.ATTEMPT, Kind.GUARD, Kind.SERVICE, Kind.WITNESS)
_ONE_PER_ACTION = frozenset({Kind.CHANGE, Kind.UNCLASSIFIED, Kind.ATTEMPT, Kind.GUARD})

# As CloudTrail writes it. Texts of this form sort as their times do.
_EVENT_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:[0-5]\d:[0-5]\dZ", re.ASCII)
_HOUR = len("2023-07-10T11")
_NEVER = "~"  # later than every time, as text

_Id = tuple[str, str]


class Gathering:
    """Takes files, and messages, one by one; keeps the events that matter and counts the rest."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._held: dict[_Id, Event] = {}
        self._rivals: dict[_Id, dict[str, Event]] = {}
        self._asides = dict.fromkeys(Aside, 0)
        self._tally = {"records": 0, "duplicates": 0, "reads": 0, "others": 0, "unknown_versions": 0}
        self._kms_hours: set[tuple[str, str, str]] = set()
        self._hours: set[str] = set()
        self._start, self._end = _NEVER, ""

    def add(self, data: bytes, *, source: str) -> None:
        """Take all that a file or a message holds.

        Raises:
            MalformedInput: it is none of what records come in; the message names `source`.
        """
        try:
            for item in read_envelopes(data, source=source):
                self._take(item, source)
        except RecursionError as failure:
            raise MalformedInput(f"{source!r} nests deeper than any record") from failure

    def population(self) -> Population:
        """Return all that was taken so far, as one value."""
        superseded = _superseded(self._held)
        standing = [event for identity, event in self._held.items() if identity not in superseded]
        events = _one_per_action(resolve_secrets(standing))
        return Population(
            events=_in_order(events),
            conflicts=tuple(_conflict(*rivals) for rivals in sorted(self._rivals.items())),
            superseded=_in_order(self._held[identity] for identity in superseded),
            kms_hours=frozenset(
                CoveredHour(account, region, parse_time(f"{hour}:00:00Z")) for account, region, hour in self._kms_hours
            ),
            label_hours=frozenset(
                CoveredHour(event.account, event.region, event.time.replace(minute=0, second=0))
                for event in events
                if event.name == LABEL_UPDATED
            ),
            ticket_hints=self._asides[Aside.TICKET_HINT],
            digest_files=self._asides[Aside.DIGEST_FILE],
            notices=self._asides[Aside.NOTICE],
            start=parse_time(self._start) if self._start != _NEVER else None,
            end=parse_time(self._end) if self._end else None,
            **self._tally,
        )

    def _take(self, item: Item, source: str) -> None:
        if isinstance(item, Delivered):
            self._record(item, source)
        elif isinstance(item, LabelUpdate):
            event = normalise_label(item, source=source)
            self._tally["records"] += 1
            self._span(format_time(event.time), source)
            self._keep(event)
        else:
            self._asides[item] += 1

    def _record(self, delivered: Delivered, source: str) -> None:
        head, tally = delivered.head, self._tally
        hour = self._span(head.event_time, source)
        tally["records"] += 1
        if not is_known_version(head.event_version):
            tally["unknown_versions"] += 1
        service = service_of(head.event_source)
        if service not in SERVICES:
            tally["others"] += 1
            return
        entry = look_up(service, head.event_name, read_only=head.read_only in (True, "true"))
        if service == KMS and entry.kind is not Kind.GUARD:
            # Only a trail that records the reads of KMS delivers these: it would deliver the witness as well.
            account, region = account_and_region(delivered)
            self._kms_hours.add((account, region, hour))
        if entry.kind is Kind.OTHER and service != KMS:
            tally["others"] += 1
            return
        event = None if entry.kind in (Kind.READ, Kind.OTHER) else normalise(delivered, entry, source=source)
        if event is None:
            tally["reads"] += 1
        else:
            self._keep(event)

    def _span(self, time: str, source: str) -> str:
        """Widen the span of all records, and return the hour as text. A time is parsed once for each hour."""
        hour = time[:_HOUR]
        if hour not in self._hours or not _EVENT_TIME.fullmatch(time):
            time = format_time(parse_event_time(time, source=source))
            hour = time[:_HOUR]
            self._hours.add(hour)
        if not self._start <= time <= self._end:
            self._start, self._end = min(self._start, time), max(self._end, time)
        return hour

    def _keep(self, event: Event) -> None:
        """Keep an event; a repetition is counted, a contradiction kept beside it."""
        identity = (event.event_id, event.account)
        held = self._held.setdefault(identity, event)
        if held is event:
            return
        rivals = self._rivals.get(identity, {held.digest: held})
        same = rivals.get(event.digest)
        if same is None:
            rivals[event.digest] = event
            self._rivals[identity] = rivals
        else:
            self._tally["duplicates"] += 1
            rivals[event.digest] = min(same, event, key=_telling)
        self._held[identity] = min(rivals.values(), key=_grave)


def _telling(event: Event) -> tuple[bool, str, str, str]:
    """Prefer, of two deliveries of one record, the one whose envelope says more; then any, but always the same."""
    return not event.secret_arn, event.source, event.region, event.secret_arn


def _grave(event: Event) -> tuple[int, str]:
    return _GRAVITY.index(event.kind), event.digest


def _in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda it: (it.time, it.event_id, it.account)))


def _conflict(identity: _Id, rivals: Mapping[str, Event]) -> Conflict:
    event_id, account = identity
    sources = tuple(sorted({event.source for event in rivals.values()}))
    return Conflict(event_id=event_id, account=account, digests=tuple(sorted(rivals)), sources=sources)


def _superseded(held: Mapping[_Id, Event]) -> set[_Id]:
    """Find the events that a later record corrects (addendum UPDATED_DATA): same account, same call, another id.

    Corrections that go round in a circle correct nothing: all of them stand.
    """
    corrected_by: dict[_Id, _Id] = {}
    for identity, event in held.items():
        original = (str(event.facts.get("corrects", "")), event.account)
        before = held.get(original)
        if before is not None and (before.service, before.name) == (event.service, event.name):
            corrected_by[original] = identity
    return {identity for identity in corrected_by if not _circular(identity, corrected_by)}


def _circular(identity: _Id, corrected_by: Mapping[_Id, _Id]) -> bool:
    seen = {identity}
    while identity in corrected_by:
        identity = corrected_by[identity]
        if identity in seen:
            return True
        seen.add(identity)
    return False


def _one_per_action(events: Iterable[Event]) -> list[Event]:
    """Let one row of an action that was delivered to several accounts be the change; the others confirm it.

    Rows of one action share sharedEventID (cloudtrail-event-reference-record-contents.html). The one of the account
    that owns the secret counts, since tickets name that secret; without such a row, the first by account and id.
    """
    held = list(events)
    actions: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for event in held:
        if event.shared_event_id and event.kind in _ONE_PER_ACTION:
            actions[event.shared_event_id, event.service, event.name].append(event)
    first = {action: min(rows, key=_owning) for action, rows in actions.items() if len(rows) > 1}
    return [_confirming(event, first.get((event.shared_event_id, event.service, event.name))) for event in held]


def _owning(event: Event) -> tuple[int, bool, str, str]:
    place = split_arn(event.secret_arn)
    owns = place is not None and place.account == event.account
    return _GRAVITY.index(event.kind), not owns, event.account, event.event_id


def _confirming(event: Event, first: Event | None) -> Event:
    if first is None or event.kind not in _ONE_PER_ACTION or event.account == first.account:
        return event
    facts = event.facts | {"witness": "cloudtrail", "shared_with": first.event_id}
    return replace(event, kind=Kind.WITNESS, facts=facts)
