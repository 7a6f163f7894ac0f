"""Safes and secrets as commands name them: in the grammar of references, and in no other."""

from counterseal.errors import UsageError
from counterseal.references.grammar import parse_reference
from counterseal.references.reference import Reference

_ANY_NAME = "x"


def safe_secret(text: str) -> Reference:
    """Read a reference to a secret in a safe; it may have a version, a pointer and a default.

    Raises:
        MalformedReference: it is no reference.
        UsageError: it names something that is not in a safe.
    """
    reference = parse_reference(text)
    if reference.scheme != "safe":
        raise UsageError(f"{text!r} is not in a safe", hint="write safe://SAFE/SECRET")
    return reference


def whole_secret(text: str) -> Reference:
    """Read a reference to a secret in a safe, and to nothing less than all of it.

    Raises:
        MalformedReference: it is no reference.
        UsageError: it names something that is not in a safe, or a part or a version of a secret.
    """
    reference = safe_secret(text)
    if reference.pointer or reference.version_id is not None or reference.default is not None:
        raise UsageError(f"{text!r} names more than a secret", hint="leave out what stands behind ? and #")
    return reference


def safe_name(text: str) -> str:
    """Read the name of a safe, written safe://SAFE.

    Raises:
        MalformedReference: it is no safe's name.
        UsageError: it names something else, or a secret in the safe.
    """
    # The grammar of references judges the safe's name, once a secret's stands behind it.
    reference = safe_secret(f"{text.removesuffix('/')}/{_ANY_NAME}")
    if reference.secret_id != _ANY_NAME:
        raise UsageError(f"{text!r} names a secret", hint=f"write safe://{reference.place}")
    return reference.place
