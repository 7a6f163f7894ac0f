"""One CloudTrail record: its head, typed, and its body, opened only where it matters."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec import Raw, Struct, ValidationError, field
from msgspec.json import Decoder, decode, encode

from counterseal.canonical import canonical_digest
from counterseal.errors import MalformedInput, Refused

MAX_RECORD_BYTES = 2 * 1024 * 1024
"""CloudTrail stops at 256 KB an event (WhatIsCloudTrail-Limits.html); we read eight times that, and no more."""


class Head(Struct, frozen=True, gc=False):
    """What every record has, enough to tell whether it matters."""

    event_id: str = field(name="eventID")
    event_time: str = field(name="eventTime")
    event_source: str = field(name="eventSource")
    event_name: str = field(name="eventName")
    event_version: object = field(name="eventVersion", default="")
    region: str | None = field(name="awsRegion", default="")
    account: str | None = field(name="recipientAccountId", default="")
    read_only: bool | str | None = field(name="readOnly", default=None)


class Wrapping(NamedTuple):
    """What the EventBridge event around a record says; all empty where there was none."""

    account: str = ""
    region: str = ""
    resources: tuple[str, ...] = ()


class Delivered(NamedTuple):
    """One record as it came: its head, its exact bytes, and what was around it."""

    head: Head
    raw: Raw
    wrapping: Wrapping


# Numbers that canonical JSON refuses, and letters that writers of JSON sort and escape differently. Without them the
# quick writer gives the canonical form, as a test holds it to.
_NEEDS_CARE = re.compile(rb"[:,\[]\s*-?(?:\d+[.eE]|\d{16})|\\u|[^\t\n\r -~]")

_HEADS = Decoder(Head)


def read_head(raw: Raw) -> Head:
    """Read the head of a record.

    Raises:
        ValidationError: it is no CloudTrail record, or a field of its head is of another type.
    """
    return _HEADS.decode(raw)


def open_record(delivered: Delivered, *, source: str) -> dict[str, object]:
    """Read the whole record.

    Raises:
        MalformedInput: the record is larger than any that CloudTrail writes, or holds a number that nobody can read.
    """
    size = len(memoryview(delivered.raw))
    if size > MAX_RECORD_BYTES:
        raise MalformedInput(
            f"record {delivered.head.event_id!r} in {source!r} has {size} bytes: CloudTrail writes none so large"
        )
    try:
        return decode(delivered.raw, type=dict[str, object])
    except (ValidationError, UnicodeDecodeError) as failure:
        raise MalformedInput(f"record {delivered.head.event_id!r} in {source!r} cannot be read: {failure}") from failure


def digest_of(document: Mapping[str, object], raw: Raw) -> str:
    """Return the SHA-256 of the canonical record (docs/formats/canonical-json.md); `raw` is what it was read from.

    Canonical JSON takes no fractions and no whole numbers beyond 2**53; such a number stands in it as the object
    {"number": its shortest text}.
    """
    if not _NEEDS_CARE.search(memoryview(raw)):
        return hashlib.sha256(encode(document, order="sorted")).hexdigest()
    try:
        return canonical_digest(document)
    except Refused:
        return canonical_digest(_numbers_as_text(document))


def _numbers_as_text(value: object) -> object:
    match value:
        case dict():
            return {name: _numbers_as_text(member) for name, member in value.items()}
        case list():
            return [_numbers_as_text(item) for item in value]
        case float():
            return {"number": repr(value)}
        case int() if abs(value) >= 2**53:
            return {"number": str(value)}
        case _:
            return value


def text_of(value: object) -> str:
    """Return the text, or nothing where there is no text."""
    return value if isinstance(value, str) else ""


def object_of(value: object) -> Mapping[str, object]:
    """Return the JSON object, or an empty one where there is none: null on success is common."""
    return value if isinstance(value, dict) else {}


def objects_of(value: object) -> Iterator[Mapping[str, object]]:
    """Go through the JSON objects of a list, or through none."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def spelled_any_way(members: Mapping[str, object], *names: str) -> Iterator[str]:
    """Go through the texts under these names, whatever their capitals: arn, aRN and ARN all occur."""
    wanted = {name.lower() for name in names}
    for name, value in members.items():
        if name.lower() in wanted and isinstance(value, str) and value:
            yield value


def is_known_version(event_version: object) -> bool:
    """Tell whether a record's major version is the one that this was written for.

    AWS asks to compare the major number for equality, as a whole number; "1.10" is newer than "1.9"
    (cloudtrail-event-reference-record-contents.html), and neither changes how we read.
    """
    return isinstance(event_version, str) and event_version.startswith("1.")
