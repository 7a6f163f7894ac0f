"""The reports there are: what each answers, its parameters and its columns. The SQL stands in `sql/`, by name."""

from collections.abc import Mapping

from counterseal.errors import NotFound
from counterseal.reports.described import (
    ACCOUNT,
    BEGINNING,
    END,
    INVENTED,
    PAGE,
    SINCE,
    TICKET,
    UNTIL,
    Column,
    Parameter,
    Report,
)
from counterseal.reports.people import (
    CHANGES_BY_ACTOR,
    LATE_APPROVALS,
    SECRETS_NEVER_CHANGED,
    SEPARATION_OF_DUTIES,
    TIME_TO_APPROVAL,
    UNCOVERED_CHANGES,
    UNMAPPED_ACTORS,
)

AS_OF = Parameter("as_of", END, "the time taken for now: a waiver holds until its own; the default lets none hold")
FILTERS = (
    ACCOUNT,
    Parameter("region", "", 'the region; "": every one'),
    Parameter("secret_name", "", 'the secret\'s name; "": every one'),
    Parameter("verdict", "", 'the verdict; "": every one'),
    TICKET,
    SINCE,
    UNTIL,
    *PAGE,
)

FINDING = (
    Column("time", "TIMESTAMP", "when it happened, UTC"),
    Column("verdict", "VARCHAR", "what was concluded: docs/reference/verdicts.md"),
    Column("reason", "VARCHAR", "why"),
    Column("basis", "VARCHAR", 'on what strength the actor was matched; "" where it was not'),
    Column("signals", "VARCHAR", "what else was noticed, separated by commas"),
    Column(
        "discrepancy", "BOOLEAN", "whether the audit counted it, after the baseline and the minimum basis of its policy"
    ),
    Column("about", "VARCHAR", '"change", "attempt", or "trace": what has no change of its own'),
    Column("service", "VARCHAR", "the service, without .amazonaws.com"),
    Column("event", "VARCHAR", "the event's name"),
    Column("event_id", "VARCHAR", "CloudTrail's id of the event"),
    Column("account", "VARCHAR", "the AWS account"),
    Column("region", "VARCHAR", "the region"),
    Column("secret", "VARCHAR", 'the secret\'s ARN; "" where it is not known'),
    Column("secret_name", "VARCHAR", "the secret's name"),
    Column("version_id", "VARCHAR", 'the version; "" where the event made or named none'),
    Column("actor_type", "VARCHAR", "userIdentity.type"),
    Column("actor_arn", "VARCHAR", "the principal"),
    Column("actor_name", "VARCHAR", "the person or role session"),
    Column("actor_via", "VARCHAR", 'the AWS service that acted for them; "" for none'),
    Column("ticket", "VARCHAR", 'the ticket\'s key; "" for none'),
    Column("witnesses", "VARCHAR", "cloudtrail, kms, label: those that confirm it, separated by commas"),
    Column("recorded_at", "TIMESTAMP", "when the ledger recorded this verdict, UTC"),
    Column("stream", "VARCHAR", "the ledger's stream that holds the entry"),
    Column("position", "BIGINT", "the entry's place in its stream"),
    Column("entry_digest", "VARCHAR", "SHA-256 of the entry, lower-case hexadecimal"),
    INVENTED,
)

_CHANGES = Report(
    "changes",
    "What happened, newest first, and what is concluded about it now?",
    (*FILTERS, Parameter("about", "change", '"change", "attempt" or "trace"; "": all three')),
    (*FINDING, Column("verdicts", "BIGINT", "how many verdicts the ledger holds about it, this one included")),
)
STANDING = (
    *FINDING,
    Column("counts", "BOOLEAN", "whether it is a discrepancy that no waiver holds for at `as_of`"),
    Column("waived_by", "VARCHAR", 'who answers for it; "": no waiver holds'),
    Column("waived_why", "VARCHAR", "why it is waived"),
    Column("waived_until", "TIMESTAMP", "when it counts again, UTC; NULL: no waiver holds"),
    Column("waived_at", "TIMESTAMP", "when the ledger recorded that waiver, UTC; NULL: no waiver holds"),
    Column("finding", "VARCHAR", "what a waiver names: the subject of its entries, LEDGER-4.1"),
)
_DISCREPANCIES = Report(
    "discrepancies",
    "What must somebody look into, newest first? Blind intervals stand here too, with the verdict blind-interval, and"
    " trail faults, with the verdict trail-fault and the object's name as the event's id; what is waived stands here"
    " and does not count.",
    (*FILTERS, AS_OF),
    STANDING,
)
_FINDINGS = Report(
    "findings",
    "What was found, newest first? Discrepancies, all others, blind intervals and trail faults.",
    (*FILTERS, AS_OF),
    STANDING,
)
_SUMMARY = Report(
    "summary",
    "How many findings are there of each verdict now?",
    (ACCOUNT, SINCE, UNTIL),
    (
        Column("verdict", "VARCHAR", "the verdict, or blind-interval, or trail-fault"),
        Column("findings", "BIGINT", "how many"),
        Column("discrepancy", "BOOLEAN", "whether the audit counted them"),
        Column("first_time", "TIMESTAMP", "the earliest of them, UTC"),
        Column("last_time", "TIMESTAMP", "the latest of them, UTC"),
        Column("invented", "BOOLEAN", "true: demo data; real and invented findings are never counted together"),
    ),
)
_EVIDENCE = Report(
    "evidence",
    "What was concluded about one change, over time, oldest first?",
    (Parameter("event_id", None, "CloudTrail's id of the event"), ACCOUNT),
    (*FINDING, Column("current", "BOOLEAN", "whether this is the verdict that holds now")),
)
_COVERAGE = Report(
    "coverage",
    "What was looked at, and when could nothing be seen, or proved to be complete?",
    (ACCOUNT, *PAGE),
    (
        Column(
            "what",
            "VARCHAR",
            '"population": one audit; "blind": an interval in which nothing could be seen; "unproved": a time for'
            ' which CloudTrail\'s digests do not prove the log files; "complete": one for which they do',
        ),
        Column("account", "VARCHAR", 'the AWS account; "" in a population'),
        Column("region", "VARCHAR", 'the region; "" in a population'),
        Column("trail", "VARCHAR", 'the trail whose digests were checked; "" otherwise'),
        Column("time_from", "TIMESTAMP", "the first record, or the start of the interval, UTC; NULL: all times"),
        Column("time_to", "TIMESTAMP", "the last record, or the end of the interval, UTC; NULL: not ended"),
        Column("seconds", "BIGINT", "how long the interval was; NULL: not ended, or a population"),
        Column("outcome", "VARCHAR", '"proved", or what became of the hours: docs/reference/audit-json.md; ""'),
        Column("reason", "VARCHAR", "why nothing could be seen or proved"),
        Column("discrepancy", "BOOLEAN", "whether the audit counted the blind interval; NULL in what is none"),
        Column("files", "BIGINT", "log files that the digests list; NULL where there are none"),
        Column("as_of", "TIMESTAMP", "the moment for which the audit judged, UTC; NULL in what is no population"),
        Column("records", "BIGINT", "records read; this and the following are NULL in what is no population"),
        Column("changes", "BIGINT", "changes among them"),
        Column("attempts", "BIGINT", "writes that AWS refused"),
        Column("service_events", "BIGINT", "events of the service itself"),
        Column("unclassified", "BIGINT", "event names that are not known"),
        Column("duplicates", "BIGINT", "records that came more than once"),
        Column("conflicts", "BIGINT", "ids that came with different contents"),
        Column("recorded_at", "TIMESTAMP", "when the ledger recorded it, UTC"),
        INVENTED,
    ),
)

TARGET = (
    Column("resource", "VARCHAR", 'what was touched: a trail, a bucket, a key, a table; "": the entry does not say'),
    Column("object", "VARCHAR", 'the object in that bucket; "" for none'),
    Column("effect", "VARCHAR", 'what became of the object; "" where it was refused, or was done to no object'),
)
_GUARD_EVENTS = Report(
    "guard_events",
    "What was done to that which watches: trails, selectors, keys, buckets? Newest first.",
    (ACCOUNT, SINCE, UNTIL, *PAGE),
    (
        Column("time", "TIMESTAMP", "when it happened, UTC"),
        Column("service", "VARCHAR", "the service, without .amazonaws.com"),
        Column("event", "VARCHAR", "the event's name"),
        Column("event_id", "VARCHAR", "CloudTrail's id of the event"),
        Column("account", "VARCHAR", "the AWS account"),
        Column("region", "VARCHAR", "the region"),
        Column("actor_type", "VARCHAR", "userIdentity.type"),
        Column("actor_arn", "VARCHAR", "the principal"),
        Column("actor_name", "VARCHAR", "the person or role session"),
        Column("actor_via", "VARCHAR", 'the AWS service that acted for them; "" for none'),
        Column("error_code", "VARCHAR", 'why AWS refused it; "": it was done'),
        *TARGET,
        Column("recorded_at", "TIMESTAMP", "when the ledger recorded it, UTC"),
        INVENTED,
    ),
)

_UNUSED_APPROVALS = Report(
    "unused_approvals",
    "Which approvals were given and never used? The newest window first.",
    (TICKET, SINCE, UNTIL, *PAGE),
    (
        Column("ticket", "VARCHAR", "the ticket's key"),
        Column("secrets", "VARCHAR", "the secrets it names, separated by commas"),
        Column("operations", "VARCHAR", "what it allows, separated by commas"),
        Column("time_from", "TIMESTAMP", "the start of the time that it covers, UTC; NULL: none"),
        Column("time_to", "TIMESTAMP", "the end of the time that it covers, UTC; NULL: none"),
        Column("requester", "VARCHAR", "who asked"),
        Column("assignee", "VARCHAR", "who was to do it"),
        Column("recorded_at", "TIMESTAMP", "when the ledger recorded it, UTC"),
        INVENTED,
    ),
)

_TRAIL_FAULTS = Report(
    "trail_faults",
    "What is wrong with CloudTrail's digests and log files, as far as was checked? Newest first.",
    (ACCOUNT, SINCE, UNTIL, *PAGE),
    (
        Column("time_from", "TIMESTAMP", "the start of the hour, UTC; NULL: it is about no hour"),
        Column("time_to", "TIMESTAMP", "the end of the hour, UTC; NULL: it is about no hour"),
        Column("account", "VARCHAR", "the AWS account"),
        Column("region", "VARCHAR", "the region"),
        Column("outcome", "VARCHAR", "what is wrong: docs/reference/audit-json.md"),
        Column("object", "VARCHAR", 'the log file or digest; "" where it is about none'),
        Column("reason", "VARCHAR", "why"),
        Column("discrepancy", "BOOLEAN", "whether the audit counted it, after the baseline of its policy"),
        Column("recorded_at", "TIMESTAMP", "when the ledger recorded it, UTC"),
        INVENTED,
    ),
)

_WAIVERS = Report(
    "waivers",
    "Who answered for which finding, and who ended such a waiver early? The newest entry first.",
    (
        ACCOUNT,
        Parameter("event_id", "", 'CloudTrail\'s id of the event; "": every one'),
        Parameter("since", BEGINNING, "the earliest time at which it was recorded, included"),
        Parameter("until", END, "the latest time at which it was recorded, included"),
        *PAGE,
    ),
    (
        Column("recorded_at", "TIMESTAMP", "when the ledger recorded it, UTC"),
        Column("what", "VARCHAR", '"waived", or "ended": before its time'),
        Column("verdict", "VARCHAR", "the verdict that is waived; another one about the same event is not"),
        Column("event_id", "VARCHAR", "CloudTrail's id of the event"),
        Column("account", "VARCHAR", "the AWS account"),
        Column("said_by", "VARCHAR", "who waived it, or ended the waiver"),
        Column("why", "VARCHAR", "why"),
        Column("waived_until", "TIMESTAMP", "when the finding counts again, UTC"),
        Column("finding", "VARCHAR", "what is waived: the subject of its entries, LEDGER-4.1"),
        Column("stream", "VARCHAR", "the ledger's stream that holds the entry"),
        Column("position", "BIGINT", "the entry's place in its stream"),
        Column("entry_digest", "VARCHAR", "SHA-256 of the entry, lower-case hexadecimal"),
        INVENTED,
    ),
)

REPORTS: Mapping[str, Report] = {
    report.name: report
    for report in (
        _DISCREPANCIES,
        _FINDINGS,
        _SUMMARY,
        _CHANGES,
        _EVIDENCE,
        _COVERAGE,
        _TRAIL_FAULTS,
        _GUARD_EVENTS,
        _UNUSED_APPROVALS,
        _WAIVERS,
        LATE_APPROVALS,
        CHANGES_BY_ACTOR,
        UNMAPPED_ACTORS,
        TIME_TO_APPROVAL,
        SECRETS_NEVER_CHANGED,
        SEPARATION_OF_DUTIES,
        UNCOVERED_CHANGES,
    )
}


def find_report(name: str) -> Report:
    """Return the report of that name.

    Raises:
        NotFound: there is none; the hint lists those there are.
    """
    if name not in REPORTS:
        raise NotFound(f"there is no report {name!r}", hint=f"the reports are {', '.join(REPORTS)}")
    return REPORTS[name]
