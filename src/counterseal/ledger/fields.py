"""Which fields an entry of each kind has, and what each may hold: a closed set, so that no value slips in."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple, NoReturn

from counterseal.errors import Refused

# What AWS and Jira put into one of these fields is shorter (an ARN: 2,048 at most); whatever is longer is no name.
TEXT_LIMIT = 4096

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_HALF = re.compile(r"[0-9a-f]{32}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{128}", re.ASCII)


class EntryKind(StrEnum):
    """What an entry tells. docs/formats/ledger-entry.md explains each."""

    EVENT = "event"
    GUARD_EVENT = "guard-event"
    TICKET = "ticket-snapshot"
    VERDICT = "verdict"
    BLIND_INTERVAL = "blind-interval"
    UNUSED_APPROVAL = "unused-approval"
    TRAIL_HOUR = "trail-hour"
    TRAIL_FAULT = "trail-fault"
    WAIVER = "waiver"
    AUDIT_RUN = "audit-run"
    CONFLICT = "conflict"
    COUNTERSEAL_ISSUED = "counterseal-issued"
    COUNTERSEAL_REVOKED = "counterseal-revoked"
    SESSION_GRANTED = "session-granted"
    CHECKPOINT = "checkpoint"
    SWEEP_RUN = "sweep-run"
    IDENTITY_MAPPING = "identity-mapping"


# A kind whose name is taken, and that nothing writes yet.
RESERVED = frozenset({"approval"})


class Shape(NamedTuple):
    """What one field may hold: in words, and as a question."""

    words: str
    fits: Callable[[object], bool]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= TEXT_LIMIT


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_time(value: object) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _is_signature(value: object) -> bool:
    return isinstance(value, str) and _SIGNATURE.fullmatch(value) is not None


def _is_count(value: object) -> bool:
    # CANON-1.2: beyond it programs read numbers differently.
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


_TEXT = Shape(f"text of at most {TEXT_LIMIT} characters", _is_text)
_TEXTS = Shape("a list of texts", _is_texts)
_WHEN = Shape("a time like 2026-01-31T12:00:00Z", _is_time)
_PERHAPS_WHEN = Shape('a time like 2026-01-31T12:00:00Z, or ""', lambda value: value == "" or _is_time(value))
_SHA256 = Shape('64 lower-case hexadecimal digits, or ""', lambda value: value == "" or _is_digest(value))
_SUBJECT = Shape(
    "32 lower-case hexadecimal digits", lambda value: isinstance(value, str) and bool(_HALF.fullmatch(value))
)
_COUNT = Shape("a whole number from 0 and below 2**53", _is_count)
_EXACT_SHA256 = Shape("64 lower-case hexadecimal digits", _is_digest)
_DIGESTS = Shape(
    "a list of texts of 64 lower-case hexadecimal digits",
    lambda value: isinstance(value, list) and all(map(_is_digest, value)),
)
_ED25519 = Shape("128 lower-case hexadecimal digits", _is_signature)
_FLAG = Shape("true or false", lambda value: isinstance(value, bool))
_NAME = Shape(f"text of 1 to {TEXT_LIMIT} characters", lambda value: value != "" and _is_text(value))
_DECISION = Shape('"approved" or "rejected"', lambda value: value in ("approved", "rejected"))
_ABOUT = Shape('"change", "attempt" or "trace"', lambda value: value in ("change", "attempt", "trace"))


class _Form:
    """The fields of an object, looked at all at once: most of them are short texts."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self._number = len(shapes)
        texts = [name for name, shape in shapes.items() if shape is _TEXT]
        # Of one name it would give no tuple.
        self._texts = itemgetter(*texts) if len(texts) > 1 else lambda body: [body[name] for name in texts]
        self._others = [(name, shape.fits) for name, shape in shapes.items() if shape is not _TEXT]

    def surely_fits(self, body: Mapping[str, object]) -> bool:
        """Say whether a body has exactly these fields, each holding what it may; where in doubt, no."""
        if len(body) != self._number:
            return False
        try:
            # Texts that are short enough all together are so one by one; what is no text cannot be joined.
            if len("".join(self._texts(body))) > TEXT_LIMIT:
                return False
            for name, fits in self._others:
                if not fits(body[name]):
                    return False
        except (KeyError, TypeError):
            return False
        return True


def _exactly(shapes: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Callable[[object], bool]:
    known = {**shapes, **(optional or {})}
    form = _Form(shapes)

    def fits(value: object) -> bool:
        return isinstance(value, dict) and (
            form.surely_fits(value)
            or (
                shapes.keys() <= value.keys() <= known.keys()
                and all(known[name].fits(held) for name, held in value.items())
            )
        )

    return fits


def _object(**shapes: Shape) -> Shape:
    return Shape(f"an object of {', '.join(shapes)}", _exactly(shapes))


def _objects(perhaps: Mapping[str, Shape] | None = None, **shapes: Shape) -> Shape:
    fits = _exactly(shapes, perhaps)
    words = f"a list of objects of {', '.join(shapes)}"
    return Shape(
        f"{words}, and perhaps {' and '.join(perhaps)}" if perhaps else words,
        lambda value: isinstance(value, list) and all(map(fits, value)),
    )


# LEDGER-2.6: what is not known is left out, as in entries written before these members were.
_STATUS_HISTORY = _objects({"by": _NAME, "decision": _DECISION, "groups": _TEXTS}, at=_WHEN, to=_TEXT)
_APPROVALS = _objects({"groups": _TEXTS}, by=_TEXT, at=_WHEN, decision=_TEXT)
_EDITS = _objects({"field_id": _NAME, "former_key": _NAME}, at=_WHEN, field=_TEXT)
_ARE_WAITS = _exactly({"from": _WHEN, "to": _PERHAPS_WHEN})
_WAITS = Shape("a list of objects of from, to", lambda value: isinstance(value, list) and all(map(_ARE_WAITS, value)))
_ACTOR = _object(
    type=_TEXT, arn=_TEXT, name=_TEXT, via=_TEXT, source_identity=_TEXT, session_name=_TEXT, role_arn=_TEXT
)

_EVENT = {
    "event_id": _TEXT, "account": _TEXT, "region": _TEXT, "time": _WHEN, "service": _TEXT, "name": _TEXT,
    "event_kind": _TEXT, "operation": _TEXT, "actor": _ACTOR, "secret": _TEXT, "secret_name": _TEXT,
    "version_id": _TEXT, "error_code": _TEXT, "request_id": _TEXT, "shared_event_id": _TEXT, "digest": _SHA256,
    "source": _TEXT,
}  # fmt: skip

FIELDS: Mapping[EntryKind, Mapping[str, Shape]] = {
    EntryKind.EVENT: _EVENT,
    EntryKind.GUARD_EVENT: _EVENT,
    EntryKind.TICKET: {
        "issue_id": _TEXT, "issue_key": _TEXT, "secrets": _TEXTS, "operations": _TEXTS, "status": _TEXT,
        "account": _TEXT, "region": _TEXT, "requester": _TEXT, "assignee": _TEXT, "executors": _TEXTS,
        "approvals": Shape(f"{_APPROVALS.words}, or null", lambda value: value is None or _APPROVALS.fits(value)),
        "window_from": _PERHAPS_WHEN, "window_to": _PERHAPS_WHEN, "emergency_declared_at": _PERHAPS_WHEN,
        "edits": _EDITS, "status_history": _STATUS_HISTORY,
        "changed_after_approval": _FLAG,
    },
    EntryKind.VERDICT: {
        "about": _ABOUT, "verdict": _TEXT, "discrepancy": _FLAG, "reason": _TEXT, "basis": _TEXT, "signals": _TEXTS,
        "service": _TEXT, "event": _TEXT, "event_id": _TEXT, "time": _WHEN, "account": _TEXT, "region": _TEXT,
        "actor": _ACTOR, "secret": _TEXT, "secret_name": _TEXT, "version_id": _TEXT, "ticket": _TEXT,
        "witnesses": _TEXTS,
    },
    EntryKind.BLIND_INTERVAL: {
        "account": _TEXT, "region": _TEXT, "from": _WHEN, "to": _PERHAPS_WHEN, "reason": _TEXT, "event_id": _TEXT,
        "trail": _TEXT, "missed": _TEXT, "discrepancy": _FLAG,
    },
    EntryKind.UNUSED_APPROVAL: {
        "issue_id": _TEXT, "issue_key": _TEXT, "secrets": _TEXTS, "operations": _TEXTS,
        "from": _PERHAPS_WHEN, "to": _PERHAPS_WHEN, "snapshot": _SHA256,
    },
    EntryKind.TRAIL_HOUR: {
        "account": _TEXT, "region": _TEXT, "trail": _TEXT, "home_region": _TEXT, "backfill": _FLAG,
        "from": _PERHAPS_WHEN, "to": _PERHAPS_WHEN, "outcome": _TEXT, "reason": _TEXT, "digest": _TEXT,
        "files": _COUNT, "faults": _SHA256,
    },
    EntryKind.TRAIL_FAULT: {
        "hour": _SUBJECT, "faults": _SHA256, "account": _TEXT, "region": _TEXT, "from": _PERHAPS_WHEN,
        "to": _PERHAPS_WHEN, "outcome": _TEXT, "object": _TEXT, "reason": _TEXT, "discrepancy": _FLAG,
    },
    EntryKind.WAIVER: {
        "finding": _SUBJECT, "event_id": _TEXT, "account": _TEXT, "verdict": _TEXT, "by": _TEXT, "why": _TEXT,
        "until": _WHEN,
    },
    EntryKind.AUDIT_RUN: {
        "as_of": _WHEN, "records": _COUNT, "changes": _COUNT, "attempts": _COUNT, "service_events": _COUNT,
        "unclassified": _COUNT, "duplicates": _COUNT, "conflicts": _COUNT, "from": _PERHAPS_WHEN, "to": _PERHAPS_WHEN,
    },
    EntryKind.CONFLICT: {
        "of": _TEXT, "event_id": _TEXT, "account": _TEXT, "first": _SHA256, "other": _SHA256,
    },
    EntryKind.COUNTERSEAL_ISSUED: {
        "issuance_id": _TEXT, "nonce": _TEXT, "issue_id": _TEXT, "issue_key": _TEXT, "account": _TEXT,
        "region": _TEXT, "secret_name": _TEXT, "secret": _TEXT, "operation": _TEXT, "principal": _TEXT,
        "approval_digest": _SHA256, "not_before": _WHEN, "expires": _WHEN, "notary_key": _TEXT, "token": _TEXT,
        "signature": _TEXT,
    },
    EntryKind.COUNTERSEAL_REVOKED: {
        "issuance_id": _TEXT, "revoked_at": _WHEN, "reason": _TEXT, "notary_key": _TEXT, "signature": _TEXT,
    },
    EntryKind.SESSION_GRANTED: {
        "session_id": _TEXT, "issue_id": _TEXT, "issue_key": _TEXT, "principal": _TEXT, "role": _TEXT,
        "secrets": _TEXTS, "operations": _TEXTS, "approval_digest": _SHA256, "not_before": _WHEN, "expires": _WHEN,
    },
    EntryKind.SWEEP_RUN: {
        "at": _WHEN, "account": _TEXT, "regions": _TEXTS, "secrets": _COUNT, "versions": _COUNT,
        "discrepancies": _COUNT, "too_young": _COUNT, "not_visible": _TEXTS, "from": _WHEN, "to": _WHEN,
    },
    EntryKind.IDENTITY_MAPPING: {"user": _NAME, "principal": _NAME, "mapped": _FLAG, "by": _NAME, "source": _NAME},
    EntryKind.CHECKPOINT: {
        "at": _WHEN, "key_id": _TEXT, "signature": _ED25519,
        "streams": _objects(stream=_TEXT, size=_COUNT, root=_EXACT_SHA256, head=_EXACT_SHA256, nodes=_DIGESTS),
    },
}  # fmt: skip

OPTIONAL: Mapping[EntryKind, Mapping[str, Shape]] = {
    EntryKind.GUARD_EVENT: {"resource": _NAME, "object": _NAME, "effect": _NAME},
    EntryKind.TICKET: {"waits": _WAITS},
    EntryKind.WAIVER: {"ended": _object(by=_NAME, why=_NAME, at=_WHEN)},
}
"""LEDGER-2.7, 2.9, 2.10: fields left out where they would say nothing, as in entries written before they were."""


_FORMS = {kind: _Form(shapes) for kind, shapes in FIELDS.items()}


def check_fields(kind: EntryKind, body: Mapping[str, object]) -> None:
    """Let a body pass that has the fields of its kind and no others, each holding what it may. LEDGER-2.1, LEDGER-2.2.

    Raises:
        Refused: a field is unknown, absent, or holds something else; it is named, what it holds is not.
    """
    if _FORMS[kind].surely_fits(body):
        return
    shapes = FIELDS[kind]
    if body.keys() != shapes.keys():
        shapes = {**shapes, **{name: it for name, it in OPTIONAL.get(kind, {}).items() if name in body}}
        if body.keys() != shapes.keys():
            _refuse_names(kind, body)
    for name, shape in shapes.items():
        if not shape.fits(body[name]):
            raise Refused(f"the field {name!r} of an entry of kind {kind} must be {shape.words}")


def _refuse_names(kind: EntryKind, body: Mapping[str, object]) -> NoReturn:
    shapes = FIELDS[kind]
    for name in body:
        if name not in shapes:
            raise Refused(f"an entry of kind {kind} has no field {name!r}", hint=f"its fields are {', '.join(shapes)}")
    lacking = next(name for name in shapes if name not in body)
    raise Refused(f"an entry of kind {kind} lacks the field {lacking!r}")
