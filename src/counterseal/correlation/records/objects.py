"""Objects of guarded buckets: which bucket a record of S3 is about, what it did there, and what is plain use of it."""

import re
from collections.abc import Collection, Mapping

from msgspec import DecodeError, Raw, Struct, field
from msgspec.json import Decoder

from counterseal.correlation.records.catalogue import CLOUDTRAIL
from counterseal.correlation.records.event import Event
from counterseal.correlation.records.record import object_of, objects_of, spelled_any_way, text_of

_AWS_ITSELF = "AWSService"

# arn:aws:s3:::BUCKET/OBJECT, and arn:aws:s3express:REGION:ACCOUNT:bucket/BUCKET/OBJECT of a directory bucket.
_ARN = re.compile(
    r"arn:[^:]*:(?:s3:::|s3express:[^:]*:[^:]*:bucket/)(?P<bucket>[^/:]+)(?:/(?P<object>.*))?", re.ASCII | re.DOTALL
)

# cloudtrail-log-file-examples.html and cloudtrail-log-file-validation-digest-file-structure.html.
_LOG = re.compile(r"(?:.*/)?[^/_]+_CloudTrail(?:-Insight)?_[^/]+", re.ASCII)
_DIGEST = re.compile(r"(?:.*/)?[^/_]+_CloudTrail-Digest_[^/]+", re.ASCII)

# The names of docs/formats/safe.md, SAFE-1, under any prefix; a test holds them to those that safes use.
_ID = "[a-z2-7]{26}"
_OF_A_SAFE = re.compile(rf"(?:.*/)?[^/]+/{_ID}/(?:head|m/[0-9]+|o/{_ID}/[0-9]+)", re.ASCII)
_KINDS = {_DIGEST: "a digest of CloudTrail", _LOG: "a log file of CloudTrail", _OF_A_SAFE: "an object of a safe"}

# Members write under conditions, and S3 says so to whoever comes second (SAFE-2.5).
_RACES = frozenset({"", "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})

_EFFECTS: Mapping[str, str] = {
    "CompleteMultipartUpload": "was written",
    "CopyObject": "was written, as a copy",
    "DeleteObjectAnnotation": "lost an annotation",
    "DeleteObjectTagging": "lost its tags, by which lifecycle rules may remove or keep it",
    "PostObject": "was written",
    "PutObject": "was written",
    "PutObjectAcl": "had its access list replaced",
    "PutObjectAnnotation": "had an annotation written",
    "PutObjectLegalHold": "had its legal hold put on or taken off",
    "PutObjectRetention": "had its retention altered",
    "PutObjectTagging": "had its tags replaced, by which lifecycle rules may remove or keep it",
    "RenameObject": "was moved to this name, and is gone from its old one",
    "RestoreObject": "was made readable out of the archive",
    "UpdateObjectEncryption": "was put under another key",
}


class _Request(Struct, gc=False):
    bucket: str = field(name="bucketName", default="")


class _Resource(Struct, gc=False):
    arn: str = field(name="ARN", default="")
    prefix: str = field(name="ARNPrefix", default="")


class _Touching(Struct, gc=False):
    """As much of a record of S3 as says which bucket it is about."""

    request: _Request | None = field(name="requestParameters", default=None)
    resources: list[_Resource] | None = None


_WORTH_SEARCHING = 2
"""Each name is one more pass over the bytes; three take as long as decoding (docs/decisions/0041-objects-in-s3.md)."""

_NOTHING_ASKED = _Request()
_TOUCHING = Decoder(list[_Touching])


class GuardedBuckets:
    """The buckets whose objects are guarded; says of a record, unopened, whether it may be about one of them."""

    def __init__(self, names: Collection[str]) -> None:
        """Take their names."""
        self.names = frozenset(names)
        self._written = [name.encode(errors="replace") for name in self.names]

    def may_hold(self, record: Raw) -> bool:
        """Tell whether this record of S3 may be about one of them; where it cannot be read so far, it may."""
        return self.may_hold_each(b"[%b]" % bytes(record), 1)[0]

    def may_hold_each(self, records: bytes, count: int) -> list[bool]:
        """Tell the same of each of a JSON list of that many records.

        Where JSON has no backslash, every text in it stands as it reads: there a name that is not found is not meant.
        """
        few = len(self._written) <= _WORTH_SEARCHING
        if few and b"\\" not in records and not any(name in records for name in self._written):
            return [False] * count
        try:
            return [self._may_hold(it) for it in _TOUCHING.decode(records)]
        except (DecodeError, UnicodeDecodeError):
            return [True] * count

    def _may_hold(self, it: _Touching) -> bool:
        named = (it.request or _NOTHING_ASKED).bucket
        if named in self.names:
            return True
        arns = [resource.arn or resource.prefix for resource in it.resources or ()]
        return "" in arns or _bucket_behind(named, arns) in self.names


def bucket_and_object(members: Mapping[str, object]) -> tuple[str, str]:
    """Return the bucket that a record of S3 is about, and the object: "" where the record names none.

    Of a copy it is the bucket that was written to.
    """
    request = object_of(members.get("requestParameters"))
    arns = [arn for it in objects_of(members.get("resources")) for arn in spelled_any_way(it, "arn", "arnprefix")]
    objects = [found["object"] for arn in arns if (found := _ARN.fullmatch(arn)) and found["object"]]
    object_name = text_of(request.get("key")) or next(iter(objects), "")
    return _bucket_behind(text_of(request.get("bucketName")), arns), object_name


def _bucket_behind(named: str, arns: Collection[str]) -> str:
    """Return the bucket; `named` may be an access point, and then `resources` has the bucket behind it.

    (access-points-monitoring-logging.html)
    """
    end = f":::{named}"
    if any(arn.endswith(end) for arn in arns):  # as nearly always
        return named
    buckets = [found["bucket"] for arn in arns if (found := _ARN.fullmatch(arn))]
    return named if named in buckets or not buckets else buckets[0]


def effect_on_object(name: str, object_name: str, members: Mapping[str, object]) -> str:
    """Say what a call that succeeded did to the object, as far as its record tells."""
    if name == "DeleteObjects":
        return "objects were removed, or hidden by delete markers: this record does not name them"
    what = _what_is(object_name)
    if name != "DeleteObject":
        return f"{what} {_EFFECTS[name]}"
    # Since June 2025 S3 adds one to a DeleteObjects for each of its objects (filtering-data-events.html).
    among = " (one of those of a DeleteObjects)" if members.get("eventType") == "AwsServiceEvent" else ""
    return f"{what} {_deletion(members)}{among}"


def _what_is(object_name: str) -> str:
    for shape, what in _KINDS.items():
        if shape.fullmatch(object_name):
            return what
    return "an object"


def _deletion(members: Mapping[str, object]) -> str:
    """A versioned bucket keeps what is deleted without naming a version (DeletingObjectVersions.html)."""
    version = text_of(object_of(members.get("requestParameters")).get("versionId"))
    marker = str(object_of(members.get("responseElements")).get("x-amz-delete-marker", "")).lower() == "true"
    if version and marker:
        return f"shows again: the delete marker {version} was removed"
    if version:
        return f"lost its version {version} for good"
    if marker:
        return "was hidden by a delete marker: the versions that the bucket kept of it are still there"
    return "was removed: for good, unless the bucket keeps versions, which this record does not tell"


def is_plain_use(event: Event) -> bool:
    """Tell whether an event is how its bucket is meant to be used: CloudTrail delivers, members write a safe.

    Whether it was a member who wrote, no record of S3 tells; a safe does (docs/formats/safe.md, SAFE-2). That
    CloudTrail could not deliver, and that anything was removed, is never plain use.
    """
    if event.name != "PutObject":
        return False
    if event.actor.type == _AWS_ITSELF and event.actor.via == CLOUDTRAIL:
        return not event.error_code
    return event.error_code in _RACES and _OF_A_SAFE.fullmatch(str(event.facts["object"])) is not None
