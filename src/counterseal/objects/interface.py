"""The interface of whatever keeps bytes under names."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol


class StoredObject(NamedTuple):
    """The whole content of an object, and the tag that names exactly this content (S3: its ETag)."""

    content: bytes
    tag: str


class ObjectStore(Protocol):
    """Keeps objects. Every write is conditional, so that no writer overwrites what it has not read.

    A name is parts of letters, digits and `._=-`, joined by slashes; no part starts with a dot
    (docs/formats/safe.md, SAFE-1.2). Every method raises Refused for any other text, Denied where the storage refuses
    this caller, and Unreachable where it did not answer or could not keep what it was given: the same call may
    succeed later.
    """

    def read(self, object_name: str) -> StoredObject:
        """Return the content and its tag.

        Raises:
            ObjectNotFound: nothing is stored under that name.
            Denied, Unreachable, Refused: see the class.
        """
        ...

    def read_if_changed(self, object_name: str, tag: str) -> StoredObject | None:
        """Return the content and its tag, or None where it still has this tag (HTTP 304).

        Raises:
            ObjectNotFound: nothing is stored under that name.
            Denied, Unreachable, Refused: see the class.
        """
        ...

    def create(self, object_name: str, content: bytes) -> str:
        """Store a new object (HTTP `If-None-Match: *`) and return its tag.

        Raises:
            Conflict: something is stored under that name; it stays as it is.
            Denied, Unreachable, Refused: see the class.
        """
        ...

    def replace(self, object_name: str, content: bytes, *, tag: str) -> str:
        """Put a new content in the place of the one with this tag (HTTP `If-Match`), and return the new tag.

        Raises:
            Conflict: the object has another tag by now, or is gone; it stays as it is.
            Denied, Unreachable, Refused: see the class.
        """
        ...

    def delete(self, object_name: str) -> None:
        """Delete the object; where nothing is stored under that name, nothing needs doing.

        Raises:
            Denied, Unreachable, Refused: see the class.
        """
        ...

    def names(self, prefix: str) -> Iterator[str]:
        """Give the names that start with this text, in ascending order; "" gives all.

        Raises:
            Denied, Unreachable, Refused: see the class.
        """
        ...
