"""A secret value that never prints itself.

This file is read before a program starts: at import it loads nothing.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class Hidden:
    """The bytes of a secret, shown only by `reveal()`, which only listed files may call."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        """Take the exact bytes."""
        self._value = value

    def reveal(self) -> bytes:
        """Return the exact bytes."""
        return self._value

    def __repr__(self) -> str:
        """Say what this is, and neither the value nor its length."""
        return "Hidden(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        """Refuse to be written into a text by accident, whatever the format asks for."""
        return repr(self)

    def __eq__(self, other: object) -> bool:
        """Compare in constant time."""
        from hmac import compare_digest  # here, because it doubles the cost of `--version`

        return isinstance(other, Hidden) and compare_digest(self._value, other._value)

    def __hash__(self) -> int:
        """Refuse: a hash of a short secret gives the secret away."""
        raise TypeError("a hidden value has no hash")

    def __reduce__(self) -> "NoReturn":
        """Refuse to be pickled: a pickle holds the value in the clear."""
        raise TypeError("a hidden value cannot be pickled")
