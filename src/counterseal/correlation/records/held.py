"""Events held by their identity, each once, and what they come to when put together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.identity import resolve_secrets, split_arn
from counterseal.correlation.records.population import Conflict

# Of two records that contradict each other, and of two rows of one action, the graver stands: nothing is talked away.
_GRAVITY = (Kind.CHANGE, Kind.UNCLASSIFIED, Kind.ATTEMPT, Kind.GUARD, Kind.SERVICE, Kind.WITNESS)
_ONE_PER_ACTION = frozenset({Kind.CHANGE, Kind.UNCLASSIFIED, Kind.ATTEMPT, Kind.GUARD})


class EventId(NamedTuple):
    """What names an event: AWS's own samples use one id in several accounts (aws-events: log files)."""

    event_id: str
    account: str


def identity_of(event: Event) -> EventId:
    """Return what names an event."""
    return EventId(event.event_id, event.account)


class Held:
    """Events as they were read: a repetition is counted, a contradiction kept beside, the graver of two stands."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.standing: dict[EventId, Event] = {}
        self.duplicates = 0
        self._rivals: dict[EventId, dict[str, Event]] = {}

    def keep(self, event: Event) -> bool:
        """Keep an event; say whether another one stands under its identity than before."""
        identity = identity_of(event)
        held = self.standing.setdefault(identity, event)
        if held is event:
            return True
        rivals = self._rivals.get(identity, {held.digest: held})
        same = rivals.get(event.digest)
        if same is None:
            rivals[event.digest] = event
            self._rivals[identity] = rivals
        else:
            self.duplicates += 1
            rivals[event.digest] = min(same, event, key=_telling)
        self.standing[identity] = min(rivals.values(), key=_grave)
        return self.standing[identity] is not held

    def conflicts(self) -> tuple[Conflict, ...]:
        """Return what contradicts itself, in order."""
        return tuple(_conflict(*rivals) for rivals in sorted(self._rivals.items()))


class Together(NamedTuple):
    """Events put together: those that stand, with their secrets resolved, and those that a later record corrected."""

    events: tuple[Event, ...]
    superseded: tuple[Event, ...]


def put_together(held: Mapping[EventId, Event]) -> Together:
    """Put events together that were read apart; the same comes of them in whatever order they were read."""
    superseded = _superseded(held)
    standing = [event for identity, event in held.items() if identity not in superseded]
    return Together(
        events=in_order(_one_per_action(resolve_secrets(standing))),
        superseded=in_order(held[identity] for identity in superseded),
    )


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return events by time, id and account: the order of a population."""
    return tuple(sorted(events, key=lambda it: (it.time, it.event_id, it.account)))


def _telling(event: Event) -> tuple[bool, str, str, str]:
    """Prefer, of two deliveries of one record, the one whose envelope says more; then any, but always the same."""
    return not event.secret_arn, event.source, event.region, event.secret_arn


def _grave(event: Event) -> tuple[int, str]:
    return _GRAVITY.index(event.kind), event.digest


def _conflict(identity: EventId, rivals: Mapping[str, Event]) -> Conflict:
    event_id, account = identity
    sources = tuple(sorted({event.source for event in rivals.values()}))
    return Conflict(event_id=event_id, account=account, digests=tuple(sorted(rivals)), sources=sources)


def _superseded(held: Mapping[EventId, Event]) -> set[EventId]:
    """Find the events that a later record corrects (addendum UPDATED_DATA): same account, same call, another id.

    Corrections that go round in a circle correct nothing: all of them stand.
    """
    corrections: defaultdict[EventId, set[EventId]] = defaultdict(set)
    for identity, event in held.items():
        original = EventId(str(event.facts.get("corrects", "")), event.account)
        before = held.get(original)
        if before is not None and (before.service, before.name) == (event.service, event.name):
            corrections[original].add(identity)
    return {
        identity
        for identity, later in corrections.items()
        if any(identity not in _corrected_after(it, corrections) for it in later)
    }


def _corrected_after(correction: EventId, corrections: Mapping[EventId, set[EventId]]) -> set[EventId]:
    """Return a correction, what corrects it, what corrects that, and so on."""
    found, ahead = {correction}, [correction]
    while ahead:
        more = corrections.get(ahead.pop(), set()) - found
        found |= more
        ahead += more
    return found


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
