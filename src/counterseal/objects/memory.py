"""Objects in memory: for tests and for what must leave no trace."""

import threading
from collections.abc import Iterator

from counterseal.errors import Conflict, ObjectNotFound
from counterseal.objects.interface import ObjectStore, StoredObject
from counterseal.objects.naming import checked_name, checked_prefix, content_tag


class MemoryObjects:
    """An object store that lives as long as this value."""

    def __init__(self) -> None:
        """Begin empty."""
        self._contents: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def read(self, object_name: str) -> StoredObject:
        """Return the content and its tag.

        Raises:
            ObjectNotFound: nothing is stored under that name.
            Refused: the text names no object.
        """
        content = self._contents.get(checked_name(object_name))
        if content is None:
            raise ObjectNotFound(f"nothing is stored as {object_name!r}")
        return StoredObject(content, content_tag(content))

    def read_if_changed(self, object_name: str, tag: str) -> StoredObject | None:
        """Return the content and its tag, or None where it still has this tag.

        Raises:
            ObjectNotFound: nothing is stored under that name.
            Refused: the text names no object.
        """
        stored = self.read(object_name)
        return None if stored.tag == tag else stored

    def create(self, object_name: str, content: bytes) -> str:
        """Store a new object and return its tag.

        Raises:
            Conflict: something is stored under that name.
            Refused: the text names no object.
        """
        with self._lock:
            if checked_name(object_name) in self._contents:
                raise Conflict(f"{object_name!r} is stored already")
            self._contents[object_name] = content
        return content_tag(content)

    def replace(self, object_name: str, content: bytes, *, tag: str) -> str:
        """Put a new content in the place of the one with this tag, and return the new tag.

        Raises:
            Conflict: the object has another tag by now, or is gone.
            Refused: the text names no object.
        """
        with self._lock:
            present = self._contents.get(checked_name(object_name))
            if present is None or content_tag(present) != tag:
                raise Conflict(f"{object_name!r} is no longer what was read")
            self._contents[object_name] = content
        return content_tag(content)

    def delete(self, object_name: str) -> None:
        """Delete the object, if it is there.

        Raises:
            Refused: the text names no object.
        """
        with self._lock:
            self._contents.pop(checked_name(object_name), None)

    def names(self, prefix: str) -> Iterator[str]:
        """Give the names that start with this text, in ascending order.

        Raises:
            Refused: no name starts like this.
        """
        checked_prefix(prefix)
        return iter(sorted(name for name in self._contents if name.startswith(prefix)))


_: type[ObjectStore] = MemoryObjects
