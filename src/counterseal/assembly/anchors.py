"""What counterseals are checked against on this machine: its ledger, its notary's keys, its signed checkpoints."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from counterseal.assembly.checkpoints import Kept, read_kept, signing_key_file
from counterseal.assembly.notaries import key_file_of, read_notary_keys
from counterseal.assembly.settings import Settings
from counterseal.control.anchoring import anchored_in_export, anchored_in_ledger
from counterseal.control.notary import STREAM as NOTARY
from counterseal.control.notary import issuances_in
from counterseal.correlation.judging.proof import Evidence
from counterseal.ledger.checkpoint import STREAM as CHECKPOINTS
from counterseal.ledger.checkpoint import Checkpoint, read_checkpoints
from counterseal.ledger.interface import Ledger


def evidence_here(ledger: Ledger, settings: Settings, given: Evidence, *, invented: bool = False) -> Evidence:
    """Return what was given and what this machine holds: where no keys were given, its own notary's.

    Of the ledger's own checkpoints those count that the machine's signing key signed; its public half lies beside it.

    Raises:
        LedgerBroken: the notary's part of the ledger is not what was signed.
        CountersealError: a file or the ledger cannot be read.
    """
    held = issuances_in(ledger, invented=invented)
    if not held.issued:
        return _with_own_keys(given, settings)
    anchored = anchored_in_ledger(ledger, _own_checkpoints(ledger, settings))
    evidence = given.with_issuances(held)
    return _with_own_keys(replace(evidence, anchored={**anchored, **given.anchored}), settings)


class EvidenceHere:
    """The same, read again only once something of it has changed: whoever asks at every message gets the same value."""

    def __init__(self, ledger: Ledger, settings: Settings, given: Evidence, *, invented: bool = False) -> None:
        """Take what `evidence_here` takes."""
        self._ledger = ledger
        self._settings = settings
        self._given = given
        self._invented = invented
        self._seen: object = None
        self._evidence = given

    def now(self) -> Evidence:
        """Return what counterseals are checked against as of now.

        Raises:
            CountersealError: as `evidence_here`.
        """
        signing_key = signing_key_file(self._settings)
        files = (key_file_of(self._settings), signing_key.with_name(signing_key.name + ".pub"))
        seen = (*map(self._ledger.head, (NOTARY, CHECKPOINTS)), *map(_state_of, files))
        if seen != self._seen:
            self._evidence = evidence_here(self._ledger, self._settings, self._given, invented=self._invented)
            self._seen = seen
        return self._evidence


def _state_of(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def anchored_by(given: Evidence, kept: Kept) -> Evidence:
    """Return what was given with what is anchored by checkpoints that were kept elsewhere.

    Raises:
        LedgerBroken: the issuances are not what was signed.
        NotFound, Denied, MalformedInput, SealBroken: as `read_kept`.
    """
    checkpoints, _ = read_kept(kept)
    if given.issuances is None:
        return given
    return replace(given, anchored=anchored_in_export(given.issuances, checkpoints))


def _with_own_keys(evidence: Evidence, settings: Settings) -> Evidence:
    if evidence.keys is None and key_file_of(settings).exists():
        return replace(evidence, keys=read_notary_keys(key_file_of(settings), settings))
    return evidence


def _own_checkpoints(ledger: Ledger, settings: Settings) -> Sequence[Checkpoint]:
    public_key = signing_key_file(settings).with_name(signing_key_file(settings).name + ".pub")
    if not public_key.exists():
        return ()
    _, trust = read_kept(Kept(public_key=public_key))
    return [it for _, it in read_checkpoints(ledger) if trust and it.is_signed_by(trust.verifier)]
