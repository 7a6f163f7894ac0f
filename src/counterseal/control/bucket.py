"""CloudTrail's files in a bucket: which there are, by account, region and day, and how they come to this machine."""

import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date

from counterseal.control.fetched import Fetched, Kept
from counterseal.control.intake import MAX_FILE_BYTES
from counterseal.control.log_source import LogSource, SourceFile
from counterseal.control.period import Days
from counterseal.control.walk import SUFFIXES
from counterseal.correlation.records.delivery import Place
from counterseal.errors import MalformedInput, NotFound, Unreachable
from counterseal.objects.archive import Listed, ObjectArchive

LOGS, DIGESTS = "CloudTrail", "CloudTrail-Digest"

THREADS = 8
_AHEAD = 4 * THREADS
_TRIES = 3

# [prefix/]AWSLogs/[o-ORG/]ACCOUNT/CloudTrail[-Digest]/REGION/YYYY/MM/DD/: cloudtrail-find-log-files.html
_ROOT = "AWSLogs"
_ACCOUNT_OR_ORGANISATION = re.compile(r"\d{9,13}|o-[a-z0-9]{10,32}", re.ASCII)
_KIND = re.compile(rf"(^|/)(?:{LOGS}|{DIGESTS})/")
_REGION = re.compile(rf"((?:.*/)?(?:{LOGS}|{DIGESTS})/[a-z0-9-]+/).*", re.ASCII)
_DAY = re.compile(r"(\d{4})/(\d\d)/(\d\d)/.*", re.ASCII)


class BucketFiles:
    """The log files, or the digests, below a prefix of a bucket.

    They are listed first, then fetched by several threads, in order, and a little ahead of whoever reads them. The
    listing lies in a file and the contents do: memory does not grow with the trail.
    """

    def __init__(self, archive: ObjectArchive, prefix: str, fetched: Fetched, days: Days, *, kind: str = LOGS) -> None:
        """Take the bucket, where to look in it, where to put what is fetched, and which days and kind of files."""
        self.skipped = 0
        self.days = days
        self._archive = archive
        self._prefix = prefix
        self._fetched = fetched
        self._kind = kind
        self._listing = fetched.scratch()
        self._total = -1

    @property
    def bucket(self) -> str:
        """Return the name of the bucket."""
        return self._archive.bucket

    def uri(self, object_name: str) -> str:
        """Return how people write the place of an object."""
        return self._archive.uri(object_name)

    def total(self) -> int:
        """Return how many there are.

        Raises:
            NotFound: there is no such bucket, or no such file in it.
            Denied, Unreachable: the storage refuses, or did not answer.
        """
        if self._total < 0:
            self._total = 0
            with self._listing.open("w", encoding="utf-8") as listing:
                for listed in self._walk():
                    listing.write(json.dumps(listed) + "\n")
                    self._total += 1
        if not self._total:
            raise self._nothing()
        return self._total

    def files(self) -> Iterator[SourceFile]:
        """Give every file once it is on this machine.

        Raises:
            NotFound, Denied, Unreachable: as `total`; the message names the object.
            MalformedInput: an object is larger than any log file.
            Conflict: an object was replaced while it was read.
        """
        for name, kept in self.kept():
            yield SourceFile(kept.path, self._archive.uri(name))

    def places(self) -> tuple[Place, ...]:
        """Return the place that it reads."""
        return (trail_place(self.bucket, self._prefix),)

    def unseen(self) -> tuple[str, ...]:
        """Say what reading the files of some days alone may miss."""
        return self.days.unseen()

    def kept(self) -> Iterator[tuple[str, Kept]]:
        """Give the name of every object, and what was fetched of it.

        Raises:
            NotFound, Denied, Unreachable, MalformedInput, Conflict: as `files`.
        """
        self.total()
        with self._listing.open(encoding="utf-8") as lines:
            for listed, kept in _ahead(self._fetch, (Listed(*json.loads(line)) for line in lines)):
                yield listed.object_name, kept

    def _fetch(self, listed: Listed) -> Kept:
        name = self._archive.uri(listed.object_name)
        if listed.size > MAX_FILE_BYTES:
            raise MalformedInput(f"{name!r} has {listed.size} bytes: no log file of CloudTrail is so large")
        found = self._fetched.find(name, listed.tag)
        tries = 0
        while found is None:
            tries += 1
            try:
                content = self._archive.fetch(listed)
                found = self._fetched.keep(name, listed.tag, content.pieces, metadata=content.metadata)
            except Unreachable:
                if tries == _TRIES:
                    raise
        return found

    # ------------------------------------------------------------------------------------------ which there are

    def _walk(self) -> Iterator[Listed]:
        if self._prefix.endswith(SUFFIXES):
            yield from (it for it in self._archive.objects(self._prefix) if it.object_name == self._prefix)
            return
        base = f"{self._prefix.rstrip('/')}/" if self._prefix.strip("/") else ""
        base = _KIND.sub(rf"\1{self._kind}/", base)
        within = _REGION.fullmatch(base)
        if within:
            yield from self._region(within[1], base)
        elif _ROOT in base.split("/"):
            yield from self._below_root(base)
        elif self._archive.folders(root := f"{base}{_ROOT}/"):
            # Nothing above the root is listed: who may read a trail need not see what else is in the bucket.
            yield from self._below_root(root)
        else:
            # No trail delivers like this; somebody copied files here. As in a folder, all of them are read.
            yield from self._wanted(self._archive.objects(base))

    def _below_root(self, base: str) -> Iterator[Listed]:
        if base.endswith(f"/{self._kind}/"):
            for region in self._archive.folders(base):
                yield from self._region(region, region)
            return
        for folder in self._archive.folders(base):
            name = folder.removesuffix("/").rpartition("/")[2]
            if name == self._kind or _ACCOUNT_OR_ORGANISATION.fullmatch(name):
                yield from self._below_root(folder)

    def _region(self, region: str, prefix: str) -> Iterator[Listed]:
        """Give the files of one region: names sort by day, so neither end needs more than to begin, and to stop."""
        first, last = self.days
        after = f"{region}{first:%Y/%m/%d}" if first else ""
        for listed in self._wanted(self._archive.objects(prefix, after=after)):
            day = _day_of(listed.object_name.removeprefix(region))
            if day and last and day > last:
                return
            if day is None or self.days.hold(day):
                yield listed

    def _wanted(self, objects: Iterable[Listed]) -> Iterator[Listed]:
        for listed in objects:
            if listed.object_name.lower().endswith(SUFFIXES):
                yield listed
            elif not listed.object_name.endswith("/"):  # consoles make such objects to show a folder
                self.skipped += 1

    def _nothing(self) -> NotFound:
        kind = "log file" if self._kind == LOGS else "digest"
        first, last = self.days
        days = f" of the days {first or 'before'} to {last or 'now'}" if first or last else ""
        return NotFound(
            f"no {kind} of CloudTrail{days} is below {self._archive.uri(self._prefix)!r}",
            hint="name the bucket and the trail's prefix, as far as AWSLogs or further",
        )


_: type[LogSource] = BucketFiles


def trail_place(bucket: str, prefix: str) -> Place:
    """Return where a trail delivers whose files lie below a prefix, which may go as far as AWSLogs or further."""
    before = f"/{prefix}/".partition(f"/{_ROOT}/")[0]
    return Place(bucket, before.strip("/"))


def _day_of(tail: str) -> date | None:
    found = _DAY.fullmatch(tail)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _ahead(fetch: Callable[[Listed], Kept], listing: Iterable[Listed]) -> Iterator[tuple[Listed, Kept]]:
    """Fetch by several threads, give in order, and stop them all where one fails."""
    with ExitStack() as after:
        pool = ThreadPoolExecutor(THREADS)
        after.callback(pool.shutdown, cancel_futures=True)
        waiting: deque[tuple[Listed, Future[Kept]]] = deque()
        for listed in listing:
            waiting.append((listed, pool.submit(fetch, listed)))
            if len(waiting) == _AHEAD:
                first, future = waiting.popleft()
                yield first, future.result()
        for listed, future in waiting:
            yield listed, future.result()
