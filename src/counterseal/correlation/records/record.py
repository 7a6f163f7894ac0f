"""One CloudTrail record: its head, typed, and its body, opened only where it matters."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from msgspec import Raw, Struct, ValidationError, field
from msgspec.json import Decoder, Encoder

from counterseal.canonical import canonical_digest
from counterseal.errors import MalformedInput, Refused

MAX_RECORD_BYTES = 2 * 1024 * 1024
"""CloudTrail stops at 256 KB an event (WhatIsCloudTrail-Limits.html); we read eight times that, and no more."""


_KNOWN_VERSIONS = tuple(f"1.{minor:02}" for minor in range(100))


class Head(Struct, frozen=True, gc=False, kw_only=True):
    """What every record has, enough to tell whether it matters: in CloudTrail's order, which is read fastest."""

    event_version: object = field(name="eventVersion", default="")
    event_time: str = field(name="eventTime")
    event_source: str = field(name="eventSource")
    event_name: str = field(name="eventName")
    region: str | None = field(name="awsRegion", default="")
    event_id: str = field(name="eventID")
    read_only: bool | str | None = field(name="readOnly", default=None)
    account: str | None = field(name="recipientAccountId", default="")


class UsualHead(Head, frozen=True, gc=False, kw_only=True):
    """The same of a version that is known: the parser looks it up, and nobody has to look at it again."""

    event_version: Literal[_KNOWN_VERSIONS] = field(name="eventVersion")  # type: ignore[valid-type]


class _Sort(Struct, frozen=True, gc=False):
    """What sort of record it is. Few are asked, and two more fields in every head would cost all of them time."""

    event_type: Raw = field(name="eventType", default=Raw())
    category: Raw = field(name="eventCategory", default=Raw())


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


class Document(NamedTuple):
    """A JSON object, and the SHA-256 of its canonical form (docs/formats/canonical-json.md).

    Canonical JSON takes no fractions and no whole numbers beyond 2**53; such a number stands in it as the object
    {"number": its shortest text}.
    """

    members: dict[str, object]
    digest: str


class _Fraction(Exception):
    """A number was met that canonical JSON may refuse."""


def _refuse(number: str) -> float:
    raise _Fraction(number)


_WITHOUT_FRACTIONS = Decoder(dict[str, object], float_hook=_refuse)
_WITH_FRACTIONS = Decoder(dict[str, object])
_SORTED = Encoder(order="sorted")

_ALL_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_LARGE_NUMBER = b"0" * 16  # any of sixteen digits, which may be beyond 2**53

_HEADS = Decoder(Head)
_SORTS = Decoder(_Sort)


def read_head(raw: Raw) -> Head:
    """Read the head of a record.

    Raises:
        ValidationError: it is no CloudTrail record, or a field of its head is of another type.
    """
    return _HEADS.decode(raw)


def is_network_activity(raw: Raw) -> bool:
    """Say whether a record tells what passed a VPC endpoint, or was refused there, and not what a service did.

    A trail records these by selectors of their own: they show nothing of what it records besides.
    """
    sort = _SORTS.decode(raw)
    event_type, category = bytes(sort.event_type), bytes(sort.category)
    return category == b'"NetworkActivity"' or event_type in (b'"AwsVpceEvent"', b'"AwsVpceEvents"')


def tells_network_activity(members: Mapping[str, object]) -> bool:
    """Say the same of a record that was read.

    AWS writes AwsVpceEvent in its examples and AwsVpceEvents in its list (cloudtrail-event-reference-record-contents).
    """
    return members.get("eventCategory") == "NetworkActivity" or members.get("eventType") in (
        "AwsVpceEvent",
        "AwsVpceEvents",
    )


def open_record(delivered: Delivered, *, source: str) -> Document:
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
        return read_document(delivered.raw)
    except (ValidationError, UnicodeDecodeError) as failure:
        raise MalformedInput(f"record {delivered.head.event_id!r} in {source!r} cannot be read: {failure}") from failure


def read_document(raw: Raw) -> Document:
    """Read a JSON object.

    Raises:
        ValidationError: it is none, or holds a number that nobody can read.
        UnicodeDecodeError: it is not UTF-8.
    """
    data = bytes(raw)
    try:
        members = _WITHOUT_FRACTIONS.decode(data)
    except _Fraction:
        members = _WITH_FRACTIONS.decode(data)
    else:
        if _is_plain(data):
            return Document(members, hashlib.sha256(_SORTED.encode(members)).hexdigest())
    try:
        return Document(members, canonical_digest(members))
    except Refused:
        return Document(members, canonical_digest(_numbers_as_text(members)))


def _is_plain(data: bytes) -> bool:
    """Say whether the quick writer gives the canonical form, as a test holds it to: writers differ in some letters."""
    if not data.isascii() or b"\x7f" in data or (b"\\" in data and b"\\u" in data):
        return False
    return _LARGE_NUMBER not in data.translate(_ALL_ZEROS)


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
    """Go through the texts under these names, whatever their capitals: arn, aRN and ARN all occur.

    The names are given in small letters.
    """
    return (value for name, value in members.items() if value and name.lower() in names and isinstance(value, str))


def first_spelled(members: Mapping[str, object], *names: str) -> str:
    """Return the first of these texts, or nothing where there is none: several of one record are asked for so."""
    for name, value in members.items():
        if value and name.lower() in names and isinstance(value, str):
            return value
    return ""


def is_known_version(event_version: object) -> bool:
    """Tell whether a record's major version is the one that this was written for.

    AWS asks to compare the major number for equality, as a whole number; "1.10" is newer than "1.9"
    (cloudtrail-event-reference-record-contents.html), and neither changes how we read.
    """
    return isinstance(event_version, str) and event_version.startswith("1.")
