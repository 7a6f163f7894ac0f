"""From the settings to a safe, open: for the commands, and for references to safes."""

import os
from collections.abc import Mapping
from contextlib import suppress

from counterseal.assembly.settings import Settings
from counterseal.assembly.storage import object_store, storage_uri
from counterseal.assembly.terminal import Person, Terminal
from counterseal.assembly.unlocking import UnlockWhenNeeded, create_key_file, new_unlock_key, unlock_key
from counterseal.clock import SystemClock
from counterseal.errors import Refused, SecretNotFound
from counterseal.objects.local import LocalObjects
from counterseal.safes.layout import SafePlace, safe_place
from counterseal.safes.memory import HeadMemory
from counterseal.safes.opening import SafeStorage, create_safe, safe_exists
from counterseal.safes.safe import Safe
from counterseal.safes.secrets import SafeSecrets
from counterseal.seal.slots import UnlockKey


class Keeping:
    """Opens the safes of one storage."""

    def __init__(
        self, settings: Settings, *, person: Person | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        """Take the settings, whom to ask for a password, and where COUNTERSEAL_PASSWORD may be.

        Raises:
            SettingsError: the settings name no storage.
            NotInstalled: the part that speaks to it is not installed.
        """
        self._settings = settings
        self._person = Terminal() if person is None else person
        self._environment = os.environ if environment is None else environment
        self._storage = _safe_storage(settings)

    @property
    def uri(self) -> str:
        """Return where the safes are kept."""
        return storage_uri(self._settings)

    def open(self, name: str) -> Safe:
        """Open the safe of that name.

        Raises:
            SecretNotFound: there is no such safe.
            SettingsError: there is nothing to open it with.
            WrongUnlockKey: what there is does not open it.
            SealBroken, RolledBack: the safe is not what it was.
            Denied, Unreachable: the storage cannot be read.
        """
        place = safe_place(name)

        def ask() -> UnlockKey:
            return unlock_key(self._settings, self._person, self._environment, what=place.as_uri())

        return Safe(self._storage, place, UnlockWhenNeeded(ask))

    def open_or_create(self, name: str, *, with_new_key_file: bool = False) -> tuple[Safe, bool]:
        """Open the safe of that name, or make it; say whether it was made.

        Raises:
            Refused: a new key file is asked for, and the safe is there; or the password is too short.
            SettingsError, WrongUnlockKey, SealBroken, RolledBack, Denied, Unreachable: as `open`.
            Conflict: somebody else made it at the same time.
        """
        place = safe_place(name)
        if with_new_key_file:
            self._create_key_file(place)
        else:
            with suppress(SecretNotFound):
                return self.open(name), False
        unlock = new_unlock_key(self._settings, self._person, self._environment, what=place.as_uri())
        create_safe(self._storage, place, unlock, founder=_founder())
        return Safe(self._storage, place, unlock), True

    def _create_key_file(self, place: SafePlace) -> None:
        if safe_exists(self._storage, place):
            raise Refused(
                f"{place.as_uri()} is there already: a new key file would not open it",
                hint="leave --create-key-file out",
            )
        create_key_file(self._settings)


def safe_secrets(settings: Settings, name: str) -> SafeSecrets:
    """Open a safe for the references that name it.

    Raises:
        SecretNotFound, SettingsError, WrongUnlockKey, SealBroken, RolledBack, Denied, Unreachable: as `Keeping.open`.
    """
    return SafeSecrets(Keeping(settings).open(name))


def _safe_storage(settings: Settings) -> SafeStorage:
    folder = settings.state_directory / "memory"
    memory = HeadMemory(LocalObjects(folder), storage=storage_uri(settings), folder=str(folder))
    return SafeStorage(object_store(settings), memory, SystemClock())


def _founder() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "founder"
