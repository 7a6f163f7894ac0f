"""Checks folders of CloudTrail files against their digests, with keys and signatures that were saved: no connection."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from counterseal.control.intake import read_file, read_log
from counterseal.control.log_source import SourceFile
from counterseal.control.period import Days
from counterseal.control.walk import SUFFIXES
from counterseal.correlation.digests.completeness import (
    Completeness,
    Fault,
    Hour,
    Outcome,
    Periods,
    fault_of,
    file_fault,
    in_order,
    open_beginnings,
    open_ends,
    with_faults,
)
from counterseal.correlation.digests.digest_chain import Archive, Link, StoredDigest, chains, follow
from counterseal.correlation.digests.digests import (
    LogFile,
    LogName,
    digest_name,
    listed_files,
    log_name,
    prefix_of,
    read_digest,
    tail_of,
)
from counterseal.correlation.digests.saved_keys import Saved, read_public_keys, read_signatures
from counterseal.errors import Denied, MalformedInput, NotFound

Progress = Callable[[int, int], None]

_ROOT = "AWSLogs"
_DIGESTS = "/CloudTrail-Digest/"
_GZIP = ".gz"
_T = TypeVar("_T")


def read_saved(public_keys: Sequence[Path], signatures: Path | None) -> Saved:
    """Read the files of public keys, and the file of signatures where there is one.

    Raises:
        NotFound: a file is not there.
        Denied: it may not be read.
        MalformedInput: it is something else; the message names the file and the place.
    """
    from counterseal.seal.rsa_signatures import RsaSha256Verifier

    keys = [
        key for file in public_keys for key in _read(file, lambda it: list(read_public_keys(it, RsaSha256Verifier)))
    ]
    return Saved(tuple(keys), _read(signatures, read_signatures) if signatures else {})


def verify_trails(
    paths: Sequence[Path], saved: Saved, *, bucket: str = "", progress: Progress | None = None
) -> Completeness:
    """Check all digests and log files that lie in folders, as `aws s3 sync` makes them.

    `bucket` is the bucket that they were copied from; without it, what most of the digests name.

    Raises:
        NotFound: a path is not there, or none of them holds a digest.
        Denied: a file or folder may not be read.
        MalformedInput: a file cannot be read; the message names it.
    """
    files = (SourceFile(file, str(file)) for path in paths for file in _walk(path))
    found = verify_files(files, lambda _: saved, bucket=bucket, progress=progress)
    if found is None:
        named = ", ".join(repr(str(path)) for path in paths)
        hint = "fetch the folder CloudTrail-Digest beside CloudTrail, and name the folder that holds both"
        raise NotFound(f"no digest of CloudTrail is in {named}", hint=hint)
    return found


Keyring = Callable[[Sequence[StoredDigest]], Saved]
"""Gives the keys and signatures that digests are checked with, once it is known which digests there are."""


def verify_files(
    files: Iterable[SourceFile],
    keyring: Keyring,
    *,
    bucket: str = "",
    days: Days = Days(),  # noqa: B008  # it never changes
    progress: Progress | None = None,
) -> Completeness | None:
    """Check digests and log files, each under its name from `AWSLogs/` on; None where there is no digest among them.

    `days` are those whose digests were asked for: one of another day is not missed.

    Raises:
        Denied: a file may not be read.
        MalformedInput: a file cannot be read; the message names it.
        CountersealError: what the keyring raises.
    """
    held = _Files()
    for file in files:
        held.add(file)
    roots = [root for _, root in sorted(held.roots.items())]
    if not any(root.digests for root in roots):
        return None
    meter = _Meter(progress, sum(len(root.logs) for root in roots))
    parts = [_Check(root, keyring, bucket, days, meter).all() for root in roots]
    return joined([*parts, Completeness(hours=(), faults=(), uncovered=held.strays)])


def joined(parts: Iterable[Completeness]) -> Completeness:
    """Put together what was found in several places."""
    held = list(parts)
    hours = [hour for part in held for hour in part.hours]
    faults = [fault for part in held for fault in part.faults]
    return in_order(hours, faults, sum(part.uncovered for part in held))


def _read(file: Path, understand: Callable[[Any], _T]) -> _T:
    try:
        return understand(json.loads(read_file(file).decode("utf-8-sig")))
    except MalformedInput as failure:
        raise MalformedInput(f"{str(file)!r}: {failure}", hint=failure.hint) from None
    except (ValueError, RecursionError) as failure:
        raise MalformedInput(f"{str(file)!r} is not JSON: {failure}") from None


# ---------------------------------------------------------------------------------------------- the files


class _Root:
    """One place that holds `AWSLogs`: its files by their names from there on."""

    def __init__(self) -> None:
        self.digests: dict[str, SourceFile] = {}
        self.logs: dict[str, SourceFile] = {}


class _Files:
    """The files of all paths, each under its root; `strays` counts those that no digest could list."""

    def __init__(self) -> None:
        self.roots: dict[str, _Root] = {}
        self.strays = 0
        self._seen: set[str] = set()

    def add(self, file: SourceFile) -> None:
        name = file.name
        if name in self._seen or not name.lower().endswith(SUFFIXES):
            return
        self._seen.add(name)
        before, root, after = f"/{name}".rpartition(f"/{_ROOT}/")
        if not root:
            self.strays += 1
            return
        held = self.roots.setdefault(before, _Root())
        tail = f"{_ROOT}/{after}"
        is_digest = _DIGESTS in tail or digest_name(_packed(tail)) is not None
        (held.digests if is_digest else held.logs)[tail] = file


def _packed(tail: str) -> str:
    """Return the name under which CloudTrail delivered a file, of which the copy may have been unpacked."""
    return tail + _GZIP if tail.endswith(".json") else tail


def _walk(path: Path) -> Iterator[Path]:
    """Go through a folder; links to folders are not followed: they lead out of the copy."""
    if not path.exists():
        raise NotFound(f"nothing is at {str(path)!r}", hint="give a folder of CloudTrail files")
    whole = path.resolve()
    if not whole.is_dir():
        yield whole
        return
    for folder, _, names in os.walk(whole, onerror=_may_not):
        for name in names:
            file = Path(folder, name)
            if file.is_file():
                yield file


def _may_not(failure: OSError) -> None:
    hint = "run as a user who may, or leave it out"
    raise Denied(f"the folder {failure.filename!r} may not be read", hint=hint) from failure


class _Meter:
    """Tells how many of all log files were compared."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def step(self) -> None:
        self._done += 1
        if self._progress:
            self._progress(min(self._done, self._total), self._total)


# ---------------------------------------------------------------------------------------------- one root


class _Check:
    """The check of one root: its chains, then the files that they list, then those that they do not."""

    def __init__(self, root: _Root, keyring: Keyring, bucket: str, days: Days, meter: _Meter) -> None:
        self._root, self._days, self._meter = root, days, meter
        self._stored = list(filter(None, map(self._digest, sorted(root.digests))))
        self._saved = keyring(self._stored)
        self._archive = _archive(self._stored, bucket)
        self._not_listed = set(root.logs)

    def all(self) -> Completeness:
        hours: list[Hour] = []
        faults: list[Fault] = []
        begun: list[tuple[Hour, str]] = []
        for chain, members in chains(self._stored).items():
            for link in follow(chain, members, self._archive, self._saved):
                hour, wrong = self._of_link(link)
                hours.append(hour)
                faults += wrong
                if not chain.backfill and self._was_asked(link.lacks):
                    begun.append((hour, link.lacks))
        periods = Periods(hours)
        names = {tail: name for tail in self._root.logs if (name := log_name(tail))}
        latest: dict[tuple[str, str], datetime] = {}
        for name in names.values():
            place = (name.account, name.region)
            latest[place] = max(name.time, latest.get(place, name.time))
        unlisted = {tail: _unlisted(tail, names.get(tail), periods) for tail in sorted(self._not_listed)}
        uncovered = [tail for tail, fault in unlisted.items() if fault is None]
        ends = open_beginnings(begun, [names[tail] for tail in uncovered if tail in names]) + open_ends(hours, latest)
        faults += filter(None, unlisted.values())
        faults += map(fault_of, ends)
        faults += [_nothing_proved(*place) for place in periods.without_proof(latest)]
        return in_order([*hours, *ends], faults, len(uncovered) + len(self._root.digests) - len(self._stored))

    def _was_asked(self, digest: str) -> bool:
        """Say whether a digest lies in a day whose digests were asked for."""
        name = digest_name(digest)
        return digest != "" and (name is None or self._days.hold(name.end.date()))

    def _digest(self, tail: str) -> StoredDigest | None:
        """Read a digest; None where the file is none, or is there as it was delivered too."""
        place = _packed(tail)
        if place != tail and place in self._root.digests:
            return None
        digest, content, unreadable = None, b"", ""
        try:
            content = read_log(self._root.digests[tail])
            digest = read_digest(content)
        except MalformedInput as failure:
            unreadable = str(failure)
        name = digest_name(place) or (digest_name(digest.object_name) if digest else None)
        return StoredDigest(place, name, digest, _sha256(content), unreadable) if name else None

    def _of_link(self, link: Link) -> tuple[Hour, list[Fault]]:
        hour = link.hour
        if hour.outcome.counts:
            return hour, [fault_of(hour)]
        wrong: list[Fault] = []
        logs = listed_files(self._again(link.stored)) if link.stored else []
        for log in logs:
            judged = self._judge(log)
            if judged:
                wrong.append(file_fault(hour, log, *judged))
            if hour.outcome is Outcome.PROVED:
                self._not_listed -= {self._local(log)}
            self._meter.step()
        return with_faults(replace(hour, files=len(logs)), wrong), wrong

    def _again(self, stored: StoredDigest) -> bytes:
        file = self._file(self._root.digests, stored.place)
        content = read_log(file) if file else b""
        if _sha256(content) != stored.sha256:
            raise MalformedInput(
                f"{stored.place!r} was changed while it was read", hint="try again when nothing writes"
            )
        return content

    def _judge(self, log: LogFile) -> tuple[Outcome, str] | None:
        """Compare a log file with what a digest says of it; None where it is as it was delivered."""
        if not log.is_comparable:
            given = f"{len(log.hash_value)} characters as {log.hash_algorithm}"
            return Outcome.BAD_HASH, f"the digest gives {given}; a hash is 64 hexadecimal digits of SHA-256"
        file = self._file(self._root.logs, self._local(log))
        if file is None:
            return Outcome.MISSING_FILE, "the digest lists it, and it is not here"
        try:
            found = _sha256(read_log(file))
        except MalformedInput as failure:
            return Outcome.ALTERED_FILE, str(failure)
        if found != log.hash_value.lower():
            return Outcome.ALTERED_FILE, "its hash is not the one that the digest lists"
        return None

    def _local(self, log: LogFile) -> str:
        """Return the place of a log file in this copy; that of no file where it was delivered to somewhere else."""
        tail = tail_of(log.object_name)
        if log.bucket != self._archive.bucket or log.object_name != self._archive.prefix + tail:
            return ""
        return tail if tail in self._root.logs else tail.removesuffix(_GZIP)

    @staticmethod
    def _file(files: dict[str, SourceFile], place: str) -> SourceFile | None:
        return files.get(place) or files.get(place.removesuffix(_GZIP))


def _archive(stored: Sequence[StoredDigest], bucket: str) -> Archive:
    """Return where this copy was made from: as given, else as most of the digests say."""
    said = [it.digest for it in stored if it.digest]
    prefix = _most(prefix_of(it.object_name) for it in said)
    return Archive(bucket or _most(it.bucket for it in said), prefix)


def _most(words: Iterable[str]) -> str:
    counted = Counter(words)
    return max(sorted(counted), key=lambda it: counted[it], default="")


def _unlisted(tail: str, name: LogName | None, periods: Periods) -> Fault | None:
    """Say of a log file whether a proved digest would have had to list it."""
    hour = periods.listing(name) if name else None
    if hour is None:
        return None
    reason = f"it bears the time of an hour whose digest, {hour.digest}, is proved and does not list it"
    return replace(fault_of(hour), outcome=Outcome.UNLISTED_FILE, object_name=tail, reason=reason)


def _nothing_proved(account: str, region: str) -> Fault:
    return Fault(
        outcome=Outcome.NOTHING_PROVED,
        account=account,
        region=region,
        start=None,
        end=None,
        object_name="",
        reason="there are log files or digests, and no digest of them is proved",
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
