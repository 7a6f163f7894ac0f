"""Text that others wrote, made fit to stand in a sentence of ours."""

import unicodedata
from collections.abc import Iterator, Mapping

import msgspec

MOST_LETTERS = 500
"""What Jira says is told this far."""

# Marks that change the direction of what stands after them: U+202A–U+202E, U+2066–U+2069, U+200E, U+200F, U+061C.
_TURNS = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def printable(text: str, *, keep: str = "") -> str:
    """Return the text without control characters, but those to keep, and without marks that turn its direction."""
    return "".join(
        letter
        for letter in text
        if letter in keep or (unicodedata.category(letter) not in {"Cc", "Cs"} and ord(letter) not in _TURNS)
    )


def short(text: str) -> str:
    """Return the text on one line, bounded."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= MOST_LETTERS else line[: MOST_LETTERS - 1] + "…"


def json_object(content: bytes) -> Mapping[str, object] | None:
    """Return the JSON object that the bytes are, None where they are none."""
    try:
        value = msgspec.json.decode(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def jiras_words(content: bytes) -> str:
    """Return what an answer says in Jira's own words, "" where it says nothing: all of its messages in one line."""
    return short("; ".join(_messages(json_object(content) or {})))


def _messages(said: Mapping[str, object]) -> Iterator[str]:
    for several in (said.get("errorMessages"), said.get("errorMessage"), said.get("message")):
        for one in several if isinstance(several, list) else [several]:
            if isinstance(one, str) and one:
                yield one
    errors = said.get("errors")
    for field, message in errors.items() if isinstance(errors, dict) else ():
        yield f"{field}: {message}"
