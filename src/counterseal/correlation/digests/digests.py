"""CloudTrail's digest files: their names, what one says, and the text that its signature covers."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import DecodeError, Struct, field
from msgspec.json import Decoder

from counterseal.clock import parse_time
from counterseal.errors import MalformedInput

# cloudtrail-log-file-validation-digest-file-structure.html. A trail's name may hold underscores, a region's never does.
_DIGEST = re.compile(
    r"(?:.*/)?(?P<account>[^/_]+)_CloudTrail-Digest_(?P<region>[a-z0-9-]+)_(?P<trail>[^/]+)_(?P<home>[a-z0-9-]+)"
    r"_(?P<end>\d{8}T\d{6}Z)(?P<backfill>_backfill)?\.json\.gz",
    re.ASCII,
)
# cloudtrail-log-file-examples.html; a file that was unpacked in its place keeps its name, less the ending.
_LOG = re.compile(
    r"(?:.*/)?(?P<account>[^/_]+)_CloudTrail_(?P<region>[a-z0-9-]+)_(?P<time>\d{8}T\d{4}Z)_[^/]*\.json(?:\.gz)?",
    re.ASCII,
)
_SHA256 = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_ROOT = "AWSLogs/"


class ChainId(NamedTuple):
    """What tells one chain of digests from another. Backfill digests have a chain of their own."""

    account: str
    region: str
    trail: str
    home_region: str
    backfill: bool


class DigestName(NamedTuple):
    """What the name of a digest file says: its chain, and when its period ends."""

    chain: ChainId
    end: datetime


class LogName(NamedTuple):
    """What the name of a log file says; the time is that of its delivery."""

    account: str
    region: str
    time: datetime


class LogFile(Struct, frozen=True, gc=False):
    """One log file that a digest lists."""

    bucket: str = field(name="s3Bucket")
    object_name: str = field(name="s3Object")
    hash_value: str = field(name="hashValue")
    hash_algorithm: str = field(name="hashAlgorithm", default="SHA-256")

    @property
    def is_comparable(self) -> bool:
        """Say whether its hash is a SHA-256 at all: 64 hexadecimal digits."""
        return self.hash_algorithm == "SHA-256" and _SHA256.fullmatch(self.hash_value) is not None


class Digest(Struct, frozen=True, gc=False):
    """What one digest says, but for its log files. Times stand as they are written: the signature covers the text."""

    start_text: str = field(name="digestStartTime")
    end_text: str = field(name="digestEndTime")
    bucket: str = field(name="digestS3Bucket")
    object_name: str = field(name="digestS3Object")
    fingerprint: str = field(name="digestPublicKeyFingerprint")
    previous_signature: str | None = field(name="previousDigestSignature")
    previous_bucket: str | None = field(name="previousDigestS3Bucket", default=None)
    previous_object: str | None = field(name="previousDigestS3Object", default=None)
    previous_hash: str | None = field(name="previousDigestHashValue", default=None)

    @property
    def start(self) -> datetime:
        """Return the start of the period in which the log files were delivered."""
        return parse_time(self.start_text)

    @property
    def end(self) -> datetime:
        """Return the end of that period."""
        return parse_time(self.end_text)

    def string_to_sign(self, content_sha256: str) -> bytes:
        """Return what CloudTrail signs, given the hash of the unpacked digest, in hexadecimal.

        Four lines without a line feed at the end (cloudtrail-log-file-custom-validation.html); "null", as Java writes
        it, where no digest came before.
        """
        previous = "null" if self.previous_signature is None else self.previous_signature
        return f"{self.end_text}\n{self.bucket}/{self.object_name}\n{content_sha256}\n{previous}".encode()


class _Listing(Struct, gc=False):
    files: list[LogFile] = field(name="logFiles", default_factory=list)


_DIGESTS = Decoder(Digest)
_LISTINGS = Decoder(_Listing)


def read_digest(content: bytes) -> Digest:
    """Read a digest, and see that its list of log files is one.

    Raises:
        MalformedInput: it is not JSON, or lacks what every digest has.
    """
    try:
        digest = _DIGESTS.decode(content)
        _LISTINGS.decode(content)
        _ = digest.start, digest.end
    except (DecodeError, UnicodeDecodeError, RecursionError, MalformedInput) as failure:
        raise MalformedInput(f"it is no digest: {failure}") from failure
    return digest


def listed_files(content: bytes) -> list[LogFile]:
    """Return the log files that a digest lists. They are read apart: an archive has many, and a chain needs none."""
    return _LISTINGS.decode(content).files


def digest_name(object_name: str) -> DigestName | None:
    """Read the name of a digest file; None where it is no such name."""
    found = _DIGEST.fullmatch(object_name)
    end = _time(found["end"], "%Y%m%dT%H%M%SZ") if found else None
    if found is None or end is None:
        return None
    chain = ChainId(found["account"], found["region"], found["trail"], found["home"], found["backfill"] is not None)
    return DigestName(chain, end)


def log_name(object_name: str) -> LogName | None:
    """Read the name of a log file; None where it is no such name."""
    found = _LOG.fullmatch(object_name)
    time = _time(found["time"], "%Y%m%dT%H%MZ") if found else None
    return LogName(found["account"], found["region"], time) if found and time else None


def tail_of(object_name: str) -> str:
    """Return the part of a name from `AWSLogs/` on: what stays the same in a copy of a bucket, or of a part of it."""
    at = object_name.rfind(_ROOT)
    return object_name[at:] if at > 0 else object_name


def prefix_of(object_name: str) -> str:
    """Return what stands before `AWSLogs/`: the prefix that the trail was given, or nothing."""
    return object_name.removesuffix(tail_of(object_name))


def _time(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None
