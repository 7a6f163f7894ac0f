"""Reads the log files that messages name, out of the folders that the settings allow and out of no other."""

from collections.abc import Sequence

from counterseal.control.bucket import trail_place
from counterseal.control.process import LogFiles
from counterseal.correlation.records.delivery import Place
from counterseal.errors import Conflict, MalformedInput, NotFound, Refused, Unreachable
from counterseal.objects.archive import Listed, ObjectArchive

LARGEST_BYTES = 64 * 1024 * 1024
"""The largest file, packed as it lies in its bucket, that is kept whole beside the messages."""


class NamedFiles:
    """Reads from buckets under prefixes. A message chooses among what is there, and never where we go."""

    def __init__(self, folders: Sequence[tuple[ObjectArchive, str]], *, largest: int = LARGEST_BYTES) -> None:
        """Take the buckets, each with the prefix below which log files are read ("" is all of it)."""
        self._folders = [
            (archive, f"{prefix.rstrip('/')}/" if prefix.strip("/") else "") for archive, prefix in folders
        ]
        self._largest = largest

    def places(self) -> tuple[Place, ...]:
        """Return the places that trails deliver to, if these folders are theirs."""
        return tuple(trail_place(archive.bucket, prefix) for archive, prefix in self._folders)

    def read(self, bucket: str, object_name: str) -> bytes:
        """Return what lies there. See `LogFiles.read`."""
        archive = self._archive(bucket, object_name)
        listed = _listed(archive, object_name)
        if listed.size > self._largest:
            raise MalformedInput(f"{archive.uri(object_name)!r} has {listed.size} bytes: no log file is so large")
        try:
            return b"".join(archive.fetch(listed).pieces)
        except Conflict as failure:
            raise Unreachable(str(failure)) from failure

    def _archive(self, bucket: str, object_name: str) -> ObjectArchive:
        for archive, prefix in self._folders:
            if archive.bucket == bucket and object_name.startswith(prefix):
                return archive
        raise Refused(
            f"it names {f's3://{bucket}/{object_name}'!r}, which is in none of intake.log_folders",
            hint="name the folder there if you trust it, and retry",
        )


def _listed(archive: ObjectArchive, object_name: str) -> Listed:
    """Look an object up: S3 answers "denied" for what is missing, unless asked by who may list."""
    # Of all names that begin so, the name itself comes first.
    listed = next(iter(archive.objects(object_name)), None)
    if listed is None or listed.object_name != object_name:
        raise NotFound(
            f"there is no {archive.uri(object_name)!r}",
            hint="it was removed since, or the message is wrong: the trail's digests tell",
        )
    return listed


_: type[LogFiles] = NamedFiles
