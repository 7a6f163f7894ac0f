"""MiniStack, made to honour client tokens and source identities, and to write what CloudTrail would record.

Run by the doubles' own interpreter, in MiniStack's process. MiniStack 1.5.33 gives new versions ids of its own on
CreateSecret and UpdateSecret, and lets PutSecretValue write over a version; AWS takes the token for the id, answers the
same token and value without a change, and refuses another value under it (API references of the three calls). It
touches private functions of that one version, which requirements/doubles.txt pins.

A request with the header x-seconds-ago happened that long ago: what is too young to be judged can be made old so.

The records are our own idea of CloudTrail's, made from what was seen of real ones: they test what reads them, not AWS.
"""

import json
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import caller_arn
from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import secretsmanager, sts

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, Any], Awaitable[Answer]]
Dispatch = Callable[..., Awaitable[Any]]

ASKED: ContextVar[str] = ContextVar("asked", default="")
"""The source identity that the request at hand asks for."""

SECONDS_AGO = "x-seconds-ago"
VALUES = ("SecretString", "SecretBinary")
HIDDEN = {*VALUES, "RotationToken"}
READS = ("Get", "List", "Describe", "BatchGet", "Validate")
# How many ids each call draws before that of the version: CreateSecret draws the end of the ARN first.
DRAWN_BEFORE = {"CreateSecret": 1, "UpdateSecret": 0}


def repeated(action: str, request: dict[str, Any]) -> Answer | None:
    """Answer a request whose token names a version that is there already; None where it is a new one."""
    _, secret = secretsmanager._resolve(request.get("SecretId") or request.get("Name"))
    token = request.get("ClientRequestToken")
    version = secret["Versions"].get(token) if secret and not secret.get("DeletedDate") else None
    if secret is None or version is None:
        return None
    same = all(request.get(kind) == version.get(kind) for kind in VALUES)
    if action == "UpdateSecret" or not same:
        said = f"A resource with the ID you requested already exists: {token}"
        return answered(error_response_json("ResourceExistsException", said, 400))
    body = {"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token}
    return answered(json_response(body | {"VersionStages": list(version["Stages"])}))


def drawing(token: str, before: int) -> Callable[[], str]:
    """Return what draws ids: some of its own, then the token, then its own again."""
    ids: Iterator[str] = iter([*(str(uuid4()) for _ in range(before)), token])
    return lambda: next(ids, str(uuid4()))


def honouring_tokens(inner: Handler) -> Handler:
    """Return the handler, with AWS's rules for client tokens before it."""

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Answer:
        action, request = action_of(headers), json.loads(body or b"{}")
        token = request.get("ClientRequestToken")
        writes = any(kind in request for kind in VALUES)
        if token and writes and (known := repeated(action, request)):
            return known
        drawn = secretsmanager.new_uuid
        if token and writes and action in DRAWN_BEFORE:
            secretsmanager.new_uuid = drawing(token, DRAWN_BEFORE[action])
        try:
            # MiniStack's handler waits for nothing: no other request comes in between.
            return await inner(method, path, headers, body, query)
        finally:
            secretsmanager.new_uuid = drawn

    return handle


def moving_back(inner: Handler) -> Handler:
    """Return the handler, for which a request that says so was made some time ago."""

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Answer:
        clock = SimpleNamespace(**vars(time))
        clock.time = lambda: time.time() - seconds_ago(headers)
        secretsmanager.time = clock
        try:
            return await inner(method, path, headers, body, query)
        finally:
            secretsmanager.time = time

    return handle


def recording(inner: Handler, file: Path) -> Handler:
    """Return the handler, which adds a record of each call that is no read to a file, one a line."""

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Answer:
        answer = await inner(method, path, headers, body, query)
        action = action_of(headers)
        if action and not action.startswith(READS):
            line = json.dumps(record(action, headers, json.loads(body or b"{}"), answer))
            with file.open("a", encoding="utf-8") as records:
                records.write(f"{line}\n")
        return answer

    return handle


def record(action: str, headers: dict[str, str], request: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """Return the record of one call as CloudTrail shapes it: parameters in camelCase, and never a value."""
    status, _, content = answer
    said = json.loads(content or b"{}")
    failed = status >= 400
    fault = {"errorCode": said.get("__type", "").rpartition("#")[2], "errorMessage": said.get("message", "")}
    return {
        "eventVersion": "1.11",
        "userIdentity": identity(caller_arn()),
        "eventTime": datetime.fromtimestamp(time.time() - seconds_ago(headers), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": action,
        "awsRegion": get_region(),
        "sourceIPAddress": "192.0.2.1",
        "userAgent": headers.get("user-agent", ""),
        "requestParameters": camel({name: it for name, it in request.items() if name not in HIDDEN}),
        "responseElements": None if failed or "ARN" not in said else {"arn": said["ARN"]},
        "requestID": str(uuid4()),
        "eventID": str(uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": get_account_id(),
        "eventCategory": "Management",
    } | (fault if failed else {})


def identity(arn: str) -> dict[str, Any]:
    """Return userIdentity for an ARN."""
    account, kind = get_account_id(), arn.split(":", 5)[-1]
    if kind.startswith("assumed-role/"):
        role = f"arn:aws:iam::{account}:role/{kind.split('/')[1]}"
        issuer = {"type": "Role", "arn": role, "accountId": account, "userName": kind.split("/")[1]}
        context = {"sessionIssuer": issuer, **source_identity_of(arn)}
        return {"type": "AssumedRole", "arn": arn, "accountId": account, "sessionContext": context}
    if kind == "root":
        return {"type": "Root", "arn": arn, "accountId": account}
    return {"type": "IAMUser", "arn": arn, "accountId": account, "userName": kind.rpartition("/")[2]}


def naming_sources(inner: Dispatch) -> Dispatch:
    """Return the dispatcher, under which sessions have the source identity that AssumeRole asked for.

    As AWS has it, the trust policy must allow sts:SetSourceIdentity, conditions know sts:SourceIdentity of the request
    and aws:SourceIdentity of the session, and a session that is opened from another one keeps that one's (IAM User
    Guide, "Monitor and control actions taken with assumed roles"). That the caller's own policy must allow
    sts:SetSourceIdentity is not played.
    """
    register, known, trusted = sts.register_session, iam_evaluator._principal_keys, iam_evaluator.evaluate_trust_policy

    def register_named(access_key: str, session: dict[str, Any]) -> None:
        before = sts._sessions.get(session.get("SourceAccessKeyId"), {}).get("SourceIdentity")
        register(access_key, session | {"SourceIdentity": before or ASKED.get()})

    def keys(credential: Any) -> dict[str, Any]:
        named = (sts._sessions.get(credential.access_key_id) or {}).get("SourceIdentity")
        told = {"aws:sourceidentity": named, "sts:sourceidentity": ASKED.get()}
        return {**known(credential), **{key: value for key, value in told.items() if value}}

    def trusts(document: str, caller: str, context: Any) -> bool:
        actions = ["sts:AssumeRole", *(["sts:SetSourceIdentity"] if ASKED.get() else [])]
        return all(trusted(document, caller, replace(context, action=it)) for it in actions)

    async def dispatch(method: str, path: str, headers: dict[str, str], body: bytes, *rest: Any) -> Any:
        asked = parse_qs(body.decode("utf-8", "replace")) if b"Action=AssumeRole" in body else {}
        ASKED.set(asked.get("SourceIdentity", [""])[0])
        return await inner(method, path, headers, body, *rest)

    sts.register_session, iam_evaluator._principal_keys, sts._principal_keys = register_named, keys, keys
    iam_evaluator.evaluate_trust_policy = trusts
    return dispatch


def source_identity_of(arn: str) -> dict[str, str]:
    """Return what sessionContext says of the source identity of a session: nothing, where it has none."""
    found = [it["SourceIdentity"] for it in sts._sessions.values() if it.get("Arn") == arn and it.get("SourceIdentity")]
    return {"sourceIdentity": found[-1]} if found else {}


def camel(value: Any) -> Any:
    """Return JSON with the names of its members as CloudTrail writes them."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: camel(it) for name, it in value.items()}
    return [camel(it) for it in value] if isinstance(value, list) else value


def action_of(headers: dict[str, str]) -> str:
    """Return the operation that a request asks for."""
    return headers.get("x-amz-target", "").rpartition(".")[2]


def seconds_ago(headers: dict[str, str]) -> float:
    """Return how long ago a request was made: now, where it does not say."""
    return float(headers.get(SECONDS_AGO, "0"))


def answered(answer: Any) -> Answer:
    """Return MiniStack's answer with its body as bytes."""
    status, headers, body = answer
    return status, headers, body.encode() if isinstance(body, str) else body


def main() -> None:
    """Run MiniStack with all of it."""
    handler = moving_back(honouring_tokens(app.SERVICE_HANDLERS["secretsmanager"]))
    app.SERVICE_HANDLERS["secretsmanager"] = recording(handler, Path(os.environ["RECORDS_FILE"]))
    app._dispatch_service_request = naming_sources(app._dispatch_service_request)
    app.main()


if __name__ == "__main__":
    main()
