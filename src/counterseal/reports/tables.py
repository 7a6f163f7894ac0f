"""The ledger's entries as typed tables: what the reports ask, on every engine."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from counterseal.correlation.records.secret_names import full_arn_parts
from counterseal.ledger.entry import Entry
from counterseal.ledger.fields import EntryKind
from counterseal.reports.catalogue import FINDING, TARGET
from counterseal.reports.described import Column

Value = str | int | bool | None
Row = tuple[Value, ...]


class LedgerTable(NamedTuple):
    """One table: the kind of entry it holds, its columns, and the rows of them that an entry becomes."""

    name: str
    holds: str
    kind: EntryKind
    columns: tuple[Column, ...]
    rows: Callable[[Entry, Mapping[str, Any]], Sequence[Row]]


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


def _verdict(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    actor = body["actor"]
    return [(
        body["time"], body["verdict"], body["reason"], body["basis"], ",".join(body["signals"]),
        body["discrepancy"], body["about"], body["service"], body["event"], body["event_id"],
        body["account"], body["region"], body["secret"], body["secret_name"], body["version_id"],
        actor["type"], actor["arn"], actor["name"], actor["via"], body["ticket"], ",".join(body["witnesses"]),
        *_beside(entry),
    )]  # fmt: skip


def _blind_interval(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    return [(
        body["account"], body["region"], body["from"], body["to"] or None, body["reason"], body["event_id"],
        body["discrepancy"], *_beside(entry),
    )]  # fmt: skip


def _audit_run(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    return [(
        body["as_of"], body["from"] or None, body["to"] or None, *(body[name] for name, _ in _COUNTS), *_beside(entry)
    )]  # fmt: skip


def _guard_event(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    actor = body["actor"]
    return [(
        body["time"], body["service"], body["name"], body["event_id"], body["account"], body["region"],
        actor["type"], actor["arn"], actor["name"], actor["via"], body["error_code"], *_beside(entry),
    )]  # fmt: skip


def _guard_target(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    said = [body.get(name, "") for name in ("resource", "object", "effect")]
    return [(body["event_id"], body["account"], *said, *_beside(entry))] if any(said) else []


def _ticket(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    asked_at = min((it["at"] for it in body["status_history"]), default=None)
    return [(
        body["issue_id"], body["issue_key"], ",".join(body["secrets"]), ",".join(body["operations"]), body["status"],
        body["account"], body["region"], body["requester"], body["assignee"], ",".join(body["executors"]),
        asked_at, body["approvals"] is not None, body["window_from"] or None, body["window_to"] or None,
        entry.draft.fingerprint.hex(), *_beside(entry),
    )]  # fmt: skip


def _decisions(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    may_change = {body["assignee"], *body["executors"]} - {""}
    snapshot = entry.draft.fingerprint.hex()
    given = [(it["at"], it["by"], it["decision"], "decision") for it in body["approvals"] or ()]
    # LEDGER-2.6: what the policy of the audit took for a decision says so; who moved it there may be unknown.
    moved = [
        (it["at"], it.get("by", ""), it["decision"], "status") for it in body["status_history"] if it.get("decision")
    ]
    return [
        (
            body["issue_id"], body["issue_key"], at, by, decision, given_as,
            bool(by) and by == body["requester"], by in may_change, snapshot, *_beside(entry),
        )
        for at, by, decision, given_as in (*given, *moved)
    ]  # fmt: skip


def _ticket_secrets(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    snapshot = entry.draft.fingerprint.hex()
    return [
        (
            body["issue_id"], body["issue_key"], secret, _name_of(secret), body["account"], body["region"], snapshot,
            *_beside(entry),
        )
        for secret in body["secrets"]
    ]  # fmt: skip


def _name_of(secret: str) -> str:
    """Return the name in a full ARN; anything else is a name already."""
    parts = full_arn_parts(secret)
    return parts[2] if parts else secret


def _unused_approval(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    return [(
        body["issue_id"], body["issue_key"], ",".join(body["secrets"]), ",".join(body["operations"]),
        body["from"] or None, body["to"] or None, body["snapshot"], *_beside(entry),
    )]  # fmt: skip


def _trail_hour(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    return [(
        body["account"], body["region"], body["trail"], body["home_region"], body["backfill"], body["from"] or None,
        body["to"] or None, body["outcome"], body["reason"], body["digest"], body["files"], body["faults"],
        *_beside(entry),
    )]  # fmt: skip


def _trail_fault(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    return [(
        body["hour"], body["faults"], body["account"], body["region"], body["from"] or None, body["to"] or None,
        body["outcome"], body["object"], body["reason"], body["discrepancy"], *_beside(entry),
    )]  # fmt: skip


_WAIVED = ("finding", "event_id", "account", "verdict")


def _waiver(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    # LEDGER-2.9: a waiver that was ended early is the same waiver, with another end.
    until = body["ended"]["at"] if "ended" in body else body["until"]
    return [(*(body[name] for name in _WAIVED), body["by"], body["why"], until, *_beside(entry))]


def _waiver_end(entry: Entry, body: Mapping[str, Any]) -> Sequence[Row]:
    if "ended" not in body:
        return []
    ended = body["ended"]
    said = (*(body[name] for name in _WAIVED), ended["by"], ended["why"], ended["at"], body["until"])
    return [(*said, *_beside(entry))]


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
    Column("discrepancy", "BOOLEAN", "whether the audit counted it, after the baseline of its policy"),
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
_GUARD_TARGETS = (
    Column("event_id", "VARCHAR", "CloudTrail's id of the event"),
    Column("account", "VARCHAR", "the AWS account"),
    *TARGET,
    *_ENTRY,
)
_ISSUE = (
    Column("issue_id", "VARCHAR", "Jira's id of the ticket, which a move does not alter"),
    Column("ticket", "VARCHAR", "the ticket's key"),
)
_SNAPSHOT = Column("snapshot", "VARCHAR", "the fingerprint of the ticket as it was read: LEDGER-4.2")
_TICKETS = (
    *_ISSUE,
    Column("secrets", "VARCHAR", "the secrets it names, as it names them, separated by commas"),
    Column("operations", "VARCHAR", "what it allows, separated by commas"),
    Column("status", "VARCHAR", "its status"),
    Column("account", "VARCHAR", 'the AWS account; "": every one'),
    Column("region", "VARCHAR", 'the region; "": every one'),
    Column("requester", "VARCHAR", "who asked"),
    Column("assignee", "VARCHAR", "who is to do it"),
    Column("executors", "VARCHAR", "who else may do it, separated by commas"),
    Column("asked_at", "TIMESTAMP", "the first status it is known to have had, UTC; NULL: not known"),
    Column("decisions_read", "BOOLEAN", "false: its decisions could not be read"),
    Column("time_from", "TIMESTAMP", "the start of its window, UTC; NULL: none"),
    Column("time_to", "TIMESTAMP", "the end of its window, UTC; NULL: none"),
    _SNAPSHOT,
    *_ENTRY,
)
_DECISIONS = (
    *_ISSUE,
    Column("time", "TIMESTAMP", "when it was decided, UTC"),
    Column("decided_by", "VARCHAR", 'who decided; "": not known'),
    Column("decision", "VARCHAR", '"approved" or "rejected"'),
    Column("given_as", "VARCHAR", '"decision", or "status": a move to a status that the policy took for one'),
    Column("by_requester", "BOOLEAN", "whether that is who asked"),
    Column("by_executor", "BOOLEAN", "whether that is the assignee or a listed executor"),
    _SNAPSHOT,
    *_ENTRY,
)
_TICKET_SECRETS = (
    *_ISSUE,
    Column("secret", "VARCHAR", "the secret, as the ticket names it: a name or an ARN"),
    Column("secret_name", "VARCHAR", "the secret's name"),
    Column("account", "VARCHAR", 'the AWS account; "": every one'),
    Column("region", "VARCHAR", 'the region; "": every one'),
    _SNAPSHOT,
    *_ENTRY,
)
_OF_WAIVER = (
    Column("finding", "VARCHAR", "the subject of what is waived"),
    Column("event_id", "VARCHAR", "CloudTrail's id of the event"),
    Column("account", "VARCHAR", "the AWS account"),
    Column("verdict", "VARCHAR", "the verdict that is waived; another one about the same event is not"),
)
_WAIVERS = (
    *_OF_WAIVER,
    Column("waived_by", "VARCHAR", "who answers for it"),
    Column("waived_why", "VARCHAR", "why"),
    Column("waived_until", "TIMESTAMP", "when it ends, UTC; in an entry that ended it early: when that was"),
    *_ENTRY,
)
_WAIVER_ENDS = (
    *_OF_WAIVER,
    Column("ended_by", "VARCHAR", "who ended it"),
    Column("ended_why", "VARCHAR", "why"),
    Column("ended_at", "TIMESTAMP", "since when it holds no longer, UTC"),
    Column("until", "TIMESTAMP", "when it would have ended by itself, UTC"),
    *_ENTRY,
)
_UNUSED_APPROVALS = (
    *_ISSUE,
    Column("secrets", "VARCHAR", "the secrets it names, separated by commas"),
    Column("operations", "VARCHAR", "what it allows, separated by commas"),
    Column("time_from", "TIMESTAMP", "the start of the time that it covers, UTC; NULL: none"),
    Column("time_to", "TIMESTAMP", "the end of the time that it covers, UTC; NULL: none"),
    _SNAPSHOT,
    *_ENTRY,
)

_PLACE = (Column("account", "VARCHAR", "the AWS account"), Column("region", "VARCHAR", "the region"))
_FAULTS = Column("faults", "VARCHAR", 'the digest of what is wrong with the hour; "" where nothing is')
_TRAIL_HOURS = (
    *_PLACE,
    Column("trail", "VARCHAR", "the trail's name"),
    Column("home_region", "VARCHAR", "the trail's home region"),
    Column("backfill", "BOOLEAN", "whether it is the period of a backfill digest"),
    Column("time_from", "TIMESTAMP", "the start of what was delivered, UTC; NULL: the account and region as a whole"),
    Column("time_to", "TIMESTAMP", "its end, UTC; NULL: as above"),
    Column("outcome", "VARCHAR", '"proved", or why not: docs/reference/audit-json.md'),
    Column("reason", "VARCHAR", "why"),
    Column("digest", "VARCHAR", 'the object name of the digest, or of the one expected; ""'),
    Column("files", "BIGINT", "how many log files the digest lists"),
    _FAULTS,
    *_ENTRY,
)
_TRAIL_FAULTS = (
    Column("hour", "VARCHAR", "the subject of its hour"),
    _FAULTS,
    *_PLACE,
    Column("time_from", "TIMESTAMP", "the start of its hour, UTC; NULL: it is about no hour"),
    Column("time_to", "TIMESTAMP", "the end of its hour, UTC; NULL: it is about no hour"),
    Column("outcome", "VARCHAR", "what is wrong: docs/reference/audit-json.md"),
    Column("object", "VARCHAR", 'the log file or digest; "" where it is about none'),
    Column("reason", "VARCHAR", "why"),
    Column("discrepancy", "BOOLEAN", "whether the audit counted it, after the baseline of its policy"),
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
    LedgerTable(
        "guard_targets",
        "what guard events were done to; `entry_digest` is that of its row in `guard_events`",
        EntryKind.GUARD_EVENT,
        _GUARD_TARGETS,
        _guard_target,
    ),
    LedgerTable("tickets", "each ticket, as often as it was read anew", EntryKind.TICKET, _TICKETS, _ticket),
    LedgerTable(
        "decisions",
        "the decisions of each such reading, moves to a status that decided among them",
        EntryKind.TICKET,
        _DECISIONS,
        _decisions,
    ),
    LedgerTable(
        "ticket_secrets",
        "the secrets that each such reading names, one a row",
        EntryKind.TICKET,
        _TICKET_SECRETS,
        _ticket_secrets,
    ),
    LedgerTable(
        "unused_approvals",
        "approvals under which an audit found no change",
        EntryKind.UNUSED_APPROVAL,
        _UNUSED_APPROVALS,
        _unused_approval,
    ),
    LedgerTable(
        "trail_hours",
        "what a check against CloudTrail's digests found, hour by hour, each as often as that changed",
        EntryKind.TRAIL_HOUR,
        _TRAIL_HOURS,
        _trail_hour,
    ),
    LedgerTable(
        "trail_faults",
        "what was wrong with digests and log files; each holds as long as the newest entry of its hour names it",
        EntryKind.TRAIL_FAULT,
        _TRAIL_FAULTS,
        _trail_fault,
    ),
    LedgerTable(
        "waivers",
        "every waiver ever recorded; one that was ended early stands here once more, with its end",
        EntryKind.WAIVER,
        _WAIVERS,
        _waiver,
    ),
    LedgerTable(
        "waiver_ends",
        "the ends of waivers that somebody ended early; `entry_digest` is that of its row in `waivers`",
        EntryKind.WAIVER,
        _WAIVER_ENDS,
        _waiver_end,
    ),
)

BY_KIND: Mapping[EntryKind, tuple[LedgerTable, ...]] = {
    kind: tuple(table for table in TABLES if table.kind is kind) for kind in EntryKind
}
