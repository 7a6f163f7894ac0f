"""A bucket that others write and that is only read: listings, and contents piece by piece."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from counterseal.aws.failures import AWS_FAILURES, in_our_words
from counterseal.errors import Conflict
from counterseal.objects.archive import Content, Listed, ObjectArchive

PIECE_BYTES = 64 * 1024
_CONDITION_FAILED = 412


class S3Archive:
    """The objects of one bucket. Botocore's clients may be used by several threads at once."""

    def __init__(self, client: Any, bucket: str) -> None:
        """Take a botocore S3 client and the bucket."""
        self._client = client
        self._bucket = bucket

    @property
    def bucket(self) -> str:
        """Return the bucket's name."""
        return self._bucket

    def uri(self, object_name: str) -> str:
        """Return the S3 URI of an object."""
        return f"s3://{self._bucket}/{object_name}"

    def folders(self, prefix: str) -> list[str]:
        """Return what names that start with this text go on with, up to and with the next slash.

        Raises:
            ObjectNotFound: there is no such bucket.
            Denied, Unreachable: S3 refuses, or did not answer.
        """
        found: list[str] = []
        for page in self._pages(Prefix=prefix, Delimiter="/"):
            found += [it["Prefix"] for it in page.get("CommonPrefixes", ())]
        return found

    def objects(self, prefix: str, *, after: str = "") -> Iterator[Listed]:
        """Give the objects whose names start with this text and come after that one, in ascending order.

        Raises:
            ObjectNotFound, Denied, Unreachable: as `folders`.
        """
        for page in self._pages(Prefix=prefix, **({"StartAfter": after} if after else {})):
            for it in page.get("Contents", ()):
                yield Listed(it["Key"], it["ETag"], it["Size"])

    def fetch(self, listed: Listed) -> Content:
        """Return exactly the content that was listed.

        Raises:
            Conflict: another content stands there by now.
            ObjectNotFound, Denied, Unreachable: it is gone; S3 refuses, or did not answer.
        """
        name = listed.object_name
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=name, IfMatch=listed.tag)
        except AWS_FAILURES as failure:
            if _status(failure) == _CONDITION_FAILED:
                raise Conflict(f"{self.uri(name)} was replaced while it was read", hint="try again") from failure
            raise in_our_words(failure, asked_for=self.uri(name)) from failure
        return Content(self._pieces(answer["Body"], name), answer.get("Metadata", {}))

    def _pieces(self, body: Any, name: str) -> Iterator[bytes]:
        try:
            yield from body.iter_chunks(PIECE_BYTES)
        except AWS_FAILURES as failure:
            raise in_our_words(failure, asked_for=self.uri(name)) from failure

    def _pages(self, **asked: str) -> Iterator[Any]:
        while True:
            try:
                page = self._client.list_objects_v2(Bucket=self._bucket, **asked)
            except AWS_FAILURES as failure:
                raise in_our_words(failure, asked_for=f"bucket {self._bucket!r}") from failure
            yield page
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]


def _status(failure: BaseException) -> int:
    if not isinstance(failure, ClientError):
        return 0
    return failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0


_: type[ObjectArchive] = S3Archive
