"""One byte form for a JSON value, and its digest: what seals bind and ledgers sign."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from counterseal.errors import Refused

_TAKES = "null, true, false, a whole number below 2**53, text, a list, or an object with text keys"

# RFC 8259, section 6: integers beyond this are not read alike by all programs.
_LARGEST = 2**53 - 1


# Ten times as fast as our own writer, and the same bytes for what `_is_plain` lets pass: a test compares them.
_PLAIN = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), sort_keys=True)


def canonical_json(value: object) -> bytes:
    """Return the one byte form of a JSON value, as RFC 8785 (JCS) writes it.

    Whole numbers only: binding documents hold no fractions, and fractions are where JSON writers differ.

    Raises:
        Refused: the value holds something that has no single byte form.
    """
    try:
        if _is_plain(value):
            return _PLAIN.encode(value).encode()
        parts: list[str] = []
        _write(value, parts)
        return "".join(parts).encode()
    except UnicodeEncodeError:
        raise Refused("a lone surrogate has no canonical form") from None


def canonical_digest(value: object) -> str:
    """Return the SHA-256 of the canonical form, in lower-case hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _is_plain(value: object) -> bool:
    """Say whether the encoder gives the canonical form: exact types only, and keys that sort alike in any coding."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if isinstance(value, int):
        return kind is int and -_LARGEST <= value <= _LARGEST
    if isinstance(value, dict):
        return kind is dict and all(type(name) is str and name.isascii() and _is_plain(value[name]) for name in value)
    return isinstance(value, list | tuple) and all(map(_is_plain, value))


def _write(value: object, parts: list[str]) -> None:
    match value:
        case None | bool() | str():
            parts.append(json.dumps(value, ensure_ascii=False))
        case int():
            parts.append(_whole_number(value))
        case Mapping():
            _write_object(value, parts)
        case Sequence() if not isinstance(value, bytes | bytearray):
            _write_list(value, parts)
        case _:
            raise Refused(f"a {type(value).__name__} has no canonical form", hint=f"it takes {_TAKES}")


def _whole_number(value: int) -> str:
    if abs(value) > _LARGEST:
        raise Refused("a whole number beyond 2**53 has no canonical form", hint="write it as text")
    return str(value)


def _write_list(items: Sequence[object], parts: list[str]) -> None:
    parts.append("[")
    for place, item in enumerate(items):
        if place:
            parts.append(",")
        _write(item, parts)
    parts.append("]")


def _write_object(members: Mapping[object, object], parts: list[str]) -> None:
    names = [name for name in members if isinstance(name, str)]
    if len(names) != len(members):
        raise Refused("an object whose keys are not text has no canonical form")
    parts.append("{")
    # RFC 8785, section 3.2.3: sorted as arrays of UTF-16 code units.
    for place, name in enumerate(sorted(names, key=lambda text: text.encode("utf-16-be", "surrogatepass"))):
        if place:
            parts.append(",")
        parts.append(json.dumps(name, ensure_ascii=False) + ":")
        _write(members[name], parts)
    parts.append("}")
