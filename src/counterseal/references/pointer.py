"""RFC 6901 pointers, followed into a secret without a word about the secret.

Own, and not a library: one of those prints the whole document when a field is missing (security: B-18).
"""

import re

from counterseal.errors import FieldNotFound, MalformedReference, PointerWithoutSlash, Refused
from counterseal.hidden import Hidden
from counterseal.references.json_text import DuplicateName, NotJson, members, string_value, whole_value

_BAD_ESCAPE = re.compile(r"~(?![01])")


def pointer_tokens(pointer: str) -> list[str]:
    """Return the names on the way that a pointer describes; none for "", which means the whole value.

    Raises:
        PointerWithoutSlash: it does not start with a slash.
        MalformedReference: it has a `~` that is neither `~0` nor `~1`.
    """
    if not pointer:
        return []
    if not pointer.startswith("/"):
        raise PointerWithoutSlash(
            f"the pointer {pointer!r} does not start with a slash", hint=f"write {'/' + pointer!r}"
        )
    if _BAD_ESCAPE.search(pointer):
        raise MalformedReference(
            f"the pointer {pointer!r} has a ~ that means nothing", hint="write ~0 for ~ and ~1 for / in a field's name"
        )
    # RFC 6901, section 4: first ~1, then ~0, or "~01" would become a slash.
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")]


def checked_pointer(pointer: str) -> str:
    """Return a pointer that names a field; "" names none.

    Raises:
        PointerWithoutSlash: it does not start with a slash.
        MalformedReference: it has a `~` that is neither `~0` nor `~1`.
    """
    if not pointer:
        raise PointerWithoutSlash("the pointer is empty", hint="leave it out where the whole value is meant")
    pointer_tokens(pointer)
    return pointer


def pick(value: Hidden, pointer: str) -> Hidden:
    """Return what a pointer names in a value: text decoded, anything else exactly as it is written there.

    Raises:
        FieldNotFound: the value is no JSON, the field is not in it, or the field is null.
        Refused: an object in the value has a name twice, or the field is text that is half a character.
        PointerWithoutSlash: the pointer does not start with a slash.
        MalformedReference: the pointer has a `~` that means nothing.
    """
    if not pointer_tokens(pointer):
        return value
    text, start, end = _found(value, pointer)
    return _as_value(text[start:end], pointer)


def replaced(value: Hidden, pointer: str, field: Hidden) -> Hidden:
    """Return the value with another text in the field that a pointer names, and every other byte as it was.

    Raises:
        FieldNotFound: the value is no JSON, or the field is not in it.
        Refused: the field holds something else than text, the new text is not UTF-8, or an object has a name twice.
        PointerWithoutSlash: the pointer does not start with a slash.
        MalformedReference: the pointer has a `~` that means nothing.
    """
    text, start, end = _found(value, pointer)
    if not text[start:end].startswith('"'):
        raise Refused(
            f"the field at {pointer!r} is not text", hint="only text is replaced: what is there stays as it is"
        )
    try:
        written = _json_string(field.reveal().decode())
    except UnicodeDecodeError:
        raise Refused(f"what should stand at {pointer!r} is not UTF-8, which JSON cannot hold") from None
    return Hidden((text[:start] + written + text[end:]).encode())


def _json_string(text: str) -> str:
    from json import dumps

    return dumps(text, ensure_ascii=False)


def _found(value: Hidden, pointer: str) -> tuple[str, int, int]:
    """Return the text of a value, and where in it the field stands."""
    tokens = pointer_tokens(pointer)
    try:
        text = value.reveal().decode()
        return text, *_follow(text, tokens, pointer)
    except UnicodeDecodeError:
        raise _not_json(pointer) from None
    except DuplicateName:
        raise Refused(
            f"the secret has a name twice in one object, so {pointer!r} has two answers",
            hint="remove one of them from the secret",
        ) from None
    except NotJson:
        raise _not_json(pointer) from None


def _follow(text: str, tokens: list[str], pointer: str) -> tuple[int, int]:
    start, end = whole_value(text)
    for token in tokens:
        inside = members(text, start)[0] if text[start] in "{[" else []
        # An element's name is its number without leading zeros (RFC 6901, section 4); "-" names none that is there.
        there = next((member for member in inside if member.name == token), None)
        if there is None:
            raise FieldNotFound(
                f"the secret has no field at {pointer!r}", hint="look for a typing error: names are case-sensitive"
            )
        start, end = there.start, there.end
    return start, end


def _as_value(found: str, pointer: str) -> Hidden:
    if found == "null":
        raise FieldNotFound(f"the field at {pointer!r} is null: it has no value")
    try:
        return Hidden((string_value(found) if found.startswith('"') else found).encode())
    except UnicodeEncodeError:
        raise Refused(f"the field at {pointer!r} is text with half of a surrogate pair, which has no bytes") from None


def _not_json(pointer: str) -> FieldNotFound:
    return FieldNotFound(
        f"the secret is not JSON, so it has no field at {pointer!r}",
        hint="leave the pointer out where the whole value is the secret",
    )
