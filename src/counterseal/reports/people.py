"""The reports about people and tickets: who approved late, who changed what, who held two duties."""

from counterseal.reports.described import ACCOUNT, INVENTED, PAGE, SINCE, TICKET, UNTIL, Column, Parameter, Report

LATE_APPROVALS = Report(
    "late_approvals",
    "Which changes were approved only afterwards, and how long after? Newest first.",
    (ACCOUNT, SINCE, UNTIL, *PAGE),
    (
        Column("time", "TIMESTAMP", "when it was changed, UTC"),
        Column("verdict", "VARCHAR", "approved-late, emergency or emergency-overdue"),
        Column("event", "VARCHAR", "the event's name"),
        Column("event_id", "VARCHAR", "CloudTrail's id of the event"),
        Column("account", "VARCHAR", "the AWS account"),
        Column("region", "VARCHAR", "the region"),
        Column("secret_name", "VARCHAR", "the secret's name"),
        Column("actor_name", "VARCHAR", "the person or role session"),
        Column("ticket", "VARCHAR", "the ticket's key"),
        Column("approved_at", "TIMESTAMP", "the first approval after the change, UTC; NULL: none is known"),
        Column("seconds_late", "BIGINT", "from the change to that approval; NULL: none is known"),
        Column("discrepancy", "BOOLEAN", "whether the audit counted it"),
        INVENTED,
    ),
)
CHANGES_BY_ACTOR = Report(
    "changes_by_actor",
    "Who changed how much, and how much of it is a discrepancy? The most discrepancies first.",
    (ACCOUNT, SINCE, UNTIL, *PAGE),
    (
        Column("actor_name", "VARCHAR", "the person or role session"),
        Column("actor_arn", "VARCHAR", "the principal"),
        Column("account", "VARCHAR", "the AWS account"),
        Column("changes", "BIGINT", "how many changes"),
        Column("discrepancies", "BIGINT", "how many of them the audit counted, waived ones included"),
        Column("secrets", "BIGINT", "how many secrets, by name"),
        Column("first_time", "TIMESTAMP", "the earliest of them, UTC"),
        Column("last_time", "TIMESTAMP", "the latest of them, UTC"),
        INVENTED,
    ),
)
UNMAPPED_ACTORS = Report(
    "unmapped_actors",
    "Whom does the identity map not know, of those whose changes fit a ticket but for that? The most changes first."
    " `counterseal identity check` also lists those whose changes fit no ticket.",
    (ACCOUNT, SINCE, UNTIL, *PAGE),
    (
        Column("actor_name", "VARCHAR", "the person or role session"),
        Column("actor_arn", "VARCHAR", "the principal"),
        Column("actor_type", "VARCHAR", "userIdentity.type"),
        Column("account", "VARCHAR", "the AWS account"),
        Column("changes", "BIGINT", "how many such changes"),
        Column("last_time", "TIMESTAMP", "when the last of them was made, UTC"),
        INVENTED,
    ),
)
TIME_TO_APPROVAL = Report(
    "time_to_approval",
    "How long did each approval take, and how long until it was used? The newest approval first.",
    (TICKET, SINCE, UNTIL, *PAGE),
    (
        Column("ticket", "VARCHAR", "the ticket's key"),
        Column("requester", "VARCHAR", "who asked"),
        Column("asked_at", "TIMESTAMP", "the first status it is known to have had, UTC; NULL: not known"),
        Column("approved_at", "TIMESTAMP", "the first approval, UTC: a decision, or a move to a status that was one"),
        Column("seconds_to_approval", "BIGINT", "from the one to the other; NULL: not known"),
        Column("first_change", "TIMESTAMP", "the first change whose finding names the ticket, UTC; NULL: none"),
        Column("seconds_to_change", "BIGINT", "from the approval to that change, negative where it came first"),
        INVENTED,
    ),
)
SECRETS_NEVER_CHANGED = Report(
    "secrets_never_changed",
    "Which secrets does the ledger know of, from tickets and findings, and no change of them since then? The longest"
    " unchanged first; without `since` those of which no change is known at all.",
    (ACCOUNT, SINCE, *PAGE),
    (
        Column("secret_name", "VARCHAR", "the secret's name"),
        Column("account", "VARCHAR", 'the AWS account; "": a ticket named the secret and no account'),
        Column("region", "VARCHAR", 'the region; "": a ticket named the secret and no region'),
        Column("last_change", "TIMESTAMP", "the last change of it that is known, UTC; NULL: none"),
        INVENTED,
    ),
)
SEPARATION_OF_DUTIES = Report(
    "separation_of_duties",
    "Where did one person hold two duties: asking, approving, changing? Newest first.",
    (TICKET, SINCE, UNTIL, *PAGE),
    (
        Column("conflict", "VARCHAR", "which duties, in words"),
        Column("time", "TIMESTAMP", "when it was decided, or changed, UTC"),
        Column("person", "VARCHAR", "who decided, or changed"),
        Column("ticket", "VARCHAR", "the ticket's key"),
        Column("event_id", "VARCHAR", 'CloudTrail\'s id of the change; "" where the conflict lies in the ticket alone'),
        INVENTED,
    ),
)
UNCOVERED_CHANGES = Report(
    "uncovered_changes",
    "Which changes lay in the window of no ticket that names their secret and was approved by then, whatever was"
    " concluded about them? Newest first. A quick screening: it asks neither who nor what, only when.",
    (
        ACCOUNT,
        Parameter("secret_name", "", 'the secret\'s name; "": every one'),
        Parameter("verdict", "", 'the verdict; "": every one'),
        SINCE,
        UNTIL,
        *PAGE,
    ),
    (
        Column("time", "TIMESTAMP", "when it was changed, UTC"),
        Column("event", "VARCHAR", "the event's name"),
        Column("event_id", "VARCHAR", "CloudTrail's id of the event"),
        Column("account", "VARCHAR", "the AWS account"),
        Column("region", "VARCHAR", "the region"),
        Column("secret_name", "VARCHAR", "the secret's name"),
        Column("actor_name", "VARCHAR", "the person or role session"),
        Column(
            "verdict", "VARCHAR", "what was concluded: `inherited`, or the basis `standing`, needs no ticket's window"
        ),
        Column("basis", "VARCHAR", "on what strength the actor was matched"),
        Column("ticket", "VARCHAR", 'the ticket\'s key; "" for none'),
        Column("discrepancy", "BOOLEAN", "whether the audit counted it"),
        INVENTED,
    ),
)
