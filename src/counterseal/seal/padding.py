"""Padding, so that the size of a sealed object tells little about the size of what is in it."""

from counterseal.errors import SealBroken

_STEP = 64
_STEPS_UP_TO = 1024
_MARK = b"\x80"  # ISO/IEC 7816-4: one byte 0x80, then zeros


def padded_size(size: int) -> int:
    """Return the size to which a content of this size is padded: there is always room for the mark.

    Steps of 64 bytes up to 1 KiB; beyond it Padmé (Nikitin and others, PETS 2019, section 4), at most 12 % more.
    """
    needed = size + 1
    if needed <= _STEPS_UP_TO:
        return -(-needed // _STEP) * _STEP
    exponent = needed.bit_length() - 1
    kept_bits = exponent.bit_length()
    mask = (1 << (exponent - kept_bits)) - 1
    return (needed + mask) & ~mask


def pad(content: bytes) -> bytes:
    """Return the content with the mark and the zeros after it."""
    return (content + _MARK).ljust(padded_size(len(content)), b"\x00")


def unpad(padded: bytes) -> bytes:
    """Return the content without its padding.

    Raises:
        SealBroken: it was not padded as `pad` does.
    """
    end = padded.rfind(_MARK)
    if end < 0 or padded_size(end) != len(padded) or padded.count(0, end + 1) != len(padded) - end - 1:
        raise SealBroken("the seal is broken")
    return padded[:end]
