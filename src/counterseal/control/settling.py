"""Changes whose answer got lost, settled by reading back: written, written before, not written, or not known."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from counterseal.errors import Conflict, CountersealError, Denied, SecretNotFound, Unreachable, Unsettled
from counterseal.hidden import Hidden
from counterseal.secretstore.interface import SecretStore
from counterseal.secretstore.version import SecretRequest
from counterseal.secretstore.writing import SecretWriter

# All operations are eventually consistent (aws-events, 1.1): what is not there yet is looked for again, and written
# again under the same token, which AWS takes for the same request.
PAUSES = (0.5, 2.0, 4.0)


class Outcome(StrEnum):
    """What became of a change that was made; every other one ends in an error."""

    WRITTEN = "written"
    ALREADY_WRITTEN = "already written"


class Found(StrEnum):
    """What a version looks like when it is read back."""

    SAME = "same"
    OTHER = "other"
    THERE = "there"
    ABSENT = "absent"


class Place(NamedTuple):
    """A region under one access: where secrets are changed and where they are read."""

    writer: SecretWriter
    store: SecretStore
    region: str
    pause: Callable[[float], None]


def read_back(place: Place, secret_id: str, token: str, value: Hidden) -> Found:
    """Look for the version that a token names. Who may not read values learns at least whether it is there.

    Raises:
        Denied: this caller may see neither values nor versions.
        Unreachable, Refused, SettingsError: it could not be asked.
    """
    try:
        (version,) = place.store.fetch([SecretRequest(secret_id, version_id=token)])
    except SecretNotFound:
        return Found.ABSENT
    except Denied:
        return Found.THERE if _is_there(place, secret_id, token) else Found.ABSENT
    return Found.SAME if version.value == value else Found.OTHER


def settled(make: Callable[[], object], look: Callable[[], Found], pause: Callable[[float], None]) -> Outcome:
    """Make a change, and where the answer is lost find out by reading back whether it was made.

    A change under the same token may be asked for again: AWS takes it for the same request.

    Raises:
        Unsettled: reading back did not tell either.
        Conflict: another value is there under this token, or something else stands in the way; nothing was made.
        CountersealError: the change was refused before it could be made.
    """
    unsettled: CountersealError | None = None
    for seconds in PAUSES:
        try:
            make()
        except Unsettled as failure:
            unsettled = failure
        except Conflict as failure:
            if unsettled is None:
                return _explained(failure, look())
        except CountersealError:
            if unsettled is None:
                raise
        else:
            return Outcome.WRITTEN
        pause(seconds)
        match looked(look):
            case Found.SAME | Found.THERE:
                return Outcome.WRITTEN
            case Found.OTHER:
                raise another_value()
    raise Unsettled(str(unsettled))


def _explained(failure: Conflict, found: Found) -> Outcome:
    """Tell a version that is there already from one that another value, or another secret, stands in the way of."""
    if found is Found.SAME:
        return Outcome.ALREADY_WRITTEN
    # AWS refuses another value under a token and no other: what cannot be read is another value.
    raise failure if found is Found.ABSENT else another_value()


def another_value() -> Conflict:
    """Return the refusal of a second value under one token."""
    return Conflict(
        "another value is there under this token", hint="a token is for one value: --ticket asks for another"
    )


def looked(look: Callable[[], Found]) -> Found:
    """Look, and take what cannot be asked for absent: nothing is concluded from that."""
    try:
        return look()
    except (Unreachable, Denied):
        return Found.ABSENT


def _is_there(place: Place, secret_id: str, token: str) -> bool:
    try:
        return token in place.writer.versions(secret_id)
    except SecretNotFound:
        return False
    except Denied:
        return token in place.writer.describe(secret_id).stages
