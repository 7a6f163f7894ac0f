"""The walk along one chain of digests, newest first: which are proved, and what is missing between."""

import binascii
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from counterseal.clock import format_time
from counterseal.correlation.digests.completeness import Hour, Outcome
from counterseal.correlation.digests.digests import ChainId, Digest, DigestName, digest_name, tail_of
from counterseal.correlation.digests.saved_keys import PublicKey, Saved, SavedSignature

ALGORITHM = "SHA256withRSA"

# A digest is signed after its period, and AWS lists a key until it no longer signs: awscli asks for two hours more, and
# for one hour around the making of a backfill digest (customizations/cloudtrail/validation.py).
_SIGNED_WITHIN = timedelta(hours=2)
_BACKFILL_WITHIN = timedelta(hours=1)
_HOUR = timedelta(hours=1)


class Archive(NamedTuple):
    """Where the digests say that they lie: the bucket, and the prefix before `AWSLogs/`."""

    bucket: str
    prefix: str


class StoredDigest(NamedTuple):
    """One digest as it was found: its place from `AWSLogs/` on, the hash of its unpacked content, and what it says.

    `digest` is None where it cannot be read; `unreadable` then says why.
    """

    place: str
    name: DigestName
    digest: Digest | None
    sha256: str
    unreadable: str = ""

    @property
    def said(self) -> DigestName:
        """Return what it says that its name is; where it says nothing of the kind, the name that it was found under."""
        return (digest_name(self.digest.object_name) if self.digest else None) or self.name

    def lies_in(self, archive: Archive) -> bool:
        """Say whether it lies where it says it does; what cannot be read says nothing else."""
        it = self.digest
        return it is None or (it.bucket == archive.bucket and it.object_name == archive.prefix + self.place)


class Link(NamedTuple):
    """One hour of a chain, and the digest it rests on; None where there is none.

    `lacks` is set on the first one of a copy that begins within the chain: the place of the digest before it.
    """

    hour: Hour
    stored: StoredDigest | None
    lacks: str = ""


class _Claim(NamedTuple):
    """What a newer digest says of the one before it, and what became of the newer one."""

    newer: Digest
    outcome: Outcome

    def agrees(self, sha256: str) -> bool:
        return (self.newer.previous_hash or "").lower() == sha256


class _Proof(NamedTuple):
    outcome: Outcome
    reason: str


_PROVED = _Proof(Outcome.PROVED, "")


def chains(stored: Iterable[StoredDigest]) -> dict[ChainId, list[StoredDigest]]:
    """Put each digest into the chain that it lies in, and into the one that it says it belongs to."""
    found: dict[ChainId, list[StoredDigest]] = {}
    for it in stored:
        for chain in {it.name.chain, it.said.chain}:
            found.setdefault(chain, []).append(it)
    return dict(sorted(found.items()))


def follow(chain: ChainId, stored: Sequence[StoredDigest], archive: Archive, saved: Saved) -> list[Link]:
    """Follow one chain; `stored` are all digests that lie in it or say that they belong to it."""
    return list(_Walk(chain, stored, archive, saved).links())


class _Walk:
    def __init__(self, chain: ChainId, stored: Sequence[StoredDigest], archive: Archive, saved: Saved) -> None:
        self._chain, self._archive, self._saved = chain, archive, saved
        here = [it for it in stored if it.lies_in(archive)]
        self._here = sorted(here, key=lambda it: (it.name.end, it.place), reverse=True)
        self._places = {it.place: it for it in here}
        # What lies where it does not belong: by what it says it is, and by where it was found.
        astray = [it for it in stored if not it.lies_in(archive)]
        self._moved = {tail_of(it.digest.object_name): it for it in astray if it.digest and it.said.chain == chain}
        self._astray = {it.place: it for it in astray}
        self._told: set[str] = set()

    def links(self) -> Iterator[Link]:
        claims: dict[str, _Claim] = {}
        for it in self._moved.values():
            _put_claim(claims, it, Outcome.MOVED_DIGEST)
        for number, it in enumerate(self._here):
            older = self._here[number + 1] if number + 1 < len(self._here) else None
            proof = self._prove(it, claims.get(it.place))
            believed = it.digest if not proof.outcome.counts else None
            start = believed.start if believed else older.name.end if older else it.name.end - _HOUR
            lacks = self._lacks(believed) if believed and not older else ""
            yield Link(self._hour(it.place, start, it.name.end, proof), it, lacks)
            _put_claim(claims, it, proof.outcome)
            if believed:
                yield from self._before(believed, older)
        yield from self._moved_ones()
        yield from self._only_saved()

    def _hour(self, place: str, start: datetime, end: datetime, proof: _Proof) -> Hour:
        chain = self._chain
        return Hour(
            account=chain.account,
            region=chain.region,
            trail=chain.trail,
            home_region=chain.home_region,
            backfill=chain.backfill,
            start=start,
            end=end,
            outcome=proof.outcome,
            reason=proof.reason,
            digest=place,
        )

    # ------------------------------------------------------------------------------------------ one digest

    def _prove(self, it: StoredDigest, claim: _Claim | None) -> _Proof:
        if it.digest is None:
            return _Proof(Outcome.ALTERED_DIGEST, it.unreadable)
        if claim and claim.outcome is Outcome.PROVED and not claim.agrees(it.sha256):
            return _Proof(Outcome.ALTERED_DIGEST, "the digest after it, which is proved, records another hash of it")
        saved = self._saved.signatures.get(it.place)
        key = self._key(it.digest, saved)
        if isinstance(key, _Proof):
            return key
        signed = it.digest.string_to_sign(it.sha256)
        if saved:
            return _by_saved_signature(saved, key, signed, claim, it.sha256)
        if claim:
            return _by_claim(claim, key, signed, it.sha256)
        newest = it is self._here[0]
        said = "it is the newest digest, and" if newest else "the digest after it is not here, and"
        return _Proof(Outcome.UNPROVED, f"{said} no signature of it was saved")

    def _key(self, digest: Digest, saved: SavedSignature | None) -> PublicKey | _Proof:
        """Choose the key by its fingerprint, among those valid when the digest was signed."""
        first, last = digest.start, digest.end + _SIGNED_WITHIN
        if self._chain.backfill:
            if saved is None or saved.backfill_time is None:
                reason = "when this backfill digest was made was not saved (backfill-generation-timestamp)"
                return _Proof(Outcome.UNPROVED, f"{reason}, so no key can be chosen")
            first, last = saved.backfill_time - _BACKFILL_WITHIN, saved.backfill_time + _BACKFILL_WITHIN
        known = self._saved.keys_of(digest.fingerprint)
        if not known:
            return _Proof(Outcome.UNKNOWN_KEY, f"no public key has the fingerprint {digest.fingerprint!r}")
        for key in known:
            if key.start <= last and key.end >= first:
                return key
        span = f"{format_time(known[0].start)} to {format_time(known[0].end)}"
        reason = f"the key {digest.fingerprint!r} was valid from {span}, and this digest was not signed then"
        return _Proof(Outcome.UNKNOWN_KEY, reason)

    # ------------------------------------------------------------------------------------------ between digests

    def _before(self, digest: Digest, older: StoredDigest | None) -> Iterator[Link]:
        """Say what is wrong between a digest and the one before it; nothing where this copy begins with it."""
        start = digest.start
        if digest.previous_object is None:
            if older and older.name.end < start:
                reason = "validation, or the trail, was stopped and started again: a chain begins after this"
                yield self._hole("", older.name.end, start, _Proof(Outcome.GAP, reason))
            return
        tail = tail_of(digest.previous_object)
        previous = self._places.get(tail)
        if previous and previous.name.end < start:
            reason = "two digests follow each other, and neither holds what was delivered between them"
            yield self._hole("", previous.name.end, start, _Proof(Outcome.GAP, reason))
        elif not previous and tail not in self._moved:
            yield from self._absent(tail, digest, older)

    def _lacks(self, oldest: Digest) -> str:
        """Return the place where the digest before the oldest one must lie, where nothing lies."""
        tail = tail_of(oldest.previous_object or "")
        return "" if tail in self._moved or tail in self._astray else tail

    def _absent(self, tail: str, newer: Digest, older: StoredDigest | None) -> Iterator[Link]:
        """Say what became of a digest that must lie at a place, and neither lies there nor anywhere else."""
        start = older.name.end if older else newer.start - _HOUR
        instead = self._astray.get(tail)
        if instead and instead.digest:
            said = f"s3://{instead.digest.bucket}/{instead.digest.object_name}"
            self._told.add(tail_of(instead.digest.object_name))
            reason = f"what lies there says that it is {said}: it was altered, or put there in place of the digest"
            yield self._hole(tail, start, newer.start, _Proof(Outcome.ALTERED_DIGEST, reason))
        elif older:
            where = "" if newer.previous_bucket == self._archive.bucket else f" in {newer.previous_bucket!r}"
            reason = f"the digest after it says that it was delivered{where}, and it is not here"
            yield self._hole(tail, start, newer.start, _Proof(Outcome.MISSING_DIGEST, reason))

    def _hole(self, tail: str, start: datetime, end: datetime, proof: _Proof) -> Link:
        self._told.add(tail)
        return Link(self._hour(tail, start, end, proof), None)

    def _moved_ones(self) -> Iterator[Link]:
        for tail, it in sorted(self._moved.items()):
            if it.digest and tail not in self._told:
                said = f"s3://{it.digest.bucket}/{it.digest.object_name}"
                reason = f"it says that it was delivered to {said}, and lies at {it.place}"
                yield self._hole(tail, it.digest.start, it.digest.end, _Proof(Outcome.MOVED_DIGEST, reason))

    def _only_saved(self) -> Iterator[Link]:
        """Find what was deleted at the newest end, which no digest after it can tell: its signature was saved."""
        ends = [it.name.end for it in self._here]
        reason = "its signature was saved, and it is not here"
        for tail in sorted(self._saved.signatures):
            name = digest_name(tail)
            if name is None or name.chain != self._chain or tail in self._places or tail in self._told:
                continue
            older = max((end for end in ends if end < name.end), default=None)
            if older is not None:
                yield self._hole(tail, older, name.end, _Proof(Outcome.MISSING_DIGEST, reason))


def _put_claim(claims: dict[str, _Claim], it: StoredDigest, outcome: Outcome) -> None:
    if it.digest and it.digest.previous_object:
        claims[tail_of(it.digest.previous_object)] = _Claim(it.digest, outcome)


def _by_saved_signature(
    saved: SavedSignature, key: PublicKey, signed: bytes, claim: _Claim | None, sha256: str
) -> _Proof:
    if saved.algorithm != ALGORITHM:
        reason = f"its saved signature is of the kind {saved.algorithm!r}; CloudTrail signs with {ALGORITHM}"
        return _Proof(Outcome.BAD_SIGNATURE, reason)
    if _verify(key, signed, saved.signature):
        return _PROVED
    if claim and claim.agrees(sha256) and _verify(key, signed, claim.newer.previous_signature):
        reason = "the saved signature is not its own; by the one that the next digest holds, the digest is unaltered"
        return _Proof(Outcome.BAD_SIGNATURE, reason)
    return _Proof(Outcome.BAD_SIGNATURE, "the saved signature does not fit: it or the digest was altered")


def _by_claim(claim: _Claim, key: PublicKey, signed: bytes, sha256: str) -> _Proof:
    if _verify(key, signed, claim.newer.previous_signature):
        return _PROVED
    if claim.outcome.counts:
        reason = "the digest after it cannot be relied on, and no other signature of this one was saved"
        return _Proof(Outcome.UNPROVED, reason)
    if not claim.agrees(sha256):
        reason = (
            "the digest after it, which is itself not proved, records another hash of it, and its signature is none"
        )
        return _Proof(Outcome.ALTERED_DIGEST, reason)
    return _Proof(Outcome.BAD_SIGNATURE, "the digest after it records its hash, and a signature that does not fit")


def _verify(key: PublicKey, signed: bytes, signature: str | None) -> bool:
    try:
        return key.verifier.verify(signed, binascii.unhexlify(signature or ""))
    except (binascii.Error, ValueError):
        return False
