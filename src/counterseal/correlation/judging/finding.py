"""What was concluded about a change, on what basis, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from counterseal.correlation.records.event import Actor


class Verdict(StrEnum):
    """The class of a finding (design part 5). docs/reference/verdicts.md explains each."""

    PROVED = "proved"
    APPROVED = "approved"
    INHERITED = "inherited"
    EMERGENCY = "emergency"
    EMERGENCY_PENDING = "emergency-pending"
    EMERGENCY_OVERDUE = "emergency-overdue"
    APPROVED_LATE = "approved-late"
    APPROVAL_UNKNOWN = "approval-unknown"
    UNATTRIBUTED = "unattributed"
    MISMATCHED = "mismatched"
    UNAPPROVED = "unapproved"
    SILENT_ROLLBACK = "silent-rollback"
    UNCLASSIFIED = "unclassified"
    ATTEMPT = "attempt"
    ORPHAN_DELETION = "orphan-deletion"
    UNRECORDED_VERSION = "unrecorded-version"
    UNTRACKED_VERSION = "untracked-version"
    UNRECORDED_DELETION = "unrecorded-deletion"
    STALE_LABEL = "stale-label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One conclusion, in the shape that `audit --json` prints (docs/reference/audit-json.md).

    `basis` is on what strength the actor was matched, "" where it was not. `witnesses` is a subset of
    ("cloudtrail", "kms", "label"), in that order.
    """

    verdict: Verdict
    reason: str
    service: str
    event: str
    event_id: str
    time: datetime
    account: str
    region: str
    actor: Actor
    basis: str = ""
    signals: tuple[str, ...] = ()
    secret: str = ""
    secret_name: str = ""
    version_id: str = ""
    ticket: str = ""
    witnesses: tuple[str, ...] = ()
