"""The environment of a program: which variables are references, and what the program is given."""

from collections.abc import Collection, Mapping

from counterseal.errors import CountersealError, Refused, UsageError
from counterseal.hidden import Hidden
from counterseal.references.atlassian import other_product
from counterseal.references.grammar import is_reference, parse_reference
from counterseal.references.reference import Reference

# What is said to Counterseal is not said to the program: COUNTERSEAL_PASSWORD opens whole safes.
OWN = b"COUNTERSEAL_"


def references_in(environment: Mapping[bytes, bytes], only: Collection[str] = ()) -> dict[bytes, Reference]:
    """Return the variables whose value is a reference; with `only`, those of them that are named.

    Raises:
        UsageError: a variable is named that is not there, or is no reference.
        MalformedReference: a value is meant as a reference and is none; the message names the variable.
    """
    wanted = [_bytes(name) for name in only] or [name for name in environment if not name.startswith(OWN)]
    found = {}
    for name in wanted:
        text = _text(environment, name)
        if text is not None and is_reference(text):
            found[name] = _reference(name, text)
        elif only:
            raise UsageError(_no_reference(name, text), hint="--only takes names of variables that hold references")
    return found


def other_products_in(environment: Mapping[bytes, bytes]) -> dict[str, str]:
    """Return the variables that are left alone because another product reads them, and which one."""
    owners = {name: other_product(value.decode(errors="surrogateescape")) for name, value in environment.items()}
    return {name.decode(errors="replace"): owner for name, owner in owners.items() if owner}


def child_environment(
    environment: Mapping[bytes, bytes],
    values: Mapping[bytes, Hidden],
    *,
    pristine: Collection[str] | None = None,
    withheld: Collection[str] = (),
) -> dict[bytes, bytes]:
    """Return what the program gets: the environment with the values in place of their references.

    Nothing of Counterseal's own and nothing `withheld` (the keys it signs in with) is in it. `pristine` is the list
    of all else that is let through; None lets everything through.

    Raises:
        Refused: a value holds a NUL, which no environment can carry.
    """
    held = {_bytes(name) for name in withheld}
    allowed = None if pristine is None else {_bytes(name) for name in pristine}
    child = {
        name: value
        for name, value in environment.items()
        if not name.startswith(OWN) and name not in held and (allowed is None or name in allowed)
    }
    return child | {name: _carried(name, value) for name, value in values.items()}


def _bytes(name: str) -> bytes:
    return name.encode(errors="surrogateescape")


def _text(environment: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = environment.get(name)
    return None if value is None else value.decode(errors="surrogateescape")


def _reference(name: bytes, text: str) -> Reference:
    try:
        return parse_reference(text)
    except CountersealError as failure:
        raise type(failure)(f"variable {_shown(name)}: {failure}", hint=failure.hint) from None


def _no_reference(name: bytes, text: str | None) -> str:
    return f"variable {_shown(name)} {'is not set' if text is None else 'holds no reference'}"


def _carried(name: bytes, value: Hidden) -> bytes:
    exact = value.reveal()
    if b"\0" in exact:
        raise Refused(
            f"the value for variable {_shown(name)} holds a NUL, which no environment can carry",
            hint="deliver it in a file",
        )
    return exact


def _shown(name: bytes) -> str:
    return name.decode(errors="backslashreplace")
