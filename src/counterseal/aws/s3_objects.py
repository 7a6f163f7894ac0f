"""Objects in an S3 bucket, every write conditional."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from counterseal.aws.failures import AWS_FAILURES, in_our_words
from counterseal.errors import Conflict, CountersealError, ObjectNotFound
from counterseal.objects.interface import ObjectStore, StoredObject
from counterseal.objects.naming import checked_name, checked_prefix

# Amazon S3 User Guide, "How to prevent object overwrites with conditional writes": 412 means that the condition does
# not hold, 409 that it could not be decided because another write was under way, 404 that there is nothing to match.
_CONDITION_FAILED = 412
_UNDECIDED = 409
_NOT_MODIFIED = 304
_MISSING = 404


class S3Objects:
    """An object store in a bucket, under a prefix."""

    def __init__(self, client: Any, bucket: str, *, prefix: str = "", bucket_owner: str = "") -> None:
        """Take a botocore S3 client, the bucket, the prefix without slashes around it, and who must own the bucket.

        With `bucket_owner` every request carries `ExpectedBucketOwner`: a bucket that somebody else made under the same
        name is refused by S3 (security: B-26).
        """
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._place = {"Bucket": bucket, **({"ExpectedBucketOwner": bucket_owner} if bucket_owner else {})}

    def read(self, object_name: str) -> StoredObject:
        """Return the content and its tag.

        Raises:
            ObjectNotFound: nothing is stored under that name.
            Denied, Unreachable: S3 refuses, or did not answer.
            Refused: the text names no object.
        """
        try:
            return self._get(object_name)
        except AWS_FAILURES as failure:
            raise self._in_our_words(failure, object_name) from failure

    def read_if_changed(self, object_name: str, tag: str) -> StoredObject | None:
        """Return the content and its tag, or None where it still has this tag.

        Raises:
            ObjectNotFound, Denied, Unreachable, Refused: as `read`.
        """
        try:
            return self._get(object_name, IfNoneMatch=tag)
        except AWS_FAILURES as failure:
            if _status(failure) == _NOT_MODIFIED:
                return None
            raise self._in_our_words(failure, object_name) from failure

    def create(self, object_name: str, content: bytes) -> str:
        """Store a new object and return its tag.

        Raises:
            Conflict: something is stored under that name.
            Denied, Unreachable, Refused: as `read`.
        """
        return self._put(object_name, content, IfNoneMatch="*")

    def replace(self, object_name: str, content: bytes, *, tag: str) -> str:
        """Put a new content in the place of the one with this tag, and return the new tag.

        Raises:
            Conflict: the object has another tag by now, or is gone.
            Denied, Unreachable, Refused: as `read`.
        """
        return self._put(object_name, content, IfMatch=tag)

    def delete(self, object_name: str) -> None:
        """Delete the object, if it is there.

        Raises:
            Denied, Unreachable, Refused: as `read`.
        """
        try:
            self._client.delete_object(**self._place, Key=self._key(object_name))
        except AWS_FAILURES as failure:
            raise self._in_our_words(failure, object_name) from failure

    def names(self, prefix: str) -> Iterator[str]:
        """Give the names that start with this text, in ascending order.

        Raises:
            Denied, Unreachable: as `read`.
            Refused: no name starts like this.
        """
        request = {**self._place, "Prefix": self._prefix + checked_prefix(prefix)}
        found: list[str] = []
        try:
            while True:
                page = self._client.list_objects_v2(**request)
                found.extend(it["Key"].removeprefix(self._prefix) for it in page.get("Contents", ()))
                if not page.get("IsTruncated"):
                    break
                request["ContinuationToken"] = page["NextContinuationToken"]
        except AWS_FAILURES as failure:
            raise in_our_words(failure, asked_for=f"the list of s3://{self._bucket}/{self._prefix}") from failure
        return iter(sorted(found))

    def _get(self, object_name: str, **condition: str) -> StoredObject:
        answer = self._client.get_object(**self._place, Key=self._key(object_name), **condition)
        return StoredObject(answer["Body"].read(), answer["ETag"])

    def _put(self, object_name: str, content: bytes, **condition: str) -> str:
        try:
            return self._put_once(object_name, content, condition)
        except Conflict as conflict:
            if _status(conflict.__cause__) != _UNDECIDED or not self._still_holds(object_name, condition):
                raise
        return self._put_once(object_name, content, condition)

    def _put_once(self, object_name: str, content: bytes, condition: dict[str, str]) -> str:
        try:
            answer = self._client.put_object(**self._place, Key=self._key(object_name), Body=content, **condition)
        except AWS_FAILURES as failure:
            if _status(failure) in (_CONDITION_FAILED, _UNDECIDED) or _is_gone(failure, condition):
                raise Conflict(f"{self._uri(object_name)}: somebody else wrote it first") from failure
            raise self._in_our_words(failure, object_name) from failure
        tag: str = answer["ETag"]
        return tag

    def _still_holds(self, object_name: str, condition: dict[str, str]) -> bool:
        """Read again, to see whether a write whose condition could not be decided is worth a second try."""
        try:
            tag = self.read(object_name).tag
        except ObjectNotFound:
            tag = ""
        return condition.get("IfMatch", "") == tag

    def _key(self, object_name: str) -> str:
        return self._prefix + checked_name(object_name)

    def _uri(self, object_name: str) -> str:
        return f"s3://{self._bucket}/{self._prefix}{object_name}"

    def _in_our_words(self, failure: BaseException, object_name: str) -> CountersealError:
        return in_our_words(failure, asked_for=self._uri(object_name))


def _status(failure: BaseException | None) -> int:
    if not isinstance(failure, ClientError):
        return 0
    return failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0


def _is_gone(failure: BaseException, condition: dict[str, str]) -> bool:
    code = failure.response.get("Error", {}).get("Code") if isinstance(failure, ClientError) else ""
    return "IfMatch" in condition and _status(failure) == _MISSING and code != "NoSuchBucket"


_: type[ObjectStore] = S3Objects
