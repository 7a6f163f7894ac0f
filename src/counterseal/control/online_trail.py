"""Checks a trail's digests where they lie: signatures from the bucket, public keys from CloudTrail."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

from counterseal.clock import parse_time
from counterseal.control.bucket import BucketFiles
from counterseal.control.completeness import Progress, verify_files
from counterseal.control.log_source import SourceFile
from counterseal.correlation.digests.completeness import Completeness
from counterseal.correlation.digests.digest_chain import StoredDigest
from counterseal.correlation.digests.digests import tail_of
from counterseal.correlation.digests.saved_keys import PublicKey, Saved, SavedSignature
from counterseal.errors import MalformedInput, NotFound

# A digest is signed within two hours of its end, a backfill digest within one of its making (awscli, validation.py).
_SIGNED_WITHIN = timedelta(hours=2)

KeyList = Callable[[str, datetime, datetime], Iterable[PublicKey]]
"""Lists the keys with which CloudTrail signed in a region, between two times."""


def verify_bucket(
    logs: BucketFiles, digests: BucketFiles, *, list_keys: KeyList, saved: Saved, progress: Progress | None = None
) -> Completeness:
    """Check the digests of a bucket, and the log files that they list.

    Where `saved` has keys, no others are asked for. Signatures that were saved stand before those in the bucket: a
    digest that was deleted since shows, where its own signature was saved.

    Raises:
        NotFound: there is no digest, or no log file.
        Denied, Unreachable, MalformedInput, Conflict: as `BucketFiles.files`, and what `list_keys` raises.
    """
    signatures: dict[str, SavedSignature] = {}
    held: list[SourceFile] = []
    for name, kept in digests.kept():
        held.append(SourceFile(kept.path, digests.uri(name)))
        if signature := _signature(kept.metadata):
            signatures[tail_of(name)] = signature
    signatures.update(saved.signatures)

    def keyring(stored: Sequence[StoredDigest]) -> Saved:
        return Saved(saved.keys or tuple(_keys(stored, signatures, list_keys)), signatures)

    found = verify_files(
        chain(held, logs.files()), keyring, bucket=digests.bucket, days=digests.days, progress=progress
    )
    if found is None:
        raise NotFound("no digest of CloudTrail is among the files of the bucket", hint="name the trail's prefix")
    return found


def _signature(metadata: Mapping[str, str]) -> SavedSignature | None:
    """Read what CloudTrail put beside a digest; None where it is a copy that lost it."""
    if "signature" not in metadata:
        return None
    try:
        made = parse_time(metadata.get("backfill-generation-timestamp", ""))
    except MalformedInput:
        made = None
    return SavedSignature(metadata["signature"], metadata.get("signature-algorithm", ""), made)


def _keys(
    stored: Sequence[StoredDigest], signatures: Mapping[str, SavedSignature], list_keys: KeyList
) -> Iterable[PublicKey]:
    """List the keys of each home region once, for all the time in which its digests were signed."""
    spans: dict[str, list[datetime]] = {}
    for it in stored:
        saved = signatures.get(it.place)
        made = saved.backfill_time if saved and it.name.chain.backfill else None
        start = made or (it.digest.start if it.digest else it.name.end)
        spans.setdefault(it.name.chain.home_region, []).extend(
            (start - _SIGNED_WITHIN, (made or it.name.end) + _SIGNED_WITHIN)
        )
    for region, times in sorted(spans.items()):
        yield from list_keys(region, min(times), max(times))
