"""Bodies of ledger entries, as tests need them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from counterseal.ledger import Draft, EntryKind, draft

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
ACTOR = {
    "type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/ada", "name": "ada", "via": "",
    "source_identity": "", "session_name": "ada", "role_arn": "arn:aws:iam::111122223333:role/deploy",
}  # fmt: skip


# What an audit does not count; a test that wants it otherwise says so.
FINE = ("approved", "attempt", "emergency", "inherited", "proved")


class TickingClock:
    """A clock that moves on by one second each time it is asked."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    def turn_back(self, by: timedelta) -> None:
        """Go back, as clocks do when they are set."""
        self._now -= by


def event(event_id: str = "e-1", *, digest: str = "a" * 64, invented: bool = False, **changed: Any) -> Draft:
    """Return the draft of an event."""
    body = {
        "event_id": event_id, "account": "111122223333", "region": "eu-west-1", "time": "2026-03-10T11:00:00Z",
        "service": "secretsmanager", "name": "PutSecretValue", "event_kind": "change", "operation": "value",
        "actor": ACTOR, "secret": "", "secret_name": "db/password", "version_id": "", "error_code": "",
        "request_id": "", "shared_event_id": "", "digest": digest, "source": "a.json",
    }  # fmt: skip
    return draft(EntryKind.EVENT, body | changed, invented=invented)


def verdict_body(event_id: str = "e-1", verdict: str = "approved", **changed: Any) -> dict[str, Any]:
    """Return the body of a verdict."""
    body = {
        "about": "change", "verdict": verdict, "discrepancy": verdict not in FINE,
        "reason": "said so", "basis": "session name", "signals": [],
        "service": "secretsmanager", "event": "PutSecretValue", "event_id": event_id, "time": "2026-03-10T11:00:00Z",
        "account": "111122223333", "region": "eu-west-1", "actor": ACTOR, "secret": "", "secret_name": "db/password",
        "version_id": "", "ticket": "OPS-1", "witnesses": ["cloudtrail"],
    }  # fmt: skip
    return body | changed


def verdict(event_id: str = "e-1", verdict: str = "approved", *, invented: bool = False, **changed: Any) -> Draft:
    """Return the draft of a verdict."""
    return draft(EntryKind.VERDICT, verdict_body(event_id, verdict, **changed), invented=invented)


def blind_interval(end: str = "", **changed: Any) -> Draft:
    """Return the draft of a blind interval."""
    body = {
        "account": "111122223333", "region": "eu-west-1", "from": "2026-03-10T10:00:00Z", "to": end,
        "reason": "the trail was stopped", "event_id": "g-1",
        "trail": "main", "missed": "all", "discrepancy": True,
    }  # fmt: skip
    return draft(EntryKind.BLIND_INTERVAL, body | changed)


def ticket_body(**changed: Any) -> dict[str, Any]:
    """Return the body of a ticket that ben approved before ada's change of 11:00."""
    body = {
        "issue_id": "10001", "issue_key": "OPS-1", "secrets": ["db/password"], "operations": ["value"],
        "status": "Approved", "account": "", "region": "", "requester": "cleo", "assignee": "ada", "executors": [],
        "approvals": [{"by": "ben", "at": "2026-03-10T10:00:00Z", "decision": "approved"}],
        "window_from": "2026-03-10T08:00:00Z", "window_to": "2026-03-10T18:00:00Z", "emergency_declared_at": "",
        "edits": [], "status_history": [{"at": "2026-03-10T09:00:00Z", "to": "Open"}], "changed_after_approval": False,
    }  # fmt: skip
    return body | changed


def ticket(**changed: Any) -> Draft:
    """Return the draft of a ticket."""
    return draft(EntryKind.TICKET, ticket_body(**changed))


def unused_approval(of: Draft) -> Draft:
    """Return the draft that says that nothing was changed under that ticket."""
    body = json.loads(of.body)
    said = {name: body[name] for name in ("issue_id", "issue_key", "secrets", "operations")}
    times = {"from": body["window_from"], "to": body["window_to"], "snapshot": of.fingerprint.hex()}
    return draft(EntryKind.UNUSED_APPROVAL, said | times, invented=of.invented)


def trail_hour(start: str = "10", outcome: str = "proved", *, faults: str = "", **changed: Any) -> Draft:
    """Return the draft of one hour of a trail's digests; `faults` is a digit that stands for what is wrong."""
    body = {
        "account": "111122223333", "region": "eu-west-1", "trail": "main", "home_region": "eu-west-1",
        "backfill": False, "from": f"2026-03-10T{start}:00:00Z", "to": f"2026-03-10T{int(start) + 1:02}:00:00Z",
        "outcome": outcome, "reason": "" if outcome == "proved" else "said so", "digest": f"digest-{start}",
        "files": 2, "faults": faults * 64,
    }  # fmt: skip
    return draft(EntryKind.TRAIL_HOUR, body | changed)


def trail_fault(of: Draft, object_name: str = "log-1", outcome: str = "missing-file", **changed: Any) -> Draft:
    """Return the draft of one thing that is wrong with that hour."""
    hour = json.loads(of.body)
    said = {name: hour[name] for name in ("faults", "account", "region", "from", "to")}
    body = {"hour": of.subject.hex(), "outcome": outcome, "object": object_name, "reason": "it is not here"}
    return draft(EntryKind.TRAIL_FAULT, {**said, **body, "discrepancy": True, **changed})


def waiver(of: Draft, until: str = "2026-04-01T00:00:00Z", **changed: Any) -> Draft:
    """Return the draft of cleo's waiver of that verdict or blind interval."""
    body = json.loads(of.body)
    said = {
        "finding": of.subject.hex(), "event_id": body.get("event_id", ""), "account": body["account"],
        "verdict": body.get("verdict", "blind-interval"), "by": "cleo", "why": "known and harmless", "until": until,
    }  # fmt: skip
    return draft(EntryKind.WAIVER, said | changed, invented=of.invented)


def ended(of: Draft, at: str, until: str = "2026-04-01T00:00:00Z") -> Draft:
    """Return the draft of dora's end of cleo's waiver."""
    return waiver(of, until, ended={"by": "dora", "why": "it was not the vendor", "at": at})


def audit_run(**changed: Any) -> Draft:
    """Return the draft of an audit."""
    body = {
        "as_of": "2026-03-11T00:00:00Z", "records": 9, "changes": 2, "attempts": 1, "service_events": 0,
        "unclassified": 0, "duplicates": 0, "conflicts": 0, "from": "2026-03-10T09:00:00Z",
        "to": "2026-03-10T12:00:00Z",
    }  # fmt: skip
    return draft(EntryKind.AUDIT_RUN, body | changed)
