"""Puts what an audit found into the ledger, so that the same again adds nothing and nothing is ever overwritten."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from counterseal.clock import format_time
from counterseal.control.entry_text import entry_text as _text
from counterseal.control.record_guard import guarded_by
from counterseal.control.record_trail import count_of_drafts, trail_drafts
from counterseal.correlation.digests.completeness import Completeness, Fault
from counterseal.correlation.judging.aside import UnusedApproval
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.records.event import Actor, Event
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Approval, Decision, FieldEdit, StatusMove, Ticket, Window
from counterseal.errors import Refused
from counterseal.ledger.entry import Draft, draft
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.interface import Ledger

STREAM = "audit"

# Drafts in one transaction: large enough that one fsync serves many, small enough that others get their turn.
BATCH = 5000

_TRACES = frozenset(
    {
        Verdict.ORPHAN_DELETION,
        Verdict.UNRECORDED_VERSION,
        Verdict.UNTRACKED_VERSION,
        Verdict.UNRECORDED_DELETION,
        Verdict.STALE_LABEL,
    }
)


class BlindInterval(NamedTuple):
    """A time in which changes could not be seen. `end` is None while it lasts, `event_id` the event that opened it.

    `trail` is what did not record, `missed` which records those were: "all", "writes" or "kms". `discrepancy` says
    whether the audit counted it.
    """

    account: str
    region: str
    start: datetime
    end: datetime | None
    reason: str
    event_id: str = ""
    trail: str = ""
    missed: str = "all"
    discrepancy: bool = True

    @property
    def subject(self) -> bytes:
        """Return what the ledger knows it by."""
        return draft(EntryKind.BLIND_INTERVAL, _blind_interval(self)).subject

    def taken_back(self) -> "BlindInterval":
        """Return what is said of it when it turns out to be none, or another: it ended as it began (LEDGER-2.8)."""
        return self._replace(end=self.start, discrepancy=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one audit concluded, and about what. `invented` marks demo data, for as long as the ledger is kept.

    `population` holds the counts of `audit --json`, and its "from" and "to": times as text, None for none.
    `withdrawn` are findings that were concluded before, and are none any more by what came later.
    `is_discrepancy` says which findings the audit counted, after its policy's baseline and minimum basis;
    `counted_faults` which faults. `completeness` is None where the files were not held against digests. `decisive` maps
    each status, casefolded, that its policy took for a decision to "approved" or "rejected".
    """

    as_of: datetime
    findings: Collection[Finding]
    is_discrepancy: Callable[[Finding], bool]
    population: Mapping[str, int | str | None]
    guard_events: Collection[Event] = ()
    blind_intervals: Collection[BlindInterval] = ()
    unused_approvals: Collection[UnusedApproval] = ()
    events: Collection[Event] = ()
    tickets: Collection[Ticket] = ()
    decisive: Mapping[str, str] = field(default_factory=dict)
    withdrawn: Collection[Finding] = ()
    completeness: Completeness | None = None
    counted_faults: frozenset[Fault] = frozenset()
    invented: bool = False


def outcome_of(result: AuditResult, *, invented: bool = False) -> Outcome:
    """Return what shall be recorded of an audit."""
    counted = frozenset(result.blind_discrepancies())
    intervals = [
        BlindInterval(
            account=it.account,
            region=it.region,
            start=it.start,
            end=it.end,
            reason=it.cause,
            event_id=it.event_id,
            trail=it.trail,
            missed=it.stream,
            discrepancy=it in counted,
        )
        for it in result.blind_intervals
    ]
    return Outcome(
        as_of=result.as_of,
        findings=result.findings,
        is_discrepancy=result.is_discrepancy,
        population=result.population.counts(),
        guard_events=result.guard_events,
        blind_intervals=intervals,
        unused_approvals=result.unused_approvals,
        events=result.population.events,
        tickets=result.tickets,
        decisive=_decisive(result.policy),
        completeness=result.completeness,
        counted_faults=frozenset(result.completeness_discrepancies()),
        invented=invented,
    )


def _decisive(policy: Policy) -> dict[str, str]:
    rejecting = dict.fromkeys(policy.rejected_statuses, Decision.REJECTED.value)
    return {**rejecting, **dict.fromkeys(policy.approved_statuses, Decision.APPROVED.value)}


class Recorded(NamedTuple):
    """What became of an outcome: entries added, facts that the ledger held already, events that contradict it."""

    added: int
    known: int
    conflicts: int


def record_audit(
    ledger: Ledger,
    outcome: Outcome,
    *,
    stream: str = STREAM,
    wanted: Callable[[Draft], bool] = lambda _: True,
    progress: Callable[[int, int], None] | None = None,
) -> Recorded:
    """Record an audit. A verdict that changed adds an entry; the entry of the audit itself comes last.

    So whoever finds the audit's entry finds all the rest: an interrupted recording is repeated, and adds what it lacks.
    `wanted` is asked of every draft in that order, and only what it wants is recorded. `progress` is told batch by
    batch how many drafts were recorded or known already, and how many there are.

    Raises:
        Refused: two findings of this audit are about the same change, or a field holds what an entry may not hold.
        Denied: the ledger may not be written.
        Unreachable: the ledger is busy, full or does not answer; what was recorded stays, the same call may succeed.
        MalformedInput: the ledger is damaged.
    """
    # What can be refused is looked at before anything is recorded. The rest is drafted batch by batch: all of it at
    # once would need as much memory again as the events do.
    _refuse_contradictions(outcome)
    last = draft(EntryKind.AUDIT_RUN, _audit_run(outcome), invented=outcome.invented)
    drafts = filter(wanted, _drafts(outcome, last))
    added = known = conflicts = 0
    total = _number_of(outcome) if progress else 0
    while batch := list(islice(drafts, BATCH)):
        appended = ledger.append(stream, batch)
        del batch  # before the next one is drafted
        added += appended.added
        known += appended.known
        conflicts += appended.conflicts
        if progress:
            progress(added + known, total)
    return Recorded(added, known, conflicts)


def _number_of(outcome: Outcome) -> int:
    """Return how many drafts there are, without making them."""
    of = (outcome.tickets, outcome.events, outcome.guard_events, outcome.blind_intervals, outcome.findings)
    number = sum(map(len, (*of, outcome.withdrawn, outcome.unused_approvals))) + 1
    return number + (count_of_drafts(outcome.completeness) if outcome.completeness else 0)


def _refuse_contradictions(outcome: Outcome) -> None:
    """Refuse findings of which each would take the other's place whenever the audit is recorded again."""
    about = Counter(map(_event_of, outcome.findings))
    said: dict[bytes, bytes] = {}
    for finding in outcome.findings:
        if about[_event_of(finding)] > 1:
            verdict = verdict_draft(finding, discrepancy=outcome.is_discrepancy(finding))
            if said.setdefault(verdict.subject, verdict.fingerprint) != verdict.fingerprint:
                raise Refused(f"two findings of one audit are about the event {finding.event_id!r}")


def _event_of(finding: Finding) -> tuple[str, str]:
    return _text(finding.event_id), _text(finding.account)


def _drafts(outcome: Outcome, last: Draft) -> Iterator[Draft]:
    invented = outcome.invented
    for ticket in outcome.tickets:
        yield draft(EntryKind.TICKET, _ticket(ticket, outcome.decisive), invented=invented)
    for event in outcome.events:
        yield draft(EntryKind.EVENT, _event(event), invented=invented)
    for event in outcome.guard_events:
        yield draft(EntryKind.GUARD_EVENT, _event(event) | guarded_by(event), invented=invented)
    for interval in outcome.blind_intervals:
        yield draft(EntryKind.BLIND_INTERVAL, _blind_interval(interval), invented=invented)
    if outcome.completeness:
        yield from trail_drafts(outcome.completeness, outcome.counted_faults, invented=invented)
    yield from _verdicts(outcome)
    for unused in outcome.unused_approvals:
        yield draft(EntryKind.UNUSED_APPROVAL, _unused_approval(unused, outcome), invented=invented)
    yield last


def _verdicts(outcome: Outcome) -> Iterator[Draft]:
    for finding in outcome.findings:
        yield verdict_draft(finding, discrepancy=outcome.is_discrepancy(finding), invented=outcome.invented)
    for finding in sorted(outcome.withdrawn, key=lambda it: (it.time, it.event_id, it.account, it.verdict)):
        # The ledger's clock says when: what is withdrawn again must be the same again.
        settled = replace(finding, reason=f"no longer so, by what came later; {finding.reason}")
        yield verdict_draft(settled, discrepancy=False, invented=outcome.invented)


def verdict_draft(finding: Finding, *, discrepancy: bool, invented: bool = False) -> Draft:
    """Return the entry of a finding; `discrepancy` says whether it counts."""
    return draft(EntryKind.VERDICT, _verdict(finding, discrepancy=discrepancy), invented=invented)


def _verdict(finding: Finding, *, discrepancy: bool) -> dict[str, object]:
    return {
        "about": _about(finding.verdict),
        "verdict": finding.verdict.value,
        "discrepancy": discrepancy,
        "reason": _text(finding.reason),
        "basis": _text(finding.basis),
        "signals": _texts(finding.signals),
        "service": _text(finding.service),
        "event": _text(finding.event),
        "event_id": _text(finding.event_id),
        "time": format_time(finding.time),
        "account": _text(finding.account),
        "region": _text(finding.region),
        "actor": _actor(finding.actor),
        "secret": _text(finding.secret),
        "secret_name": _text(finding.secret_name),
        "version_id": _text(finding.version_id),
        "ticket": _text(finding.ticket),
        "witnesses": _texts(finding.witnesses),
    }


def _about(verdict: Verdict) -> str:
    if verdict is Verdict.ATTEMPT:
        return "attempt"
    return "trace" if verdict in _TRACES else "change"


def _actor(actor: Actor) -> dict[str, object]:
    return {
        "type": _text(actor.type),
        "arn": _text(actor.arn),
        "name": _text(actor.name),
        "via": _text(actor.via),
        "source_identity": _text(actor.source_identity),
        "session_name": _text(actor.session_name),
        "role_arn": _text(actor.role_arn),
    }


def _event(event: Event) -> dict[str, object]:
    """Return an event's body: who, what, when, where, and the record's digest; nothing that the caller sent."""
    return {
        "event_id": _text(event.event_id),
        "account": _text(event.account),
        "region": _text(event.region),
        "time": format_time(event.time),
        "service": _text(event.service),
        "name": _text(event.name),
        "event_kind": event.kind.value,
        "operation": event.operation.value if event.operation else "",
        "actor": _actor(event.actor),
        "secret": _text(event.secret_arn),
        "secret_name": _text(event.secret_name),
        "version_id": _text(event.version_id),
        "error_code": _text(event.error_code),
        "request_id": _text(event.request_id),
        "shared_event_id": _text(event.shared_event_id),
        "digest": event.digest,
        "source": _text(event.source),
    }


def _ticket(ticket: Ticket, decisive: Mapping[str, str]) -> dict[str, object]:
    window, approvals = ticket.window, ticket.approvals
    return {
        "issue_id": _text(ticket.issue_id),
        "issue_key": _text(ticket.issue_key),
        "secrets": _texts(ticket.secrets),
        "operations": _texts(sorted(ticket.operations)),
        "status": _text(ticket.status),
        "account": _text(ticket.account),
        "region": _text(ticket.region),
        "requester": _text(ticket.requester),
        "assignee": _text(ticket.assignee),
        "executors": _texts(ticket.executors),
        # null: they could not be read; unknown is never the same as none.
        "approvals": None
        if approvals is None
        else [
            {"by": _text(it.by), "at": format_time(it.at), "decision": it.decision.value, **_groups(it)}
            for it in approvals
        ],
        **_waits(ticket),
        **_window(window),
        "emergency_declared_at": _when(ticket.emergency_declared_at),
        "edits": [_edit(it) for it in ticket.edits],
        "status_history": [_move(it, decisive) for it in ticket.status_history],
        "changed_after_approval": ticket.changed_after_approval,
    }


def _move(move: StatusMove, decisive: Mapping[str, str]) -> dict[str, object]:
    """Return a move between statuses; what is not known of it is left out (LEDGER-2.6)."""
    known = {"by": _text(move.by), "decision": decisive.get(move.to.casefold(), "")}
    told = {name: it for name, it in known.items() if it}
    return {"at": format_time(move.at), "to": _text(move.to), **told, **_groups(move)}


def _edit(edit: FieldEdit) -> dict[str, object]:
    known = {"field_id": _text(edit.field_id), "former_key": _text(edit.former_key)}
    return {"at": format_time(edit.at), "field": _text(edit.field), **{name: it for name, it in known.items() if it}}


def _groups(decided: Approval | StatusMove) -> dict[str, object]:
    """Return the groups of whoever decided, where they are known (LEDGER-2.6)."""
    return {} if decided.groups is None else {"groups": _texts(sorted(decided.groups))}


def _waits(ticket: Ticket) -> dict[str, object]:
    """Return when a decision was asked for, where one was (LEDGER-2.7)."""
    waits = [{"from": format_time(it.start), "to": _when(it.end)} for it in ticket.waits]
    return {"waits": waits} if waits else {}


def _window(window: Window | None) -> dict[str, object]:
    if window is None:
        return {"window_from": "", "window_to": ""}
    return {"window_from": _when(window.start), "window_to": _when(window.end)}


def _blind_interval(interval: BlindInterval) -> dict[str, object]:
    return {
        "account": _text(interval.account),
        "region": _text(interval.region),
        "from": format_time(interval.start),
        "to": _when(interval.end),
        "reason": _text(interval.reason),
        "event_id": _text(interval.event_id),
        "trail": _text(interval.trail),
        "missed": _text(interval.missed),
        "discrepancy": interval.discrepancy,
    }


def _unused_approval(unused: UnusedApproval, outcome: Outcome) -> dict[str, object]:
    ticket, window = unused.ticket, unused.window
    snapshot = draft(EntryKind.TICKET, _ticket(ticket, outcome.decisive), invented=outcome.invented)
    return {
        "issue_id": _text(ticket.issue_id),
        "issue_key": _text(ticket.issue_key),
        "secrets": _texts(ticket.secrets),
        "operations": _texts(sorted(ticket.operations)),
        "from": _when(window.start) if window else "",
        "to": _when(window.end) if window else "",
        # It was concluded of the ticket as it stood then: it says nothing about one that was altered since.
        "snapshot": snapshot.fingerprint.hex(),
    }


def _audit_run(outcome: Outcome) -> dict[str, object]:
    counted = {name: "" if value is None else value for name, value in outcome.population.items()}
    return {**counted, "as_of": format_time(outcome.as_of)}


def _when(instant: datetime | None) -> str:
    return format_time(instant) if instant else ""


def _texts(items: Iterable[str]) -> list[str]:
    return [_text(item) for item in items]
