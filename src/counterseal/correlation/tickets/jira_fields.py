"""Which field of Jira holds what: `[policy.jira_fields]`, by a field's id or by the name that people see."""

from collections.abc import Iterable, Mapping

from counterseal.correlation.fields import nearest
from counterseal.errors import SettingsError


class FieldNames:
    """The fields of one Jira, as far as they are known, and the ids of those that hold what we look for."""

    def __init__(self, named: Mapping[str, str], known: Iterable[tuple[str, str]] | None = None) -> None:
        """Take `[policy.jira_fields]` and Jira's fields (id, name); without these every text is taken for an id.

        Raises:
            SettingsError: Jira has no such field, or several of that name; it is named.
        """
        self.are_known = known is not None
        self._names = dict(known or ())
        self._mapped = {word: text if known is None else self._resolved(word, text) for word, text in named.items()}

    def id_of(self, word: str) -> str:
        """Return the id of the field that holds secrets, operations and so on; "" where none was named."""
        return self._mapped.get(word, "")

    def ids(self) -> frozenset[str]:
        """Return the ids of all fields that hold something for us."""
        return frozenset(self._mapped.values())

    def lacks(self, *words: str) -> list[str]:
        """Return the words for which no field was named."""
        return [it for it in words if it not in self._mapped]

    def id_of_name(self, name: str) -> str:
        """Return the id of the field of a name, a mapped one first; "" where none or several have it."""
        found = self._ids(name)
        mapped = [it for it in found if it in self._mapped.values()]
        return (mapped or found)[0] if mapped or len(found) == 1 else ""

    def _ids(self, name: str) -> list[str]:
        return [it for it, seen in self._names.items() if seen.casefold() == name.casefold()]

    def _resolved(self, word: str, text: str) -> str:
        if text in self._names:
            return text
        found = self._ids(text)
        if len(found) == 1:
            return found[0]
        setting = f"policy.jira_fields.{word}"
        if found:
            ids = " and ".join(sorted(found))
            raise SettingsError(f"{setting}: Jira has several fields named {text!r}: {ids}", hint="give the id instead")
        known = {*self._names, *self._names.values()}
        raise SettingsError(f"{setting}: Jira has no field {text!r} that we may see", hint=nearest(text, known))
