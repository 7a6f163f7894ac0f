"""The rules a company sets in `[policy]`; docs/reference/policy.md explains every key."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from counterseal.correlation.fields import Fields
from counterseal.correlation.tickets.ticket import FieldEdit, Standing
from counterseal.correlation.tickets.ticket_file import read_standing
from counterseal.errors import SettingsError


class Basis(StrEnum):
    """On what strength an actor was matched, strongest first (design part 5)."""

    SOURCE_IDENTITY = "source-identity"
    SESSION_NAME = "session-name"
    MAPPED_ACTOR = "mapped-actor"
    STANDING = "standing"
    ROTATION = "rotation"
    WINDOW = "window"


# Where an approved change goes on to; a move to any other status between approval and change takes it back.
WORK_STATUSES = (
    "Approved",
    "Authorized",
    "Awaiting implementation",
    "Closed",
    "Completed",
    "Deployed",
    "Done",
    "Implementing",
    "In Progress",
    "In Review",
    "Ready",
    "Ready for implementation",
    "Resolved",
    "Scheduled",
    "Selected for Development",
    "Testing",
    "Under Review",
    "Work in progress",
)

REJECTED_STATUSES = ("Canceled", "Cancelled", "Declined", "Denied", "Rejected", "Withdrawn")

# What Jira itself writes while people work on a ticket, and no approver decides on.
HARMLESS_FIELDS = (
    "comment",
    "rank",
    "remoteissuelink",
    "remoteworkitemlink",
    "resolution",
    "timeestimate",
    "timespent",
    "votes",
    "watches",
    "worklog",
)


class Known(NamedTuple):
    """One key of the policy: its value where it is not set, and its line in the reference."""

    default: str
    meaning: str


KEYS = {
    "approvers_needed": Known("1", "how many people must have approved, the requester and the actor not counted"),
    "separation_of_duties": Known("true", "whether an approval by the requester or the actor counts for nothing"),
    "approver_groups": Known(
        "[]", "only approvals by members of these Jira groups count; where membership is not known, nothing is approved"
    ),
    "approved_statuses": Known(
        "[]", "statuses that are an approval by whoever moved the ticket there, for teams without approvals in Jira"
    ),
    "statuses_after_approval": Known(
        "see below", "statuses an approved ticket may move to; any other takes the approval back (reopened)"
    ),
    "rejected_statuses": Known("see below", "statuses that reject a ticket; one without a date rejects it for good"),
    "uncovered_fields": Known(
        "see below",
        "fields, by name or id, that may be edited after the approval without voiding it; never one of jira_fields",
    ),
    "candidate_days": Known("7", "how near to the change a ticket's window must lie for the ticket to be considered"),
    "default_window_hours": Known("72", "how long a ticket without a window covers changes after its approval"),
    "emergency_limit_hours": Known("24", "how long after the change an emergency must have been approved"),
    "minimum_basis": Known(
        '"mapped-actor"',
        "the weakest basis that attributes a change: source-identity, session-name, mapped-actor, window",
    ),
    "longest_waiver_days": Known("366", "how long somebody may answer for a finding, from the day it is said"),
    "baseline": Known("unset", "changes before this time are listed and are no discrepancies"),
    "identities": Known(
        "{}",
        "Jira user = [AWS principal ARNs, Identity Center user ids or session names]; ticket file and ledger add to it",
    ),
    "rotation_roles": Known(
        "{}", "ARN of a rotation Lambda = ARN of its role; a Lambda listed here must use that role"
    ),
    "jira_fields": Known(
        "{}", "which field of Jira holds secrets, operations and so on: its id, or the name that people see"
    ),
    "freeze": Known("none", "periods {from, to, reason} in which no ticket covers a change, emergencies excepted"),
    "standing": Known("none", "standing approvals {principal, secrets, operations, ticket, owner, expires}"),
    "trail_buckets": Known(
        "[]",
        "the buckets that your trails' files are read from: a trail that is sent to another is blind from then on; "
        "guarded_buckets need not repeat them",
    ),
    "guarded_buckets": Known(
        "[]",
        "buckets that hold secrets or logs: changes to their settings and objects are guard events; "
        "to the settings of buckets that trails deliver to they are by themselves",
    ),
    "guarded_keys": Known(
        "[]",
        "ARNs of the KMS keys that protect secrets: changes to them are guard events, as to trails' keys",
    ),
    "guarded_tables": Known("[]", "DynamoDB tables of the monitor: deletions from them are guard events"),
}

# A hundred years: beyond the year 9999, and before the year 1, there is no time to reckon with.
_DAYS = 36_500
_HOURS = 24 * _DAYS

JIRA_FIELDS = ("secrets", "operations", "account", "region", "executors", "window_from", "window_to", "emergency")
MINIMUM_BASES = (Basis.SOURCE_IDENTITY, Basis.SESSION_NAME, Basis.MAPPED_ACTOR, Basis.WINDOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """A period in which nothing is to be changed, both ends included."""

    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every rule, with what holds where a company said nothing."""

    approvers_needed: int = 1
    separation_of_duties: bool = True
    approver_groups: frozenset[str] = frozenset()
    approved_statuses: frozenset[str] = frozenset()
    statuses_after_approval: frozenset[str] = frozenset(it.casefold() for it in WORK_STATUSES)
    rejected_statuses: frozenset[str] = frozenset(it.casefold() for it in REJECTED_STATUSES)
    uncovered_fields: frozenset[str] = frozenset(HARMLESS_FIELDS)
    candidate_span: timedelta = timedelta(days=7)
    default_window: timedelta = timedelta(hours=72)
    emergency_limit: timedelta = timedelta(hours=24)
    minimum_basis: Basis = Basis.MAPPED_ACTOR
    longest_waiver: timedelta = timedelta(days=366)
    baseline: datetime | None = None
    identities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rotation_roles: Mapping[str, str] = field(default_factory=dict)
    jira_fields: Mapping[str, str] = field(default_factory=dict)
    freezes: tuple[Freeze, ...] = ()
    standing: tuple[Standing, ...] = ()
    trail_buckets: tuple[str, ...] = ()
    guarded_buckets: tuple[str, ...] = ()
    guarded_keys: tuple[str, ...] = ()
    guarded_tables: tuple[str, ...] = ()

    def covers(self, edit: FieldEdit) -> bool:
        """Say whether an edit is one of what approvers decide on: a field of `jira_fields` always is."""
        return self.judges_by(edit) or not _names(edit) & self.uncovered_fields

    def judges_by(self, edit: FieldEdit) -> bool:
        """Say whether an edit is of a field that changes are judged by: one of `jira_fields`."""
        return bool(_names(edit) & {it.casefold() for it in self.jira_fields.values()})

    def hides_who_asked(self, edit: FieldEdit) -> bool:
        """Say whether an edit put somebody else in the place of who asked, whose approval would not have counted."""
        return self.separation_of_duties and edit.field_id.casefold() == "reporter"

    def with_identities(self, more: Mapping[str, tuple[str, ...]]) -> "Policy":
        """Return the policy with more identities beside its own: they add up."""
        users = dict.fromkeys([*self.identities, *more])
        return replace(self, identities={it: (*self.identities.get(it, ()), *more.get(it, ())) for it in users})


def _names(edit: FieldEdit) -> set[str]:
    return {edit.field.casefold(), edit.field_id.casefold()} - {""}


def read_policy(members: Mapping[str, object]) -> Policy:
    """Read the table `[policy]` as TOML gives it.

    Raises:
        SettingsError: an unknown key (with the nearest right one), or a wrong kind of value, with its place.
    """
    fields = Fields(members, "policy", KEYS, error=SettingsError)
    default = Policy()
    return Policy(
        approvers_needed=fields.whole("approvers_needed", otherwise=1, least=1),
        separation_of_duties=fields.flag("separation_of_duties", otherwise=True),
        approver_groups=_words(fields, "approver_groups", default.approver_groups),
        approved_statuses=_words(fields, "approved_statuses", default.approved_statuses),
        statuses_after_approval=_words(fields, "statuses_after_approval", default.statuses_after_approval)
        | _words(fields, "approved_statuses", frozenset()),
        rejected_statuses=_words(fields, "rejected_statuses", default.rejected_statuses),
        uncovered_fields=_words(fields, "uncovered_fields", default.uncovered_fields),
        candidate_span=timedelta(days=fields.whole("candidate_days", otherwise=7, least=0, most=_DAYS)),
        default_window=timedelta(hours=fields.whole("default_window_hours", otherwise=72, least=0, most=_HOURS)),
        emergency_limit=timedelta(hours=fields.whole("emergency_limit_hours", otherwise=24, least=0, most=_HOURS)),
        minimum_basis=_minimum_basis(fields),
        longest_waiver=timedelta(days=fields.whole("longest_waiver_days", otherwise=366, least=1, most=_DAYS)),
        baseline=fields.time("baseline") if fields.has("baseline") else None,
        identities=fields.lists_by_name("identities"),
        rotation_roles=fields.texts_by_name("rotation_roles"),
        jira_fields=_jira_fields(fields),
        freezes=_freezes(fields),
        standing=read_standing(fields, error=SettingsError),
        trail_buckets=fields.texts("trail_buckets"),
        guarded_buckets=(*fields.texts("guarded_buckets"), *fields.texts("trail_buckets")),
        guarded_keys=fields.texts("guarded_keys"),
        guarded_tables=fields.texts("guarded_tables"),
    )


def policy_table(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return the table `[policy]` of a TOML file; other tables, such as those of counterseal.toml, are let be.

    Raises:
        SettingsError: there is no such table.
    """
    table = document.get("policy")
    if isinstance(table, Mapping):
        return table
    near = get_close_matches("policy", document, n=1)
    hint = f"did you mean [policy] by [{near[0]}]?" if near else "the rules stand under a line that says [policy]"
    raise SettingsError(f"{name!r} has no table [policy]", hint=hint)


def _words(fields: Fields, name: str, otherwise: frozenset[str]) -> frozenset[str]:
    # Jira's names of statuses, fields and groups are labels for people: compared without regard to case.
    return frozenset(word.casefold() for word in fields.texts(name)) if fields.has(name) else otherwise


def _minimum_basis(fields: Fields) -> Basis:
    word = fields.text("minimum_basis") or Basis.MAPPED_ACTOR
    fields.refuse_unless_known("minimum_basis", [word], MINIMUM_BASES)
    return Basis(word)


def _jira_fields(fields: Fields) -> dict[str, str]:
    names = fields.texts_by_name("jira_fields")
    fields.refuse_unless_known("jira_fields", names, JIRA_FIELDS)
    return names


def _freezes(fields: Fields) -> tuple[Freeze, ...]:
    freezes = []
    for place, item in fields.objects("freeze"):
        one = Fields(item, place, ("from", "to", "reason"), error=SettingsError)
        freeze = Freeze(start=one.time("from"), end=one.time("to"), reason=one.text("reason"))
        if freeze.start > freeze.end:
            raise SettingsError(f"{place} ends before it begins")
        freezes.append(freeze)
    return tuple(freezes)
