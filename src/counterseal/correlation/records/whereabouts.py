"""Where a record says which secret it was about: every place that has been seen."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from counterseal.correlation.records.identity import split_arn
from counterseal.correlation.records.record import first_spelled, object_of, objects_of, spelled_any_way, text_of

# A rotation's requestID is "Rotation-<ARN>-<token>"; tokens that nobody chose are UUIDs (retrieve-ct-entries.html).
_ROTATION = re.compile(r"Rotation-(arn:.+)-([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})", re.IGNORECASE | re.ASCII)
_DELETION = re.compile(r"SecretDeleteMessage:(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+)(?::.*)?", re.ASCII)


class Whereabouts(NamedTuple):
    """The full ARN where AWS wrote one, the name where a record tells it as such, and what the caller typed."""

    arn: str = ""
    name: str = ""
    given: str = ""


def find_secret(document: Mapping[str, object], *, resources: Iterable[str] = ()) -> Whereabouts:
    """Look for the secret in all the places of retrieve-ct-entries.html and of records seen.

    The caller's text is kept apart: a full ARN is only what AWS answered or wrote on its own.
    """
    request = object_of(document.get("requestParameters"))
    response = object_of(document.get("responseElements"))
    given = first_spelled(request, "secretid") or text_of(request.get("name"))
    told = first_spelled(response, "arn")
    if not split_arn(told):
        told = next(filter(split_arn, _candidates(document, response, resources)), "")
    if not given and not told:
        given = next(_named_otherwise(document), "")
    additional = object_of(document.get("additionalEventData"))
    created = text_of(request.get("name")) if document.get("eventName") == "CreateSecret" else ""
    name = created or first_spelled(response, "name") or first_spelled(additional, "name")
    return Whereabouts(arn=told, name=name, given=given)


def _candidates(
    document: Mapping[str, object], response: Mapping[str, object], resources: Iterable[str]
) -> Iterator[str]:
    # aRN until February 2024, arn since (monitoring-eventbridge.html).
    yield from spelled_any_way(response, "arn")
    yield from _named_otherwise(document)
    for resource in objects_of(document.get("resources")):
        yield from spelled_any_way(resource, "arn")
    request_id = text_of(document.get("requestID"))
    for shape in (_ROTATION, _DELETION):
        if found := shape.fullmatch(request_id):
            yield found[1]
    yield from resources


def _named_otherwise(document: Mapping[str, object]) -> Iterator[str]:
    yield from spelled_any_way(object_of(document.get("additionalEventData")), "secretid", "arn")
    yield from spelled_any_way(object_of(document.get("serviceEventDetails")), "secretid", "arn")


def rotation_token(request_id: str, arn: str) -> str:
    """Return the version id at the tail of a rotation's requestID, or nothing where it has none.

    Any token may stand there, one with hyphens too: the ARN before it says where it begins.
    """
    if arn and f"{arn}-" in request_id:
        return request_id.partition(f"{arn}-")[2]
    found = _ROTATION.fullmatch(request_id)
    return found[2] if found else ""
