"""What `audit` prints for people: a summary, then the discrepancies with what to do, then the rest."""

from collections import Counter
from collections.abc import Iterable

from counterseal.cli.console import Console
from counterseal.clock import format_time
from counterseal.correlation.finding import Finding, Verdict
from counterseal.correlation.reasons import described
from counterseal.correlation.result import AuditResult
from counterseal.correlation.verdicts import EXPLAINED

_COLOURS = {Verdict.APPROVED_LATE: "yellow", Verdict.EMERGENCY_PENDING: "yellow", Verdict.UNATTRIBUTED: "yellow"}


def print_report(result: AuditResult, console: Console, *, tickets_given: bool, strict: bool) -> None:
    """Print the whole result."""
    _summary(result, console, tickets_given=tickets_given, strict=strict)
    _discrepancies(result, console)
    _blind_intervals(result, console)
    counted = set(map(id, result.discrepancies()))
    _others(console, [it for it in result.findings if id(it) not in counted])
    _guard_events(result, console)
    _unused_approvals(result, console)


def _summary(result: AuditResult, console: Console, *, tickets_given: bool, strict: bool) -> None:
    counts = result.population.counts()
    period = f"{counts['from']} to {counts['to']}" if counts["from"] else "nothing was read"
    console.print(console.paint(_headline(result, strict=strict), "bold"))
    console.print()
    console.print(f"Period      {period}")
    console.print(f"As of       {format_time(result.as_of)}")
    if result.policy.baseline:
        console.print(f"Baseline    {format_time(result.policy.baseline)}: older changes are listed and not counted")
    console.print(
        f"Population  {counts['records']} records: {counts['changes']} changes, {counts['attempts']} refused attempts, "
        f"{counts['service_events']} service events, {counts['unclassified']} unclassified"
    )
    if counts["duplicates"] or counts["conflicts"]:
        console.print(
            f"            {counts['duplicates']} read again, {counts['conflicts']} that contradict each other"
        )
    for line in _not_seen(result, tickets_given=tickets_given):
        console.print(f"Not seen    {line}")


def _headline(result: AuditResult, *, strict: bool) -> str:
    number = len(result.discrepancies()) + len(result.blind_discrepancies())
    if number:
        return f"{number} {'discrepancy' if number == 1 else 'discrepancies'}"
    if strict and not result.is_clean(strict=True):
        return "No discrepancy, and what --strict counts besides"
    return "No discrepancy"


def _not_seen(result: AuditResult, *, tickets_given: bool) -> Iterable[str]:
    """Say what this audit could not see: a clean result is worth no more than that."""
    if not tickets_given:
        yield "tickets: none were given, so no change is approved (--tickets FILE)"
    if not result.population.kms_hours:
        yield "the KMS records that confirm new values: none are in these files"
    if not result.population.label_hours:
        yield "the label events of EventBridge: none are in these files"
    yield "whether these files are complete: CloudTrail's digest chain is not checked by this version"
    yield "counterseals: their form is recognised, they are not checked by this version"


def _discrepancies(result: AuditResult, console: Console) -> None:
    found = result.discrepancies()
    for verdict in Verdict:
        group = [it for it in found if it.verdict is verdict]
        if not group:
            continue
        console.print()
        colour = _COLOURS.get(verdict, "red")
        console.print(f"{console.paint(f'{verdict} ({len(group)})', colour)}  {EXPLAINED[verdict].meaning}")
        console.print(f"  To do: {EXPLAINED[verdict].to_do}")
        for finding in group:
            console.print()
            console.print(f"  {format_time(finding.time)}  {finding.event}  {_secret(finding)}")
            console.print(f"    by {described(finding.actor)} in {finding.account} {finding.region}{_signals(finding)}")
            console.print(f"    {finding.reason}")
            console.print(console.paint(f"    event {finding.event_id}", "dim"))


def _blind_intervals(result: AuditResult, console: Console) -> None:
    if not result.blind_intervals:
        return
    console.print()
    console.print(
        f"{console.paint(f'blind intervals ({len(result.blind_intervals)})', 'red')}  nothing was recorded here"
    )
    console.print("  To do: find out who stopped the recording, and sweep the secrets for versions made meanwhile.")
    for it in result.blind_intervals:
        end = format_time(it.end) if it.end else "the end of these records"
        console.print(f"  {format_time(it.start)} to {end}  {it.account} {it.region}  {it.cause}")


def _others(console: Console, findings: list[Finding]) -> None:
    if not findings:
        return
    console.print()
    tally = ", ".join(
        f"{number} {verdict}" for verdict, number in sorted(Counter(it.verdict for it in findings).items())
    )
    console.print(console.paint(f"No discrepancy ({tally})", "green"))
    rows = [
        [
            format_time(it.time),
            it.verdict,
            it.event,
            _secret(it),
            it.ticket or "-",
            it.basis or "-",
            ", ".join(it.signals) or "-",
        ]
        for it in findings
    ]
    console.table(["time", "verdict", "event", "secret", "ticket", "basis", "signals"], rows)


def _guard_events(result: AuditResult, console: Console) -> None:
    if not result.guard_events:
        return
    console.print()
    console.print(console.paint("Changes to what guards the secrets", "bold"))
    rows = [
        [format_time(it.time), it.name, str(it.facts.get("resource", "")), described(it.actor), it.error_code or "done"]
        for it in result.guard_events
    ]
    console.table(["time", "event", "resource", "actor", "outcome"], rows)


def _unused_approvals(result: AuditResult, console: Console) -> None:
    if not result.unused_approvals:
        return
    console.print()
    console.print(console.paint("Approved, and nothing was changed under it", "bold"))
    rows = [
        [it.ticket.issue_key, ", ".join(it.ticket.secrets), ", ".join(sorted(it.ticket.operations))]
        for it in result.unused_approvals
    ]
    console.table(["ticket", "secrets", "operations"], rows)


def _secret(finding: Finding) -> str:
    return finding.secret_name or finding.secret or "(no secret recorded)"


def _signals(finding: Finding) -> str:
    return f"  [{', '.join(finding.signals)}]" if finding.signals else ""
