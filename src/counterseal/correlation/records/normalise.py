"""From a CloudTrail record, or a label event, to an event in our words."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from msgspec import Struct, ValidationError, field
from msgspec.json import Decoder

from counterseal.clock import parse_time
from counterseal.correlation.records.actor import NOBODY, principal_tags, read_actor
from counterseal.correlation.records.catalogue import (
    KMS,
    LABEL_UPDATED,
    SECRETS_MANAGER,
    SENTINEL,
    Entry,
    Guards,
    service_of,
)
from counterseal.correlation.records.envelopes import LabelUpdate
from counterseal.correlation.records.event import Actor, Event, Kind, Operation
from counterseal.correlation.records.facts import (
    Facts,
    guarded_resource,
    membership,
    parameters_that_matter,
    surroundings,
    trail_settings,
)
from counterseal.correlation.records.identity import split_arn
from counterseal.correlation.records.objects import bucket_and_object, effect_on_object
from counterseal.correlation.records.record import (
    Delivered,
    Document,
    first_spelled,
    object_of,
    open_record,
    read_document,
    tells_network_activity,
    text_of,
)
from counterseal.correlation.records.whereabouts import Whereabouts, find_secret, rotation_token
from counterseal.errors import MalformedInput

_TOKEN_CALLS = frozenset({"CreateSecret", "PutSecretValue", "UpdateSecret", "RotateSecret"})
"""The calls whose ClientRequestToken becomes the version id (Secrets Manager's service model)."""

_SUCCESS = "200"
"""Stood as errorCode on a success of Amazon Managed Grafana."""


class _LabelDetail(Struct):
    name: str = ""
    label: str = field(name="labelUpdated", default="")
    version_id: str = field(name="versionId", default="")


class _LabelEvent(Struct):
    """The native event, as event-detail-secret-label-updated-secretsmanager.html shows it."""

    event_id: str = field(name="id")
    time: str
    account: str
    region: str
    detail: _LabelDetail
    resources: list[str] = []


_LABELS = Decoder(_LabelEvent)


def normalise(delivered: Delivered, entry: Entry, *, source: str) -> Event | None:
    """Turn a record that the catalogue knows into an event.

    None for a data key that belongs to no secret, and for what a VPC endpoint let pass to an object.

    Raises:
        MalformedInput: the record is too large or cannot be read, or its time is none.
    """
    document = open_record(delivered, source=source)
    common, members = _common_to_all(delivered, document, source), document.members
    if entry.guards is Guards.OBJECT:
        return _of_object(common, members)
    if entry.guards is not None:
        resource = guarded_resource(common["service"], entry.guards, members)
        common["facts"] |= {"guards": str(entry.guards), "resource": resource}
        common["facts"] |= trail_settings(common["name"], members) | membership(common["name"], members)
        if tells_network_activity(members) and not common["error_code"]:
            common["facts"]["witness"] = "cloudtrail"
            return Event(kind=Kind.WITNESS, **common)
        return Event(kind=Kind.GUARD, **common)
    if common["service"] == KMS:
        return _data_key(common, members)
    return _of_secrets_manager(common, entry, delivered, members)


def normalise_label(update: LabelUpdate, *, source: str) -> Event:
    """Turn a native label event into a witness.

    Raises:
        MalformedInput: it is not shaped as AWS documents it, or its time is none.
    """
    try:
        label = _LABELS.decode(update.raw)
    except ValidationError as failure:
        raise MalformedInput(f"{source!r} holds a label event that cannot be read ({failure})") from failure
    return Event(
        event_id=label.event_id,
        account=label.account,
        region=label.region,
        time=parse_event_time(label.time, source=source),
        service=SECRETS_MANAGER,
        name=LABEL_UPDATED,
        kind=Kind.WITNESS,
        actor=NOBODY,
        secret_arn=next((arn for arn in label.resources if split_arn(arn)), ""),
        secret_name=label.detail.name,
        version_id=label.detail.version_id,
        digest=read_document(update.raw).digest,
        source=source,
        facts={"witness": "label", "stage": label.detail.label},
    )


def parse_event_time(text: str, *, source: str) -> datetime:
    """Read eventTime: when the request completed, by the clock of the host that served it.

    Raises:
        MalformedInput: it is no time; the message names `source`.
    """
    try:
        return parse_time(text)
    except MalformedInput as failure:
        raise MalformedInput(f"{source!r} holds a record whose eventTime is none: {failure}") from failure


def account_and_region(delivered: Delivered) -> tuple[str, str]:
    """Return where a record was delivered: as it says itself, else as the event around it says."""
    head, wrapping = delivered.head, delivered.wrapping
    return head.account or wrapping.account, head.region or wrapping.region


class _Common(TypedDict):
    """What all events have, whatever their kind."""

    event_id: str
    account: str
    region: str
    time: datetime
    service: str
    name: str
    actor: Actor
    error_code: str
    request_id: str
    shared_event_id: str
    digest: str
    source: str
    facts: Facts


def _common_to_all(delivered: Delivered, document: Document, source: str) -> _Common:
    head, members = delivered.head, document.members
    account, region = account_and_region(delivered)
    identity = object_of(members.get("userIdentity"))
    return {
        "event_id": head.event_id,
        "account": account or text_of(identity.get("accountId")),
        "region": region,
        "time": parse_event_time(head.event_time, source=source),
        "service": service_of(head.event_source),
        "name": head.event_name,
        "actor": read_actor(identity),
        "error_code": _error_code(members),
        "request_id": text_of(members.get("requestID")),
        "shared_event_id": text_of(members.get("sharedEventID")),
        "digest": document.digest,
        "source": source,
        "facts": _facts(members),
    }


def _facts(members: Mapping[str, object]) -> Facts:
    facts = surroundings(members)
    if "eventContext" not in members and "addendum" not in members:  # as in nearly all records
        return facts
    if tags := principal_tags(members.get("eventContext")):
        facts["session_tags"] = tags
    addendum = object_of(members.get("addendum"))
    if addendum.get("reason") == "UPDATED_DATA" and (original := text_of(addendum.get("originalEventID"))):
        facts["corrects"] = original
    return facts


def _error_code(document: Mapping[str, object]) -> str:
    code = document.get("errorCode")
    if code is None or str(code) == _SUCCESS:
        return ""
    return str(code)


def _of_object(common: _Common, members: Mapping[str, object]) -> Event | None:
    """Read what was done to an object. What a VPC endpoint saw pass has a record of its own."""
    if tells_network_activity(members) and not common["error_code"]:
        return None
    bucket, object_name = bucket_and_object(members)
    effect = "" if common["error_code"] else effect_on_object(common["name"], object_name, members)
    common["facts"] |= {"guards": str(Guards.OBJECT), "resource": bucket, "object": object_name, "effect": effect}
    return Event(kind=Kind.GUARD, **common)


def _of_secrets_manager(common: _Common, entry: Entry, delivered: Delivered, members: Mapping[str, object]) -> Event:
    where = find_secret(members, resources=delivered.wrapping.resources)
    kind = _kind(entry, common, members)
    common["facts"] |= parameters_that_matter(common["name"], members)
    if kind is Kind.WITNESS:
        common["facts"]["witness"] = "cloudtrail"
    return Event(
        kind=kind,
        operation=entry.operation,
        secret_arn=where.arn,
        secret_name=where.name,
        secret_given=where.given,
        version_id=_version_id(common, entry, members, where),
        **common,
    )


def _kind(entry: Entry, common: _Common, members: Mapping[str, object]) -> Kind:
    # What a VPC endpoint saw pass has a record of the service's own, which alone tells what came of it.
    passed = tells_network_activity(members)
    match entry.kind:
        case Kind.CHANGE if common["error_code"]:
            return Kind.ATTEMPT
        case Kind.CHANGE | Kind.UNCLASSIFIED if passed and not common["error_code"]:
            return Kind.WITNESS
        # Nobody can call a service event: a call of that name is something new.
        case Kind.SERVICE if passed or members.get("eventType") == "AwsApiCall":
            return Kind.UNCLASSIFIED
        case kind:
            return kind


def _version_id(common: _Common, entry: Entry, members: Mapping[str, object], where: Whereabouts) -> str:
    if entry.kind is Kind.SERVICE:
        return rotation_token(common["request_id"], where.arn) if entry.operation is Operation.ROTATION else ""
    if common["name"] not in _TOKEN_CALLS:
        return ""
    token = text_of(object_of(members.get("requestParameters")).get("clientRequestToken"))
    return token or first_spelled(object_of(members.get("responseElements")), "versionid")


def _data_key(common: _Common, members: Mapping[str, object]) -> Event | None:
    """Read the witness that Secrets Manager leaves in KMS when it encrypts a version.

    Design part 1.2: the encryption context names the secret and the version. A caller may write any context: only
    where `actor.via` is Secrets Manager was it Secrets Manager that wrote this one.
    """
    context = object_of(object_of(members.get("requestParameters")).get("encryptionContext"))
    arn = first_spelled(context, "secretarn")
    if common["error_code"] or split_arn(arn) is None:
        return None
    version_id = first_spelled(context, "secretversionid")
    common["facts"] |= {"witness": "kms", "key": guarded_resource(KMS, Guards.KEY, members)}
    if version_id == SENTINEL:
        version_id, common["facts"]["sentinel"] = "", True
    return Event(kind=Kind.WITNESS, secret_arn=arn, version_id=version_id, **common)
