"""A trail of our own: log files and the chain of digests over them, signed with a throw-away key, as in a bucket."""

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ACCOUNT, REGION, BUCKET, NAME = "111122223333", "eu-west-1", "acme-trail", "main"
FIRST = datetime(2026, 3, 10, 10, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FINGERPRINT = "31e8b5433410dfb61a9dc45cc65b22ff"


@cache
def signing_key(number: int) -> RSAPrivateKey:
    """Return a throw-away key; another number gives another one."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def key_der(number: int = 0, form: PublicFormat = PublicFormat.PKCS1) -> bytes:
    """Return the public half, as AWS publishes it."""
    return signing_key(number).public_key().public_bytes(Encoding.DER, form)


def public_keys(*, form: PublicFormat = PublicFormat.PKCS1, number: int = 0, **changed: Any) -> dict[str, Any]:
    """Return what `aws cloudtrail list-public-keys` would print."""
    key = {
        "Value": base64.b64encode(key_der(number, form)).decode(),
        "ValidityStartTime": "2026-03-01T00:00:00+00:00",
        "ValidityEndTime": "2026-04-01T00:00:00+00:00",
        "Fingerprint": FINGERPRINT,
    }
    return {"PublicKeyList": [key | changed]}


class Made(NamedTuple):
    """One digest: its name, its unpacked content and its signature in hexadecimal."""

    object_name: str
    content: bytes
    signature: str

    @property
    def said(self) -> dict[str, Any]:
        """Return what it says."""
        said: dict[str, Any] = json.loads(self.content)
        return said


class Trail:
    """Writes log files and digests below a folder, at their places in the bucket."""

    def __init__(  # noqa: PLR0913  # what a test leaves out is the usual
        self,
        root: Path,
        *,
        prefix: str = "",
        account: str = ACCOUNT,
        region: str = REGION,
        backfill: bool = False,
        bucket: str = BUCKET,
    ) -> None:
        self.root, self._account, self._bucket = root, account, bucket
        self.digests: list[Made] = []
        self._prefix, self._region, self._backfill = prefix, region, backfill

    def log(self, time: datetime, content: bytes = b'{"Records":[]}', *, number: int = 0) -> str:
        """Write a log file that was delivered then, and return its name."""
        letters = hashlib.sha256(f"{number}{time}".encode()).hexdigest()[:16]
        name = f"{self._account}_CloudTrail_{self._region}_{time:%Y%m%dT%H%MZ}_{letters}.json.gz"
        object_name = f"{self._prefix}AWSLogs/{self._account}/CloudTrail/{self._region}/{time:%Y/%m/%d}/{name}"
        self.write(object_name, content)
        return object_name

    def hour(self, *logs: str, start: datetime | None = None, key: int = 0, **changed: Any) -> Made:
        """Write the digest of one hour; the first hour begins at FIRST, the others where the one before ended."""
        last = self.digests[-1] if self.digests else None
        begin = start or (_time(last.said["digestEndTime"]) if last else FIRST)
        end = begin + HOUR
        object_name = self.digest_name(end)
        said = {
            "awsAccountId": self._account,
            "digestStartTime": _text(begin),
            "digestEndTime": _text(end),
            "digestS3Bucket": self._bucket,
            "digestS3Object": object_name,
            "digestPublicKeyFingerprint": FINGERPRINT,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": None,
            "oldestEventTime": None,
            "previousDigestS3Bucket": self._bucket if last else None,
            "previousDigestS3Object": last.object_name if last else None,
            "previousDigestHashValue": _sha256(last.content) if last else None,
            "previousDigestHashAlgorithm": "SHA-256" if last else None,
            "previousDigestSignature": last.signature if last else None,
            "logFiles": [self._entry(name) for name in logs],
        } | changed
        content = json.dumps(said, separators=(",", ":")).encode()
        made = Made(object_name, content, sign(said, content, key))
        self.write(object_name, content)
        self.digests.append(made)
        return made

    def digest_name(self, end: datetime) -> str:
        """Return the name of the digest of the hour that ends then."""
        kind = "_backfill" if self._backfill else ""
        name = (
            f"{self._account}_CloudTrail-Digest_{self._region}_{NAME}_{self._region}_{end:%Y%m%dT%H%M%SZ}{kind}.json.gz"
        )
        return f"{self._prefix}AWSLogs/{self._account}/CloudTrail-Digest/{self._region}/{end:%Y/%m/%d}/{name}"

    def write(self, object_name: str, content: bytes) -> Path:
        """Write a file as it would lie in the bucket."""
        path = self.path(object_name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content, mtime=0))
        return path

    def path(self, object_name: str) -> Path:
        """Return where the copy of an object lies."""
        return self.root / object_name

    def signatures(self, *digests: Made, **more: str) -> dict[str, Any]:
        """Return the S3 metadata of digests, as somebody saved it; of the newest one where none is named."""
        wanted: Sequence[Made] = digests or self.digests[-1:]
        return {
            it.object_name: {"signature": it.signature, "signature-algorithm": "SHA256withRSA"} | more for it in wanted
        }

    def _entry(self, object_name: str) -> dict[str, Any]:
        content = gzip.decompress(self.path(object_name).read_bytes())
        return {
            "s3Bucket": self._bucket,
            "s3Object": object_name,
            "hashValue": _sha256(content),
            "hashAlgorithm": "SHA-256",
            "newestEventTime": None,
            "oldestEventTime": None,
        }


def three_hours(root: Path, **more: Any) -> Trail:
    """Return a trail of three hours: one log file, two, and an hour of silence."""
    trail = Trail(root, **more)
    trail.hour(trail.log(FIRST + HOUR / 2))
    trail.hour(trail.log(FIRST + 1.2 * HOUR), trail.log(FIRST + 1.6 * HOUR, b'{"Records":[ ]}'))
    trail.hour()
    return trail


def sign(said: dict[str, Any], content: bytes, key: int = 0) -> str:
    """Sign as cloudtrail-log-file-custom-validation.html says; written apart from the product's own reading of it."""
    previous = said["previousDigestSignature"]
    lines = [
        said["digestEndTime"],
        said["digestS3Bucket"] + "/" + said["digestS3Object"],
        _sha256(content),
        "null" if previous is None else previous,
    ]
    return signing_key(key).sign("\n".join(lines).encode(), PKCS1v15(), SHA256()).hex()


def write_json(path: Path, value: object) -> Path:
    """Write a JSON file and return its path."""
    path.write_text(json.dumps(value, indent=1) + "\n")
    return path


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _text(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
