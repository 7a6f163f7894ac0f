"""A bucket in memory that others wrote: for tests of what reads it."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from tests.trail import BUCKET, Trail

from counterseal.errors import CountersealError, ObjectNotFound
from counterseal.objects.archive import Content, Listed, ObjectArchive


class MemoryArchive:
    """Objects by name; `fetched` and `listings` are what was asked for, `failures` what comes instead, once each."""

    bucket = BUCKET

    def __init__(self, objects: Mapping[str, bytes] | None = None) -> None:
        self.contents = dict(objects or {})
        self.metadata: dict[str, dict[str, str]] = {}
        self.fetched: list[str] = []
        self.listings: list[tuple[str, str]] = []
        self.failures: dict[str, list[CountersealError]] = {}

    @classmethod
    def of(cls, trail: Trail, **metadata: str) -> "MemoryArchive":
        """Return the bucket that a trail delivered to, with the metadata that CloudTrail puts beside its digests."""
        files = [it for it in trail.root.rglob("*") if it.is_file()]
        made = cls({it.relative_to(trail.root).as_posix(): it.read_bytes() for it in files})
        for digest in trail.digests:
            signed = {"signature": digest.signature, "signature-algorithm": "SHA256withRSA"}
            made.metadata[digest.object_name] = signed | metadata
        return made

    def uri(self, object_name: str) -> str:
        return f"s3://{self.bucket}/{object_name}"

    def folders(self, prefix: str) -> list[str]:
        tails = [it.removeprefix(prefix) for it in self.contents if it.startswith(prefix)]
        return sorted({f"{prefix}{tail.partition('/')[0]}/" for tail in tails if "/" in tail})

    def objects(self, prefix: str, *, after: str = "") -> Iterator[Listed]:
        self.listings.append((prefix, after))
        for name, content in sorted(self.contents.items()):
            if name.startswith(prefix) and name > after:
                yield Listed(name, hashlib.md5(content, usedforsecurity=False).hexdigest(), len(content))

    def fetch(self, listed: Listed) -> Content:
        self.fetched.append(listed.object_name)
        waiting = self.failures.get(listed.object_name)
        if waiting:
            raise waiting.pop(0)
        if listed.object_name not in self.contents:
            raise ObjectNotFound(f"there is no {self.uri(listed.object_name)}")
        return Content(iter([self.contents[listed.object_name]]), self.metadata.get(listed.object_name, {}))


def keys_of(answer: Any) -> Any:
    """Return a list of keys that gives the same answer for every region and time, and remembers what was asked."""
    from counterseal.correlation.digests.saved_keys import read_public_keys
    from counterseal.seal.rsa_signatures import RsaSha256Verifier

    def list_keys(region: str, start: Any, end: Any) -> Any:
        list_keys.asked.append((region, start, end))  # type: ignore[attr-defined]  # a function that remembers
        return read_public_keys(answer, RsaSha256Verifier)

    list_keys.asked = []  # type: ignore[attr-defined]
    return list_keys


_: type[ObjectArchive] = MemoryArchive
