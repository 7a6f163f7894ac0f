"""What the ledger holds for a sweep to compare with, and what a sweep puts into it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from counterseal.clock import format_time, parse_time
from counterseal.control.record import STREAM, verdict_draft
from counterseal.control.sweep import Swept
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.sweep import ABOUT, Recorded
from counterseal.correlation.judging.witnesses import MAKERS
from counterseal.errors import NotFound
from counterseal.ledger.entry import Draft, draft
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.interface import Appended, Ledger

_BORN = frozenset({"CreateSecret", "RestoreSecret", "CancelSecretVersionDelete"})
# A rotation that AWS manages leaves no record of a call, only these.
_ROTATIONS = frozenset({"RotationStarted", "RotationSucceeded"})
_SERVICE = "secretsmanager"


def recorded_secrets(ledger: Ledger, since: datetime | None = None) -> Recorded:
    """Read what the ledger holds of secrets; `since` says from when on records were kept, where it was later.

    Raises:
        NotFound: no audit was recorded.
        Unreachable: the ledger does not answer; the same call may succeed later.
        MalformedInput: the ledger is damaged.
    """
    spans = [it for it in _bodies(ledger, EntryKind.AUDIT_RUN) if it["from"] and it["to"]]
    if not spans:
        hint = "counterseal audit PATH --record records one; ledger.path names the ledger"
        raise NotFound("the ledger holds no audit to compare with", hint=hint)
    start = min(parse_time(it["from"]) for it in spans)
    recorded = Recorded(max(since or start, start), max(parse_time(it["to"]) for it in spans))
    for body in _bodies(ledger, EntryKind.EVENT):
        if body["service"] == _SERVICE and body["event_kind"] in ("change", "service"):
            _take_event(recorded, body)
    for body in _bodies(ledger, EntryKind.VERDICT):
        # The event's own entry does not say where a label was moved to; the verdict about it does.
        if body["about"] == "change" and body["event"] == "UpdateSecretVersionStage" and body["version_id"]:
            _make_current(recorded, body)
    return recorded


def record_sweep(ledger: Ledger, swept: Swept, *, stream: str = STREAM) -> Appended:
    """Record what a sweep found, and of what earlier sweeps found that it is so no longer; then the sweep itself.

    Raises:
        Denied: the ledger may not be written.
        Unreachable: the ledger is busy, full or does not answer.
        MalformedInput: the ledger is damaged.
    """
    return ledger.append(stream, [*_drafts(ledger, swept)])


def _drafts(ledger: Ledger, swept: Swept) -> Iterator[Draft]:
    found = {it.event_id for it in swept.findings}
    for finding in swept.findings:
        yield verdict_draft(finding, discrepancy=True)
    open_ones: dict[str, dict[str, Any]] = {}
    for body in _bodies(ledger, EntryKind.VERDICT):
        if body["event_id"].startswith(ABOUT):
            open_ones[body["event_id"]] = body
    for event_id, body in sorted(open_ones.items()):
        told = body["secret"] in swept.secrets and (body["verdict"], body["secret"]) not in swept.undecided
        # A secret whose deletion is recorded by now is neither listed nor looked for.
        told |= body["verdict"] == Verdict.UNRECORDED_DELETION and body["secret"] in swept.over
        if body["discrepancy"] and event_id not in found and told:
            settled = {"discrepancy": False, "reason": f"no longer so at {format_time(swept.at)}; {body['reason']}"}
            yield draft(EntryKind.VERDICT, body | settled, invented=False)
    yield draft(
        EntryKind.SWEEP_RUN,
        {
            "at": format_time(swept.at),
            "account": swept.account,
            "regions": list(swept.regions),
            "secrets": len(swept.secrets),
            "versions": swept.versions,
            "discrepancies": len(swept.findings),
            "too_young": swept.young,
            "not_visible": [it.what for it in swept.not_visible],
            "from": format_time(swept.start),
            "to": format_time(swept.end),
        },
        invented=False,
    )


def _take_event(recorded: Recorded, body: Mapping[str, Any]) -> None:
    known = recorded.secret(body["secret"], body["account"], body["region"], body["secret_name"])
    time, name, version_id = parse_time(body["time"]), body["name"], body["version_id"]
    known.last = max(known.last or time, time)
    if body["event_kind"] == "service":
        if name in _ROTATIONS and version_id:
            known.versions.add(version_id)
        if name == "EndSecretVersionDelete":
            known.ended = max(known.ended or time, time)
    elif name == "DeleteSecret":
        known.deleted = max(known.deleted or time, time)
    if name in _BORN:
        known.alive = max(known.alive or time, time)
    if body["event_kind"] == "change" and name in MAKERS and version_id:
        known.versions.add(version_id)
        _make_current(recorded, body)


def _make_current(recorded: Recorded, body: Mapping[str, Any]) -> None:
    known = recorded.secret(body["secret"], body["account"], body["region"], body["secret_name"])
    now = (parse_time(body["time"]), body["version_id"])
    known.current = max(known.current or now, now)


def _bodies(ledger: Ledger, kind: EntryKind) -> Iterator[dict[str, Any]]:
    for stream in ledger.streams():
        for entry in ledger.read(stream):
            if entry.kind is kind and not entry.invented:
                yield entry.body()
