"""Reads the files and folders of records into one population."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import cast

from isal import igzip_lib

from counterseal.control.log_names import delivered_at
from counterseal.control.log_source import LogSource, SourceFile
from counterseal.control.period import Days
from counterseal.control.walk import Walk, in_our_words, status_of
from counterseal.correlation.records.gathering import Gathering
from counterseal.correlation.records.population import Population
from counterseal.correlation.records.reading import read_in_stretches, read_whole
from counterseal.correlation.records.tally import Tally
from counterseal.errors import MalformedInput, NotFound

MAX_FILE_BYTES = 1 << 30
"""A log file of CloudTrail holds some tens of MB; one that unpacks to more than 1 GiB is a bomb or no log file."""

MOST_IN_MEMORY_BYTES = 256 * 1024 * 1024
"""As much for a file that is not read from a disk piece by piece."""

PIECE_BYTES = 64 * 1024
WINDOW_BYTES = 128 * 1024
"""How much is read and unpacked at a time: it stays in the processor's cache, and its memory is used again."""

WORTH_BYTES = 8 * 1024 * 1024
"""How much there is to read, packed, before other processes are worth their start: about half a second's work."""

Progress = Callable[[int, int], None]

_BROKEN_GZIP = cast("type[Exception]", igzip_lib.IsalError)  # its stub calls the class an instance
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What was read: the population, how many files it came from, how many were left alone for their names."""

    population: Population
    files: int
    skipped: int


def read_paths(
    paths: Sequence[Path],
    *,
    guarded_buckets: Collection[str] = (),
    progress: Progress | None = None,
    jobs: int | None = None,
) -> Intake:
    """Read files, and folders with all that is in them, in the order of their names.

    `progress` is called with the number of files done and the number of files in all. The rest as for `read_sources`.

    Raises:
        NotFound: a path is not there, or a folder holds no file of records: silence would read as a clean audit.
        Denied: a file or folder may not be read.
        MalformedInput: a file is broken, or none of what records come in; the message names it.
        Unreachable: a process that read a file ended in the midst of it.
    """
    return read_sources([LocalFiles(paths)], guarded_buckets=guarded_buckets, progress=progress, jobs=jobs)


def read_sources(
    sources: Sequence[LogSource],
    *,
    guarded_buckets: Collection[str] = (),
    progress: Progress | None = None,
    jobs: int | None = None,
) -> Intake:
    """Read every file of every source into one population. The same comes of it whatever `jobs`.

    Of the objects in S3 only those of `guarded_buckets` matter: the policy names them.
    `jobs` is the number of processes that read; without it there are as many as processors, and one where there is
    little to read.

    Raises:
        NotFound, Denied, Unreachable, MalformedInput: what a source raises, and as `read_paths`.
    """
    total = sum(source.total() for source in sources) if progress else 0
    gathering, done = Gathering(), 0
    read = partial(read_tally, guarded_buckets=frozenset(guarded_buckets))
    for tally in _tallies(read, chain.from_iterable(source.files() for source in sources), jobs):
        gathering.take(tally)
        done += 1
        if progress:
            progress(done, total)
    return Intake(population=gathering.population(), files=done, skipped=sum(source.skipped for source in sources))


def _tallies(read: Callable[[SourceFile], Tally], files: Iterator[SourceFile], jobs: int | None) -> Iterator[Tally]:
    if jobs is None:
        first, enough = _enough_for_several(files)
        files, jobs = chain(first, files), processors() if enough else 1
    if jobs == 1:
        return map(read, files)
    from counterseal.control.crew import in_processes

    return in_processes(read, files, jobs=jobs)


def _enough_for_several(files: Iterator[SourceFile]) -> tuple[list[SourceFile], bool]:
    """Take files until there is more to read than other processes take to start; say whether there is."""
    first: list[SourceFile] = []
    size = 0
    for file in files:
        first.append(file)
        size += status_of(file.path).st_size
        if size >= WORTH_BYTES and len(first) > 1:
            return first, True
    return first, False


def processors() -> int:
    """Return how many processors we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_tally(file: SourceFile, *, guarded_buckets: Collection[str] = ()) -> Tally:
    """Read one file; this is what other processes are asked to do.

    Raises:
        NotFound: it is not there.
        Denied: it may not be read.
        MalformedInput: it is broken, or none of what records come in.
    """
    tally = read_in_stretches(_windows(file), source=file.name, guarded_buckets=guarded_buckets)
    return tally or read_whole(read_log(file), source=file.name, guarded_buckets=guarded_buckets)


class LocalFiles:
    """Files and folders of this machine, in the order of their names."""

    def __init__(self, paths: Sequence[Path], *, days: Days = Days()) -> None:  # noqa: B008  # it never changes
        """Take the paths; files whose names say that they were delivered on other days than these are left out."""
        self._paths = paths
        self._days = days
        self.skipped = 0

    def total(self) -> int:
        """Return how many files there are to read.

        Raises:
            NotFound, Denied: as `files`.
        """
        return sum(map(self._is_of_days, Walk().files(self._paths)))

    def files(self) -> Iterator[SourceFile]:
        """Give every file once.

        Raises:
            NotFound: a path is not there, or a folder holds no file of records.
            Denied: a file or folder may not be read.
        """
        walk, given = Walk(), 0
        for path in filter(self._is_of_days, walk.files(self._paths)):
            given += 1
            yield SourceFile(path, str(path))
        self.skipped = walk.skipped
        if not given and self._paths:
            named = ", ".join(repr(str(path)) for path in self._paths)
            raise NotFound(f"no file of the period is in {named}", hint="give another period, or leave the path out")

    def places(self) -> tuple[()]:
        """Return no place: what lies here, no trail delivered."""
        return ()

    def unseen(self) -> tuple[str, ...]:
        """Say what reading the files of some days alone may miss."""
        return self._days.unseen()

    def _is_of_days(self, path: Path) -> bool:
        delivered = delivered_at(path.name)
        return delivered is None or self._days.hold(delivered.date())


_: type[LogSource] = LocalFiles


def read_file(file: Path) -> bytes:
    """Return the content of a file, unpacked where it is gzip by its first bytes.

    Raises:
        NotFound: it is not there.
        Denied: it may not be read.
        MalformedInput: it cannot be read, its gzip is broken or cut off, or it is larger than any log file.
    """
    return read_log(SourceFile(file, str(file)))


def read_log(file: SourceFile) -> bytes:
    """Return the content of a file of a source, unpacked as `read_file` does.

    Raises:
        NotFound, Denied, MalformedInput: as `read_file`.
    """
    return b"".join(_windows(file))


def unpacked(content: bytes, *, name: str, most: int = MOST_IN_MEMORY_BYTES) -> bytes:
    """Return a content that is in memory, unpacked where it is gzip by its first bytes; `most` as for `unpack`.

    Raises:
        MalformedInput: as `unpack`; the message names it.
    """
    if not content.startswith(_GZIP_MAGIC):
        return content
    pieces = (content[at : at + PIECE_BYTES] for at in range(0, len(content), PIECE_BYTES))
    return b"".join(unpack(pieces, file=name, most=most))


def _windows(file: SourceFile) -> Iterator[bytes]:
    """Read a file piece by piece, unpacked."""
    if status_of(file.path).st_size > MAX_FILE_BYTES:
        raise _too_large(file.name, MAX_FILE_BYTES)
    pieces = _pieces(file.path)
    first = next(pieces, b"")
    whole = chain([first], pieces)
    yield from unpack(whole, file=file.name) if first.startswith(_GZIP_MAGIC) else whole


def _pieces(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as opened:
            while piece := opened.read(PIECE_BYTES):
                yield piece
    except OSError as failure:
        raise in_our_words(failure, file) from failure


def unpack(pieces: Iterable[bytes], *, file: Path | str, most: int = MAX_FILE_BYTES) -> Iterator[bytes]:
    """Unpack gzip piece by piece, all of its members: a reader of the first alone would lose records silently.

    `most` is the number of bytes beyond which it is taken for a bomb.

    Raises:
        MalformedInput: it is broken, cut off, followed by something else, or unpacks to more than any log file.
    """
    pieces, room = iter(pieces), most
    begun = next(pieces, b"")
    while begun:
        member = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        while not member.eof:
            try:
                window = member.decompress(begun, WINDOW_BYTES)
            except _BROKEN_GZIP as failure:
                raise MalformedInput(f"the gzip of {str(file)!r} is broken: {failure}", hint=_GET_ANOTHER) from failure
            room -= len(window)
            if room < 0:
                raise _too_large(file, most)
            if window:
                yield window
                del window  # the next one is unpacked into the same memory
            begun = next(pieces, b"") if member.needs_input else b""
            if not begun and member.needs_input:
                raise MalformedInput(f"the gzip of {str(file)!r} is cut off", hint=_GET_ANOTHER)
        begun = _next_member(member.unused_data, pieces)


def _next_member(rest: bytes, pieces: Iterator[bytes]) -> bytes:
    """Return where the next member begins, if one does: RFC 1952 lets tapes pad with zeros."""
    rest = rest.lstrip(b"\x00")
    while not rest and (piece := next(pieces, b"")):
        rest = piece.lstrip(b"\x00")
    return rest


_GET_ANOTHER = "fetch the file again, or leave it out and say so in the audit"


def _too_large(file: Path | str, most: int) -> MalformedInput:
    return MalformedInput(f"{str(file)!r} holds more than {most} bytes: no log file of CloudTrail is so large")
