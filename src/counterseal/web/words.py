"""How verdicts, signals and times are said on a page: always a word and an icon, never a colour alone."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from counterseal.clock import parse_time
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.records.secret_names import full_arn_parts
from counterseal.errors import MalformedInput

# As `clock.format_time` writes it.
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

_SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:[^\s,;]+", re.ASCII)

# What does not become a sentence by a capital letter: names are written as they are.
_WORD = re.compile(r"[a-z]+[ ,:-]|[a-z]+$")


class Words(NamedTuple):
    """One verdict on a page. `tone` is a class of the style sheet, `icon` a drawing of `icons.html`."""

    label: str
    tone: str
    icon: str
    meaning: str


BLIND = "blind-interval"
TRAIL_FAULT = "trail-fault"

# Findings that are about no change: they stand apart from the lists of changes.
APART = (BLIND, TRAIL_FAULT)

# In the order in which a reader should see them: what needs somebody first. Meanings: design part 5.
VERDICTS: Mapping[str, Words] = {
    Verdict.UNAPPROVED: Words(
        "Unapproved", "danger", "cross", "no ticket covers the change, or the one that does still awaits approval"
    ),
    Verdict.MISMATCHED: Words(
        "Mismatched", "danger", "unequal", "a ticket names this change and fails: the reason says at what"
    ),
    Verdict.SILENT_ROLLBACK: Words(
        "Silent rollback", "danger", "back", "a label moved to an older version, with no new value and no approval"
    ),
    Verdict.UNRECORDED_VERSION: Words(
        "Unrecorded version", "danger", "eye-off", "a version exists that no record in the population made"
    ),
    Verdict.ORPHAN_DELETION: Words(
        "Orphan deletion", "danger", "eye-off", "a version was deleted and nobody asked for it in the population"
    ),
    Verdict.UNTRACKED_VERSION: Words(
        "Untracked version", "danger", "eye-off", "AWS holds it, and no recorded change made it"
    ),
    Verdict.UNRECORDED_DELETION: Words(
        "Unrecorded deletion", "danger", "eye-off", "a secret is gone, and nobody was recorded deleting it"
    ),
    TRAIL_FAULT: Words(
        "Trail fault", "danger", "unequal", "a log file or digest is altered, missing, or cannot be proved"
    ),
    BLIND: Words("Blind interval", "danger", "eye-off", "nothing could be seen during this time"),
    Verdict.EMERGENCY_OVERDUE: Words(
        "Emergency overdue", "danger", "clock", "declared as an emergency and not approved within the limit"
    ),
    Verdict.STALE_LABEL: Words(
        "Stale label", "warning", "back", "a label stands where no recorded change put it, or where a rotation left it"
    ),
    Verdict.APPROVED_LATE: Words("Approved late", "warning", "clock", "approved, but only after the change was made"),
    Verdict.EMERGENCY_PENDING: Words(
        "Emergency pending", "warning", "clock", "declared as an emergency; the approval is still to come"
    ),
    Verdict.APPROVAL_UNKNOWN: Words(
        "Approval unknown", "warning", "question", "a ticket exists and its decisions could not be read"
    ),
    Verdict.UNATTRIBUTED: Words(
        "Unattributed", "warning", "question", "everything fits, but nobody knows who the actor is"
    ),
    Verdict.UNCLASSIFIED: Words(
        "Unclassified", "warning", "question", "a call that Counterseal does not know, and that may change something"
    ),
    Verdict.PROVED: Words("Proved", "success", "seal", "the change carries a counterseal issued for this approval"),
    Verdict.APPROVED: Words("Approved", "success", "check", "approved by somebody else before it was made"),
    Verdict.INHERITED: Words("Inherited", "success", "check", "a step of a rotation that was approved itself"),
    Verdict.EMERGENCY: Words(
        "Emergency", "success", "check", "declared as an emergency, and approved within the limit"
    ),
    Verdict.ATTEMPT: Words("Refused attempt", "neutral", "hand", "AWS refused the call: nothing changed"),
}

_UNKNOWN = Words("", "neutral", "question", "this version of the page does not know the word")

SIGNALS: Mapping[str, str] = {
    "silent-rollback": "a label moved with no new value",
    "witness-missing": "a record that should confirm it is missing",
    "repeat": "the same call again, which changed nothing",
    "in-blind-interval": "it lies in a time in which not everything could be seen",
    "counterseal-unanchored": "its counterseal does not lie under an older checkpoint",
}

WITNESSES: Mapping[str, tuple[str, str]] = {
    "cloudtrail": ("The API record", "CloudTrail recorded the call and who made it"),
    "kms": ("The data key", "KMS made a data key for exactly this version"),
    "label": ("The label event", "Secrets Manager itself announced that a label moved to this version"),
}


def verdict_words(verdict: str) -> Words:
    """Return how a verdict is said; one that is not known is shown as it is."""
    return VERDICTS.get(verdict) or _UNKNOWN._replace(label=verdict)


def rank(verdict: str) -> int:
    """Return the place of a verdict on a page: the smaller, the sooner somebody should look."""
    names = list(VERDICTS)
    return names.index(verdict) if verdict in VERDICTS else len(names)


def moment(instant: datetime) -> str:
    """Write a time for a reader: the day as a word, so that nobody takes a month for a day, and always UTC."""
    return instant.astimezone(UTC).strftime("%-d %b %Y, %H:%M:%S UTC")


def touched(row: Mapping[str, object]) -> str:
    """Name what a guard event was done to: an object by its bucket and name."""
    return f"{row['resource']}/{row['object']}" if row.get("object") else str(row["resource"])


def duration(seconds: int) -> str:
    """Write how long something took, in its two largest units."""
    units = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
    parts = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    return " ".join(parts[:2]) or "0 seconds"


def names(secrets: str) -> str:
    """Return the names of secrets, of which a ticket may give ARNs, separated by commas."""
    parts = [(secret, full_arn_parts(secret)) for secret in secrets.split(",")]
    return ", ".join(arn[2] if arn else secret for secret, arn in parts)


def sentence(text: str) -> str:
    """Make sentences of one of our messages, which begin small and end without a full stop (house style 7)."""
    parts = [part for part in text.rstrip(".").split("; ") if part]
    return " ".join(f"{_begun(part)}." for part in parts)


def reason(row: Mapping[str, object]) -> str:
    """Return why a finding is what it is, for a reader: names for ARNs, and times as everywhere on the page.

    Only what the same row holds in full is shortened; the page of the evidence shows both.
    """
    text = str(row["reason"])
    for long, short in (("secret", "secret_name"), ("actor_arn", "actor_name")):
        if row[long] and row[short]:
            text = text.replace(str(row[long]), str(row[short]))
    return sentence(_TIME.sub(_as_moment, text))


def said(text: str) -> str:
    """Return a part of a sentence for a reader: times as everywhere on the page, and secrets by their names."""
    return _TIME.sub(_as_moment, _SECRET.sub(_named, text))


def _named(found: re.Match[str]) -> str:
    parts = full_arn_parts(found[0])
    return "{2} in {1} {0}".format(*parts) if parts else found[0]


def _as_moment(found: re.Match[str]) -> str:
    try:
        return moment(parse_time(found[0]))
    except MalformedInput:
        return found[0]  # somebody's words that only look like a time


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:] if _WORD.match(text) and not text.startswith("arn:") else text
