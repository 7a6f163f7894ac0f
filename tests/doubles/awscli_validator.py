"""The AWS CLI's own walk along digests, over a copy on disk: run by the interpreter that has awscli, fed by stdin."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from awscli.customizations.cloudtrail.validation import DigestProvider, DigestTraverser, PublicKeyProvider
from botocore.exceptions import ClientError  # noqa: TID253 - this is the oracle's own environment


class Body:
    """The content of an object, as S3 hands it out."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self) -> bytes:
        return self._content


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
        return {"Body": Body(path.read_bytes()), "Metadata": self._given["signatures"].get(Key, {})}

    def get_paginator(self, _operation: str) -> "Bucket":
        return self

    def paginate(self, **_asked: str) -> Pages:
        return Pages(sorted(str(it.relative_to(self._root)) for it in self._root.rglob("*.gz")))

    def list_public_keys(self, **_asked: datetime) -> dict[str, Any]:
        keys: dict[str, Any] = self._given["keys"]
        return keys


def main() -> None:
    """Print the names of the digests that are accepted, and how often each complaint was made."""
    given = json.load(sys.stdin)
    bucket = Bucket(given)
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
    accepted = [it["digestS3Object"] for it in walk.traverse_digests(first, last, is_backfill=given["backfill"])]
    json.dump({"accepted": sorted(accepted), "complaints": sorted(complaints)}, sys.stdout)


if __name__ == "__main__":
    main()
