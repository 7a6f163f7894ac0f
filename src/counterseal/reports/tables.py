"""The ledger's entries as typed tables: what the reports ask, on every engine."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from counterseal.correlation.finding import Verdict
from counterseal.ledger.entry import Entry
from counterseal.ledger.fields import EntryKind
from counterseal.reports.catalogue import FINDING, Column

# Those that make `counterseal audit` end with 10 (design part 5); blind intervals, which have their own table, too.
DISCREPANCIES = frozenset(
    {
        Verdict.APPROVED_LATE,
        Verdict.APPROVAL_UNKNOWN,
        Verdict.UNATTRIBUTED,
        Verdict.MISMATCHED,
        Verdict.UNAPPROVED,
        Verdict.EMERGENCY_PENDING,
        Verdict.EMERGENCY_OVERDUE,
        Verdict.SILENT_ROLLBACK,
        Verdict.ORPHAN_DELETION,
        Verdict.UNRECORDED_VERSION,
        Verdict.UNCLASSIFIED,
    }
)

Value = str | int | bool | None
Row = tuple[Value, ...]


class LedgerTable(NamedTuple):
    """One table: the kind of entry it holds, its columns, and how an entry becomes a row of them."""

    name: str
    holds: str
    kind: EntryKind
    columns: tuple[Column, ...]
    row: Callable[[Entry, Mapping[str, Any]], Row]


# A view is a statement of its own in `sql/`: the newest entry of each subject, and no other.
VIEWS: Mapping[str, str] = {
    "current_findings": "the finding that holds now, one a change, attempt or trace; a trace whose API record came"
    " later is left out",
    "current_blind_intervals": "the blind intervals as they are known now",
}

_SUBJECT = Column("subject", "VARCHAR", "entries with the same one are about the same thing: LEDGER-4.1")
_ENTRY = (
    Column("recorded_at", "TIMESTAMP", "when the ledger recorded it, UTC"),
    Column("stream", "VARCHAR", "the ledger's stream that holds the entry"),
    Column("position", "BIGINT", "the entry's place in its stream"),
    Column("entry_digest", "VARCHAR", "SHA-256 of the entry, lower-case hexadecimal"),
    Column("invented", "BOOLEAN", "true: demo data, nothing that happened"),
    _SUBJECT,
)


def _beside(entry: Entry) -> Row:
    return (
        entry.recorded_at,
        entry.stream,
        entry.position,
        entry.digest,
        entry.invented,
        entry.draft.subject.hex(),
    )


def _verdict(entry: Entry, body: Mapping[str, Any]) -> Row:
    actor = body["actor"]
    return (
        body["time"], body["verdict"], body["reason"], body["basis"], ",".join(body["signals"]),
        body["verdict"] in DISCREPANCIES, body["about"], body["service"], body["event"], body["event_id"],
        body["account"], body["region"], body["secret"], body["secret_name"], body["version_id"],
        actor["type"], actor["arn"], actor["name"], actor["via"], body["ticket"], ",".join(body["witnesses"]),
        *_beside(entry),
    )  # fmt: skip


def _blind_interval(entry: Entry, body: Mapping[str, Any]) -> Row:
    return (
        body["account"], body["region"], body["from"], body["to"] or None, body["reason"], body["event_id"],
        *_beside(entry),
    )  # fmt: skip


def _audit_run(entry: Entry, body: Mapping[str, Any]) -> Row:
    return (
        body["as_of"], body["from"] or None, body["to"] or None, *(body[name] for name, _ in _COUNTS), *_beside(entry)
    )  # fmt: skip


def _guard_event(entry: Entry, body: Mapping[str, Any]) -> Row:
    actor = body["actor"]
    return (
        body["time"], body["service"], body["name"], body["event_id"], body["account"], body["region"],
        actor["type"], actor["arn"], actor["name"], actor["via"], body["error_code"], *_beside(entry),
    )  # fmt: skip


_COUNTS = (
    ("records", "records read"),
    ("changes", "changes among them"),
    ("attempts", "writes that AWS refused"),
    ("service_events", "events of the service itself"),
    ("unclassified", "event names that are not known"),
    ("duplicates", "records that came more than once"),
    ("conflicts", "ids that came with different contents"),
)

_BLIND_INTERVALS = (
    Column("account", "VARCHAR", "the AWS account"),
    Column("region", "VARCHAR", "the region"),
    Column("time_from", "TIMESTAMP", "its start, UTC"),
    Column("time_to", "TIMESTAMP", "its end, UTC; NULL: not ended"),
    Column("reason", "VARCHAR", "why nothing could be seen"),
    Column("event_id", "VARCHAR", 'the guard event that opened it; "" for none'),
    *_ENTRY,
)
_AUDIT_RUNS = (
    Column("as_of", "TIMESTAMP", "the moment for which the audit judged, UTC"),
    Column("time_from", "TIMESTAMP", "the first record, UTC; NULL: there was none"),
    Column("time_to", "TIMESTAMP", "the last record, UTC; NULL: there was none"),
    *(Column(name, "BIGINT", meaning) for name, meaning in _COUNTS),
    *_ENTRY,
)
_GUARD_EVENTS = (
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
    *_ENTRY,
)

TABLES: tuple[LedgerTable, ...] = (
    LedgerTable("verdicts", "every verdict ever recorded", EntryKind.VERDICT, (*FINDING, _SUBJECT), _verdict),
    LedgerTable(
        "blind_intervals",
        "intervals in which nothing could be seen, each as often as more became known about it",
        EntryKind.BLIND_INTERVAL,
        _BLIND_INTERVALS,
        _blind_interval,
    ),
    LedgerTable("audit_runs", "one audit each: what it looked at", EntryKind.AUDIT_RUN, _AUDIT_RUNS, _audit_run),
    LedgerTable(
        "guard_events",
        "what was done to that which watches; two entries of one id contradict each other",
        EntryKind.GUARD_EVENT,
        _GUARD_EVENTS,
        _guard_event,
    ),
)

BY_KIND: Mapping[EntryKind, LedgerTable] = {table.kind: table for table in TABLES}
