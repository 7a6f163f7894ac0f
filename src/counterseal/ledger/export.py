"""A ledger as one text file: an entry a line, as it was hashed, so that anybody can verify it anywhere."""

import hashlib
import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from counterseal.canonical import canonical_json
from counterseal.errors import MalformedInput, NotFound, Unreachable
from counterseal.ledger import chain
from counterseal.ledger.chain import Break, Cause, Head, Stored, TreeHead, by_stream
from counterseal.ledger.checkpoint import STREAM
from counterseal.ledger.entry import Entry, parse_entry
from counterseal.ledger.interface import Ledger
from counterseal.ledger.verifying import Verifiable

# The last line's schema: it says where each stream ends, so that a file that was cut off shows it. LEDGER-6.2
SCHEMA = "counterseal/ledger-export/v1"


def export_lines(ledger: Ledger) -> Iterator[bytes]:
    """Return the lines of an export: stream by stream, each in order, as they stood when it began. LEDGER-6.1.

    Raises:
        MalformedInput: an entry cannot be read.
        Unreachable: the ledger does not answer.
    """
    # The checkpoints' end is read first: what they cover was there before them, so the export has it too.
    first = ledger.head(STREAM)
    heads = {name: ledger.head(name) for name in ledger.streams()} | ({STREAM: first} if first.position else {})
    for name, head in sorted(heads.items()):
        for entry in islice(ledger.read(name), head.position):
            yield entry.content + b"\n"
    ends = [head._asdict() for _, head in sorted(heads.items())]
    yield canonical_json({"schema": SCHEMA, "heads": ends}) + b"\n"


class _Line(NamedTuple):
    """One line, with the stream and the position that it claims; "" and 0 where it claims none."""

    content: bytes
    stream: str
    position: int


class ExportedLedger:
    """What `export_lines` wrote, read from a file: it is never held in memory whole."""

    def __init__(self, path: Path) -> None:
        """Take the file's path.

        Raises:
            NotFound: there is no such file.
            Unreachable: it cannot be read.
        """
        self._path = path
        self._open().close()

    def read(self, stream: str) -> Iterator[Entry]:
        """Return the entries of a stream, as far as they can be read.

        Raises:
            MalformedInput: one of them cannot be read.
        """
        for line in self._lines():
            if line.stream == stream:
                yield parse_entry(line.content)

    def heads(self) -> Mapping[str, Head] | None:
        """Return where each stream ends, by the file's last line; None where that line is not there."""
        with self._open() as file:
            last = deque(file, maxlen=1)
        return _heads(last[0]) if last else None

    def verify(self, *, trees: Sequence[TreeHead] = ()) -> Break | None:
        """Return the first place that does not hold. See `Ledger.verify`."""
        kept, heads = by_stream(trees), self.heads()
        ends, seen = heads or {}, set[str]()
        lines = _Ahead(self._lines())
        while lines.next is not None:
            stream = _belongs(lines.next, sorted(ends.keys() - seen))
            if stream in seen:
                return Break(stream, lines.next.position, Cause.REORDERED, "it stands outside its stream")
            seen.add(stream)
            rows = lines.rows_of(stream, ends.get(stream))
            broken = chain.verify(stream, rows, ends.get(stream), kept.get(stream, ()))
            if broken:
                return broken
        for stream in sorted({*kept, *ends} - seen):
            return chain.verify(stream, (), ends.get(stream), kept.get(stream, ()))
        if heads is None:
            return Break("", 0, Cause.MISSING, "the file has not its last line, which says where each stream ends")
        return None

    def _lines(self) -> Iterator[_Line]:
        with self._open() as file:
            yield from (_claims(line) for line in file if _heads(line) is None)

    def _open(self) -> BinaryIO:
        try:
            return self._path.open("rb")
        except FileNotFoundError:
            raise NotFound(f"there is no file {str(self._path)!r}") from None
        except OSError as failure:
            raise Unreachable(f"{str(self._path)!r} cannot be read: {failure.strerror}") from failure


def _belongs(line: _Line, waiting: Sequence[str]) -> str:
    """Return the stream that begins with this line; an altered line may claim one that the export does not have."""
    return waiting[0] if waiting and line.stream not in waiting and line.position <= 1 else line.stream


class _Ahead:
    """Lines with one to look at before it is taken."""

    def __init__(self, lines: Iterator[_Line]) -> None:
        self._lines = lines
        self.next = next(lines, None)

    def rows_of(self, stream: str, end: Head | None) -> Iterator[Stored]:
        """Return the rows up to where another stream begins: after the end, or with an entry at position 1."""
        place = 0
        while self.next is not None:
            may_end = self.next.position == 1 or (end is not None and place >= end.position)
            if place and may_end and self.next.stream != stream:
                return
            place += 1
            yield _stored(self.next, stream, place)
            self.next = next(self._lines, None)


def _heads(line: bytes) -> Mapping[str, Head] | None:
    """Return what the last line of an export says; None where this is another line."""
    if SCHEMA.encode() not in line:
        return None
    try:
        read = json.loads(line)
        heads = [Head(str(it["stream"]), int(it["position"]), str(it["digest"])) for it in read["heads"]]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return {head.stream: head for head in heads} if read["schema"] == SCHEMA else None


def _claims(raw: bytes) -> _Line:
    content = raw.removesuffix(b"\n")
    try:
        read = json.loads(content)
        stream, position = read["stream"], read["position"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return _Line(content, "", 0)
    fits = isinstance(stream, str) and type(position) is int
    return _Line(content, stream, position) if fits else _Line(content, "", 0)


def _stored(line: _Line, stream: str, place: int) -> Stored:
    """Return the line as a row; what stands beside an entry in a ledger is made from it, and is right by making."""
    digest = hashlib.sha256(line.content).digest()
    try:
        entry = parse_entry(line.content)
    except MalformedInput:
        return Stored(place, "", b"", b"", digest, line.content)
    draft = entry.draft
    position = line.position if line.stream == stream else place
    return Stored(position, draft.kind, draft.subject, draft.fingerprint, digest, line.content)


_: type[Verifiable] = ExportedLedger
