"""Silent rollbacks: a label moved to a version that was there before, with no new value."""

from counterseal.correlation.judging.rotation import Rotations
from counterseal.correlation.judging.witnesses import Witnesses, made_current, moved_version
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.population import Population
from counterseal.correlation.records.secret_names import BySecret

# The service moves these itself, or they name no version that programs read.
_NOT_READ = frozenset({"AWSPENDING", "AWSPREVIOUS"})


class Labels:
    """Where labels moved, so that a promotion can be told from a rollback."""

    def __init__(self, population: Population, witnesses: Witnesses, rotations: Rotations) -> None:
        """Take what moved labels and what made versions."""
        self._moves = BySecret(it for it in population.of_kind(Kind.CHANGE) if moved_version(it))
        self._witnesses = witnesses
        self._rotations = rotations

    def is_silent_rollback(self, event: Event) -> bool:
        """Say whether a change moved a label to a version that is not new.

        A version is new when the records show that it was made, or rotated in, without becoming current, and that no
        earlier call gave it the label. What the records do not show is taken for old: unknown is never fine.
        """
        version = moved_version(event)
        if not version or event.facts.get("stage") in _NOT_READ:
            return False
        return not self._was_made_pending(event, version) or self._had_label_before(event, version)

    def _was_made_pending(self, event: Event, version: str) -> bool:
        made = [it for it in self._witnesses.made(event, version) if it.time <= event.time]
        written = [it for it in made if it.name != "RotateSecret"]
        if written:
            return not any(made_current(it) for it in written)
        return self._rotations.ran(event, version)

    def _had_label_before(self, event: Event, version: str) -> bool:
        return any(
            moved_version(it) == version and it.facts.get("stage") == event.facts.get("stage") and it.time < event.time
            for it in self._moves.of(event)
        )
