"""Which log files in S3 a message says are there: in the words of CloudTrail, and in those of S3."""

from urllib.parse import unquote_plus

from msgspec import DecodeError, Struct, field
from msgspec.json import Decoder


class _Named(Struct, gc=False):
    """What something is called."""

    name: str = ""
    key: str = ""


class _Object(Struct, gc=False):
    """What a notification of S3 says of an object."""

    bucket: _Named
    object: _Named


class _Notified(Struct, gc=False):
    """One notification of S3."""

    s3: _Object


class _Files(Struct, gc=False):
    """What CloudTrail says of new log files, and S3 of new objects, by itself or by way of EventBridge."""

    bucket: str = field(name="s3Bucket", default="")
    names: list[str] = field(name="s3ObjectKey", default=[])
    records: list[_Notified] = field(name="Records", default=[])
    kind: str = field(name="detail-type", default="")
    detail: _Object | None = None


_FILES = Decoder(_Files)
_CREATED = "Object Created"


def files_named(content: bytes) -> list[tuple[str, str]]:
    """Return bucket and name of the log files that a message says are there: it holds no records itself."""
    try:
        found = _FILES.decode(content)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return []
    # S3 writes names as in an address; a blank is a plus (S3 User Guide, "Event message structure").
    notified = [(it.s3.bucket.name, unquote_plus(it.s3.object.key)) for it in found.records]
    # By way of EventBridge they stand as they are (S3 User Guide, "EventBridge event message structure").
    told = [found.detail] if found.detail and found.kind == _CREATED else []
    named = [(found.bucket, name) for name in found.names if found.bucket]
    return [*named, *notified, *((it.bucket.name, it.object.key) for it in told)]
