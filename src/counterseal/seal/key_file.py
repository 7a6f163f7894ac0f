"""What a key file holds, and the id by which its slot is found."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256

from counterseal.errors import MalformedInput
from counterseal.hidden import Hidden

_PREFIX = b"counterseal-key-v1:"
_KEY_BYTES = 32


def new_key(random_bytes: Callable[[int], bytes] = os.urandom) -> Hidden:
    """Return a fresh key for a key file."""
    return Hidden(random_bytes(_KEY_BYTES))


def key_file_content(key: Hidden) -> bytes:
    """Return what the file holds: one line of text."""
    return _PREFIX + urlsafe_b64encode(key.reveal()) + b"\n"


def parse_key_file(content: bytes, *, name: str) -> Hidden:
    """Return the key out of a file's content.

    Raises:
        MalformedInput: the file is not a key file; the message quotes nothing of it.
    """
    line = content.strip()
    try:
        key = urlsafe_b64decode(line.removeprefix(_PREFIX))
    except ValueError:
        key = b""
    if not line.startswith(_PREFIX) or len(key) != _KEY_BYTES:
        raise MalformedInput(f"{name!r} is not a key file", hint="a key file is one line: counterseal-key-v1:…")
    return Hidden(key)


def key_file_id(key: Hidden) -> str:
    """Return the id of a key: it finds the slot and gives nothing of the key away, which is 256 random bits."""
    return sha256(b"counterseal/v1/key-file\n" + key.reveal()).hexdigest()[:32]
