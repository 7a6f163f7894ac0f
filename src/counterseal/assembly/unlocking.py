"""What opens a safe: a password or a key file, from the settings, the environment, or the person at the terminal."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from counterseal.assembly.key_files import read_key_file, write_new_key_file
from counterseal.assembly.settings import Settings
from counterseal.assembly.terminal import Person
from counterseal.errors import Refused, SettingsError
from counterseal.hidden import Hidden
from counterseal.seal.member_keys import MemberKeys
from counterseal.seal.slots import KeyFileUnlock, PasswordUnlock, Slot, UnlockKey

# NIST SP 800-63B-4, section 3.1.1.2: no shorter password than 8 characters, and no rules on which they are.
_SHORTEST = 8
_LARGEST = 1024


class UnlockWhenNeeded:
    """Finds out what opens a safe only when the safe is there and its slots have been read."""

    def __init__(self, find: Callable[[], UnlockKey]) -> None:
        """Take how to find it out."""
        self._find = find

    def make_slot(self, keys: MemberKeys, place: Mapping[str, str]) -> Slot:
        """Return a slot that this opens.

        Raises:
            SettingsError: there is nothing to open a safe with.
        """
        return self._find().make_slot(keys, place)

    def open(self, slots: Sequence[Slot], place: Mapping[str, str]) -> MemberKeys:
        """Return the member's keys from the first slot that this opens.

        Raises:
            WrongUnlockKey: it opens none of them.
            SettingsError: there is nothing to open a safe with.
            Refused: a slot asks for less work than is safe, or for more than is sane.
        """
        return self._find().open(slots, place)


def unlock_key(settings: Settings, person: Person, environment: Mapping[str, str], *, what: str) -> UnlockKey:
    """Return what opens the safe `what`: COUNTERSEAL_PASSWORD, the key file, or what the person types.

    Raises:
        SettingsError: there is none of the three, or the key file is not there.
        MalformedInput: the key file is none.
        Refused: others may read the key file.
    """
    password = environment.get("COUNTERSEAL_PASSWORD")
    if password:
        return _password(password)
    if settings.unlock_key_file is not None:
        return KeyFileUnlock(_read_key_file(settings.unlock_key_file))
    return _password(_asked(person, f"password of {what}: ", what))


def new_unlock_key(settings: Settings, person: Person, environment: Mapping[str, str], *, what: str) -> UnlockKey:
    """Return what the new safe `what` will be opened with; a password that is typed is typed twice.

    Raises:
        SettingsError: there is nothing to open it with, or the two passwords differ.
        MalformedInput: the key file is none.
        Refused: the password is too short, or others may read the key file.
    """
    password = environment.get("COUNTERSEAL_PASSWORD")
    if not password and settings.unlock_key_file is not None:
        return KeyFileUnlock(_read_key_file(settings.unlock_key_file))
    if not password:
        password = _asked(person, f"new password of {what}: ", what)
        if _asked(person, "the same again: ", what) != password:
            raise SettingsError("the two passwords differ", hint="run the command again; nothing was made")
    if len(password) < _SHORTEST:
        raise Refused(
            f"a password of fewer than {_SHORTEST} characters does not protect a safe",
            hint="take a phrase of several words: whoever copies the storage can guess as fast as they can compute",
        )
    return _password(password)


def create_key_file(settings: Settings) -> Path:
    """Write a new key file where the settings say, for this user alone.

    Raises:
        SettingsError: the settings do not say where, or it cannot be written there.
        Refused: there is a file already.
    """
    from counterseal.seal.key_file import key_file_content, new_key

    file = settings.unlock_key_file
    if file is None:
        raise SettingsError(
            "the settings do not say where the key file is to be",
            hint="set unlock.key_file or COUNTERSEAL_UNLOCK_KEY_FILE",
        )
    try:
        if not file.parent.exists():
            file.parent.mkdir(mode=0o700, parents=True)
        write_new_key_file(file, key_file_content(new_key()))
    except FileExistsError:
        raise Refused(f"there is a file {str(file)!r} already", hint="leave --create-key-file out to use it") from None
    except OSError as failure:
        raise SettingsError(f"the key file {str(file)!r} cannot be written: {failure.strerror}") from failure
    return file


def _password(text: str) -> PasswordUnlock:
    from counterseal.seal.password import password_bytes

    return PasswordUnlock(password_bytes(text))


def _asked(person: Person, prompt: str, what: str) -> str:
    typed = person.ask(prompt)
    if typed is None:
        raise SettingsError(
            f"there is nothing to open {what} with, and no terminal to ask for a password",
            hint="set COUNTERSEAL_PASSWORD, or unlock.key_file in the settings",
        )
    if not typed:
        raise SettingsError("no password was typed")
    return typed


def _read_key_file(file: Path) -> Hidden:
    from counterseal.seal.key_file import parse_key_file

    try:
        content, others_may = read_key_file(file, most=_LARGEST)
    except FileNotFoundError:
        raise SettingsError(
            f"there is no key file {str(file)!r}",
            hint="an existing safe needs the key file it was made with; counterseal put --create-key-file"
            " writes a new one for a new safe",
        ) from None
    except OSError as failure:
        raise SettingsError(f"the key file {str(file)!r} cannot be read: {failure.strerror}") from failure
    if others_may:
        raise Refused(f"others than you may use the key file {str(file)!r}", hint=f"chmod 600 {str(file)!r}")
    return parse_key_file(content, name=str(file))


_: type[UnlockKey] = UnlockWhenNeeded
