"""Who did it, read from userIdentity in all its shapes."""

from functools import lru_cache
from typing import NamedTuple

from counterseal.correlation.records.event import Actor
from counterseal.correlation.records.record import object_of, text_of

SERVICE = "Service"
"""The type of an AWS service that speaks for itself: its records have no type (retrieve-ct-entries.html)."""

UNKNOWN = "Unknown"
NOBODY = Actor(type="")
"""A label event names no actor at all."""


def read_actor(user_identity: object) -> Actor:
    """Read userIdentity as it stands: what the record does not say stays empty.

    The shapes are those of cloudtrail-event-reference-user-identity.html.
    """
    identity = object_of(user_identity)
    session = object_of(identity.get("sessionContext"))
    told = (
        identity.get("type"),
        identity.get("arn"),
        identity.get("invokedBy"),
        identity.get("userName"),
        identity.get("accountId"),
        identity.get("principalId"),
        object_of(identity.get("onBehalfOf")).get("userId"),
        session.get("sourceIdentity"),
        object_of(session.get("sessionIssuer")).get("arn"),
    )
    try:
        return _actor(told)
    except TypeError:  # what cannot be looked up in a cache is a list or an object, and no text
        return _actor(tuple(map(text_of, told)))


class _Told(NamedTuple):
    """What userIdentity says, as it stands there."""

    type: str
    arn: str
    invoked_by: str
    user_name: str
    account_id: str
    principal_id: str
    user_id: str
    source_identity: str
    issuer_arn: str


@lru_cache(maxsize=4096)  # somebody does many things; nobody can make us remember more
def _actor(written: tuple[object, ...]) -> Actor:
    told = _Told(*map(text_of, written))
    kind = told.type or (SERVICE if told.invoked_by and not told.arn else UNKNOWN)
    session_name = _session_name(told.arn)
    return Actor(
        type=kind,
        arn=told.arn,
        name=session_name or _name(kind, told) or told.invoked_by,
        via=told.invoked_by,
        source_identity=told.source_identity,
        session_name=session_name,
        user_id=told.user_id,
        role_arn=_role_arn(told.issuer_arn, told.arn),
    )


def _session_name(arn: str) -> str:
    """Return the last part of arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION; a session name holds no slash."""
    resource = arn.split(":", 5)[-1]
    if not resource.startswith("assumed-role/"):
        return ""
    parts = resource.split("/")
    return parts[-1] if len(parts) > 2 else ""  # noqa: PLR2004 - assumed-role, role, session


def _name(kind: str, told: _Told) -> str:
    if kind == "Root":
        return "root"
    if kind == "IdentityCenterUser":
        return told.user_id or told.user_name
    if kind == "AWSAccount":
        return told.account_id
    return told.user_name or told.arn.split(":", 5)[-1].rsplit("/", 1)[-1] or told.principal_id


def _role_arn(issuer_arn: str, arn: str) -> str:
    """Return the role's ARN: of the issuer, since the session's ARN lacks the role's path; or of a role itself."""
    return next((it for it in (issuer_arn, arn) if ":role/" in it), "")


def principal_tags(event_context: object) -> dict[str, str]:
    """Return the tags of the principal, where the trail enriches its events with them.

    They are the session's tags and the role's own, which the record does not tell apart.
    """
    tags = object_of(object_of(object_of(event_context).get("tagContext")).get("principalTags"))
    return {name: value for name, value in tags.items() if isinstance(value, str)}
