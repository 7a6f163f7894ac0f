"""Reads the files and folders of records into one population."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import cast

from isal import igzip_lib

from counterseal.control.log_names import delivered_at
from counterseal.control.log_source import LogSource, SourceFile
from counterseal.control.period import Days
from counterseal.correlation.records.gathering import Gathering
from counterseal.correlation.records.population import Population
from counterseal.errors import CountersealError, Denied, MalformedInput, NotFound

SUFFIXES = (".json", ".json.gz", ".jsonl", ".jsonl.gz")
"""What is read in a folder; a file that is named itself is read whatever its name."""

MAX_FILE_BYTES = 1 << 30
"""A log file of CloudTrail holds some tens of MB; one that unpacks to more than 1 GiB is a bomb or no log file."""

PIECE_BYTES = 64 * 1024
WINDOW_BYTES = 256 * 1024
"""How much is read and unpacked at a time: it stays in the processor's cache, and its memory is used again."""

Progress = Callable[[int, int], None]

_BROKEN_GZIP = cast("type[Exception]", igzip_lib.IsalError)  # its stub calls the class an instance
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What was read: the population, how many files it came from, how many were left alone for their names."""

    population: Population
    files: int
    skipped: int


def read_paths(paths: Sequence[Path], *, progress: Progress | None = None) -> Intake:
    """Read files, and folders with all that is in them, in the order of their names.

    `progress` is called with the number of files done and the number of files in all.

    Raises:
        NotFound: a path is not there, or a folder holds no file of records: silence would read as a clean audit.
        Denied: a file or folder may not be read.
        MalformedInput: a file is broken, or none of what records come in; the message names it.
    """
    return read_sources([LocalFiles(paths)], progress=progress)


def read_sources(sources: Sequence[LogSource], *, progress: Progress | None = None) -> Intake:
    """Read every file of every source into one population.

    Raises:
        NotFound, Denied, Unreachable, MalformedInput: what a source raises, and as `read_paths`.
    """
    total = sum(source.total() for source in sources) if progress else 0
    gathering, done = Gathering(), 0
    for file in chain.from_iterable(source.files() for source in sources):
        if not gathering.add_in_stretches(_windows(file), source=file.name):
            gathering.add(b"".join(_windows(file)), source=file.name)
        done += 1
        if progress:
            progress(done, total)
    return Intake(population=gathering.population(), files=done, skipped=sum(source.skipped for source in sources))


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
        return sum(map(self._is_of_days, _Walk().files(self._paths)))

    def files(self) -> Iterator[SourceFile]:
        """Give every file once.

        Raises:
            NotFound: a path is not there, or a folder holds no file of records.
            Denied: a file or folder may not be read.
        """
        walk, given = _Walk(), 0
        for path in filter(self._is_of_days, walk.files(self._paths)):
            given += 1
            yield SourceFile(path, str(path))
        self.skipped = walk.skipped
        if not given and self._paths:
            named = ", ".join(repr(str(path)) for path in self._paths)
            raise NotFound(f"no file of the period is in {named}", hint="give another period, or leave the path out")

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


def _windows(file: SourceFile) -> Iterator[bytes]:
    """Read a file piece by piece, unpacked."""
    if _status(file.path).st_size > MAX_FILE_BYTES:
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
        raise _in_our_words(failure, file) from failure


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


class _Walk:
    """Goes through folders and files once each, however links and paths lead back to them."""

    def __init__(self) -> None:
        self.skipped = 0
        self._seen: set[tuple[int, int]] = set()
        self._met = 0  # files, and folders walked before: an empty folder is one where nothing was met

    def files(self, paths: Sequence[Path]) -> Iterator[Path]:
        """Go through all files to read. What is named itself is left out where a folder holds it too."""
        statuses = [(path, _status(path)) for path in paths]
        named = {_identity(status) for _, status in statuses if not stat.S_ISDIR(status.st_mode)}
        for path, status in statuses:
            if stat.S_ISDIR(status.st_mode):
                met_before = self._met
                for file, its_status in self._folder(path):
                    if not named or _identity(its_status) not in named:
                        yield file
                if self._met == met_before:
                    hint = f"records come in files that end in {', '.join(SUFFIXES)}"
                    raise NotFound(f"no file of records is in {str(path)!r}", hint=hint)
            elif _identity(status) not in self._seen:
                self._seen.add(_identity(status))
                yield path

    def _folder(self, folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
        identity = _identity(_status(folder))
        if identity in self._seen:
            self._met += 1
            return
        self._seen.add(identity)
        try:
            inside = sorted(folder.iterdir())
        except OSError as failure:
            raise _in_our_words(failure, folder) from failure
        for path in inside:
            wanted = path.name.lower().endswith(SUFFIXES)
            status = _status(path, follow=wanted or path.exists())
            if stat.S_ISDIR(status.st_mode):
                yield from self._folder(path)
            elif wanted and stat.S_ISREG(status.st_mode):
                self._met += 1
                yield path, status
            else:
                self.skipped += 1


def _status(path: Path, *, follow: bool = True) -> os.stat_result:
    try:
        return path.stat(follow_symlinks=follow)
    except OSError as failure:
        raise _in_our_words(failure, path) from failure


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _in_our_words(failure: OSError, path: Path) -> CountersealError:
    match failure:
        case FileNotFoundError():
            return NotFound(f"nothing is at {str(path)!r}", hint="give a file or a folder of CloudTrail records")
        case PermissionError():
            return Denied(f"{str(path)!r} may not be read", hint="run as a user who may, or leave it out")
        case _:
            return MalformedInput(f"{str(path)!r} cannot be read: {failure.strerror}")


def _too_large(file: Path | str, most: int) -> MalformedInput:
    return MalformedInput(f"{str(file)!r} holds more than {most} bytes: no log file of CloudTrail is so large")
