"""From the settings to whom checkpoints are signed by, and to the files that carry them elsewhere."""

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from counterseal.assembly.key_files import read_key_file, write_new_key_file
from counterseal.assembly.ledgers import open_existing_ledger
from counterseal.assembly.settings import Settings
from counterseal.clock import Clock, SystemClock
from counterseal.errors import CountersealError, Denied, NotFound, Refused, SealBroken, SettingsError, Unreachable
from counterseal.hidden import Hidden
from counterseal.ledger.chain import Head
from counterseal.ledger.checkpoint import Checkpoint, make_checkpoint, parse_checkpoints
from counterseal.ledger.export import ExportedLedger, export_lines
from counterseal.ledger.verifying import Trust, Verified, verify_ledger
from counterseal.seal.signatures import Ed25519Signer, Ed25519Verifier
from counterseal.seal.signing_key import (
    new_signing_key,
    parse_public_key,
    parse_signing_key,
    public_key,
    public_key_content,
    signing_key_content,
    signing_key_id,
)

# A signing key is one line of text.
_LARGEST = 1024


class Kept(NamedTuple):
    """What was kept elsewhere: files of checkpoints, and the file of the public key that must have signed them."""

    checkpoints: Sequence[Path] = ()
    public_key: Path | None = None


def signing_key_file(settings: Settings) -> Path:
    """Return where the key that signs checkpoints lies."""
    return settings.ledger_signing_key_file or settings.state_directory / "ledger-signing-key"


def create_signing_key(settings: Settings) -> Path:
    """Write a new signing key for this user alone, and its public half beside it as `.pub`; return the latter's path.

    Raises:
        Refused: there is a key already.
        SettingsError: it cannot be written there.
        Denied, Unreachable: the public half cannot be written there; then neither is.
    """
    file = signing_key_file(settings)
    public_file = file.with_name(file.name + ".pub")
    private_key = new_signing_key()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new_key_file(file, signing_key_content(private_key))
        try:
            write_whole(public_file, [public_key_content(public_key(private_key))])
        except CountersealError:
            file.unlink()
            raise
    except FileExistsError:
        raise Refused(
            f"there is a signing key {str(file)!r} already", hint="leave --create-key-file out to use it"
        ) from None
    except OSError as failure:
        raise SettingsError(f"the signing key {str(file)!r} cannot be written: {failure.strerror}") from failure
    return public_file


def checkpoint_now(settings: Settings, clock: Clock | None = None) -> tuple[Checkpoint, bool]:
    """Sign a checkpoint over the ledger of the settings; False beside it where nothing was new. See `make_checkpoint`.

    Raises:
        SettingsError: there is no signing key.
        Refused: others may read it.
        MalformedInput: it is none, or the ledger is damaged.
        LedgerBroken: the ledger is not what was signed before.
        Denied: the ledger may not be written.
        Unreachable: the ledger is busy, full or does not answer.
    """
    signer = signer_of(settings)
    clock = clock or SystemClock()
    with closing(open_existing_ledger(settings, clock)) as ledger:
        return make_checkpoint(ledger, signer, Ed25519Verifier(signer.public_key), clock)


def signer_of(settings: Settings) -> Ed25519Signer:
    """Return what signs checkpoints on this machine.

    Raises:
        SettingsError: there is no signing key.
        Refused: others may read it.
        MalformedInput: it is none.
    """
    private_key = _read_signing_key(signing_key_file(settings))
    return Ed25519Signer(private_key, key_id=signing_key_id(public_key(private_key)))


def verify_here(settings: Settings, kept: Kept) -> tuple[Verified, list[Head]]:
    """Verify the ledger of the settings, and return where its streams end. See `verify_ledger`.

    Raises:
        LedgerBroken: it is not what was recorded; the first such place is named.
        NotFound: a file is not there.
        MalformedInput: a file is not what it was said to be, or the ledger is damaged.
        SealBroken: a checkpoint was not signed by that key.
        Unreachable: the ledger does not answer.
    """
    checkpoints, trust = read_kept(kept)
    with closing(open_existing_ledger(settings)) as ledger:
        return verify_ledger(ledger, checkpoints, trust), [ledger.head(name) for name in ledger.streams()]


def verify_export(file: Path, kept: Kept) -> tuple[Verified, list[Head]]:
    """Verify an exported ledger; as `verify_here`."""
    checkpoints, trust = read_kept(kept)
    exported = ExportedLedger(file)
    return verify_ledger(exported, checkpoints, trust), list((exported.heads() or {}).values())


def export(settings: Settings, file: Path | None) -> None:
    """Write the ledger as JSON lines into a file, whole or not at all; None: to standard output.

    Raises:
        Denied: the file may not be written.
        MalformedInput: the ledger is damaged.
        Unreachable: the ledger does not answer, or the disk is full.
    """
    with closing(open_existing_ledger(settings)) as ledger:
        if file:
            write_whole(file, export_lines(ledger))
            return
        for line in export_lines(ledger):
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def write_whole(file: Path, lines: Iterable[bytes]) -> None:
    """Write a file: complete under its name, or the old one untouched.

    Raises:
        Denied: it may not be written there.
        Unreachable: the disk is full or failing; the old file is untouched.
    """
    try:
        # Beside its place, so that the last step is one rename.
        with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}-", delete=False) as temporary:
            try:
                temporary.writelines(lines)
                temporary.flush()
                os.fsync(temporary.fileno())
                Path(temporary.name).replace(file)
            except BaseException:
                Path(temporary.name).unlink()
                raise
    except (PermissionError, FileNotFoundError, NotADirectoryError, IsADirectoryError) as failure:
        raise Denied(f"{str(file)!r} cannot be written: {failure.strerror}") from failure
    except OSError as failure:
        raise Unreachable(f"{str(file)!r} cannot be written: {failure.strerror}") from failure


def _read_signing_key(file: Path) -> Hidden:
    try:
        content, others_may = read_key_file(file, most=_LARGEST)
    except FileNotFoundError:
        raise SettingsError(
            f"there is no signing key {str(file)!r}",
            hint="counterseal ledger checkpoint --create-key-file writes one; ledger.signing_key_file says where",
        ) from None
    except OSError as failure:
        raise SettingsError(f"the signing key {str(file)!r} cannot be read: {failure.strerror}") from failure
    if others_may:
        raise Refused(f"others than you may use the signing key {str(file)!r}", hint=f"chmod 600 {str(file)!r}")
    return parse_signing_key(content, name=str(file))


def read_kept(kept: Kept) -> tuple[list[Checkpoint], Trust | None]:
    """Return the checkpoints that were kept, each signed by the key that was kept, and whom that key lets trust.

    Raises:
        NotFound, Denied, MalformedInput: a file is not there, may not be read, or is something else.
        SealBroken: a checkpoint was not signed by that key.
    """
    if kept.public_key is None:
        return [], None
    public = parse_public_key(_read(kept.public_key), name=str(kept.public_key))
    trust = Trust(signing_key_id(public), Ed25519Verifier(public))
    found = [it for file in kept.checkpoints for it in _signed_checkpoints(file, trust, str(kept.public_key))]
    return found, trust


def _signed_checkpoints(file: Path, trust: Trust, key_name: str) -> list[Checkpoint]:
    found = parse_checkpoints(_read(file), name=str(file))
    if not all(it.is_signed_by(trust.verifier) for it in found):
        raise SealBroken(
            f"the signature of a checkpoint in {str(file)!r} is broken: it is not one of the key {key_name!r}",
            hint="take the checkpoint and the public key from where they were kept, not from beside the ledger",
        )
    return found


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"there is no file {str(file)!r}") from None
    except OSError as failure:
        raise Denied(f"{str(file)!r} cannot be read: {failure.strerror}") from failure
