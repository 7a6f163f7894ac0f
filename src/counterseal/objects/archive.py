"""The interface of a storage that others write, and that is only read here: a trail's bucket."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol


class Listed(NamedTuple):
    """One object as a listing shows it: its name, the tag of its content, and its size in bytes."""

    object_name: str
    tag: str
    size: int


class Content(NamedTuple):
    """The content of an object, piece by piece, and what its writer put beside it."""

    pieces: Iterator[bytes]
    metadata: Mapping[str, str]


class ObjectArchive(Protocol):
    """Lists and reads objects, whatever their names. One value may be used by several threads at once.

    Every method raises ObjectNotFound where the storage itself is not there, Denied where it refuses this caller, and
    Unreachable where it did not answer: the same call may succeed later. Each error names the object.
    """

    @property
    def bucket(self) -> str:
        """Return the name of the storage: what CloudTrail's digests call the bucket."""
        ...

    def uri(self, object_name: str) -> str:
        """Return how people write the place of an object."""
        ...

    def folders(self, prefix: str) -> list[str]:
        """Return what names that start with this text go on with, up to and with the next slash, in ascending order.

        Raises:
            ObjectNotFound, Denied, Unreachable: see the class.
        """
        ...

    def objects(self, prefix: str, *, after: str = "") -> Iterator[Listed]:
        """Give the objects whose names start with this text and come after that one, in ascending order.

        Raises:
            ObjectNotFound, Denied, Unreachable: see the class.
        """
        ...

    def fetch(self, listed: Listed) -> Content:
        """Return exactly the content that was listed. Its pieces raise as this method does.

        Raises:
            Conflict: another content stands there by now.
            ObjectNotFound: nothing is there any more.
            Denied, Unreachable: see the class.
        """
        ...
