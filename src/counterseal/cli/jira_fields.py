"""How the fields of tickets are shown and read while Jira is connected."""

from collections.abc import Mapping, Sequence

from counterseal.assembly.jira_connecting import MEANINGS, checked_field, likely
from counterseal.assembly.jira_doctor import NEEDED
from counterseal.errors import UsageError
from counterseal.jira.interface import Field


def or_nothing(text: str) -> str:
    """Return what was typed, "" for `none`."""
    return "" if text.lower() == "none" else text


def otherwise(word: str) -> str:
    """Return what an empty answer stands for where no field is suggested: none, unless the word is needed."""
    return "" if word in NEEDED else "none"


def candidates(fields: Sequence[Field]) -> list[str]:
    """Return lines that say which fields may hold what, by their names."""
    lines = []
    for word, meaning in MEANINGS.items():
        found = ", ".join(f"{it.name} ({it.field_id})" for it in likely(fields, word))
        lines.append(f"  {word:<12} {meaning}: {found or 'none by its name'}")
    return lines


def read_field(word: str, text: str, fields: Sequence[Field]) -> str:
    """Return the field for a word as it is written in the settings, "" for none.

    Raises:
        UsageError: there is no such word.
        SettingsError: Jira has no such field, or several, or none was given where one is needed.
    """
    chosen = or_nothing(text)
    return "" if not chosen and otherwise(word) else checked_field(word, chosen, fields)


def fields_given(given: Sequence[str], guesses: Mapping[str, str], fields: Sequence[Field]) -> Mapping[str, str]:
    """Return the fields by their words, as the option --field gives them: WORD=FIELD, and `suggested` for our guesses.

    Raises:
        UsageError: one is written otherwise, or one is missing without which a ticket covers no change.
        SettingsError: Jira has no such field, or several.
    """
    chosen = dict(guesses) if "suggested" in given else {}
    for text in given:
        word, sign, name = text.partition("=")
        if sign:
            chosen[word] = read_field(word, name, fields)
        elif text != "suggested":
            raise UsageError(f"--field {text!r} is not WORD=FIELD", hint="such as secrets=Secret; or `suggested`")
    for word in ("secrets", "operations"):
        if word not in chosen:
            raise UsageError(f"--field {word}=… is not given", hint="without it a ticket covers no change")
    return {word: it for word, it in chosen.items() if it}
