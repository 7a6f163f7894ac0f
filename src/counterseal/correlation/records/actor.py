"""Who did it, read from userIdentity in all its shapes."""

from collections.abc import Mapping

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
    issuer = object_of(session.get("sessionIssuer"))
    arn, via = text_of(identity.get("arn")), text_of(identity.get("invokedBy"))
    kind = text_of(identity.get("type")) or (SERVICE if via and not arn else UNKNOWN)
    session_name = _session_name(arn)
    return Actor(
        type=kind,
        arn=arn,
        name=session_name or _name(kind, identity) or via,
        via=via,
        source_identity=text_of(session.get("sourceIdentity")),
        session_name=session_name,
        user_id=_user_id(identity),
        role_arn=_role_arn(issuer, arn),
    )


def _session_name(arn: str) -> str:
    """Return the last part of arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION; a session name holds no slash."""
    resource = arn.split(":", 5)[-1]
    if not resource.startswith("assumed-role/"):
        return ""
    parts = resource.split("/")
    return parts[-1] if len(parts) > 2 else ""  # noqa: PLR2004 - assumed-role, role, session


def _name(kind: str, identity: Mapping[str, object]) -> str:
    if kind == "Root":
        return "root"
    if kind == "IdentityCenterUser":
        return _user_id(identity) or text_of(identity.get("userName"))
    if kind == "AWSAccount":
        return text_of(identity.get("accountId"))
    named = text_of(identity.get("userName"))
    if named:
        return named
    resource = text_of(identity.get("arn")).split(":", 5)[-1]
    return resource.rsplit("/", 1)[-1] or text_of(identity.get("principalId"))


def _user_id(identity: Mapping[str, object]) -> str:
    return text_of(object_of(identity.get("onBehalfOf")).get("userId"))


def _role_arn(issuer: Mapping[str, object], arn: str) -> str:
    """Return the role's ARN: of the issuer, since the session's ARN lacks the role's path; or of a role itself."""
    for candidate in (text_of(issuer.get("arn")), arn):
        if ":role/" in candidate:
            return candidate
    return ""


def principal_tags(event_context: object) -> dict[str, str]:
    """Return the tags of the principal, where the trail enriches its events with them.

    They are the session's tags and the role's own, which the record does not tell apart.
    """
    tags = object_of(object_of(object_of(event_context).get("tagContext")).get("principalTags"))
    return {name: value for name, value in tags.items() if isinstance(value, str)}
