"""Every error we raise, as one tree, with the exit status and the hint that a person gets.

CountersealError
├── UsageError                 the command line itself is wrong
├── MalformedReference         the text is not a reference
│   ├── UnknownReferenceKey    it has a key that no reference has
│   ├── RegionNameGiven        a region's full name stands where its code belongs
│   └── PointerWithoutSlash    the pointer does not start with a slash
├── MalformedInput             a file is not what it was said to be
├── NotFound                   nothing is there
│   ├── SecretNotFound
│   └── ObjectNotFound
├── FieldNotFound              the secret is there, the field is not
├── Denied                     the other side said no
│   └── NotSignedIn            it does not know us: the token is dead
├── Unreachable                the other side did not answer
│   ├── Throttled              it asks to wait
│   ├── Gone                   it no longer offers what was asked
│   ├── OtherAnswer            something else answered in its place
│   └── Unsettled              a change was asked for, and whether it was made is not known
├── SealBroken                 the object is not what was sealed
│   ├── ForeignObject          sealed for another place: copied, renamed, or of another safe
│   └── RolledBack             older than what was seen before
├── LedgerBroken               the ledger is not what was recorded
├── WrongUnlockKey             the password or key file does not open this safe
├── Refused                    it could be done and will not be
├── Conflict                   somebody else was first
├── SettingsError              the settings do not say what is needed
├── NotInstalled               a part of Counterseal was left out of this installation
├── CommandNotExecutable       `exec` cannot run the command
└── CommandNotFound            `exec` cannot find the command

This file is read at every start: it imports nothing.
"""

SUCCESS = 0
DISCREPANCY = 10
INTERRUPTED = 130


class CountersealError(Exception):
    """What went wrong, in a sentence without a secret in it, and what to do about it.

    `exit_status` is what the command returns; `meaning` is its line in the table of exit statuses.
    """

    exit_status = 1
    meaning = "a fault of Counterseal's own: please report it"

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Take the sentence (lower case, no full stop, the offending name quoted) and the hint."""
        super().__init__(message)
        self.hint = hint


class UsageError(CountersealError):
    """The command line itself is wrong."""

    exit_status = 2
    meaning = "the command line is wrong"


class MalformedReference(CountersealError):
    """The text is not a reference."""

    exit_status = 3
    meaning = "a reference is malformed"


class UnknownReferenceKey(MalformedReference):
    """A reference has a key that no reference has."""


class RegionNameGiven(MalformedReference):
    """A region's full name stands where its code belongs."""


class PointerWithoutSlash(MalformedReference):
    """A pointer does not start with a slash (RFC 6901, section 3)."""


class NotFound(CountersealError):
    """Nothing is there."""

    exit_status = 4
    meaning = "the secret, its version, or the object is not there"


class SecretNotFound(NotFound):
    """No secret, or no such version of it, is there."""


class ObjectNotFound(NotFound):
    """Nothing is stored under that name."""


class FieldNotFound(CountersealError):
    """The secret is there, the field that the pointer names is not."""

    exit_status = 5
    meaning = "the secret is there, the field is not"


class Denied(CountersealError):
    """The other side said no."""

    exit_status = 6
    meaning = "access is denied"


class NotSignedIn(Denied):
    """The other side does not know us: the token is dead, expired or revoked."""


class Unreachable(CountersealError):
    """The other side did not answer; the same call may succeed later."""

    exit_status = 7
    meaning = "the other side did not answer"


class Throttled(Unreachable):
    """The other side asks to wait: `seconds` is how long, 0 where it does not say."""

    def __init__(self, message: str, *, hint: str = "", seconds: float = 0.0) -> None:
        """Take the sentence, the hint, and how long to wait."""
        super().__init__(message, hint=hint)
        self.seconds = seconds


class Gone(Unreachable):
    """The other side answers, and no longer offers what was asked: what we could not learn stays unknown."""


class OtherAnswer(Unreachable):
    """Something else answered in the other side's place, such as the page of a proxy or a sign-in."""


class Unsettled(Unreachable):
    """A change was asked for, and the other side did not say whether it made it."""

    exit_status = 17
    meaning = "it is not known whether a change was made: the message says what is safe, and how to find out"


class SealBroken(CountersealError):
    """The object is not what was sealed. The message never says why (security: one error for every failed open)."""

    exit_status = 8
    meaning = "a seal is broken: the object was altered, moved or rolled back, or is corrupt"


class ForeignObject(SealBroken):
    """The object was sealed for another place: copied, renamed, or of another safe."""


class RolledBack(SealBroken):
    """The head is older than, or forked from, the one that was seen before."""


class Refused(CountersealError):
    """It could be done and will not be: the result would be wrong or unsafe."""

    exit_status = 9
    meaning = "refused: the result would be wrong or unsafe"


class Conflict(CountersealError):
    """Somebody else was first; nothing was written."""

    exit_status = 11
    meaning = "somebody else was first: nothing was written"


class MalformedInput(CountersealError):
    """A file is not what it was said to be."""

    exit_status = 12
    meaning = "a file is not what it was said to be"


class SettingsError(CountersealError):
    """The settings do not say what is needed."""

    exit_status = 13
    meaning = "the settings are wrong or incomplete"


class NotInstalled(CountersealError):
    """A part of Counterseal was left out of this installation."""

    exit_status = 14
    meaning = "a part of Counterseal is not installed"


class WrongUnlockKey(CountersealError):
    """The password or the key file does not open this safe."""

    exit_status = 15
    meaning = "the password or key file does not open the safe"


class LedgerBroken(CountersealError):
    """An entry of the ledger was altered, removed, put elsewhere or cut off; the first such place is named."""

    exit_status = 16
    meaning = "the ledger is broken: an entry was altered, removed, put elsewhere or cut off"


class CommandNotExecutable(CountersealError):
    """`exec` found the command and cannot run it (126, as in POSIX shells)."""

    exit_status = 126
    meaning = "exec: the command was found and cannot be run"


class CommandNotFound(CountersealError):
    """`exec` cannot find the command (127, as in POSIX shells)."""

    exit_status = 127
    meaning = "exec: the command was not found"


def exit_statuses() -> dict[int, str]:
    """Return every exit status and what it means, in ascending order."""
    statuses = {
        SUCCESS: "done; an audit, or trail verify, found no discrepancy",
        DISCREPANCY: "an audit, trail verify, or findings list --exit-status found at least one discrepancy",
        INTERRUPTED: "interrupted from the keyboard",
    }
    waiting: list[type[CountersealError]] = [CountersealError]
    while waiting:
        error = waiting.pop()
        statuses.setdefault(error.exit_status, error.meaning)
        waiting.extend(error.__subclasses__())
    return dict(sorted(statuses.items()))
