"""A notary's keys, each one line of a file: private ones issue, public ones are the right to verify.

Keys that KMS holds have a line too: their public half, and the ARNs under which KMS is asked. `aws/kms_notary.py` asks.
"""

import hmac
import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterseal.errors import MalformedInput, Refused
from counterseal.hidden import Hidden
from counterseal.seal.signatures import Ed25519Signer, Ed25519Verifier
from counterseal.signing import Notary, NotaryKeys

_PRIVATE, _PUBLIC, _KMS = "counterseal-notary-v1", "counterseal-notary-public-v1", "counterseal-notary-kms-v1"
_KEY_BYTES = 32
_KMS_KEY = r"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+"
_LINE = re.compile(
    rf"{_PRIVATE}:(?P<signing>\S{{44}}):(?P<coding>\S{{44}})|{_PUBLIC}:(?P<public>\S{{44}})"
    rf"|{_KMS}:(?P<held>\S{{44}}):(?P<mac_key>{_KMS_KEY})(?::(?P<signing_key>{_KMS_KEY}))?",
    re.ASCII,
)


class NotaryKey(NamedTuple):
    """One key of a notary. Without the two hidden parts it can only verify signatures. COUNTER-5.1.

    Of a key that KMS holds, `mac_key` is the ARN under which KMS makes and checks codes, `signing_key` the one under
    which it signs: "" in what is handed out for verifying.
    """

    public: bytes
    signing: Hidden | None = None
    coding: Hidden | None = None
    mac_key: str = ""
    signing_key: str = ""

    @property
    def key_id(self) -> str:
        """Return the id, which the public key gives: nobody can put another key under it."""
        return f"notary-{sha256(self.public).hexdigest()[:16]}"

    def public_line(self) -> str:
        """Return the line that gives the right to verify, and nothing else."""
        return f"{_PUBLIC}:{_text(self.public)}\n"

    def kms_line(self) -> str:
        """Return the line that gives the right to verify, and says where KMS checks codes for those whom it lets."""
        return f"{_KMS}:{_text(self.public)}:{self.mac_key}\n"

    def own_line(self) -> Hidden:
        """Return the line of the notary's own file: where KMS holds the keys, it says where.

        Raises:
            Refused: this is the right to verify alone.
        """
        if self.signing_key:
            return Hidden(f"{self.kms_line().rstrip()}:{self.signing_key}\n".encode())
        return self.private_line()

    def private_line(self) -> Hidden:
        """Return the line that holds the private keys themselves.

        Raises:
            Refused: this is the right to verify alone.
        """
        signing, coding = self._private()
        return Hidden(f"{_PRIVATE}:{_text(signing.reveal())}:{_text(coding.reveal())}\n".encode())

    def notary(self) -> "LocalNotary":
        """Return what issues with this key.

        Raises:
            Refused: this is the right to verify alone.
        """
        signing, coding = self._private()
        return LocalNotary(signing, coding, key_id=self.key_id)

    def _private(self) -> tuple[Hidden, Hidden]:
        if self.signing is None or self.coding is None:
            raise Refused(f"{self.key_id} is a public key: it verifies and issues nothing")
        return self.signing, self.coding


class LocalNotary(Ed25519Signer):
    """Issues with keys in this process: a signing key, and a key of codes."""

    def __init__(self, signing: Hidden, coding: Hidden, *, key_id: str) -> None:
        """Take both keys, and the id under which verifiers know them."""
        super().__init__(signing, key_id=key_id)
        self._coding = coding

    def code(self, message: bytes) -> bytes:
        """Return the full HMAC-SHA256 of the message (RFC 2104)."""
        return _code(self._coding, message)


class LocalNotaryKeys:
    """Verifies with the keys of one or several files."""

    def __init__(self, keys: Iterable[NotaryKey]) -> None:
        """Take the keys; a private one may verify codes as well."""
        self._keys: dict[str, NotaryKey] = {}
        for key in keys:
            known = self._keys.get(key.key_id)
            self._keys[key.key_id] = known if known and known.coding else key

    def knows(self, key_id: str) -> bool:
        """Say whether the key of that id is among them."""
        return key_id in self._keys

    def has_signed(self, key_id: str, namespace: str, message: bytes, signature: bytes) -> bool:
        """Say whether the key of that id signed this message; a key that is not known signed nothing."""
        key = self._keys.get(key_id)
        return key is not None and Ed25519Verifier(key.public).verify(namespace, message, signature)

    def has_coded(self, key_id: str, message: bytes, code: bytes) -> bool | None:
        """Say whether that is the message's code under the key of that id; None without the right to compute it."""
        key = self._keys.get(key_id)
        if key is None or key.coding is None:
            return None
        return hmac.compare_digest(_code(key.coding, message), code)


def new_notary_key(random_bytes: Callable[[int], bytes] = os.urandom) -> NotaryKey:
    """Return a fresh key that issues and verifies."""
    return _with_public(random_bytes(_KEY_BYTES), random_bytes(_KEY_BYTES))


def parse_notary_keys(content: bytes, *, name: str) -> list[NotaryKey]:
    """Read a file of keys, private or public, one a line; the last private one is the one that issues.

    Raises:
        MalformedInput: a line is no key, or there is none; the message quotes nothing of it.
    """
    keys = []
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        key = _parsed(found.groupdict(default="")) if found else None
        if key is None:
            raise MalformedInput(f"line {number} of {name!r} is no notary key", hint=_WHAT_A_FILE_IS)
        keys.append(key)
    if not keys:
        raise MalformedInput(f"{name!r} holds no notary key", hint=_WHAT_A_FILE_IS)
    return keys


_WHAT_A_FILE_IS = "counterseal notary keys prints the right to verify, one key a line"


def _parsed(parts: dict[str, str]) -> NotaryKey | None:
    raw = {name: _raw(parts[name]) for name in ("signing", "coding", "public", "held") if parts[name]}
    if any(len(it) != _KEY_BYTES for it in raw.values()):
        return None
    if "signing" in raw:
        return _with_public(raw["signing"], raw["coding"])
    if "held" in raw:
        return NotaryKey(raw["held"], mac_key=parts["mac_key"], signing_key=parts["signing_key"])
    return NotaryKey(raw["public"])


def _with_public(signing: bytes, coding: bytes) -> NotaryKey:
    public = Ed25519PrivateKey.from_private_bytes(signing).public_key().public_bytes_raw()
    return NotaryKey(public, Hidden(signing), Hidden(coding))


def _code(coding: Hidden, message: bytes) -> bytes:
    return hmac.digest(coding.reveal(), message, "sha256")


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode()


def _raw(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text)
    except ValueError:
        return b""


_: type[Notary] = LocalNotary
_keys: type[NotaryKeys] = LocalNotaryKeys
