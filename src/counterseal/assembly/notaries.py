"""The notary of this machine: its file of keys, and the right to verify that others get."""

import os
import stat
from pathlib import Path

from counterseal.assembly.settings import Settings
from counterseal.delivery.private_file import write_private
from counterseal.errors import Denied, NotFound, Refused, SettingsError
from counterseal.seal.notary_keys import LocalNotaryKeys, NotaryKey, new_notary_key, parse_notary_keys
from counterseal.signing import Notary, NotaryKeys

_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO
_LARGEST = 1024 * 1024


def key_file_of(settings: Settings) -> Path:
    """Return where the notary's keys lie: `notary.key_file`, else notary.keys in the state directory."""
    return settings.notary_key_file or settings.state_directory / "notary.keys"


def make_notary_key(settings: Settings, *, beside_others: bool) -> str:
    """Make a key that issues from now on, and return its id. Keys that are there stay, for verifying.

    Raises:
        Refused: there are keys already and none was to be added, or others may read them.
        SettingsError, UsageError: the file cannot be written.
        MalformedInput: what is there is no file of keys.
    """
    file = key_file_of(settings)
    if file.exists() and not beside_others:
        raise Refused(
            f"there is a notary already: {str(file)!r}",
            hint="counterseal notary init --new-key adds a key that issues from now on",
        )
    keys = read_own_keys(settings) if file.exists() else []
    key = new_notary_key()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failure:
        raise SettingsError(f"{str(file.parent)!r} cannot be made: {failure.strerror}") from failure
    lines = [it.private_line().reveal() for it in (*keys, key)]
    write_private(str(file), b"".join(lines))
    return key.key_id


def open_notary(settings: Settings) -> Notary:
    """Return the notary of this machine; the last key of its file is the one that issues.

    Raises:
        NotFound: there is none.
        Denied: its file may not be read.
        Refused: others may read its file, or its last key only verifies.
        MalformedInput: its file is no file of keys.
    """
    return read_own_keys(settings)[-1].notary()


def read_own_keys(settings: Settings) -> list[NotaryKey]:
    """Return the keys of this machine's notary, oldest first.

    Raises:
        NotFound, Denied, Refused, MalformedInput: as `open_notary`.
    """
    file = key_file_of(settings)
    content, mode = _read(file, hint="counterseal notary init makes the notary's key")
    if stat.S_IMODE(mode) & _OTHERS_MAY:
        raise Refused(f"others than you may use the notary's keys {str(file)!r}", hint=f"chmod 600 {str(file)!r}")
    return parse_notary_keys(content, name=str(file))


def read_notary_keys(file: Path) -> NotaryKeys:
    """Return the right to verify that a file holds: public keys, or a notary's own.

    Raises:
        NotFound: it is not there.
        Denied: it may not be read.
        MalformedInput: it is no file of keys.
    """
    content, _ = _read(file, hint="counterseal notary keys prints what belongs into it")
    return LocalNotaryKeys(parse_notary_keys(content, name=str(file)))


def _read(file: Path, *, hint: str) -> tuple[bytes, int]:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            return stream.read(_LARGEST), os.fstat(descriptor).st_mode
    except FileNotFoundError:
        raise NotFound(f"there is no file {str(file)!r} of notary keys", hint=hint) from None
    except OSError as failure:
        raise Denied(f"the notary keys {str(file)!r} cannot be read: {failure.strerror}") from failure
