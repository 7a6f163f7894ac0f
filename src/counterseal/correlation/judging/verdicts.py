"""Every verdict and every cause in words: what it means, and what to do about it."""

from typing import NamedTuple

from counterseal.correlation.judging.approvals import Cause
from counterseal.correlation.judging.finding import Verdict


class Explained(NamedTuple):
    """One verdict for people."""

    meaning: str
    to_do: str


_NOTHING = "nothing"

EXPLAINED: dict[Verdict, Explained] = {
    Verdict.PROVED: Explained(
        "approved, and the change itself carried the proof: a counterseal that was checked",
        _NOTHING,
    ),
    Verdict.APPROVED: Explained(
        "a ticket covered secret, operation and time, enough people had approved it, and the actor was to do it",
        _NOTHING,
    ),
    Verdict.INHERITED: Explained(
        "a step of a rotation whose RotateSecret was itself approved",
        _NOTHING,
    ),
    Verdict.EMERGENCY: Explained(
        "declared an emergency before the change, and approved within the limit after it",
        _NOTHING,
    ),
    Verdict.EMERGENCY_PENDING: Explained(
        "declared an emergency before the change, not approved yet, and the limit is not over",
        "have it approved before the limit that the reason names",
    ),
    Verdict.EMERGENCY_OVERDUE: Explained(
        "declared an emergency before the change, and not approved within the limit",
        "have it reviewed; ask why nobody approved it in time",
    ),
    Verdict.APPROVED_LATE: Explained(
        "approved only after the change",
        "ask why it was done before the approval; the approval itself stands",
    ),
    Verdict.APPROVAL_UNKNOWN: Explained(
        "a ticket names the secret, and its decisions could not be read; or Jira was last read before the change",
        "read the ticket's approvals again, and audit again; where Jira is not reached, see to that",
    ),
    Verdict.UNATTRIBUTED: Explained(
        "everything fits but the actor, whom the identity map does not know, or too weakly",
        "find out who it was; add the actor to the identities, or use a session that cites the ticket",
    ),
    Verdict.MISMATCHED: Explained(
        "a ticket names the secret and does not cover this change; the reason begins with the cause",
        "compare the change with the ticket; undo it, or have it approved as it was made",
    ),
    Verdict.UNAPPROVED: Explained(
        "no ticket covers the change, or one that nobody has decided on",
        "ask the actor; undo the change, or open a ticket for it",
    ),
    Verdict.SILENT_ROLLBACK: Explained(
        "a label was moved to an older version, with no new value and no approval that covers labels",
        "check which value programs read now, and move the label back or have it approved",
    ),
    Verdict.UNCLASSIFIED: Explained(
        "a call of Secrets Manager that this version does not know and that is not read-only",
        "look at the record; upgrade Counterseal, or report the name",
    ),
    Verdict.ATTEMPT: Explained(
        "a write that AWS refused",
        "nothing, unless there are many: then ask who is trying",
    ),
    Verdict.ORPHAN_DELETION: Explained(
        "AWS deleted versions of a secret, and no DeleteSecret of it comes before that in the records",
        "look for the missing records; check whether the secret still exists",
    ),
    Verdict.UNRECORDED_VERSION: Explained(
        "KMS or a label event shows a version that no record made",
        "look for the missing records of that second; if there are none, ask AWS and rotate the secret",
    ),
    Verdict.UNTRACKED_VERSION: Explained(
        "AWS holds a version, or a secret, that was made while records were kept and that no recorded change made",
        "look for the records of that second and region; if there are none, find out what the monitor cannot see",
    ),
    Verdict.UNRECORDED_DELETION: Explained(
        "a secret is gone, or scheduled for deletion, and no DeleteSecret of it was recorded",
        "look for the missing records; restore the secret while it can be, or find out who deleted it",
    ),
    Verdict.STALE_LABEL: Explained(
        "a label stands where no recorded change put it, or where a rotation that did not end left it",
        "check which value programs read now; end the rotation, or remove AWSPENDING from the version",
    ),
}

CAUSES: dict[Cause, str] = {
    Cause.COUNTERSEAL_FORGED: "its counterseal is none that the notary issued, as far as the issuances given go",
    Cause.COUNTERSEAL_REUSED: "its counterseal was used before, on another secret",
    Cause.COUNTERSEAL_REVOKED: "its counterseal was revoked at or before the change",
    Cause.COUNTERSEAL_EXPIRED: "the change was made outside the time for which its counterseal was issued",
    Cause.REJECTED: "the last decision is a rejection, or the status rejects the ticket",
    Cause.REOPENED: "between approval and change it moved to a status that no approved ticket has",
    Cause.EDITED: "between approval and change a field was edited that the approval covers, or when is not recorded; "
    "or the ticket no longer says what its counterseal was issued on",
    Cause.OUTSIDE_WINDOW: "the change was made outside the window, whose ends belong to it, or in a freeze",
    Cause.OTHER_SECRET: "the change cites the ticket, which names another secret, or its counterseal does",
    Cause.OTHER_OPERATION: "the ticket names the secret and not this operation, or its counterseal is for another",
    Cause.OTHER_ACTOR: "the actor is a known person whom the ticket does not let make the change, or not whom its "
    "counterseal was issued to",
    Cause.SELF_APPROVED: "enough people approved it only if its requester, or whoever made the change, is counted",
    Cause.TOO_FEW_APPROVALS: "fewer people approved it than the policy asks for",
}

SIGNALS = {
    "silent-rollback": "a label was moved to an older version, with no new value",
    "witness-missing": "no KMS or label record confirms the new value, where one would have been seen",
    "repeat": "the token of a version was given again: AWS answers with success and changes nothing",
    "in-blind-interval": "made while a trail did not record: other changes may be missing around it",
    "counterseal-unanchored": "proved, and no checkpoint older than the change covers the issuance of its counterseal",
}
