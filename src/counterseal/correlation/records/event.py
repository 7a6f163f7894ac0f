"""One thing that AWS reported, in our words."""

from datetime import datetime
from enum import StrEnum
from sys import intern

from msgspec import Struct
from msgspec.structs import force_setattr, replace


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


class Actor(Struct, frozen=True, gc=False, kw_only=True):
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
        """Hold once what stands in many records; line by line, for a loop takes twice as long."""
        force_setattr(self, "type", intern(self.type))
        force_setattr(self, "arn", intern(self.arn))
        force_setattr(self, "name", intern(self.name))
        force_setattr(self, "via", intern(self.via))
        force_setattr(self, "session_name", intern(self.session_name))
        force_setattr(self, "role_arn", intern(self.role_arn))


class Event(Struct, frozen=True, gc=False, kw_only=True):
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
    facts: dict[str, object] = {}

    def __post_init__(self) -> None:
        """Hold once what stands in many records; line by line, for a loop takes twice as long."""
        force_setattr(self, "account", intern(self.account))
        force_setattr(self, "region", intern(self.region))
        force_setattr(self, "service", intern(self.service))
        force_setattr(self, "name", intern(self.name))
        force_setattr(self, "secret_arn", intern(self.secret_arn))
        force_setattr(self, "secret_name", intern(self.secret_name))
        force_setattr(self, "secret_given", intern(self.secret_given))

    def of_secret(self, arn: str, name: str) -> "Event":
        """Return the same event, with its secret known."""
        return replace(self, secret_arn=arn, secret_name=name)
