"""One line of the ledger: drafted by whoever has something to record, bound when it is appended."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.json import Encoder

from counterseal.canonical import canonical_json
from counterseal.errors import MalformedInput, Refused
from counterseal.ledger.fields import RESERVED, EntryKind, check_fields

SCHEMA = "counterseal/ledger-entry/v1"

# Which fields say what an entry is about: the ledger compares entries about the same thing. LEDGER-4.1
_SUBJECTS: Mapping[EntryKind, tuple[str, ...]] = {
    EntryKind.EVENT: ("event_id", "account"),
    EntryKind.GUARD_EVENT: ("event_id", "account"),
    EntryKind.TICKET: ("issue_id", "issue_key"),
    EntryKind.VERDICT: ("event_id", "account"),
    EntryKind.BLIND_INTERVAL: ("account", "region", "from", "reason", "event_id", "trail", "missed"),
    EntryKind.UNUSED_APPROVAL: ("issue_id", "issue_key"),
    EntryKind.TRAIL_HOUR: ("account", "region", "trail", "home_region", "backfill", "from"),
    EntryKind.TRAIL_FAULT: ("hour", "outcome", "object"),
    EntryKind.WAIVER: ("finding", "verdict"),
    EntryKind.AUDIT_RUN: ("as_of",),
    EntryKind.CONFLICT: ("of", "event_id", "account"),
    EntryKind.COUNTERSEAL_ISSUED: ("issuance_id",),
    EntryKind.COUNTERSEAL_REVOKED: ("issuance_id",),
    EntryKind.SESSION_GRANTED: ("session_id",),
    EntryKind.CHECKPOINT: ("at", "key_id"),
    EntryKind.SWEEP_RUN: ("at", "account"),
    EntryKind.IDENTITY_MAPPING: ("user", "principal"),
}

# One event may leave several traces, none of which is a change of its own.
_TRACE_SUBJECT = ("event_id", "account", "about", "verdict", "secret", "version_id")

# Of these only the newest about a subject holds: the same again adds nothing, a return to an older one does. LEDGER-4.3
_NEWEST_HOLDS = frozenset(
    {
        EntryKind.TICKET,
        EntryKind.VERDICT,
        EntryKind.BLIND_INTERVAL,
        EntryKind.UNUSED_APPROVAL,
        EntryKind.TRAIL_HOUR,
        EntryKind.TRAIL_FAULT,
        EntryKind.WAIVER,
        EntryKind.IDENTITY_MAPPING,
    }
)

# Of these two different ones about one subject contradict each other. LEDGER-4.4
_MUST_NOT_DIFFER = frozenset({EntryKind.EVENT, EntryKind.GUARD_EVENT})

# 128 bits: two subjects that met would be compared by their fingerprints, which are whole, and both kept.
_SUBJECT_BYTES = 16

# Ten times as fast as the writer of canonical JSON, and the same bytes for what `_is_alike` lets pass.
_QUICK = Encoder(order="sorted")


def write(value: object) -> bytes:
    """Return the canonical JSON of what consists of text, whole numbers below 2**53, true, false, null, lists, objects.

    Raises:
        Refused: a text has no canonical form.
    """
    try:
        written = _QUICK.encode(value)
    except (TypeError, UnicodeEncodeError):
        return canonical_json(value)
    return written if _is_alike(written) else canonical_json(value)


def _is_alike(written: bytes) -> bool:
    """Say whether all writers of JSON write the same: they differ in how some letters are escaped."""
    return written.isascii() and b"\x7f" not in written and (b"\\" not in written or b"\\u" not in written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What shall be recorded. `draft()` makes it; `body` is canonical JSON, so that nobody alters it afterwards.

    `subject` says what it is about, `fingerprint` what it says about it.
    """

    kind: EntryKind
    invented: bool
    body: bytes
    subject: bytes
    fingerprint: bytes

    @property
    def newest_holds(self) -> bool:
        """Say whether only the newest entry about this subject holds."""
        return self.kind in _NEWEST_HOLDS

    @property
    def must_not_differ(self) -> bool:
        """Say whether another entry about this subject, with another fingerprint, is a contradiction."""
        return self.kind in _MUST_NOT_DIFFER


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as it stands in the ledger. `content` is its canonical JSON, `digest` the SHA-256 of that."""

    stream: str
    position: int
    previous: str
    recorded_at: str
    draft: Draft
    content: bytes
    digest: str

    @property
    def kind(self) -> EntryKind:
        """Return what it tells."""
        return self.draft.kind

    @property
    def invented(self) -> bool:
        """Say whether it is demo data."""
        return self.draft.invented

    def body(self) -> dict[str, Any]:
        """Return its fields, by name: a copy each time."""
        fields: dict[str, Any] = json.loads(self.draft.body)
        return fields


def draft(kind: EntryKind | str, body: Mapping[str, object], *, invented: bool = False) -> Draft:
    """Check what shall be recorded, and say what it is about.

    Raises:
        Refused: the kind is not written, or a field is unknown, absent, or holds something else.
    """
    known = kind if isinstance(kind, EntryKind) else _kind_named(kind)
    check_fields(known, body)
    canonical = write(body)
    return Draft(
        kind=known,
        invented=invented,
        body=canonical,
        subject=_subject(known, body, invented=invented),
        fingerprint=_fingerprint(known, body, canonical),
    )


def _kind_named(name: str) -> EntryKind:
    if name in RESERVED:
        raise Refused(f"the name {name!r} is reserved: no entry of that kind is written yet")
    if name not in list(EntryKind):
        raise Refused(f"there is no entry of kind {name!r}", hint=f"the kinds are {', '.join(EntryKind)}")
    return EntryKind(name)


def conflict_between(first: bytes, other: Draft) -> Draft:
    """Return the entry that says: this event came twice under one id, with different contents (LEDGER-4.4).

    `first` is the fingerprint that the ledger held first, `other` the draft that differs from it.
    """
    event = json.loads(other.body)
    body = {
        "of": other.kind.value,
        "event_id": event["event_id"],
        "account": event["account"],
        "first": first.hex(),
        "other": other.fingerprint.hex(),
    }
    return draft(EntryKind.CONFLICT, body, invented=other.invented)


def _subject(kind: EntryKind, body: Mapping[str, object], *, invented: bool) -> bytes:
    names = _TRACE_SUBJECT if body.get("about") == "trace" else _SUBJECTS[kind]
    # What is invented is never about what is real.
    words = [kind, invented, *map(body.__getitem__, names)]
    return hashlib.sha256(write(words)).digest()[:_SUBJECT_BYTES]


def _fingerprint(kind: EntryKind, body: Mapping[str, object], canonical: bytes) -> bytes:
    # An event is the same event wherever it was read and however we came to read it: its own digest says so.
    if kind in _MUST_NOT_DIFFER and body["digest"]:
        return bytes.fromhex(str(body["digest"]))
    return hashlib.sha256(canonical).digest()


def parse_entry(content: bytes) -> Entry:
    """Read one entry from its canonical JSON.

    Raises:
        MalformedInput: it is not an entry that this version reads.
    """
    try:
        read = json.loads(content)
        if read["schema"] != SCHEMA:
            raise MalformedInput(f"an entry has the schema {read['schema']!r}, not {SCHEMA!r}")
        entry = Entry(
            stream=read["stream"],
            position=read["position"],
            previous=read["previous"],
            recorded_at=read["recorded_at"],
            draft=draft(read["kind"], read["body"], invented=read["invented"]),
            content=content,
            digest=hashlib.sha256(content).hexdigest(),
        )
    except (ValueError, LookupError, TypeError, AttributeError, Refused) as failure:
        raise MalformedInput("the content is not a ledger entry that this version reads") from failure
    return entry
