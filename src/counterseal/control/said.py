"""What a stream of the ledger said last about each subject, so that only what is concluded otherwise is said again."""

from counterseal.ledger.entry import Draft
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.interface import Ledger


class AlreadySaid:
    """Follows one stream of the ledger.

    A conclusion from fewer records must not overturn one from more, again and again: whoever concludes the same as
    before is silent, whatever another audit concluded meanwhile.
    """

    def __init__(self, ledger: Ledger, stream: str) -> None:
        """Take the ledger and the stream."""
        self._ledger = ledger
        self._stream = stream
        self._position = 0
        self._said: dict[bytes, bytes] = {}

    def follow(self) -> bool:
        """Read what the stream said since the last time, and say whether any of it was not said here.

        Raises:
            Unreachable, MalformedInput: what `Ledger.read` raises.
        """
        is_foreign = False
        for entry in self._ledger.read(self._stream, after=self._position):
            self._position = entry.position
            is_foreign |= self.is_news(entry.draft)
            self._said[entry.draft.subject] = entry.draft.fingerprint
        return is_foreign

    def is_news(self, draft: Draft) -> bool:
        """Say whether the stream said something else about it, or nothing; an audit's own entry is no news."""
        return draft.kind is not EntryKind.AUDIT_RUN and self._said.get(draft.subject) != draft.fingerprint

    def say(self, draft: Draft) -> None:
        """Take note of what was recorded, or was known to the ledger."""
        self._said[draft.subject] = draft.fingerprint
