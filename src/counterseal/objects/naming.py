"""Which texts name an object, the same in every storage, and what tags a content where the storage does not."""

import hashlib
import re

from counterseal.errors import Refused

# S3: a key has at most 1,024 bytes. POSIX: a file name has at most 255.
_LONGEST = 1024
_PART = r"[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,254}"
_NAME = re.compile(rf"{_PART}(?:/{_PART})*", re.ASCII)


def checked_name(object_name: str) -> str:
    """Return the name, if it is one: nothing that leaves its folder, hides, or reads differently elsewhere.

    Raises:
        Refused: the text names no object.
    """
    if len(object_name) > _LONGEST or _NAME.fullmatch(object_name) is None:
        raise Refused(f"{object_name[:80]!r} cannot name an object", hint="docs/formats/safe.md says which texts can")
    return object_name


def checked_prefix(prefix: str) -> str:
    """Return the prefix, if it is the beginning of a name.

    Raises:
        Refused: no name starts like this.
    """
    if prefix:
        # Whatever a name may begin with becomes a name by one more letter.
        checked_name(f"{prefix}x")
    return prefix


def content_tag(content: bytes) -> str:
    """Return the tag of a content: its SHA-256."""
    return hashlib.sha256(content).hexdigest()
