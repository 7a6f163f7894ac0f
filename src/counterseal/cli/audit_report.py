"""What `audit` prints for people: a summary, then the discrepancies with what to do, then the rest."""

from collections import Counter
from collections.abc import Iterable, Sequence

from counterseal.cli.completeness_report import completeness_lines, print_faults
from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.clock import format_time
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.reasons import described
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.judging.verdicts import EXPLAINED
from counterseal.correlation.records.event import Event
from counterseal.correlation.records.interval import place_named

WORST_FIRST = (
    Verdict.UNAPPROVED,
    Verdict.SILENT_ROLLBACK,
    Verdict.MISMATCHED,
    Verdict.UNRECORDED_VERSION,
    Verdict.UNTRACKED_VERSION,
    Verdict.ORPHAN_DELETION,
    Verdict.UNRECORDED_DELETION,
    Verdict.STALE_LABEL,
    Verdict.UNCLASSIFIED,
    Verdict.EMERGENCY_OVERDUE,
    Verdict.UNATTRIBUTED,
    Verdict.APPROVAL_UNKNOWN,
    Verdict.APPROVED_LATE,
    Verdict.EMERGENCY_PENDING,
)
"""The discrepancies in the order in which somebody should look at them."""

# Red is what nobody approved or somebody must look at now; yellow is what may still be explained.
_YELLOW = (Verdict.APPROVED_LATE, Verdict.APPROVAL_UNKNOWN, Verdict.UNATTRIBUTED, Verdict.EMERGENCY_PENDING)


def print_report(result: AuditResult, console: Console, *, tickets_given: bool, strict: bool) -> None:
    """Print the whole result."""
    _summary(result, console, tickets_given=tickets_given, strict=strict)
    print_findings(result.discrepancies(), console)
    _blind_intervals(result, console)
    print_faults(result.completeness_discrepancies(), console)
    _others([it for it in result.findings if not result.is_discrepancy(it)], console)
    _guard_events(result, console)
    _unused_approvals(result, console)


def print_findings(found: Sequence[Finding], console: Console) -> None:
    """Print discrepancies in groups, the worst first, each with its reason and with what to do."""
    for verdict in WORST_FIRST:
        _group(verdict, [it for it in found if it.verdict is verdict], console)


def _summary(result: AuditResult, console: Console, *, tickets_given: bool, strict: bool) -> None:
    counts = result.population.counts()
    console.print(console.paint(_headline(result, strict=strict), "bold"))
    console.print()
    console.print(
        f"Period      {counts['from']} to {counts['to']}" if counts["from"] else "Period      no record was read"
    )
    console.print(f"As of       {format_time(result.as_of)}")
    if result.policy.baseline:
        console.print(f"Baseline    {format_time(result.policy.baseline)}: older changes are listed and not counted")
    console.print(
        f"Population  {counts['records']} records: {counts['changes']} changes, {counts['attempts']} refused attempts, "
        f"{counts['service_events']} service events, {counts['unclassified']} unclassified"
    )
    if counts["duplicates"] or counts["conflicts"]:
        console.print(f"            {counts['duplicates']} read again, {counts['conflicts']} that contradict another")
    for line in completeness_lines(result.completeness) if result.completeness else ():
        console.print(line)
    for line in result.unseen:
        console.print(visible(f"Not seen    {line}"))
    for line in _not_seen(result, tickets_given=tickets_given):
        console.print(f"Not seen    {line}")


def _headline(result: AuditResult, *, strict: bool) -> str:
    number = len(result.discrepancies()) + len(result.blind_discrepancies()) + len(result.completeness_discrepancies())
    if number:
        return f"{number} {'discrepancy' if number == 1 else 'discrepancies'}"
    if strict and not result.is_clean(strict=True):
        return "No discrepancy; but --strict counts what is listed below"
    return "No discrepancy"


def _not_seen(result: AuditResult, *, tickets_given: bool) -> Iterable[str]:
    """Say what this audit could not see: a clean result is worth no more than that."""
    if not tickets_given:
        yield "tickets: none were given, so no change is approved (--tickets FILE, or --jira)"
    if not result.population.kms_hours:
        yield "the KMS records that confirm new values: none are in these files"
    if not result.population.label_hours:
        yield "the label events of EventBridge: none are in these files"
    if result.completeness is None:
        yield "whether files are complete: CloudTrail's digests were not checked (--public-keys FILE, --verify-digests)"
    if result.counterseals_unchecked:
        yield f"whether counterseals hold: {result.counterseals_unchecked}"


def _group(verdict: Verdict, findings: list[Finding], console: Console) -> None:
    if not findings:
        return
    colour = "yellow" if verdict in _YELLOW else "red"
    console.print()
    console.print(f"{console.paint(f'{verdict} ({len(findings)})', colour)}  {EXPLAINED[verdict].meaning}")
    console.print(f"  To do: {EXPLAINED[verdict].to_do}")
    for it in findings:
        signals = f"  [{', '.join(it.signals)}]" if it.signals else ""
        console.print()
        made = f"by {described(it.actor)} in" if it.event else f"version {it.version_id} in" if it.version_id else "in"
        console.print(visible(f"  {format_time(it.time)}  {it.event or 'seen by the sweep'}  {_secret(it)}"))
        console.print(visible(f"    {made} {it.account} {it.region}{signals}"))
        console.print(visible(f"    {it.reason}"))
        console.print(console.paint(visible(f"    event {it.event_id}"), "dim"))


def _blind_intervals(result: AuditResult, console: Console) -> None:
    if not result.blind_intervals:
        return
    console.print()
    console.print(f"{console.paint(f'blind intervals ({len(result.blind_intervals)})', 'red')}  a trail did not record")
    console.print("  To do: find out who did it, and look for versions that were made meanwhile")
    for it in result.blind_intervals:
        end = format_time(it.end) if it.end else "the end of these records"
        place = place_named(it.account, it.region)
        console.print(visible(f"  {format_time(it.start)} to {end}  {place}  {it.cause}"))


def _others(findings: list[Finding], console: Console) -> None:
    rows = [
        (
            format_time(it.time),
            it.verdict,
            it.event,
            _secret(it),
            it.ticket or "-",
            it.basis or "-",
            ", ".join(it.signals) or "-",
        )
        for it in findings
    ]
    tally = ", ".join(
        f"{number} {verdict}" for verdict, number in sorted(Counter(it.verdict for it in findings).items())
    )
    _table(
        f"No discrepancy ({tally})", ["time", "verdict", "event", "secret", "ticket", "basis", "signals"], rows, console
    )


def _guard_events(result: AuditResult, console: Console) -> None:
    rows = [
        (format_time(it.time), it.name, _touched(it), described(it.actor), it.error_code or _done(it))
        for it in result.guard_events
    ]
    _table("Changes to what guards the secrets", ["time", "event", "resource", "actor", "outcome"], rows, console)


def _touched(event: Event) -> str:
    object_name = event.facts.get("object")
    return f"{event.facts['resource']}/{object_name}" if object_name else str(event.facts["resource"])


def _done(event: Event) -> str:
    return str(event.facts.get("effect") or "done")


def _unused_approvals(result: AuditResult, console: Console) -> None:
    rows = [
        (it.ticket.issue_key, ", ".join(it.ticket.secrets), ", ".join(sorted(it.ticket.operations)))
        for it in result.unused_approvals
    ]
    _table("Approved, and nothing was changed under it", ["ticket", "secrets", "operations"], rows, console)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], console: Console) -> None:
    if rows:
        console.print()
        console.print(console.paint(title, "bold"))
        console.table(heads, [[visible(cell) for cell in row] for row in rows])


def _secret(finding: Finding) -> str:
    return finding.secret_name or finding.secret or "(no secret recorded)"
