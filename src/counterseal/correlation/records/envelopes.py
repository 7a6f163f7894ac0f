"""From bytes to records, through whatever they were delivered in."""

import json
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from msgspec import UNSET, DecodeError, Raw, Struct, UnsetType, ValidationError, field
from msgspec.json import Decoder, decode

from counterseal.correlation.records.catalogue import LABEL_UPDATED
from counterseal.correlation.records.record import Delivered, Wrapping, read_head
from counterseal.errors import MalformedInput

MAX_WRAPPINGS = 8
"""A record comes in SNS in SQS in a Lambda event, which is four; deeper is a bomb (research: JSON complexity)."""

_SHOWN_KEYS = 6
_KNOWN = "CloudTrail records, EventBridge events, and SNS or SQS messages that hold them"


_BROKEN = "fetch it again, or leave it out"


class Aside(Enum):
    """What comes along and is no record."""

    DIGEST_FILE = auto()
    TICKET_HINT = auto()
    NOTICE = auto()


class LabelUpdate(NamedTuple):
    """One native EventBridge event "Secret Label Updated", as its exact bytes."""

    raw: Raw


Item = Delivered | LabelUpdate | Aside


class _Envelope(Struct, gc=False):
    """Every key by which one thing is told from another; what it holds stays unread."""

    records: Raw | UnsetType = field(name="Records", default=UNSET)
    looked_up: Raw | UnsetType = field(name="Events", default=UNSET)
    looked_up_record: Raw | UnsetType = field(name="CloudTrailEvent", default=UNSET)
    detail_type: Raw | UnsetType = field(name="detail-type", default=UNSET)
    detail: Raw | UnsetType = UNSET
    sns: Raw | UnsetType = field(name="Sns", default=UNSET)
    message_type: Raw | UnsetType = field(name="Type", default=UNSET)
    message: Raw | UnsetType = field(name="Message", default=UNSET)
    sqs_body: Raw | UnsetType = field(name="body", default=UNSET)
    received: Raw | UnsetType = field(name="Messages", default=UNSET)
    received_body: Raw | UnsetType = field(name="Body", default=UNSET)
    automation: Raw | UnsetType = field(name="automationData", default=UNSET)
    digest: Raw | UnsetType = field(name="digestPublicKeyFingerprint", default=UNSET)
    digest_object: Raw | UnsetType = field(name="digestS3Object", default=UNSET)
    log_place: Raw | UnsetType = field(name="s3ObjectKey", default=UNSET)
    s3: Raw | UnsetType = UNSET
    s3_event: Raw | UnsetType = field(name="Event", default=UNSET)
    event_name: Raw | UnsetType = field(name="eventName", default=UNSET)
    event_source: Raw | UnsetType = field(name="eventSource", default=UNSET)
    event_id: Raw | UnsetType = field(name="eventID", default=UNSET)
    event_category: Raw | UnsetType = field(name="eventCategory", default=UNSET)


class _File(Struct, gc=False):
    """A file as CloudTrail writes it."""

    records: list[Raw] = field(name="Records")


class _Around(Struct, gc=False):
    """What an EventBridge event says around its detail."""

    detail_type: str = field(name="detail-type")
    detail: Raw
    account: str = ""
    region: str = ""
    resources: list[str] = []


_ENVELOPES = Decoder(_Envelope)
_AROUND = Decoder(_Around)
_FILES = Decoder(_File)
_LISTS = Decoder(list[Raw])
_TEXT = Decoder(str)
_UNWRAPPED = Wrapping()


def read_envelopes(data: bytes, *, source: str) -> Iterator[Item]:
    """Go through all that a file, or a message, holds: one JSON document, or one in each line, or one after another.

    Raises:
        MalformedInput: it is not JSON, or JSON that is none of what records come in; the message names `source`.
        RecursionError: it nests deeper than the interpreter goes, which no record does.
    """
    reader = _Reader(source)
    data = data.removeprefix(b"\xef\xbb\xbf")
    yield from reader.each(_file_of_cloudtrail(data) or _documents(data, source), depth=0)


def _file_of_cloudtrail(data: bytes) -> list[Raw]:
    """Read the common case in one go; whatever is not that is left to the rest."""
    if not data.startswith(b'{"Records":['):
        return []
    try:
        return _FILES.decode(data).records
    except DecodeError:
        return []


def _documents(data: bytes, source: str) -> Iterable[Raw]:
    if not data.strip():
        raise MalformedInput(f"{source!r} is empty", hint='a CloudTrail file holds at least {"Records":[]}')
    try:
        return [decode(data.strip(), type=Raw)]
    except DecodeError as failure:
        if "trailing characters" not in str(failure):
            raise MalformedInput(f"{source!r} is not JSON: {failure}", hint=_BROKEN) from failure
    try:
        return [decode(line.strip(), type=Raw) for line in data.splitlines() if line.strip()]
    except DecodeError:
        return _one_after_another(data, source)


def _one_after_another(data: bytes, source: str) -> Iterator[Raw]:
    """Firehose joins documents without a line between them."""
    decoder = json.JSONDecoder()
    try:
        text = data.decode()
        place = _past_blanks(text, 0)
        while place < len(text):
            _, end = decoder.raw_decode(text, place)
            yield Raw(text[place:end].encode())
            place = _past_blanks(text, end)
    except ValueError as failure:
        raise MalformedInput(f"{source!r} is not JSON: {failure}", hint=_BROKEN) from failure


def _past_blanks(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n,":
        place += 1
    return place


class _Reader:
    """Opens one thing after another; knows the file's name, for the errors."""

    def __init__(self, source: str) -> None:
        self._source = source

    def each(self, items: Iterable[Raw], *, depth: int) -> Iterator[Item]:
        """Go through all items; records, which most of them are, without a detour."""
        if depth > MAX_WRAPPINGS:
            raise MalformedInput(f"{self._source!r} wraps messages in messages more than {MAX_WRAPPINGS} deep")
        for raw in items:
            try:
                head = read_head(raw)
            except ValidationError as failure:
                yield from self.anything(raw, failure, depth=depth)
            else:
                yield Delivered(head, raw, _UNWRAPPED)

    def anything(self, raw: Raw, failure: Exception, *, depth: int) -> Iterator[Item]:
        """Go through a list or an envelope; `failure` says why it is no record."""
        match _first_byte(raw):
            case b"[":
                return self.each(_LISTS.decode(raw), depth=depth + 1)
            case b"{":
                return self._envelope(raw, failure, depth)
            case _:
                raise self._unknown("a JSON value that is neither an object nor a list")

    def _envelope(self, raw: Raw, failure: Exception, depth: int) -> Iterator[Item]:
        it = _ENVELOPES.decode(raw)
        for inner in (it.records, it.looked_up, it.received):
            if not isinstance(inner, UnsetType):
                return self.each(self._list(inner), depth=depth + 1)
        if not isinstance(it.detail_type, UnsetType):
            return self._event_bridge(raw)
        if not isinstance(it.sns, UnsetType):
            return self.each([it.sns], depth=depth + 1)
        if not isinstance(it.message_type, UnsetType):
            return self._notification(it, depth)
        for text in (it.sqs_body, it.received_body, it.looked_up_record):
            if not isinstance(text, UnsetType):
                return self._inside(text, depth)
        return iter([self._aside(it, raw, failure)])

    def _list(self, raw: Raw) -> list[Raw]:
        if _first_byte(raw) != b"[":
            raise self._unknown("an object whose list of records is no list")
        return _LISTS.decode(raw)

    def _event_bridge(self, raw: Raw) -> Iterator[Item]:
        try:
            around = _AROUND.decode(raw)
        except ValidationError as failure:
            raise self._unknown(f"an EventBridge event that cannot be read ({failure})") from failure
        if around.detail_type == LABEL_UPDATED:
            yield LabelUpdate(raw)
        elif around.detail_type.endswith(" via CloudTrail"):
            wrapping = Wrapping(around.account, around.region, tuple(around.resources))
            for item in self.each([around.detail], depth=MAX_WRAPPINGS):
                yield item._replace(wrapping=wrapping) if isinstance(item, Delivered) else item
        else:
            yield Aside.NOTICE

    def _notification(self, it: _Envelope, depth: int) -> Iterator[Item]:
        if isinstance(it.message_type, UnsetType) or isinstance(it.message, UnsetType):
            raise self._unknown("an object with Type and without Message")
        if bytes(it.message_type) == b'"Notification"':
            return self._inside(it.message, depth)
        return iter([Aside.NOTICE])

    def _inside(self, text: Raw, depth: int) -> Iterator[Item]:
        """Open the JSON that stands as text inside a message; plain text is somebody's notice."""
        if _first_byte(text) != b'"':
            raise self._unknown("a message whose body is no text")
        body = _TEXT.decode(text).strip().encode()
        if not body.startswith((b"{", b"[")):
            return iter([Aside.NOTICE])
        try:
            inner = decode(body, type=Raw)
        except DecodeError as failure:
            raise self._unknown(f"a message whose body is cut off or is no JSON ({failure})") from failure
        return self.each([inner], depth=depth + 1)

    def _aside(self, it: _Envelope, raw: Raw, failure: Exception) -> Aside:
        if not isinstance(it.automation, UnsetType):
            return Aside.TICKET_HINT
        if not (isinstance(it.digest, UnsetType) and isinstance(it.digest_object, UnsetType)):
            return Aside.DIGEST_FILE
        if not (isinstance(it.log_place, UnsetType) and isinstance(it.s3, UnsetType)):
            return Aside.NOTICE
        if not isinstance(it.s3_event, UnsetType) and bytes(it.s3_event) == b'"s3:TestEvent"':
            return Aside.NOTICE  # sent when notifications are set up (S3 User Guide, "Using Amazon SQS, …")
        if isinstance(it.event_name, UnsetType) and not isinstance(it.event_category, UnsetType):
            return Aside.NOTICE  # CloudTrail Insights and summaries: they name no single call
        if not isinstance(it.event_name, UnsetType) or not isinstance(it.event_id, UnsetType):
            raise self._unknown(f"a CloudTrail record that cannot be read ({failure})")
        raise self._unknown(f"an object with {_keys(raw)}")

    def _unknown(self, found: str) -> MalformedInput:
        return MalformedInput(f"{self._source!r} holds {found}", hint=f"it takes {_KNOWN}")


def _first_byte(raw: Raw) -> bytes:
    return bytes(memoryview(raw)[:1])


def _keys(raw: Raw) -> str:
    names = sorted(decode(raw, type=dict[str, Raw]))
    shown = ", ".join(repr(name[:40]) for name in names[:_SHOWN_KEYS])
    more = ", …" if len(names) > _SHOWN_KEYS else ""
    return f"the keys {shown}{more}" if names else "no key"
