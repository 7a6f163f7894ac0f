"""A text with its references replaced by their values, each written so that the text's reader gets the exact value."""

from collections.abc import Callable, Sequence

from counterseal.errors import Refused
from counterseal.hidden import Hidden
from counterseal.references.properties import escaped
from counterseal.references.scan import Found

# What would end the quotation, or mean something in one dialect of dotenv and stand for itself in another.
_ACTIVE = {
    "unquoted": b"\r\n \t'\"`\\$#",
    "single-quoted": b"'",
    "double-quoted": b'"\\$`',
    "line": b"\r\n",
}
_XML = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
    "\r": "&#13;",
    "\n": "&#10;",
    "\t": "&#9;",
}
# XML 1.0, section 2.2: these cannot be written at all, not even as a character reference.
_NOT_IN_XML = {*map(chr, range(32)), "\ufffe", "\uffff"} - {"\t", "\n", "\r"}


def render(text: str, found: Sequence[Found], values: Sequence[Hidden]) -> bytes:
    """Return the text's bytes with each value in the place of its reference; `found` is in the order of the text.

    The text was decoded with `surrogateescape`, so that what is not UTF-8 in it comes out as it went in.

    Raises:
        Refused: a value cannot stand in its place without being altered.
    """
    parts: list[bytes] = []
    at = 0
    for it, value in zip(found, values, strict=True):
        parts += [_bytes(text[at : it.start]), _written(it, value)]
        at = it.end
    return b"".join([*parts, _bytes(text[at:])])


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _written(found: Found, value: Hidden) -> bytes:
    exact = value.reveal()
    if found.writing in _ESCAPING:
        value_text = _decoded(exact, found)
        if found.writing == "xml" and not _NOT_IN_XML.isdisjoint(value_text):
            raise _cannot_stand(found, "it has a sign that XML cannot carry", _BY_EXEC)
        return _ESCAPING[found.writing](value_text).encode()
    active = _ACTIVE.get(found.writing, b"")
    if any(byte in active for byte in exact):
        raise _cannot_stand(found, _WHY[found.writing], _ADVICE[found.writing])
    return exact


_BY_EXEC = "deliver this value with counterseal exec"
_WHY = {
    "unquoted": "it has a space, a quotation mark or another sign that not all readers take as it is",
    "single-quoted": "it has a single quotation mark",
    "double-quoted": "it has a sign that means something between double quotation marks",
    "line": "it has a line break, and the rest would be read as another setting",
}
_ADVICE = {
    "unquoted": "put single quotation marks round the reference",
    "single-quoted": _BY_EXEC,
    "double-quoted": "put single quotation marks round the reference",
    "line": _BY_EXEC,
}


def _cannot_stand(found: Found, why: str, advice: str) -> Refused:
    return Refused(f"the value for {found.where} cannot stand there unaltered: {why}", hint=advice)


def _decoded(exact: bytes, found: Found) -> str:
    try:
        return exact.decode()
    except UnicodeDecodeError:
        raise _cannot_stand(found, "it is not text", _BY_EXEC) from None


def _json(value: str) -> str:
    from json import dumps

    return dumps(value)[1:-1]


def _xml(value: str) -> str:
    return "".join(_XML.get(character, character) for character in value)


_ESCAPING: dict[str, Callable[[str], str]] = {"properties": escaped, "json": _json, "xml": _xml}
