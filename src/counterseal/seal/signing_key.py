"""A key that signs, in a file of its own; and its public half, as PEM, which openssl reads too."""

import hashlib
import os
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterseal.errors import MalformedInput
from counterseal.hidden import Hidden

_PREFIX = b"counterseal-signing-key-v1:"
_KEY_BYTES = 32

# RFC 8410, section 4: the DER of an Ed25519 public key is this and the 32 bytes.
_DER = bytes.fromhex("302a300506032b6570032100")
_BEGIN, _END = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"


def new_signing_key(random_bytes: Callable[[int], bytes] = os.urandom) -> Hidden:
    """Return a fresh private key: any 32 bytes are one (RFC 8032, section 5.1.5)."""
    return Hidden(random_bytes(_KEY_BYTES))


def public_key(private_key: Hidden) -> bytes:
    """Return the raw public half of a private key."""
    return Ed25519PrivateKey.from_private_bytes(private_key.reveal()).public_key().public_bytes_raw()


def signing_key_id(public: bytes) -> str:
    """Return the id of a key, from its public half."""
    return hashlib.sha256(b"counterseal/v1/signing-key\n" + public).hexdigest()[:32]


def signing_key_content(private_key: Hidden) -> bytes:
    """Return what the key's file holds: one line of text."""
    return _PREFIX + urlsafe_b64encode(private_key.reveal()) + b"\n"


def parse_signing_key(content: bytes, *, name: str) -> Hidden:
    """Return the private key out of a file's content.

    Raises:
        MalformedInput: the file is not a signing key; the message quotes nothing of it.
    """
    line = content.strip()
    try:
        private_key = urlsafe_b64decode(line.removeprefix(_PREFIX))
    except ValueError:
        private_key = b""
    if not line.startswith(_PREFIX) or len(private_key) != _KEY_BYTES:
        raise MalformedInput(
            f"{name!r} is not a signing key", hint="a signing key is one line: counterseal-signing-key-v1:…"
        )
    return Hidden(private_key)


def public_key_content(public: bytes) -> bytes:
    """Return what a public key's file holds: PEM (RFC 7468)."""
    return f"{_BEGIN}\n{b64encode(_DER + public).decode()}\n{_END}\n".encode()


def parse_public_key(content: bytes, *, name: str) -> bytes:
    """Return the raw public key out of a file's content.

    Raises:
        MalformedInput: the file is not the public half of an Ed25519 key.
    """
    try:
        lines = [line.strip() for line in content.decode("ascii").strip().splitlines()]
        der = b64decode("".join(lines[1:-1]), validate=True)
    except ValueError:
        lines, der = [], b""
    if not lines or (lines[0], lines[-1]) != (_BEGIN, _END) or der[: len(_DER)] != _DER or len(der) != len(_DER) + 32:
        raise MalformedInput(
            f"{name!r} is not the public half of a signing key",
            hint="counterseal ledger checkpoint --create-key-file writes it beside the key, as .pub",
        )
    return der[len(_DER) :]
