"""The AWS CLI's own check of a trail, over a copy on disk or an S3 server: run by the interpreter that has it.

It is the traverser of `aws cloudtrail validate-logs` and its check of log files, with their complaints collected. What
is to be checked comes by stdin. CloudTrail's keys are given: no server here knows them.
"""

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from awscli.customizations.cloudtrail.validation import (
    CloudTrailValidateLogs,
    DigestProvider,
    DigestTraverser,
    PublicKeyProvider,
)
from botocore.exceptions import ClientError  # noqa: TID253 - this is the oracle's own environment


class Pages:
    """All names of a listing on one page."""

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def search(self, _expression: str) -> list[str]:
        return self._names


class Bucket:
    """As much of an S3 client, and of CloudTrail's, as the validator asks."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._root, self._given = Path(given["root"]), given

    def get_client(self, _bucket: str) -> "Bucket":
        return self

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - botocore's spelling
        path = self._root / Key
        if not path.exists():
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": BytesIO(path.read_bytes()), "Metadata": self._given["signatures"].get(Key, {})}

    def get_paginator(self, _operation: str) -> "Bucket":
        return self

    def paginate(self, **_asked: str) -> Pages:
        return Pages(sorted(str(it.relative_to(self._root)) for it in self._root.rglob("*.gz")))

    def list_public_keys(self, **_asked: datetime) -> dict[str, Any]:
        keys: dict[str, Any] = self._given["keys"]
        return keys


class Server(Bucket):
    """The same, of which the objects are on a real S3 server."""

    def get_client(self, _bucket: str) -> Any:
        from botocore.config import Config
        from botocore.session import Session

        access_key_id, secret = self._given["identity"]
        return Session().create_client(
            "s3",
            region_name="us-east-1",
            endpoint_url=self._given["endpoint"],
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret,
            config=Config(proxies={}),
        )


class Logs(CloudTrailValidateLogs):  # type: ignore[misc] # awscli has no types
    """The CLI's check of log files; it collects what it would have printed."""

    def __init__(self, bucket: Bucket) -> None:
        super().__init__(None)
        self.s3_client_provider = bucket
        self.complaints: list[tuple[str, str]] = []

    def check(self, log: Mapping[str, str]) -> None:
        self._download_log(log)

    def _on_missing_log(self, log_data: Mapping[str, str]) -> None:
        self.complaints.append(("missing-file", log_data["s3Object"]))

    def _on_log_invalid(self, log_data: Mapping[str, str]) -> None:
        self.complaints.append(("altered-file", log_data["s3Object"]))

    _on_invalid_log_format = _on_log_trailing_data = _on_log_invalid


def main() -> None:
    """Print the digests that are accepted, the log files that are not, and how often each complaint was made."""
    given = json.load(sys.stdin)
    bucket = Server(given) if given["endpoint"] else Bucket(given)
    logs = Logs(bucket)
    complaints: list[str] = []
    walk = DigestTraverser(
        digest_provider=DigestProvider(bucket, given["account"], given["trail"], given["region"]),
        starting_bucket=given["bucket"],
        starting_prefix=None,
        public_key_provider=PublicKeyProvider(bucket),
        on_invalid=lambda **_: complaints.append("invalid"),
        on_gap=lambda **_: complaints.append("gap"),
        on_missing=lambda **_: complaints.append("missing"),
    )
    first, last = datetime.fromisoformat(given["first"]), datetime.fromisoformat(given["last"])
    accepted = []
    for digest in walk.traverse_digests(first, last, is_backfill=given["backfill"]):
        accepted.append(digest["digestS3Object"])
        for log in digest["logFiles"]:
            logs.check(log)
    found = {"accepted": sorted(accepted), "files": sorted(logs.complaints), "complaints": sorted(complaints)}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
