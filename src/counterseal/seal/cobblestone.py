"""The one symmetric primitive: C2SP chunked encryption, suite Cobblestone-256. Nothing else here encrypts by itself.

c2sp.org/chunked-encryption: AES-256-GCM in chunks of 16 KiB under a key derived by HKDF-SHA-512 from key, salt and
context, with a commitment to all three. It commits to the key, binds the context and refuses a truncated text.
"""

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from counterseal.errors import SealBroken

KEY_BYTES = 32
_HEADER_BYTES = 56  # salt 24, commitment 32
_TAG_BYTES = 16
_CHUNK_BYTES = 16 * 1024


def encrypt(key: bytes, context: bytes, content: bytes) -> bytes:
    """Return the content, encrypted under the key and bound to the context, with a fresh salt."""
    encryptor = Cobblestone256Encryptor(key, context)
    return encryptor.update(content) + encryptor.finalize()


def decrypt(key: bytes, context: bytes, encrypted: bytes) -> bytes:
    """Return the content, if all of it is what was encrypted under this key and context.

    Nothing is returned before the end was checked: the chunks before a fault are authentic, the text is not.

    Raises:
        SealBroken: it is not; the message never says why.
    """
    try:
        decryptor = Cobblestone256Decryptor(key, context)
        content = decryptor.update(encrypted)
        return content + decryptor.finalize()
    except (InvalidTag, ValueError):
        # ValueError: the key has the wrong length, which a hostile object must not tell from a wrong key.
        raise SealBroken("the seal is broken") from None


def encrypted_size(content_size: int) -> int:
    """Return how many bytes `encrypt` makes of a content of this size."""
    return _HEADER_BYTES + content_size + _TAG_BYTES * (content_size // _CHUNK_BYTES + 1)
