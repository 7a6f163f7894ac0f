"""Where the objects of a safe lie: names made of ids and numbers, so that the storage learns no secret's name."""

import unicodedata
from hashlib import sha256
from typing import NamedTuple

from counterseal.errors import Refused
from counterseal.seal.member_keys import random_id

SECRET = "secret"  # noqa: S105  # a kind of sealed object
HEAD = "head"
# One workspace is one tenant; a storage of one's own has this one alone.
DEFAULT_WORKSPACE = "default"
_LONGEST_NAME = 1024


class SafePlace(NamedTuple):
    """A safe in a storage: the ids of the workspace and of the safe, and the name that people call it by."""

    workspace: str
    safe: str
    name: str

    @property
    def head_name(self) -> str:
        """Return the name of the object that holds the head."""
        return f"{self.workspace}/{self.safe}/head"

    def membership_name(self, version: int) -> str:
        """Return the name of the object that holds a version of the membership."""
        return f"{self.workspace}/{self.safe}/m/{version}"

    def secret_name(self, object_id: str, version: int) -> str:
        """Return the name of the object that holds a version of a secret."""
        return f"{self.workspace}/{self.safe}/o/{object_id}/{version}"

    def as_uri(self, secret: str = "") -> str:
        """Return how people write the safe, or a secret in it."""
        return f"safe://{self.name}/{secret}" if secret else f"safe://{self.name}"


def safe_place(name: str, *, workspace: str = DEFAULT_WORKSPACE) -> SafePlace:
    """Return where the safe of that name lies: its id is a digest of its name (docs/formats/safe.md, SAFE-1.3).

    Raises:
        Refused: the name is empty, too long, or has a control character.
    """
    folded = checked_secret_name(name)
    digest = sha256(f"counterseal/v1/safe-name\n{workspace}\n{folded}".encode()).digest()
    return SafePlace(workspace, random_id(lambda size: digest[:size]), folded)


def checked_secret_name(name: str) -> str:
    """Return a name in its one spelling: Unicode NFC (security: B-11). It is sealed, so any text will do.

    Raises:
        Refused: the name is empty, too long, or has a control character or half of a surrogate pair.
    """
    folded = unicodedata.normalize("NFC", name)
    categories = {unicodedata.category(letter) for letter in folded}
    if not folded or categories & {"Cc", "Cs"} or len(folded.encode()) > _LONGEST_NAME:
        raise Refused(
            f"{name[:80]!r} cannot be a name", hint="a name has 1 to 1,024 bytes of UTF-8 and no control characters"
        )
    return folded
