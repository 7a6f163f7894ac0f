"""Invented CloudTrail records and tickets, as small as a test wants them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ACCOUNT = "111122223333"
REGION = "eu-west-1"
ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db/password-AbCdEf"
ANA = f"arn:aws:iam::{ACCOUNT}:user/ana"
BEN = f"arn:aws:iam::{ACCOUNT}:user/ben"
IDENTITIES = {"ana.j": [ANA, "ana@example.com"], "ben.j": [BEN], "cleo.j": [f"arn:aws:iam::{ACCOUNT}:user/cleo"]}
T = "2026-03-10T12:00:00Z"


def record(name: str = "PutSecretValue", *, time: str = T, number: int = 1, **changed: Any) -> dict[str, Any]:
    """Return one CloudTrail record; what is given by name replaces what stands in it."""
    token = f"00000000-0000-4000-8000-{number:012d}"
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "arn": ANA, "accountId": ACCOUNT, "userName": "ana"},
        "eventTime": time,
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "192.0.2.1",
        "userAgent": "test",
        "requestParameters": {"secretId": ARN, "clientRequestToken": token},
        "responseElements": {"arn": ARN},
        "requestID": f"r-{number}",
        "eventID": f"e-{number}",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    } | changed


def session(name: str, *, source_identity: str = "") -> dict[str, Any]:
    """Return the identity of a role session."""
    context: dict[str, Any] = {"sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/Admin"}}
    if source_identity:
        context["sourceIdentity"] = source_identity
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/{name}",
        "accountId": ACCOUNT,
        "sessionContext": context,
    }


def ticket(**changed: Any) -> dict[str, Any]:
    """Return one ticket that approves a new value of the secret, a day before and after T; by name replaces."""
    return {
        "id": "10042",
        "key": "OPS-42",
        "secrets": [ARN],
        "operations": ["value"],
        "status": "Approved",
        "requester": "cleo.j",
        "assignee": "ana.j",
        "executors": [],
        "approvals": [{"by": "ben.j", "at": "2026-03-10T10:00:00Z", "decision": "approved"}],
        "window": {"from": "2026-03-10T00:00:00Z", "to": "2026-03-10T18:00:00Z"},
        "emergency": None,
        "edits": [],
        "status_history": [],
        "changed_after_approval": False,
    } | changed


def approval(at: str, *, by: str = "ben.j", decision: str = "approved") -> dict[str, str]:
    """Return one decision."""
    return {"by": by, "at": at, "decision": decision}


def write_logs(folder: Path, *records: Mapping[str, Any]) -> Path:
    """Write the records as a CloudTrail file and return its folder."""
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "a.json").write_text(json.dumps({"Records": list(records)}, separators=(",", ":")))
    return logs


def write_tickets(folder: Path, *tickets: Mapping[str, Any], **more: Any) -> Path:
    """Write a ticket file and return it."""
    file = folder / "tickets.json"
    file.write_text(json.dumps({"tickets": list(tickets), "identities": IDENTITIES} | more))
    return file
