"""The notary of this machine: its file of keys, and the right to verify that others get."""

from pathlib import Path
from typing import Any

from counterseal.assembly.key_files import KeyFile, read_key_file
from counterseal.assembly.settings import Settings, load_settings
from counterseal.delivery.private_file import write_private
from counterseal.errors import Denied, NotFound, Refused, SettingsError
from counterseal.seal.notary_keys import LocalNotaryKeys, NotaryKey, new_notary_key, parse_notary_keys
from counterseal.signing import Notary, NotaryKeys

_LARGEST = 1024 * 1024


def key_file_of(settings: Settings) -> Path:
    """Return where the notary's keys lie: `notary.key_file`, else notary.keys in the state directory."""
    return settings.notary_key_file or settings.state_directory / "notary.keys"


def make_notary_key(settings: Settings, *, beside_others: bool) -> str:
    """Make a key that issues from now on, and return its id. Keys that are there stay, for verifying.

    Where the settings name keys in KMS, these issue; the file then says where they are, and holds no secret of them.

    Raises:
        NotInstalled, NotFound, Denied, Unreachable: KMS cannot be asked for the keys that the settings name.
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
    key = _kms_key(settings) if settings.notary_kms_mac_key or settings.notary_kms_signing_key else new_notary_key()
    if key.key_id in {it.key_id for it in keys}:
        raise Refused(
            f"{key.key_id} is among the notary's keys already", hint="set notary.kms_signing_key to a new key"
        )
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failure:
        raise SettingsError(f"{str(file.parent)!r} cannot be made: {failure.strerror}") from failure
    lines = [it.own_line().reveal() for it in (*keys, key)]
    write_private(str(file), b"".join(lines))
    return key.key_id


def open_notary(settings: Settings) -> Notary:
    """Return the notary of this machine; the last key of its file is the one that issues.

    Raises:
        NotFound: there is none.
        Denied: its file may not be read.
        Refused: others may read its file, or its last key only verifies.
        MalformedInput: its file is no file of keys.
        SettingsError, NotInstalled: its keys are in KMS, and KMS cannot be asked.
    """
    key = read_own_keys(settings)[-1]
    if not key.signing_key:
        return key.notary()
    client = _kms(settings, key.signing_key)
    from counterseal.aws.kms_notary import KmsNotary

    return KmsNotary(client, key)


def read_own_keys(settings: Settings) -> list[NotaryKey]:
    """Return the keys of this machine's notary, oldest first.

    Raises:
        NotFound, Denied, Refused, MalformedInput: as `open_notary`.
    """
    file = key_file_of(settings)
    content, others_may = _read(file, hint="counterseal notary init makes the notary's key")
    if others_may:
        raise Refused(f"others than you may use the notary's keys {str(file)!r}", hint=f"chmod 600 {str(file)!r}")
    return parse_notary_keys(content, name=str(file))


def read_notary_keys(file: Path, settings: Settings | None = None) -> NotaryKeys:
    """Return the right to verify that a file holds: public keys, a notary's own, or such as KMS checks codes with.

    Without settings, they are loaded where KMS is to be asked.

    Raises:
        NotFound: it is not there.
        Denied: it may not be read.
        MalformedInput: it is no file of keys.
        SettingsError, NotInstalled: KMS is to be asked, and cannot be.
    """
    content, _ = _read(file, hint="counterseal notary keys prints what belongs into it")
    keys = parse_notary_keys(content, name=str(file))
    if not any(it.mac_key and not it.signing_key for it in keys):
        return LocalNotaryKeys(keys)
    known = settings or load_settings()
    _kms(known, next(it.mac_key for it in keys if it.mac_key))
    from counterseal.aws.kms_notary import KmsNotaryKeys

    return KmsNotaryKeys(keys, lambda region: _kms(known, f"arn:aws:kms:{region}:"))


def _kms_key(settings: Settings) -> NotaryKey:
    mac_key, signing_key = settings.notary_kms_mac_key, settings.notary_kms_signing_key
    if not mac_key or not signing_key:
        raise SettingsError(
            "a notary in KMS has two keys, and the settings name one",
            hint="set notary.kms_mac_key and notary.kms_signing_key",
        )
    client = _kms(settings, signing_key)
    from counterseal.aws.kms_notary import kms_notary_key

    return kms_notary_key(client, mac_key, signing_key)


def _kms(settings: Settings, named: str) -> Any:
    """Open a client of the region that an ARN names, else of the region of the access."""
    from counterseal.aws.session import client

    access = settings.access(settings.notary_access)
    if named.startswith("arn:"):
        access = access._replace(region=named.split(":")[3])
    return client("kms", access, endpoint=settings.aws_endpoint)


def _read(file: Path, *, hint: str) -> KeyFile:
    try:
        return read_key_file(file, most=_LARGEST)
    except FileNotFoundError:
        raise NotFound(f"there is no file {str(file)!r} of notary keys", hint=hint) from None
    except OSError as failure:
        raise Denied(f"the notary keys {str(file)!r} cannot be read: {failure.strerror}") from failure
