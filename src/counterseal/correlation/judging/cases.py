"""Cases: events that may bear on one another, kept together by what they have in common.

A finding depends on the events of its case and on no other event, but for the hours and intervals that `Grounds` and
`Population` carry: two events bear on one another only where they have one of the links below, before or after their
secrets are resolved. To keep more together than need be costs time and alters nothing.
"""

from collections import Counter
from collections.abc import Iterable

from counterseal.correlation.judging.finding import Finding
from counterseal.correlation.records.event import Event
from counterseal.correlation.records.held import EventId
from counterseal.correlation.records.identity import shaped_name, split_arn
from counterseal.correlation.records.population import CoveredHour
from counterseal.correlation.records.secret_names import secret_name

Link = tuple[str, ...]


def links_of(event: Event) -> set[Link]:
    """Return what an event has in common with any event that bears on it.

    Its own id and that of the record that it corrects; the action that several accounts saw; the version, which joins
    witnesses, replicas, rotations and every use of one token; and the secret, by each way of writing it.
    """
    links: set[Link] = {("event", event.account, event.event_id)}
    if corrects := event.facts.get("corrects"):
        links.add(("event", event.account, str(corrects)))
    if event.shared_event_id:
        links.add(("action", event.shared_event_id))
    if event.version_id:
        links.add(("version", event.version_id))
    return links | _secret_links(event)


def _secret_links(event: Event) -> set[Link]:
    """Return the ARN, and every name that it may turn out to have, in every place that it may turn out to be in."""
    links: set[Link] = set()
    places, names = {(event.account, event.region)}, {secret_name(event)}
    for written in (event.secret_arn, event.secret_given):
        place = split_arn(written)
        if place is None:
            names.add(written)
            continue
        links.add(("arn", written))
        places.add((place.account, place.region))
        names |= {place.name, shaped_name(written)}
    names.discard("")
    if not names:
        # What is said to concern no secret is told apart by its request (orphan deletions).
        return {("request", event.account, event.region, event.request_id)}
    return links | {("name", *place, name) for place in places for name in names}


class Case:
    """Some events that may bear on one another, and what was concluded about them last.

    `events` are the ones that stood when the case was last put together, their secrets resolved. `into` is the case
    that this one has become a part of, None where it stands alone.
    """

    __slots__ = ("events", "findings", "into", "label_hours", "members", "trail_events")

    def __init__(self, identity: EventId) -> None:
        """Begin with one event."""
        self.members = {identity}
        self.events: tuple[Event, ...] = ()
        self.findings: dict[EventId, Finding] = {}
        self.label_hours: Counter[CoveredHour] = Counter()
        self.trail_events: tuple[Event, ...] = ()
        self.into: Case | None = None

    def current(self) -> "Case":
        """Return the case that this one has become a part of; itself where it stands alone."""
        case = self
        while case.into is not None:
            case = case.into
        if case is not self:
            self.into = case
        return case

    def absorb(self, other: "Case") -> None:
        """Make another case a part of this one."""
        self.members |= other.members
        self.findings |= other.findings
        self.label_hours.update(other.label_hours)
        self.trail_events += other.trail_events
        other.into = self
        other.members, other.findings, other.events = set(), {}, ()


class Cases:
    """All cases, found by link."""

    def __init__(self) -> None:
        """Begin with none."""
        self.open: set[Case] = set()
        self._by_link: dict[Link, Case] = {}

    def take(self, identity: EventId, links: Iterable[Link]) -> Case:
        """Return the case that an event belongs to; it may have made one of several."""
        case = Case(identity)
        self.open.add(case)
        return self.join(case, links)

    def join(self, case: Case, links: Iterable[Link]) -> Case:
        """Let a case have these links: every other case that has one of them becomes a part of it, or it of that."""
        for link in links:
            other = self._by_link.setdefault(link, case).current()
            if other is case:
                continue
            larger, smaller = (other, case) if len(other.members) >= len(case.members) else (case, other)
            larger.absorb(smaller)
            self.open.discard(smaller)
            case = larger
        return case
