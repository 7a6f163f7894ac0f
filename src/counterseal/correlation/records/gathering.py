"""Puts records together into a population, whatever the order, the splitting and the repetition they come in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from counterseal.clock import parse_time
from counterseal.correlation.records.catalogue import LABEL_UPDATED
from counterseal.correlation.records.envelopes import Aside
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.identity import resolve_secrets, split_arn
from counterseal.correlation.records.population import Conflict, CoveredHour, Population
from counterseal.correlation.records.reading import read_in_stretches, read_whole
from counterseal.correlation.records.stretches import STRETCH_BYTES
from counterseal.correlation.records.tally import Tally

# Of two records that contradict each other, and of two rows of one action, the graver stands: nothing is talked away.
_GRAVITY = (Kind.CHANGE, Kind.UNCLASSIFIED, Kind.ATTEMPT, Kind.GUARD, Kind.SERVICE, Kind.WITNESS)
_ONE_PER_ACTION = frozenset({Kind.CHANGE, Kind.UNCLASSIFIED, Kind.ATTEMPT, Kind.GUARD})

_Id = tuple[str, str]


class Gathering:
    """Takes files, and messages, one by one; keeps the events that matter and counts the rest."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._held: dict[_Id, Event] = {}
        self._rivals: dict[_Id, dict[str, Event]] = {}
        self._duplicates = 0
        self._total = Tally(source="")

    def add(self, data: bytes, *, source: str) -> None:
        """Take all that a file or a message holds, or nothing where an error is raised.

        Raises:
            MalformedInput: it is none of what records come in; the message names `source`.
        """
        self.take(read_whole(data, source=source))

    def add_in_stretches(self, windows: Iterable[bytes], *, source: str, stretch_bytes: int = STRETCH_BYTES) -> bool:
        """Take a file that comes in pieces, without ever holding all of it; the same comes of it as of `add`.

        Return False, and take nothing, where that is not possible: `add` says what the file is, or what is wrong.
        """
        tally = read_in_stretches(windows, source=source, stretch_bytes=stretch_bytes)
        if tally is None:
            return False
        self.take(tally)
        return True

    def take(self, tally: Tally) -> None:
        """Take what one source says, read somewhere else."""
        self._total.add(tally)
        for event in tally.events:
            self._keep(event)

    def population(self) -> Population:
        """Return all that was taken so far, as one value."""
        superseded, total = _superseded(self._held), self._total
        standing = [event for identity, event in self._held.items() if identity not in superseded]
        events = _one_per_action(resolve_secrets(standing))
        return Population(
            events=_in_order(events),
            conflicts=tuple(_conflict(*rivals) for rivals in sorted(self._rivals.items())),
            superseded=_in_order(self._held[identity] for identity in superseded),
            kms_hours=frozenset(
                CoveredHour(account, region, parse_time(f"{hour}:00:00Z")) for account, region, hour in total.kms_hours
            ),
            label_hours=frozenset(
                CoveredHour(event.account, event.region, event.time.replace(minute=0, second=0))
                for event in events
                if event.name == LABEL_UPDATED
            ),
            ticket_hints=total.asides[Aside.TICKET_HINT],
            digest_files=total.asides[Aside.DIGEST_FILE],
            notices=total.asides[Aside.NOTICE],
            start=parse_time(total.start) if total.end else None,
            end=parse_time(total.end) if total.end else None,
            duplicates=self._duplicates,
            **total.counts,
        )

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
            self._duplicates += 1
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
