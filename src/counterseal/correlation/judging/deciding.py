"""The findings of a population, decided on given grounds: what tickets and rotations say of each change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from weakref import proxy

from counterseal.clock import format_time
from counterseal.correlation.judging.approvals import Cause
from counterseal.correlation.judging.aside import (
    attempts,
    finding_of,
    managed_rotations,
    orphan_deletions,
    unclassified,
    unrecorded_versions,
)
from counterseal.correlation.judging.candidates import TicketIndex
from counterseal.correlation.judging.change import Change, look_at
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.judge import STRENGTH, Judgement, Rules, judge, with_seal
from counterseal.correlation.judging.labels import Labels
from counterseal.correlation.judging.one_use import OneUse, completing, said_of
from counterseal.correlation.judging.proof import Given, Proofs, SealCheck
from counterseal.correlation.judging.reasons import described, reason_of, unread
from counterseal.correlation.judging.rotation import Inheritance, Rotations
from counterseal.correlation.judging.standing import covering
from counterseal.correlation.judging.witnesses import Witnesses
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.interval import BlindInterval
from counterseal.correlation.records.population import Population
from counterseal.correlation.tickets.people import People
from counterseal.correlation.tickets.policy import Basis
from counterseal.correlation.tickets.ticket import Standing

_BETTER_THAN_STANDING = frozenset({Verdict.PROVED, Verdict.APPROVED})

RANK = {verdict: number for number, verdict in enumerate(Verdict)}
"""Best first: the order of design part 5, which is the order in which the verdicts are written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """On what every change is judged, whichever it is: all that does not come from the changes themselves.

    `standing` are the standing approvals of the tickets and of the policy together. After `known_until` nobody knows
    what tickets say; None: they are known without end.
    """

    rules: Rules
    tickets: TicketIndex
    people: People
    standing: tuple[Standing, ...] = ()
    counterseals: Given = Given()  # noqa: RUF009 - it is empty, and nobody writes into it
    blind: tuple[BlindInterval, ...] = ()
    known_until: datetime | None = None

    def is_unread(self, time: datetime) -> bool:
        """Say whether what tickets say of that time is not known yet."""
        return self.known_until is not None and time > self.known_until


class _Answer(NamedTuple):
    """What tickets and standing approvals make of a change, and for which causes a ticket fails.

    `unanchored` says that it was proved by a counterseal which lies under no older checkpoint.
    """

    finding: Finding
    causes: tuple[Cause, ...] = ()
    unanchored: bool = False


class Considered(NamedTuple):
    """What a change was held against: the tickets as they were judged, the best first, and what stood beside them.

    `standing` are the standing approvals for it, expired ones included; `seal` is what became of its counterseal.
    `unread` says that tickets were last read before it, "" where they were not.
    """

    change: Change
    judged: tuple[Judgement, ...]
    standing: tuple[Standing, ...]
    seal: SealCheck | None
    unread: str = ""


class Deciding:
    """The parts of one population, put together once, so that every change in it can be asked for."""

    def __init__(self, population: Population, grounds: Grounds) -> None:
        """Take the events and what they are judged on."""
        self._population = population
        self._grounds = grounds
        self._rules = grounds.rules.as_known(grounds.known_until)
        self._proofs = Proofs(grounds.counterseals, population)
        self._witnesses = Witnesses(population, grounds.blind)
        self._answers: dict[tuple[str, str], _Answer] = {}
        roles = dict(grounds.rules.policy.rotation_roles)
        asked: Deciding = proxy(self)

        def by_tickets(event: Event) -> Finding:
            # What asks is a part of what is asked, and must not keep it: no collector need come for it.
            return asked.by_tickets(event)

        self._rotations = Rotations(population, by_tickets, roles)
        self._labels = Labels(population, self._witnesses, self._rotations)
        self._one_use = OneUse(self._witnesses, self._labels, by_tickets)

    def findings(self) -> list[Finding]:
        """Return every finding, by time and id."""
        found = [self._of_change(event) for event in self._population.of_kind(Kind.CHANGE)]
        found += attempts(self._population)
        found += unclassified(self._population)
        found += orphan_deletions(self._population)
        found += unrecorded_versions(self._witnesses, managed_rotations(self._population))
        return sorted(
            map(self._with_baseline, found),
            key=lambda it: (it.time, it.event_id, it.account, it.verdict, it.version_id),
        )

    def by_tickets(self, event: Event) -> Finding:
        """Return what tickets and standing approvals alone make of a change."""
        return self._answer(event).finding

    def _of_change(self, event: Event) -> Finding:
        answer = self._completing(event) or self._answer(event)
        finding = answer.finding
        inherited = self._rotations.inherited_by(event)
        if inherited and RANK[finding.verdict] > RANK[Verdict.INHERITED]:
            finding = _as_inherited(finding, inherited)
        signals = self._signals(event, unanchored=answer.unanchored and finding is answer.finding)
        if "silent-rollback" in signals:
            finding = _as_silent_rollback(finding, answer.causes)
        return replace(finding, signals=signals) if signals else finding

    def _completing(self, event: Event) -> _Answer | None:
        """Return what becomes of a label step as the rest of a use that was granted, where that explains it better."""
        begun = self._one_use.begun_by(event)
        if begun is None:
            return None
        answer = self._ask(completing(self._look_at(event), begun))
        if RANK[answer.finding.verdict] > RANK[self._answer(event).finding.verdict]:
            return None
        said = f"{answer.finding.reason}; {said_of(begun, event)}"
        return answer._replace(finding=replace(answer.finding, reason=said))

    def _signals(self, event: Event, *, unanchored: bool) -> tuple[str, ...]:
        """Return what a change shows besides its verdict; docs/reference/verdicts.md explains each."""
        shown = {
            "silent-rollback": self._labels.is_silent_rollback(event),
            "witness-missing": self._witnesses.is_missing(event),
            "repeat": self._witnesses.is_repeat(event),
            "in-blind-interval": any(it.covers(event.account, event.region, event.time) for it in self._grounds.blind),
            "counterseal-unanchored": unanchored,
        }
        return tuple(signal for signal, shows in shown.items() if shows)

    def _answer(self, event: Event) -> _Answer:
        """Return what tickets and standing approvals make of a change; asked again for every step of a rotation."""
        name = (event.event_id, event.account)
        if name not in self._answers:
            self._answers[name] = self._ask(self._look_at(event))
        return self._answers[name]

    def considered(self, event: Event) -> Considered:
        """Return everything that a change was held against, the best first."""
        alone = self._consider(self._look_at(event))
        begun = self._one_use.begun_by(event)
        if begun is None or self._completing(event) is None:
            return alone
        return self._consider(completing(alone.change, begun))

    def _look_at(self, event: Event) -> Change:
        return look_at(event, self._grounds.people, self._witnesses)

    def _consider(self, change: Change) -> Considered:
        seal = self._proofs.check(change)
        candidates, standing = self._grounds.tickets.candidates(change), covering(change, self._grounds.standing)
        if change.completes:
            # The rest of one use of one counterseal: nothing else lets a label be moved as a new value.
            candidates, standing = [it for it in candidates if change.cited.sealed_for(it)], []
        judged = [with_seal(judge(change, it, self._rules), change, seal) for it in candidates]
        known = self._grounds.known_until
        said = unread(change, known) if known and self._grounds.is_unread(change.time) else ""
        return Considered(change, tuple(sorted(judged, key=_order)), tuple(standing), seal, said)

    def _ask(self, change: Change) -> _Answer:
        """Let the best of all tickets and standing approvals win."""
        _, judged, standing, seal, unseen = self._consider(change)
        policy, best = self._grounds.rules.policy, judged[0] if judged else None
        witnesses = ("cloudtrail", *self._witnesses.of(change.event))
        is_weaker = unseen or not (best and best.verdict in _BETTER_THAN_STANDING)
        if standing and standing[0].expires >= change.time and is_weaker:
            reason = _finish(standing_reason(standing[0]), change, seal)
            found = finding_of(change.event, Verdict.APPROVED, reason, witnesses=witnesses)
            return _Answer(replace(found, basis=Basis.STANDING, ticket=standing[0].issue_key))
        if unseen:
            so_far = reason_of(change, best, policy) if best else _nothing_found(change, standing)
            reason = _finish(f"{unseen}; as far as it was read: {so_far}", change, seal)
            found = finding_of(change.event, Verdict.APPROVAL_UNKNOWN, reason, witnesses=witnesses)
            return _Answer(replace(found, ticket=best.ticket.issue_key if best else ""))
        if best is None:
            reason = _finish(_nothing_found(change, standing), change, seal)
            return _Answer(finding_of(change.event, Verdict.UNAPPROVED, reason, witnesses=witnesses))
        reason = _finish(reason_of(change, best, policy), change, _unsaid(best, seal))
        found = finding_of(change.event, best.verdict, reason, witnesses=witnesses)
        found = replace(found, basis=_basis(best), ticket=best.ticket.issue_key)
        unanchored = best.verdict is Verdict.PROVED and not (best.seal and best.seal.anchored)
        return _Answer(found, best.causes, unanchored=unanchored)

    def _with_baseline(self, finding: Finding) -> Finding:
        """Say of what is older than the baseline that it does not count."""
        baseline = self._grounds.rules.policy.baseline
        if not baseline or finding.time >= baseline:
            return finding
        reason = f"{finding.reason}; before the baseline of {format_time(baseline)}, so it is no discrepancy"
        return replace(finding, reason=reason)


def _nothing_found(change: Change, expired: Sequence[Standing]) -> str:
    name = change.event.secret_arn or change.event.secret_given or "a secret that was not recorded"
    said = f"no ticket names {name} near {format_time(change.time)}"
    cited = change.cited.all()
    if cited:
        said += f"; it cites {', '.join(cited)}, which is none of the tickets given"
    if expired:
        said += f"; the standing approval of {expired[0].issue_key} expired on {format_time(expired[0].expires)}"
    return said


def _unsaid(best: Judgement, seal: SealCheck | None) -> SealCheck | None:
    """Return the check of a counterseal that the reason does not speak of: a mismatch names the faults itself."""
    if best.seal is None:
        return seal
    return None if best.seal.faults else best.seal


def _finish(reason: str, change: Change, seal: SealCheck | None) -> str:
    """Add to a reason what a reader must know of the change itself, and of a counterseal that it does not speak of."""
    form = f"the version id has the form of a counterseal for {change.cited.counterseal}"
    faults = [f"{it.cause}: {it.said}" for it in seal.faults] if seal else []
    if seal and seal.unchecked:
        faults.append(f"counterseal not checked: {seal.unchecked}")
    said = f"{form}: {'; '.join(faults)}" if faults else ""
    return "; ".join(part for part in (reason, change.doubt, said) if part)


def _order(judged: Judgement) -> tuple[object, ...]:
    basis = STRENGTH[judged.basis] if judged.basis else len(STRENGTH)
    ticket = judged.ticket
    return (RANK[judged.verdict], basis, len(judged.causes), ticket.issue_key, ticket.issue_id)


def _basis(judged: Judgement) -> str:
    """Return the basis to report: what ties the actor, else the window alone, else nothing."""
    if judged.verdict is Verdict.UNATTRIBUTED and not judged.basis:
        return Basis.WINDOW
    return judged.basis or ""


def standing_reason(standing: Standing) -> str:
    """Return what a standing approval allows, in words."""
    owner = f", owned by {standing.owner}," if standing.owner else ""
    return (
        f"the standing approval of {standing.issue_key}{owner} lets {standing.principal} do this until "
        f"{format_time(standing.expires)}"
    )


def _as_inherited(finding: Finding, inherited: Inheritance) -> Finding:
    return replace(
        finding,
        verdict=Verdict.INHERITED,
        basis=Basis.ROTATION,
        reason=inherited.reason,
        ticket=inherited.issue_key,
    )


def _as_silent_rollback(finding: Finding, causes: tuple[Cause, ...]) -> Finding:
    """Make the rollback the verdict where no approval covers moving a label; else it stays a signal."""
    other = finding.verdict is Verdict.MISMATCHED and Cause.OTHER_OPERATION in causes
    if finding.verdict is not Verdict.UNAPPROVED and not other:
        return finding
    moved = f"{described(finding.actor)} moved a label to the older version {finding.version_id}, with no new value"
    reason = f"{moved} and no approval for that; {finding.reason}"
    return replace(finding, verdict=Verdict.SILENT_ROLLBACK, reason=reason)
