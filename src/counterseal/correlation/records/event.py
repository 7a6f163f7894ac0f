"""One thing that AWS reported, in our words."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from sys import intern
from typing import Any


class Kind(StrEnum):
    """What an event is to an audit (design part 5, scope)."""

    CHANGE = "change"
    ATTEMPT = "attempt"
    READ = "read"
    SERVICE = "service"
    WITNESS = "witness"
    GUARD = "guard"
    UNCLASSIFIED = "unclassified"
    OTHER = "other"


class Operation(StrEnum):
    """What a change did; tickets name the same words, and "any"."""

    CREATE = "create"
    VALUE = "value"
    METADATA = "metadata"
    LABEL = "label"
    DELETE = "delete"
    RESTORE = "restore"
    ROTATION = "rotation"
    POLICY = "policy"
    TAG = "tag"
    REPLICATION = "replication"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it, as the record says.

    `type` is userIdentity.type ("Service" where a service event has none), `name` the person or role session,
    `via` what acted for them: an AWS service's host name, or "" for none. `user_id` is the user of IAM Identity Center
    on whose behalf a session acts, where the record says so.
    """

    type: str
    arn: str = ""
    name: str = ""
    via: str = ""
    source_identity: str = ""
    session_name: str = ""
    user_id: str = ""
    role_arn: str = ""

    def __post_init__(self) -> None:
        """Hold once what stands in many records."""
        _share(self)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes as its fields and nothing else."""
        return _arrived, (Actor, *_VALUES[Actor](self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One record of CloudTrail or EventBridge, normalised.

    `time` is UTC at whole seconds. `secret_arn` is the full ARN where it is known, else "", `secret_name` the name
    without the six-character suffix, `secret_given` what the caller typed. `version_id` is "" where the event made or
    named none. `digest` is the SHA-256 of the canonical record: the same id with another digest is a conflict.
    `facts` holds the few request parameters that the rules look at, by name. `source` says where it was read.
    """

    event_id: str
    account: str
    region: str
    time: datetime
    service: str
    name: str
    kind: Kind
    actor: Actor
    operation: Operation | None = None
    secret_arn: str = ""
    secret_name: str = ""
    secret_given: str = ""
    version_id: str = ""
    error_code: str = ""
    request_id: str = ""
    shared_event_id: str = ""
    digest: str = ""
    source: str = ""
    facts: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hold once what stands in many records."""
        _share(self)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes as its fields and nothing else."""
        return _arrived, (Event, *_VALUES[Event](self))

    def of_secret(self, arn: str, name: str) -> "Event":
        """Return the same event, with its secret known: as `replace` does, in less time."""
        event: Event = _copy(Event, _VALUES[Event](self))
        object.__setattr__(event, "secret_arn", intern(arn))
        object.__setattr__(event, "secret_name", intern(name))
        return event


_OFTEN_SAME = {
    Actor: ("type", "arn", "name", "via", "session_name", "role_arn"),
    Event: ("account", "region", "service", "name", "secret_arn", "secret_name", "secret_given"),
}
_NAMES = {kind: tuple(it.name for it in fields(kind)) for kind in _OFTEN_SAME}
_VALUES = {kind: attrgetter(*names) for kind, names in _NAMES.items()}
# What a frozen class lets nobody do, and its own constructor does far more slowly.
_SETTERS = {kind: [getattr(kind, name).__set__ for name in names] for kind, names in _NAMES.items()}
_SHARED = {
    kind: [(getattr(kind, name).__get__, getattr(kind, name).__set__) for name in names]
    for kind, names in _OFTEN_SAME.items()
}


def _share(it: Actor | Event) -> None:
    for get, put in _SHARED[type(it)]:
        put(it, intern(get(it)))


def _copy(kind: type[Any], values: tuple[object, ...]) -> Any:
    it = object.__new__(kind)
    for put, value in zip(_SETTERS[kind], values, strict=True):
        put(it, value)
    return it


def _arrived(kind: type[Any], *values: object) -> Any:
    it = _copy(kind, values)
    _share(it)
    return it
