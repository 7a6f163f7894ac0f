"""The docket: events and tickets as they come, and the findings that each of them alters.

What it concludes is what one audit of all would: docs/decisions/0021-deciding-piece-by-piece.md says why.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from counterseal.correlation.judging.candidates import TicketIndex, cited_as, entries_asked, entries_of, names_of
from counterseal.correlation.judging.cases import Case, Cases, links_of
from counterseal.correlation.judging.deciding import Deciding, Grounds
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.proof import Evidence, Given, carries_counterseal
from counterseal.correlation.records.blindness import bears_on_trails, blind_intervals
from counterseal.correlation.records.catalogue import LABEL_UPDATED
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.guarded import guard_events
from counterseal.correlation.records.held import EventId, Held, identity_of, in_order, put_together
from counterseal.correlation.records.interval import BlindInterval
from counterseal.correlation.records.population import CoveredHour, Population, hour_of
from counterseal.correlation.tickets.people import People, citations
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Ticket, TicketSet

# The only verdicts that time alone turns into another.
_UNTIL_A_LIMIT = frozenset({Verdict.EMERGENCY_PENDING, Verdict.EMERGENCY_OVERDUE})

_SEALED, _LIMITED, _UNREAD = ("sealed",), ("limited",), ("unread",)


class Decided(NamedTuple):
    """What became of new events and tickets: findings that are new or say something else, and those that are no more.

    `looked_at` is how many changes were judged again to know that, `events` what was beside them and they themselves.
    """

    findings: tuple[Finding, ...]
    withdrawn: tuple[Finding, ...]
    looked_at: int
    events: tuple[Event, ...] = ()


class Docket:
    """Takes events and tickets in any order, any number of times, and decides again only what they touch."""

    def __init__(self, rules: Rules, evidence: Evidence | None = None) -> None:
        """Begin with no event and no ticket; the policy holds for as long as the docket lasts."""
        policy = rules.policy
        self._held = Held()
        self._cases = Cases()
        self._unsettled: set[Case] = set()
        self._touched: set[Case] = set()
        self._asking: defaultdict[Hashable, set[Case]] = defaultdict(set)
        self._kms_hours: set[CoveredHour] = set()
        self._label_hours: Counter[CoveredHour] = Counter()
        self._trails_changed = False
        self._guarded = rules.guarded(())
        self._tickets: dict[Ticket, None] = {}
        self._told = TicketSet()
        self._grounds = Grounds(
            rules=rules,
            tickets=TicketIndex(policy),
            people=People(policy.identities),
            standing=policy.standing,
            counterseals=Given(evidence),
        )

    def add(self, events: Iterable[Event], *, kms_hours: Collection[CoveredHour] = ()) -> None:
        """Take events as a tally holds them: as they were read, their secrets not yet resolved.

        `kms_hours` are those in which the same source was seen to deliver KMS reads (`Tally.covered_hours`).
        """
        for event in events:
            if self._held.keep(event):
                self._unsettled.add(self._cases.take(identity_of(event), links_of(event)))
        for hour in set(kms_hours) - self._kms_hours:
            self._kms_hours.add(hour)
            self._touch(hour)

    def add_tickets(self, told: TicketSet) -> None:
        """Take tickets as they stand now: they take the place of what was said before of their keys and their ids.

        Identities and standing approvals, where there are any, take the place of all those before. Of the times up to
        which tickets are known, the latest holds.
        """
        named = self._grounds.tickets.named({name for ticket in told.tickets for name in names_of(ticket)})
        self._exchange(named, told.tickets)
        if told.identities or told.standing:
            self._hear(told)
        if told.known_until:
            self._read_until(max(told.known_until, self._grounds.known_until or told.known_until))
        if told.issuances is not None:
            self.know(self._grounds.counterseals.evidence.with_issuances(told.issuances))

    def hold_tickets(self, told: TicketSet) -> None:
        """Take tickets, identities and standing approvals as all there are: what is not among them is forgotten.

        So is up to when they were known.

        Issuances are left to `know`.
        """
        self._exchange(list(self._tickets), told.tickets)
        self._hear(told)
        self._read_until(told.known_until)

    def know(self, evidence: Evidence) -> None:
        """Take what counterseals are checked against from now on."""
        if evidence != self._grounds.counterseals.evidence:
            self._grounds = replace(self._grounds, counterseals=Given(evidence))
            self._touch(_SEALED)

    def decide(self, *, as_of: datetime | None = None) -> Decided:
        """Decide what was touched since the last time, as of that time or the one before."""
        if as_of and as_of != self._grounds.rules.as_of:
            self._grounds = replace(self._grounds, rules=replace(self._grounds.rules, as_of=as_of))
            self._touch(_LIMITED)
        self._settle()
        self._see_trails()
        touched, self._touched = {case.current() for case in self._touched}, set()
        found: list[Finding] = []
        withdrawn: list[Finding] = []
        for case in touched:
            before, case.findings = case.findings, self._findings_of(case)
            found += [it for identity, it in case.findings.items() if before.get(identity) != it]
            withdrawn += [it for identity, it in before.items() if identity not in case.findings]
        looked_at = sum(it.kind is Kind.CHANGE for case in touched for it in case.events)
        return Decided(
            findings=_in_order(found),
            withdrawn=_in_order(withdrawn),
            looked_at=looked_at,
            events=in_order(it for case in touched for it in case.events),
        )

    def findings(self) -> tuple[Finding, ...]:
        """Return every finding that was decided, in the order of an audit."""
        return _in_order(it for case in self._cases.open for it in case.findings.values())

    @property
    def policy(self) -> Policy:
        """Return the policy that it decides by."""
        return self._grounds.rules.policy

    def events(self) -> tuple[Event, ...]:
        """Return every event that stands, as of the last decision, in the order of a population."""
        return in_order(it for case in self._cases.open for it in case.events)

    def blind_intervals(self) -> tuple[BlindInterval, ...]:
        """Return when trails were seen not to record, as of the last decision."""
        return self._grounds.blind

    def guard_events(self, events: Iterable[Event] | None = None) -> tuple[Event, ...]:
        """Return the changes to what guards the secrets, as of the last decision: all, or those among the events."""
        return guard_events(self.events() if events is None else events, self._guarded)

    def _touch(self, *names: Hashable) -> None:
        for name in names:
            self._touched |= self._asking.get(name, set())

    def _exchange(self, before: Iterable[Ticket], now: Iterable[Ticket]) -> None:
        """Let some tickets take the place of others; those of one key or id that came together stand side by side."""
        said = dict.fromkeys(now)
        for old in [it for it in before if it not in said]:
            self._grounds.tickets.drop(old)
            del self._tickets[old]
            self._touch(*entries_of(old), *cited_as(old))
        for new in [it for it in said if it not in self._tickets]:
            self._grounds.tickets.put(new)
            self._tickets[new] = None
            self._touch(*entries_of(new), *cited_as(new))

    def _hear(self, told: TicketSet) -> None:
        if (told.identities, told.standing) == (self._told.identities, self._told.standing):
            return
        self._told = told
        policy = self._grounds.rules.policy
        people, standing = People(told.identities, policy.identities), (*told.standing, *policy.standing)
        self._grounds = replace(self._grounds, people=people, standing=standing)
        self._touched |= self._cases.open

    def _read_until(self, time: datetime | None) -> None:
        """Touch the changes that were made after tickets were read, or turn out to have been."""
        before = self._grounds.known_until
        if time == before:
            return
        self._grounds = replace(self._grounds, known_until=time)
        self._touch(_LIMITED)
        if time is None or (before and time > before):
            self._touched |= self._asking.pop(_UNREAD, set())
        else:
            self._touched |= {case for case in self._cases.open if self._is_unread(case)}

    def _is_unread(self, case: Case) -> bool:
        return any(it.kind is Kind.CHANGE and self._grounds.is_unread(it.time) for it in case.events)

    def _settle(self) -> None:
        """Put the cases together that events came to; a secret that is known better may join it to other cases."""
        while self._unsettled:
            case = self._unsettled.pop().current()
            together = put_together({it: self._held.standing[it] for it in case.members})
            resolved = [it for it in together.events if it is not self._held.standing[identity_of(it)]]
            joined = self._cases.join(case, [link for it in resolved for link in links_of(it)])
            if len(joined.members) > sum(map(len, together)):
                self._unsettled.add(joined)
                continue
            joined.events = together.events
            self._see(joined)

    def _see(self, case: Case) -> None:
        """Note what a case shows to others, and what others can say that would touch it."""
        self._touched.add(case)
        trails = tuple(filter(bears_on_trails, case.events))
        self._trails_changed |= trails != case.trail_events
        case.trail_events = trails
        shown = Counter(hour_of(it) for it in case.events if it.name == LABEL_UPDATED)
        self._label_hours.update(shown)
        self._label_hours.subtract(case.label_hours)
        self._touch(*(set(shown) ^ set(case.label_hours)))
        case.label_hours = shown
        for event in case.events:
            if event.kind is Kind.CHANGE:
                cited = citations(event)
                for name in (hour_of(event), *entries_asked(event), *(it.removeprefix("#") for it in cited.all())):
                    self._asking[name].add(case)
                if carries_counterseal(event):
                    self._asking[_SEALED].add(case)

    def _see_trails(self) -> None:
        if not self._trails_changed:
            return
        self._trails_changed = False
        before = self._grounds.blind
        trails = in_order(it for case in self._cases.open for it in case.trail_events)
        rules, guarded = self._grounds.rules, self._guarded
        blind, self._guarded = blind_intervals(trails, rules.trails_read()), rules.guarded(trails)
        self._grounds = replace(self._grounds, blind=blind)
        altered = set(before) ^ set(blind)
        self._touched |= {
            case
            for case in self._cases.open
            for event in case.events
            if any(it.covers(event.account, event.region, event.time) for it in altered)
            or (event.kind is Kind.GUARD and guarded.holds(event) != self._guarded.holds(event))
        }

    def _findings_of(self, case: Case) -> dict[EventId, Finding]:
        hours = {hour_of(event) for event in case.events}
        population = Population(
            events=case.events,
            kms_hours=frozenset(hours & self._kms_hours),
            label_hours=frozenset(it for it in hours if self._label_hours[it] > 0),
        )
        found = Deciding(population, self._grounds).findings()
        if any(it.verdict in _UNTIL_A_LIMIT for it in found):
            self._asking[_LIMITED].add(case)
        if self._is_unread(case):
            self._asking[_UNREAD].add(case)
        return {EventId(it.event_id, it.account): it for it in found}


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda it: (it.time, it.event_id, it.account, it.verdict, it.version_id)))
