"""What stands beside the changes: attempts, unknown writes, orphan deletions, unrecorded versions, unused approvals."""

from collections.abc import Iterable
from dataclasses import dataclass

from counterseal.clock import format_time
from counterseal.correlation.judging.approvals import weigh
from counterseal.correlation.judging.candidates import considered
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.reasons import described
from counterseal.correlation.judging.witnesses import Witnesses, moved_version, stream_of
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.population import Population
from counterseal.correlation.records.secret_names import BySecret, secret_name
from counterseal.correlation.tickets.ticket import Ticket, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusedApproval:
    """An approved ticket under which nothing was changed. `window` is None where it has none at all."""

    ticket: Ticket
    window: Window | None

    def as_json(self) -> dict[str, object]:
        """Return what `audit --json` prints in `unused_approvals` (docs/reference/audit-json.md)."""
        return {
            "ticket": self.ticket.issue_key,
            "secrets": list(self.ticket.secrets),
            "operations": sorted(self.ticket.operations),
            "from": format_time(self.window.start) if self.window else None,
            "to": format_time(self.window.end) if self.window else None,
        }


def finding_of(event: Event, verdict: Verdict, reason: str, *, witnesses: tuple[str, ...] = ("cloudtrail",)) -> Finding:
    """Return a finding about an event, with what the event says of itself."""
    return Finding(
        verdict=verdict,
        reason=reason,
        service=event.service,
        event=event.name,
        event_id=event.event_id,
        time=event.time,
        account=event.account,
        region=event.region,
        actor=event.actor,
        secret=event.secret_arn,
        secret_name=secret_name(event) or event.secret_given,
        version_id=event.version_id or moved_version(event),
        witnesses=witnesses,
    )


def attempts(population: Population) -> Iterable[Finding]:
    """Yield a finding for each catalogued write that AWS refused."""
    for event in population.of_kind(Kind.ATTEMPT):
        reason = f"{described(event.actor)} tried {event.name}, and AWS refused it: {event.error_code}"
        yield finding_of(event, Verdict.ATTEMPT, reason)


def unclassified(population: Population) -> Iterable[Finding]:
    """Yield a finding for each call of Secrets Manager that this version does not know and that is not read-only."""
    for event in population.of_kind(Kind.UNCLASSIFIED):
        reason = f"{event.name} is no call that this version of Counterseal knows, and it is not read-only"
        yield finding_of(event, Verdict.UNCLASSIFIED, reason)


def orphan_deletions(population: Population) -> Iterable[Finding]:
    """Yield one finding for each secret and request under which versions were deleted with no DeleteSecret before."""
    deletions = BySecret(it for it in population.of_kind(Kind.CHANGE) if it.name == "DeleteSecret")
    seen: set[tuple[str, ...]] = set()
    for event in population.of_kind(Kind.SERVICE):
        if event.name != "EndSecretVersionDelete":
            continue
        secret = event.secret_arn or f"{event.account}:{event.region}:{secret_name(event)}"
        request = (secret, event.request_id)
        ordered = any(it.time <= event.time for it in deletions.of(event))
        if request not in seen and not ordered:
            seen.add(request)
            reason = "AWS deleted versions of this secret, and no DeleteSecret of it comes before that in the records"
            yield finding_of(event, Verdict.ORPHAN_DELETION, reason)


def unrecorded_versions(witnesses: Witnesses, managed: Iterable[Event]) -> Iterable[Finding]:
    """Yield one finding for each version that a witness shows and no record made.

    A rotation that AWS manages leaves no record but its service events (aws-events: rotation).
    """
    rotations = BySecret(managed)
    by_version: dict[tuple[str, str], list[Event]] = {}
    for witness in witnesses.unexplained():
        by_version.setdefault((witness.secret_arn, witness.version_id), []).append(witness)
    for group in by_version.values():
        first = group[0]
        if any(it.version_id == first.version_id for it in rotations.of(first)):
            continue
        streams = tuple(sorted({stream_of(it) for it in group}))
        shown = " and ".join(
            {"kms": "KMS made a data key for it", "label": "AWS reported its label"}[it] for it in streams
        )
        reason = f"this version exists ({shown}), and no record of a call that made it was read"
        yield finding_of(first, Verdict.UNRECORDED_VERSION, reason, witnesses=streams)


def managed_rotations(population: Population) -> Iterable[Event]:
    """Yield the service events of rotations that AWS manages: of service-managed secrets, whose names hold a "!"."""
    for event in population.of_kind(Kind.SERVICE):
        if event.version_id and "!" in secret_name(event):
            yield event


def unused_approvals(
    tickets: Iterable[Ticket], findings: Iterable[Finding], population: Population, rules: Rules
) -> Iterable[UnusedApproval]:
    """Yield the approved tickets that no finding names, whose time is over and lay near what was read."""
    used = {it.ticket for it in findings}
    for ticket in sorted(tickets, key=lambda it: (it.issue_key, it.issue_id)):
        window = considered(ticket, rules.policy)
        weighed = weigh(ticket, rules.as_of, frozenset(), rules.policy)
        approved = weighed.timely and not weighed.unknown
        over = window is None or window.end <= rules.as_of
        if approved and over and ticket.issue_key not in used and _was_read(window, population, rules):
            yield UnusedApproval(ticket=ticket, window=window)


def _was_read(window: Window | None, population: Population, rules: Rules) -> bool:
    if window is None or population.start is None or population.end is None:
        return True
    near = rules.policy.candidate_span
    # A window may begin in the year 1 or end in 9999; what was recorded lies between.
    return window.start <= population.end + near and population.start - near <= window.end
